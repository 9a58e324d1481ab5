//! A PostgreSQL of our own for one run of the tests: made from the installed binaries on a free port, gone afterwards however the run ends.
//!
//! A small shell holds the server and reads a pipe that only this program has open. When the pipe closes – because we are done, were interrupted
//! or were killed – the shell stops the server and removes its folder. Nothing is left to a clean-up that might not run.

use crate::run::{output, said};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

/// Durability is not what these tests look at: the machine under the server does not fail in them.
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 -c fsync=off -c full_page_writes=off";

const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -p "$3" $4 >"$2/log" 2>&1 &
server=$!
read _
kill -INT $server
wait $server
rm -rf "$2"
"#;

/// A running server; dropping it stops it.
#[derive(Debug)]
pub(crate) struct Postgres {
    keeper: Child,
    port: u16,
    folder: PathBuf,
    /// As `TEST_POSTGRES_URL` has it: a superuser's URL, under which the tests make databases of their own.
    pub(crate) url: String,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().ok();
    }
}

/// The folder of `initdb` and `postgres`, newest version first.
pub(crate) fn binaries() -> Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    found.sort();
    if let Some((_, bin)) = found.pop() {
        return Ok(bin);
    }
    let told = output(Command::new("pg_config").arg("--bindir")).map(|bin| PathBuf::from(bin.trim()));
    match told {
        Ok(bin) if bin.join("initdb").exists() && bin.join("postgres").exists() => Ok(bin),
        _ => bail!("no PostgreSQL server is installed (Debian: postgresql)"),
    }
}

/// The user and group that the server runs as: `postgres` when we are root, which PostgreSQL refuses, else we ourselves.
fn owner() -> Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let line = users.lines().find(|line| line.starts_with("postgres:")).context("root may not run PostgreSQL, and there is no user `postgres`")?;
    let mut fields = line.split(':').skip(2).map(str::parse);
    match (fields.next(), fields.next()) {
        (Some(Ok(user)), Some(Ok(group))) => Ok(Some((user, group))),
        _ => bail!("the line of `postgres` in /etc/passwd cannot be read"),
    }
}

fn as_owner(command: &mut Command, owner: Option<(u32, u32)>, folder: &Path) {
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command.current_dir(folder);
}

/// Starts one and waits until it answers.
pub(crate) fn start() -> Result<Postgres> {
    let bin = binaries()?;
    let owner = owner()?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let folder = std::env::temp_dir().join(format!("xinjiean-postgres-{}-{port}", std::process::id()));
    fs::create_dir_all(&folder)?;
    if let Some((user, group)) = owner {
        chown(&folder, Some(user), Some(group))?;
    }

    let mut initdb = Command::new(bin.join("initdb"));
    initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]).arg(folder.join("data"));
    as_owner(&mut initdb, owner, &folder);
    if let Err(why) = output(&mut initdb) {
        fs::remove_dir_all(&folder).ok();
        return Err(why);
    }

    let mut keeper = Command::new("/bin/sh");
    keeper.arg("-c").arg(KEEPER).arg("keeper").arg(&bin).arg(&folder).arg(port.to_string()).arg(SETTINGS);
    as_owner(&mut keeper, owner, &folder);
    // Its own process group: Ctrl-C in the terminal reaches us, and the keeper by the pipe.
    keeper.stdin(Stdio::piped()).process_group(0);
    let keeper = keeper.spawn().with_context(|| format!("cannot start `{}`", said(&keeper)))?;
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let server = Postgres { keeper, port, folder, url };

    for _ in 0..150 {
        if output(Command::new(bin.join("pg_isready")).args(["-q", "-h", "127.0.0.1", "-U", "postgres", "-p", &server.port.to_string()])).is_ok() {
            return Ok(server);
        }
        thread::sleep(Duration::from_millis(200));
    }
    let log = fs::read_to_string(server.folder.join("log")).unwrap_or_default();
    bail!("PostgreSQL did not answer within 30 s:\n{log}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_and_leaves_nothing() {
        if binaries().is_err() {
            return;
        }
        let server = start().expect("it starts");
        let (port, folder) = (server.port, server.folder.clone());
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        drop(server);
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
        assert!(!folder.exists());
    }
}

//! A private PostgreSQL, started from the installed binaries, gone when the test process ends.
//!
//! Who ends it: the warden, a small shell that waits at a pipe which this process holds. However the process ends, the pipe closes; the shell
//! then stops the server and removes its folder. (Nothing runs in a process that is killed, so it cannot be done from inside.)

use anyhow::{Context, Result, bail, ensure};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A running server.
pub struct Server {
    /// The address up to the database's name, `postgres://postgres@127.0.0.1:40123/`, and what follows the name.
    address: (String, String),
    made: AtomicU32,
    /// The shell that cleans up, and the pipe at which it waits.
    warden: Option<(Child, Option<ChildStdin>)>,
}

/// The server of this test process: the one in `TEST_POSTGRES_URL`, else a private one that does not trouble the disk.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match given() {
        Some(url) => Server::given(&url),
        None => private(false),
    })
}

#[expect(clippy::disallowed_methods, reason = "tests may ask the machine")]
fn given() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

/// A server of one's own, for tests that stop it or measure it. `durable`: commits reach the disk, as in a real installation.
/// It ends when the value is dropped.
#[must_use]
pub fn private(durable: bool) -> Server {
    match start(durable) {
        Ok(server) => server,
        Err(error) => panic!("no PostgreSQL for the tests: {error:#}. Install the package `postgresql` or set TEST_POSTGRES_URL."),
    }
}

impl Server {
    fn given(url: &str) -> Self {
        let (base, after) = url.split_once('?').map_or((url, String::new()), |(base, after)| (base, format!("?{after}")));
        let base = base.rsplit_once('/').map_or(base, |(base, _)| base);
        let mut server = Self { address: (format!("{base}/"), after), made: AtomicU32::new(0), warden: None };
        // Templates outlive the tests that use them; the warden drops them in the end. Without `psql` they stay behind.
        server.warden = programs().and_then(|programs| sweeper(&programs, &server.url("postgres"))).ok();
        server
    }

    /// The address of a database of this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("{}{database}{}", self.address.0, self.address.1)
    }

    /// A name for a database, unlike those of other test processes on the same server.
    pub(crate) fn next_name(&self) -> String {
        format!("xja_test_{}_{}", std::process::id(), self.made.fetch_add(1, Ordering::Relaxed))
    }

    /// Runs statements in the database `postgres`, as the owner of the server.
    pub fn run(&self, statements: &str) -> Result<()> {
        let url = self.url("postgres");
        // On a thread of its own: the driver must not be called inside a runtime, and a test may be in one.
        std::thread::scope(|scope| {
            let run = scope.spawn(|| Ok(postgres::Client::connect(&url, postgres::NoTls)?.batch_execute(statements)?));
            run.join().unwrap_or_else(|_| bail!("the thread panicked"))
        })
    }
}

impl Server {
    /// What one statement answers, as text: `show data_directory`.
    pub fn ask(&self, statement: &str) -> Result<String> {
        let url = self.url("postgres");
        std::thread::scope(|scope| {
            let ask = scope.spawn(|| Ok(postgres::Client::connect(&url, postgres::NoTls)?.query_one(statement, &[])?.try_get(0)?));
            ask.join().unwrap_or_else(|_| bail!("the thread panicked"))
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((shell, pipe)) = &mut self.warden {
            drop(pipe.take());
            // It ends by itself; waited for so that the folder is gone when the test is over.
            if let Err(error) = shell.wait() {
                eprintln!("the server's warden: {error}");
            }
        }
    }
}

fn start(durable: bool) -> Result<Server> {
    let programs = programs()?;
    let folder = run(&mut as_owner("mktemp", &["-d".as_ref(), "/tmp/xja-postgres-XXXXXX".as_ref()]))?;
    let folder = Path::new(folder.trim());
    // First the one that cleans up, then what is to be cleaned up.
    let warden = warden(&programs, folder).context("the warden")?;
    let server = start_in(&programs, folder, durable);
    let port = server.with_context(|| std::fs::read_to_string(folder.join("log")).unwrap_or_default())?;
    Ok(Server { address: (format!("postgres://postgres@127.0.0.1:{port}/"), String::new()), made: AtomicU32::new(0), warden: Some(warden) })
}

fn start_in(programs: &Path, folder: &Path, durable: bool) -> Result<u16> {
    let (data, log) = (folder.join("data"), folder.join("log"));
    let args = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres", "--no-sync", "-D"].map(AsRef::as_ref);
    run(&mut as_owner(programs.join("initdb"), &[&args[..], &[data.as_os_str()]].concat()))?;
    let safety = if durable { "" } else { "-c fsync=off -c synchronous_commit=off -c full_page_writes=off" };
    for _ in 0..5 {
        // Somebody else may take the port between this line and the server's start; then the next one.
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let settings = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c shared_buffers=64MB {safety}");
        let args = ["start", "-w", "-s", "-t", "60", "-D"].map(AsRef::as_ref);
        let more = ["-l".as_ref(), log.as_os_str(), "-o".as_ref(), settings.as_ref()];
        if run(&mut as_owner(programs.join("pg_ctl"), &[&args[..], &[data.as_os_str()], &more].concat())).is_ok() {
            return Ok(port);
        }
    }
    bail!("the server did not start")
}

/// Starts the shell that ends the server when this process ends.
fn warden(programs: &Path, folder: &Path) -> Result<(Child, Option<ChildStdin>)> {
    let script = r#"cat > /dev/null; $1 "$2/pg_ctl" stop -s -m immediate -D "$3/data"; rm -rf "$3""#;
    let owner = if is_root() { "runuser -u postgres --" } else { "" };
    waiting(Command::new("sh").args(["-c", script, "warden", owner]).arg(programs).arg(folder))
}

/// Starts the shell that drops what this process has made on a server that is not ours.
fn sweeper(programs: &Path, url: &str) -> Result<(Child, Option<ChildStdin>)> {
    let script = r#"cat > /dev/null; "$1/psql" -XAtq -c "$3" "$2" | "$1/psql" -Xq "$2""#;
    let drops = format!(
        "select format('drop database if exists %I with (force);', datname) from pg_database where datname like 'xja\\_test\\_{}\\_%'",
        std::process::id()
    );
    waiting(Command::new("sh").args(["-c", script, "warden"]).arg(programs).args([url, &drops]))
}

/// Starts a shell that waits until this process has ended.
fn waiting(shell: &mut Command) -> Result<(Child, Option<ChildStdin>)> {
    // In a group of its own: an interrupt at the keyboard ends the tests, and must not end what cleans up after them.
    let mut shell = shell.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let pipe = shell.stdin.take();
    Ok((shell, pipe))
}

/// The folder of the newest installed version.
fn programs() -> Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").context("/usr/lib/postgresql")?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| {
            let path = version.ok()?.path();
            Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin")))
        })
        .filter(|(_, path)| path.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, path)| path).context("no version with initdb in /usr/lib/postgresql")
}

/// The server refuses to be run by root: then the user `postgres` runs it.
fn as_owner(program: impl AsRef<std::ffi::OsStr>, args: &[&std::ffi::OsStr]) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.args(args).current_dir("/").stdin(Stdio::null());
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn run(command: &mut Command) -> Result<String> {
    let out = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

//! Starting other programs: the command is said first, its output is passed on, its failure is a sentence.

use crate::tally::Tally;
use anyhow::{Context, Result, bail};
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, IsTerminal, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
};

/// The folder of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Cargo's target folder: where this very program was built.
pub(crate) fn target() -> PathBuf {
    let built = std::env::current_exe().ok().and_then(|exe| exe.parent().and_then(Path::parent).map(Path::to_path_buf));
    built.unwrap_or_else(|| root().join("target"))
}

/// The product's binary of a profile folder (`debug`, `release`).
pub(crate) fn binary(profile: &str) -> PathBuf {
    target().join(profile).join("xinjiean")
}

/// A command that runs in `folder`, with its words.
pub(crate) fn command<W: AsRef<OsStr>>(folder: &Path, program: impl AsRef<OsStr>, words: &[W]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).args(words);
    command
}

/// `cargo …` in the repository.
pub(crate) fn cargo<W: AsRef<OsStr>>(words: &[W]) -> Command {
    command(&root(), "cargo", words)
}

/// How a command reads on one line.
pub(crate) fn said(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

fn missing(command: &Command) -> String {
    format!("cannot start `{}`; is it installed and on the PATH?", command.get_program().to_string_lossy())
}

/// Runs it with our own output; an exit code other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", said(command));
    let status = command.status().with_context(|| missing(command))?;
    if !status.success() {
        bail!("`{}` ended with {status}", said(command));
    }
    Ok(())
}

/// Runs it silently and gives what it printed on standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let done = command.stdin(Stdio::null()).output().with_context(|| missing(command))?;
    if !done.status.success() {
        bail!("`{}` ended with {}\n{}", said(command), done.status, String::from_utf8_lossy(&done.stderr).trim_end());
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Runs it silently; whether it succeeded and all that it printed.
pub(crate) fn attempt(command: &mut Command) -> Result<(bool, String)> {
    let done = command.stdin(Stdio::null()).output().with_context(|| missing(command))?;
    let mut printed = String::from_utf8_lossy(&done.stdout).into_owned();
    printed.push_str(&String::from_utf8_lossy(&done.stderr));
    Ok((done.status.success(), printed))
}

/// Runs it, passes its lines on and counts the tests that they report.
pub(crate) fn count(command: &mut Command, tally: &mut Tally) -> Result<()> {
    eprintln!("$ {}", said(command));
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().with_context(|| missing(command))?;
    let shared = Mutex::new(tally);
    thread::scope(|scope| {
        if let Some(from) = child.stderr.take() {
            scope.spawn(|| pass_on(from, &shared, |line| eprintln!("{line}")));
        }
        if let Some(from) = child.stdout.take() {
            pass_on(from, &shared, |line| println!("{line}"));
        }
    });
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` ended with {status}", said(command));
    }
    Ok(())
}

fn pass_on(from: impl Read, tally: &Mutex<&mut Tally>, say: impl Fn(&str)) {
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        say(&line);
        tally.lock().unwrap_or_else(PoisonError::into_inner).read(&line);
    }
}

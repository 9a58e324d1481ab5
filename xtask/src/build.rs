//! Building: the screens when their sources changed, then the binary that carries them.

use crate::run::{binary, cargo, command, root, run};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
};

/// What of `web/` is not a source of the screens: results, and the files of the Cargo package that embeds them.
const NOT_SOURCES: &[&str] = &["node_modules", "dist", "placeholder", "Cargo.toml", "build.rs", "lib.rs"];

/// The screens if they changed, then the release binary.
pub(crate) fn release() -> Result<()> {
    screens()?;
    run(&mut cargo(&["build", "--release", "-p", "cli"]))
}

/// Builds and becomes `xinjiean demo`, which prints its address and the accounts.
pub(crate) fn demo(args: &[&str]) -> Result<()> {
    release()?;
    let why = command(&root(), binary("release"), &["demo"]).args(args).exec();
    Err(why).context("cannot start the binary that was just built")
}

/// Builds and becomes `xinjiean bench …`.
pub(crate) fn bench(args: &[&str]) -> Result<()> {
    if args.is_empty() {
        bail!("name a bench: `cargo xtask bench acts`");
    }
    release()?;
    let why = command(&root(), binary("release"), &["bench"]).args(args).exec();
    Err(why).context("cannot start the binary that was just built")
}

/// Debug server and vite side by side; the first to end ends the other. Both get Ctrl-C from the terminal.
pub(crate) fn dev(args: &[&str]) -> Result<()> {
    let web = root().join("web");
    install(&web)?;
    run(&mut cargo(&["build", "-p", "cli"]))?;
    let mut server = command(&root(), binary("debug"), &["demo"]).args(args).spawn().context("cannot start the server")?;
    let pages = run(&mut command(&web, "npm", &["run", "dev"]));
    server.kill().ok();
    server.wait()?;
    pages
}

/// `npm run build` in `web/`, unless `web/dist` was made from the very same sources.
pub(crate) fn screens() -> Result<()> {
    let web = root().join("web");
    let dist = web.join("dist");
    let stamp = dist.join(".sources");
    let sources = hash_of(&web)?;
    if dist.join("index.html").is_file() && fs::read_to_string(&stamp).is_ok_and(|was| was == sources) {
        eprintln!("the screens are up to date");
        return Ok(());
    }
    install(&web)?;
    run(&mut command(&web, "npm", &["run", "build"]))?;
    fs::write(&stamp, sources).with_context(|| format!("cannot write {}", stamp.display()))
}

/// `npm ci` in `folder`, unless `node_modules` was made from the very same lock file. Install scripts of packages are not run.
pub(crate) fn install(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| format!("{} is missing", lock.display()))?;
    let stamp = folder.join("node_modules").join(".lock-as-installed");
    if fs::read_to_string(&stamp).is_ok_and(|was| was == wanted) {
        return Ok(());
    }
    run(&mut command(folder, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// One number for all sources of the screens, by path and content.
fn hash_of(web: &Path) -> Result<String> {
    let mut files = Vec::new();
    gather(web, &mut files)?;
    files.sort();
    let mut hash = DefaultHasher::new();
    for file in &files {
        file.strip_prefix(web).unwrap_or(file).hash(&mut hash);
        fs::read(file)?.hash(&mut hash);
    }
    Ok(format!("{:016x} of {} files\n", hash.finish(), files.len()))
}

fn gather(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        if NOT_SOURCES.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), into)?;
        } else {
            into.push(entry.path());
        }
    }
    Ok(())
}

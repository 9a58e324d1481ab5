//! The Debian packages that the tests need beside Rust and Node: installed when we may, else named in one sentence.

use crate::{
    postgres,
    run::{command, root, run},
};
use anyhow::{Result, bail};
use std::{os::unix::fs::MetadataExt, path::Path};

/// A package and how to see that what it brings is there, by whatever way it came.
struct Package {
    name: &'static str,
    there: fn() -> bool,
}

const NEEDED: &[Package] = &[
    Package {
        name: "chromium",
        there: || ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/snap/bin/chromium"].iter().any(|path| Path::new(path).exists()),
    },
    Package { name: "fonts-noto-cjk", there: || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists() },
    Package { name: "postgresql", there: || postgres::binaries().is_ok() },
];

/// Makes sure that all are there.
pub(crate) fn ensure() -> Result<()> {
    let missing: Vec<&str> = NEEDED.iter().filter(|package| !(package.there)()).map(|package| package.name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let root_user = std::fs::metadata("/proc/self").is_ok_and(|us| us.uid() == 0);
    if !root_user || !Path::new("/usr/bin/apt-get").exists() {
        bail!("the tests need these Debian packages: `sudo apt-get install {}`", missing.join(" "));
    }
    let apt = |words: &[&str]| run(command(&root(), "apt-get", words).env("DEBIAN_FRONTEND", "noninteractive"));
    apt(&["update", "-q"])?;
    apt(&[&["install", "-q", "-y", "--no-install-recommends"], missing.as_slice()].concat())
}

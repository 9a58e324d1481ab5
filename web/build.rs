//! Chooses what the binary carries: the built screens if they are there, else the placeholder page.
//!
//! It never starts Node. `cargo xtask build` builds the screens first and Cargo second; Cargo alone always compiles.

use std::path::Path;

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dist = here.join("dist");
    // Cargo takes a watched path that is missing for a changed one, and would rebuild this crate every time; an empty folder is quiet.
    if let Err(why) = std::fs::create_dir_all(&dist) {
        println!("cargo::warning=cannot make {}: {why}", dist.display());
    }
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed={}", here.join("placeholder").display());
    println!("cargo::rerun-if-changed={}", here.join("build.rs").display());
    let chosen = if dist.join("index.html").is_file() { dist } else { here.join("placeholder") };
    memory_serve::load_directory(chosen);
}

//! The files that are made from the code and checked in: one table says what makes each, one task writes them, one says which have drifted.

use crate::{
    build,
    run::{binary, cargo, command, output, root, run},
};
use anyhow::{Context, Result, bail};
use std::fs;

/// What makes a file.
enum Maker {
    /// The product's binary prints it when asked with these words.
    Binary(&'static [&'static str]),
    /// `openapi-typescript` makes it from the OpenAPI description, the file above it in the table.
    Client,
}

const OPENAPI: &str = "docs/api/openapi.json";

/// Path from the root, and maker; in this order.
const FILES: &[(&str, Maker)] = &[
    (OPENAPI, Maker::Binary(&["openapi"])),
    ("web/src/api/schema.ts", Maker::Client),
    ("docs/model/acts.md", Maker::Binary(&["model", "acts"])),
    ("docs/model/policy.md", Maker::Binary(&["model", "policy"])),
    ("docs/model/problems.md", Maker::Binary(&["model", "problems"])),
];

/// Writes them all.
pub(crate) fn write() -> Result<()> {
    for (path, text) in made()? {
        let file = root().join(path);
        if fs::read_to_string(&file).is_ok_and(|was| was == text) {
            continue;
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, text).with_context(|| format!("cannot write {path}"))?;
        eprintln!("wrote {path}");
    }
    Ok(())
}

/// Fails if one of them is not what the code would write.
pub(crate) fn check() -> Result<()> {
    let mut drifted = Vec::new();
    for (path, text) in made()? {
        let is = fs::read_to_string(root().join(path)).unwrap_or_default();
        if is != text {
            let line = is.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
            let nth = |text: &str| text.lines().nth(line).unwrap_or("(end of file)").trim().to_owned();
            drifted.push(format!("{path}:{}: is `{}`, the code says `{}`", line + 1, nth(&is), nth(&text)));
        }
    }
    if !drifted.is_empty() {
        bail!("generated files have drifted; run `cargo xtask gen` and commit:\n{}", drifted.join("\n"));
    }
    Ok(())
}

/// What the code says that each file should be. The client is made from the description of this moment, not from the one checked in.
fn made() -> Result<Vec<(&'static str, String)>> {
    run(&mut cargo(&["build", "-q", "-p", "cli"]))?;
    let web = root().join("web");
    build::install(&web)?;
    let scratch = crate::run::target().join("xtask");
    fs::create_dir_all(&scratch)?;
    let described = scratch.join("openapi.json");
    let client = scratch.join("schema.ts");
    let mut all = Vec::new();
    for (path, maker) in FILES {
        let text = match maker {
            Maker::Binary(words) => output(&mut command(&root(), binary("debug"), words)).with_context(|| format!("cannot make {path}"))?,
            Maker::Client => {
                let mut openapi_typescript = command(&web, "node", &["node_modules/openapi-typescript/bin/cli.js"]);
                output(openapi_typescript.arg(&described).arg("--output").arg(&client)).with_context(|| format!("cannot make {path}"))?;
                fs::read_to_string(&client)?
            }
        };
        if *path == OPENAPI {
            fs::write(&described, &text)?;
        }
        all.push((*path, text));
    }
    Ok(all)
}

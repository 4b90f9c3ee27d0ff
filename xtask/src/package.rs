//! Assembles the npm package around the modules. Its JavaScript is built, and not committed.

use std::path::{Path, PathBuf};

use crate::fault::Outcome;
use crate::module::Which;
use crate::setup::Stamp;
use crate::{notices, setup, shell, tools, tree};

/// What a build reads besides the modules.
const SOURCES: [&str; 3] = ["host-node/src", "host-node/scripts", "docs/contract"];
const FILES: [&str; 6] = [
    "Cargo.toml",
    "LICENSE",
    "host-node/README.md",
    "host-node/package-lock.json",
    "host-node/tsconfig.json",
    "host-node/tsconfig.cjs.json",
];

/// Runs the package's own build script, which compiles the TypeScript sources twice (ESM, CJS).
/// Without `folder` it writes into `pkg/`.
pub fn assemble(folder: Option<&Path>) -> Outcome {
    setup::node_package("host-node")?;
    let mut command = tools::node()?;
    command.arg("host-node/scripts/build.mjs").args(folder).current_dir(tree::root());
    shell::must("package", &mut command)?;
    Ok(())
}

/// Assembles `pkg/` unless it is what the sources give already.
pub fn ensure() -> Outcome {
    let root = tree::root();
    let mut inputs: Vec<PathBuf> = FILES.iter().map(|file| root.join(file)).collect();
    inputs.extend(Which::ALL.map(Which::path));
    for folder in SOURCES {
        let files = tree::files(&root.join(folder))?;
        inputs.extend(files.into_iter().map(|file| root.join(folder).join(file)));
    }
    let stamp = Stamp::new("package", &inputs, "")?;
    if stamp.holds() && root.join("pkg/cjs/index.js").is_file() {
        return Ok(());
    }
    assemble(None)?;
    stamp.set()
}

/// Writes `pkg/NOTICES`.
pub fn write_notices() -> Outcome {
    tree::write(&notices::path(), notices::text()?.as_bytes())
}

/// Files that git tracks in `pkg/` and that differ from a fresh package in `folder`.
pub fn differences(folder: &Path) -> Outcome<Vec<String>> {
    let mut differing = Vec::new();
    for file in tree::sources()? {
        let Some(name) = file.strip_prefix("pkg/") else { continue };
        let fresh = if name == "NOTICES" {
            notices::text()?.into_bytes()
        } else {
            std::fs::read(folder.join(name)).unwrap_or_default()
        };
        if tree::read(&tree::root().join(&file))? != fresh {
            differing.push(file);
        }
    }
    Ok(differing)
}

//! Assembles the npm package around the module.

use std::path::Path;

use crate::fault::{Fault, Outcome};
use crate::{setup, shell, tools, tree};

/// Runs the package's own build script, which compiles the TypeScript sources twice (ESM, CJS).
/// Without `folder` it writes into `pkg/`.
pub fn assemble(folder: Option<&Path>) -> Outcome {
    let script = tree::root().join("host-node").join("scripts").join("build.mjs");
    if !script.is_file() {
        return Err(Fault::failed("`host-node/scripts/build.mjs` is not there"));
    }
    setup::node_package("host-node")?;
    let mut command = tools::node()?;
    command.arg(&script).args(folder).current_dir(tree::root());
    shell::must("package", &mut command)?;
    Ok(())
}

/// Whether a clone carries the package already.
pub fn is_committed() -> bool {
    tree::root().join("pkg").join("package.json").is_file()
}

/// Files that differ between `pkg/` and a fresh package in `folder`.
pub fn differences(folder: &Path) -> Outcome<Vec<String>> {
    let committed = tree::root().join("pkg");
    let mut files = tree::files(&committed)?;
    files.extend(tree::files(folder)?);
    files.sort();
    files.dedup();
    // A file that is on one side only reads as nothing on the other.
    let read = |folder: &Path, file: &Path| std::fs::read(folder.join(file)).ok();
    files.retain(|file| read(&committed, file) != read(folder, file));
    Ok(files.iter().map(|file| file.display().to_string()).collect())
}

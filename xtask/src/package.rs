//! Assembles the npm package in `pkg/` around the module.

use crate::fault::{Fault, Outcome};
use crate::{setup, shell, tools, tree};

/// Runs the package's own build script, which compiles the TypeScript sources twice (ESM, CJS).
pub fn assemble() -> Outcome {
    let script = tree::root().join("host-node").join("scripts").join("build.mjs");
    if !script.is_file() {
        return Err(Fault::failed(
            "`host-node/scripts/build.mjs` is not there: `pkg/` holds the module alone",
        ));
    }
    setup::node_package("host-node")?;
    let mut command = tools::node()?;
    command.arg(&script).current_dir(tree::root());
    shell::must("package", &mut command)?;
    Ok(())
}

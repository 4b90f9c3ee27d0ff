//! Runs `wasm-opt` of the pinned npm package `binaryen` over the compiled module; the figures that
//! justify it are in `docs/decisions/0002-module-build.md`.

use crate::fault::Outcome;
use crate::{setup, shell, tools, tree};

const PACKAGE: &str = "xtask/wasm-opt";

/// What `docs/abi.md` asks of a runtime: the optimiser must use nothing newer.
const FEATURES: [&str; 6] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
    "--enable-mutable-globals",
];

/// The optimised module; with `names`, functions keep their names.
pub fn optimise(module: &[u8], names: bool) -> Outcome<Vec<u8>> {
    setup::node_package(PACKAGE)?;
    let folder = tree::target().join("module");
    let (before, after) = (folder.join("compiled.wasm"), folder.join("optimised.wasm"));
    tree::write(&before, module)?;
    let mut command = tools::node()?;
    command.arg(tree::root().join(PACKAGE).join("node_modules/binaryen/bin/wasm-opt"));
    command.args(FEATURES).arg("-O3").args(names.then_some("-g"));
    command.arg(&before).arg("-o").arg(&after);
    shell::must("wasm-opt", &mut command)?;
    tree::read(&after)
}

//! `cargo xtask demo`: sets up, then hands over to the demo itself.

use std::process::Command;

use crate::fault::{Fault, Outcome};
use crate::module::Which;
#[cfg(not(unix))]
use crate::shell;
use crate::{setup, tools, tree};

/// Runs the demo on this terminal; with `serve` it stays.
pub fn run(serve: bool) -> Outcome {
    // Before the set-up, which may be as far as it gets without a network.
    println!(
        "module: `pkg/authn.wasm` as committed, SHA-256 {}",
        tree::digest(&tree::read(&Which::Verifier.path())?)
    );
    println!("module: not rebuilt here; `cargo xtask build` does that, `cargo xtask test` compares");
    let mut command = command(serve)?;
    // The demo takes our place, so that a signal reaches it and nothing stays behind.
    #[cfg(unix)]
    return Err(Fault::failed(std::os::unix::process::CommandExt::exec(&mut command).to_string()));
    #[cfg(not(unix))]
    return shell::attached(&mut command);
}

/// The demo, with everything it needs in place.
pub fn command(serve: bool) -> Outcome<Command> {
    let root = tree::root();
    let script = root.join("examples/demo/demo.mjs");
    if !script.is_file() {
        return Err(Fault::failed("`examples/demo/demo.mjs` is not there"));
    }
    let python = setup::everything()?;
    let mut command = tools::node()?;
    command.current_dir(root).arg(script).args(serve.then_some("--serve")).env("AUTHN_PYTHON", python);
    Ok(command)
}

//! `cargo xtask scenarios`: our hosts beside other libraries when the issuer fails, in one table.

use std::process::Command;

use crate::fault::{Fault, Outcome};
use crate::{setup, shell, tools, tree};

const LOG: &str = "scenarios";

/// Prints the table; with `write` it becomes `docs/scenarios.md`.
pub fn run(write: bool) -> Outcome {
    let finished = shell::run(LOG, command()?.args(write.then_some("--write")))?;
    println!("{}", finished.output.trim_end());
    if finished.success { Ok(()) } else { Err(Fault::Counted) }
}

/// The run, with everything it needs in place.
pub fn command() -> Outcome<Command> {
    setup::node_package("tests/scenarios")?;
    let python = setup::peers_environment()?;
    let mut command = tools::node()?;
    command.current_dir(tree::root()).arg("tests/scenarios/run.mjs").env("AUTHN_PYTHON", python);
    Ok(command)
}

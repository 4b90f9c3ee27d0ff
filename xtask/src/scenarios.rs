//! `cargo xtask scenarios` and `cargo xtask faults`: what our hosts do when the issuer fails, each in one table.

use std::path::PathBuf;
use std::process::Command;

use crate::fault::{Fault, Outcome};
use crate::{setup, shell, tools, tree};

/// Our hosts beside other libraries; with `write` the table becomes `docs/scenarios.md`.
pub fn run(write: bool) -> Outcome {
    print("scenarios", &mut command()?, write)
}

/// Our hosts before every fault of a server; with `write` the table becomes `docs/faults.md`.
pub fn run_faults(write: bool) -> Outcome {
    print("faults", &mut faults_command()?, write)
}

/// The run, with everything it needs in place.
pub fn command() -> Outcome<Command> {
    setup::node_host()?;
    setup::node_package("tests/compare/scenarios")?;
    script("tests/compare/scenarios/run.mjs", setup::peers_environment()?)
}

/// The same for the faults.
pub fn faults_command() -> Outcome<Command> {
    setup::node_host()?;
    script("tests/faults/run.mjs", setup::python_environment()?)
}

fn script(path: &str, python: PathBuf) -> Outcome<Command> {
    let mut command = tools::node()?;
    command.current_dir(tree::root()).arg(path).env("AUTHN_PYTHON", python);
    Ok(command)
}

fn print(log: &str, command: &mut Command, write: bool) -> Outcome {
    let finished = shell::run(log, command.args(write.then_some("--write")))?;
    println!("{}", finished.output.trim_end());
    if finished.success { Ok(()) } else { Err(Fault::Counted) }
}

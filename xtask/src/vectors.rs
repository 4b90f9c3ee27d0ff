//! `cargo xtask vectors`: mints `tests/vectors/`, or proves that minting changes nothing.

use std::process::Command;

use crate::fault::{Fault, Outcome};
use crate::{shell, tools, tree};

/// Mints, or compares without writing.
pub fn run(check: bool) -> Outcome {
    shell::attached(&mut command(check)?)
}

/// The crate `vectors`, which is apart because it brings a second implementation as the judge.
pub fn command(check: bool) -> Outcome<Command> {
    let root = tree::root();
    if !root.join("xtask/vectors/Cargo.toml").is_file() {
        return Err(Fault::failed("`xtask/vectors` is not there"));
    }
    let mut command = tools::cargo();
    command.current_dir(root).args(["run", "--quiet", "--locked", "--package", "vectors", "--"]);
    command.args(check.then_some("--check"));
    Ok(command)
}

//! `cargo xtask check`: what must hold of the sources before anything is run.

use crate::fault::{Fault, Outcome};
use crate::{lint, shell, tools, tree, versions};

type Check = (&'static str, fn() -> Outcome);

/// Runs every check, reports all failures.
pub fn run() -> Outcome {
    let checks: [Check; 5] = [
        ("formatting", formatting),
        ("clippy", clippy),
        ("documentation", documentation),
        ("words", words),
        ("versions", one_version),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        match check() {
            Ok(()) => println!("{name}: ok"),
            Err(missing @ Fault::Missing { .. }) => return Err(missing),
            Err(fault) => {
                println!("{name}: failed\n{fault}");
                failed.push(name);
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Fault::failed(format!("failed: {}", failed.join(", ")))) }
}

pub fn formatting() -> Outcome {
    cargo("fmt", &["fmt", "--all", "--check"], &[])
}

pub fn clippy() -> Outcome {
    let arguments = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    cargo("clippy", &arguments, &[])
}

pub fn documentation() -> Outcome {
    let arguments = ["doc", "--locked", "--workspace", "--no-deps"];
    cargo("doc", &arguments, &[("RUSTDOCFLAGS", "-D warnings")])
}

pub fn words() -> Outcome {
    lint::words()
}

pub fn one_version() -> Outcome {
    versions::agree()
}

fn cargo(name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut command = tools::cargo();
    command.current_dir(tree::root()).args(arguments).envs(variables.iter().copied());
    shell::must(name, &mut command).map(|_| ())
}

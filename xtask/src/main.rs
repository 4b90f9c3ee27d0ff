//! `cargo xtask …`: the only build logic of this repository.
//!
//! Exit codes: 0 done, 1 something failed, 2 a command that is none, or something is missing on this machine.

mod build;
mod check;
mod demo;
mod fault;
mod generate;
mod lint;
mod module;
mod notices;
mod package;
mod report;
mod reproduce;
mod scenarios;
mod setup;
mod shell;
mod size;
mod suite;
mod tally;
mod test;
mod toolchain;
mod tools;
mod tree;
mod vectors;
mod versions;
mod wasm_opt;

use std::process::ExitCode;

use fault::{Fault, Outcome};

const USAGE: &str = "\
usage: cargo xtask <command>

  demo [--serve]        set up, then one token through both apps
  test [--only a,b]     every test; the last line is the tally
  compare               our hosts beside other libraries: scenarios, verdicts, migration
  build [--rust-src F]  make `pkg/`: the module, its digest, the npm package
  package               the npm package in `pkg/`, and its notices, around the modules as they are
  generate [--check]    types, codes and options for both hosts
  check                 formatting, lints, documentation, versions
  vectors [--check]     mint `tests/vectors/`, or prove that minting changes nothing
  scenarios [--write]   our hosts beside other libraries when the issuer fails
  faults [--write]      our hosts before a server that misbehaves in every way
  size                  size of the module and where its bytes go
  help                  this text";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault @ Fault::Counted) => fault.exit_code(),
        Err(fault) => {
            eprintln!("{fault}");
            fault.exit_code()
        }
    }
}

fn run(arguments: &[&str]) -> Outcome {
    match arguments {
        ["demo"] => demo::run(false),
        ["demo", "--serve"] => demo::run(true),
        ["test"] => test::run(&[]),
        ["test", "--only", names] => test::run(&names.split(',').collect::<Vec<_>>()),
        ["compare"] => test::compare(),
        ["build"] => build::run(None),
        ["build", "--rust-src", archive] => build::run(Some(archive)),
        ["package"] => package::write_notices().and_then(|()| package::assemble(None)),
        ["generate"] => generate::run(false),
        ["generate", "--check"] => generate::run(true),
        ["check"] => check::run(),
        ["vectors"] => vectors::run(false),
        ["vectors", "--check"] => vectors::run(true),
        ["scenarios"] => scenarios::run(false),
        ["scenarios", "--write"] => scenarios::run(true),
        ["faults"] => scenarios::run_faults(false),
        ["faults", "--write"] => scenarios::run_faults(true),
        ["size"] => size::run(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(misused(arguments)),
    }
}

fn misused(arguments: &[&str]) -> Fault {
    if arguments.is_empty() {
        return Fault::Misused(USAGE.to_owned());
    }
    Fault::Misused(format!("there is no command `{}`\n\n{USAGE}", arguments.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_no_fault_and_what_is_no_command_gets_the_usage() {
        assert!(["help", "--help", "-h"].iter().all(|word| run(&[word]).is_ok()));
        assert_eq!(misused(&[]).to_string(), USAGE);
        assert!(matches!(run(&[]), Err(fault @ Fault::Misused(_)) if fault.exit_code() == ExitCode::from(2)));
        let unknown = run(&["tset"]).map_err(|fault| fault.to_string());
        assert_eq!(unknown, Err(format!("there is no command `tset`\n\n{USAGE}")));
    }
}

//! The tools besides Rust: Node, npm, git and Python, each found once or named with the remedy.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fault::{Fault, Outcome};
use crate::shell;

const NODE: &str = "Node 20 or newer";
const GO: &str = "Go 1.25 or newer";
const PYTHON: &str = "Python 3.9 or newer";

/// The cargo that runs us.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The folder of cargo's downloads.
pub fn cargo_home() -> PathBuf {
    env::var_os("CARGO_HOME").map_or_else(|| home().join(".cargo"), PathBuf::from)
}

/// The folder of rustup's toolchains.
pub fn rustup_home() -> PathBuf {
    env::var_os("RUSTUP_HOME").map_or_else(|| home().join(".rustup"), PathBuf::from)
}

fn home() -> PathBuf {
    env::home_dir().unwrap_or_default()
}

/// `node`, 20 or newer.
pub fn node() -> Outcome<Command> {
    let remedy = "install it from https://nodejs.org or with your system's packages";
    let Some(version) = shell::ask(Command::new("node").arg("--version")) else {
        return Err(Fault::missing(format!("`node` ({NODE})"), remedy));
    };
    if numbers(&version) < vec![20] {
        return Err(Fault::missing(format!("{NODE} (this is {version})"), remedy));
    }
    Ok(Command::new("node"))
}

/// `npm`, which comes with Node.
pub fn npm() -> Outcome<Command> {
    node()?;
    let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if shell::ask(Command::new(name).arg("--version")).is_none() {
        return Err(Fault::missing("`npm`", "install it with Node"));
    }
    Ok(Command::new(name))
}

/// `go`, 1.25 or newer (`examples/go-wazero/go.mod`); it must not fetch another Go.
pub fn go() -> Outcome<Command> {
    let remedy = "install it from https://go.dev or with your system's packages";
    let Some(version) = shell::ask(Command::new("go").args(["env", "GOVERSION"]).env("GOTOOLCHAIN", "local"))
    else {
        return Err(Fault::missing(format!("`go` ({GO})"), remedy));
    };
    if numbers(version.trim_start_matches("go")) < vec![1, 25] {
        return Err(Fault::missing(format!("{GO} (this is {version})"), remedy));
    }
    let mut command = Command::new("go");
    command.env("GOTOOLCHAIN", "local");
    Ok(command)
}

/// `git`.
pub fn git() -> Outcome<Command> {
    if shell::ask(Command::new("git").arg("--version")).is_none() {
        return Err(Fault::missing("`git`", "install it with your system's packages"));
    }
    Ok(Command::new("git"))
}

/// A Python that can make virtual environments: `$AUTHN_BASE_PYTHON`, `python3`, then `python`.
pub fn python() -> Outcome<PathBuf> {
    let named = env::var("AUTHN_BASE_PYTHON").ok().filter(|name| !name.is_empty());
    let candidates = match &named {
        Some(name) => vec![name.as_str()],
        None => vec!["python3", "python"],
    };
    let found = candidates.iter().find_map(|name| Some((*name, python_version(name)?)));
    let Some((name, version)) = found else {
        return Err(Fault::missing(
            format!("`python3` ({PYTHON})"),
            "install it from https://python.org or with your system's packages",
        ));
    };
    if numbers(&version) < vec![3, 9] {
        return Err(Fault::missing(
            format!("{PYTHON} (this is {version})"),
            "install it, or name one in `AUTHN_BASE_PYTHON`",
        ));
    }
    if shell::ask(Command::new(name).args(["-c", "import venv, ensurepip"])).is_none() {
        let package = "install it (Debian and Ubuntu: `apt install python3-venv`)";
        return Err(Fault::missing(format!("the module `venv` of `{name}`"), package));
    }
    Ok(PathBuf::from(name))
}

/// The interpreter of a virtual environment.
pub fn python_in(environment: &Path) -> PathBuf {
    if cfg!(windows) {
        environment.join("Scripts").join("python.exe")
    } else {
        environment.join("bin").join("python")
    }
}

fn python_version(name: &str) -> Option<String> {
    let question = "import sys; print('%d.%d.%d' % sys.version_info[:3])";
    shell::ask(Command::new(name).args(["-c", question]))
}

/// `v20.1.2` → `[20, 1, 2]`. A part that is no number counts as zero, which is too old.
fn numbers(version: &str) -> Vec<u32> {
    let parts = version.trim_start_matches('v').split('.');
    parts.map(|part| part.parse().unwrap_or(0)).collect()
}

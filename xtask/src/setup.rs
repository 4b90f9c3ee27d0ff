//! Puts in place what the commands need from npm and PyPI, once.
//!
//! Each part has a stamp in `target/stamps`: the digest of everything it is made from. The same
//! digest means nothing is to be done.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Instant;

use crate::fault::{Fault, Outcome};
use crate::{package, shell, tools, tree};

/// Folders with a `package-lock.json` that the demo and the tests need.
const NODE_PACKAGES: [&str; 3] = ["host-node", "examples/fuzefront", "examples/demo"];

/// What the FastAPI example needs beside the verifier.
const EXAMPLE_REQUIREMENTS: &str = "examples/fuzekeys/requirements.txt";

/// The libraries that `docs/migration.md` and `docs/scenarios.md` compare this package with.
const PEER_REQUIREMENTS: &str = "tests/compare/peers/requirements.txt";

/// As many tries as npm makes by itself, with short pauses: without a network its own add up to minutes.
const NPM_NETWORK: [&str; 3] =
    ["--prefer-offline", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=2000"];

/// Fewer than pip's own five. A variable, because it reaches the pip that pip starts for a build.
const PIP_RETRIES: (&str, &str) = ("PIP_RETRIES", "2");

/// Files that come and go without changing what is installed.
const PASSING: [&str; 7] = [
    "__pycache__",
    ".egg-info",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    "host-python/build",
    "host-python/dist",
];

/// Everything, for the demo and the tests. Answers the Python of the virtual environment.
pub fn everything() -> Outcome<PathBuf> {
    node_host()?;
    for folder in NODE_PACKAGES {
        node_package(folder)?;
    }
    python_environment()
}

/// The npm package in `pkg/`, built from the sources as they are.
pub fn node_host() -> Outcome {
    node_package("host-node")?;
    package::ensure()
}

/// The parts that [`everything`] would install now.
pub fn pending() -> Outcome<Vec<&'static str>> {
    let mut parts = Vec::new();
    for folder in NODE_PACKAGES {
        if !node_stamp(folder)?.holds() {
            parts.push(folder);
        }
    }
    if !python_stamp(&tools::python()?)?.holds() {
        parts.push("host-python");
    }
    Ok(parts)
}

/// `npm ci` in `folder`, unless its lock file is the one already installed.
pub fn node_package(folder: &str) -> Outcome {
    let path = tree::root().join(folder);
    let lock = path.join("package-lock.json");
    if !lock.is_file() {
        return Err(Fault::failed(format!("`{folder}/package-lock.json` is not there")));
    }
    let mut npm = tools::npm()?;
    let stamp = node_stamp(folder)?;
    if stamp.holds() && path.join("node_modules").is_dir() {
        return Ok(());
    }
    let work = Work::begin(format!("installing what `{folder}` needs from npm"));
    npm.args(["ci", "--no-audit", "--no-fund"]).args(NPM_NETWORK).current_dir(&path);
    downloaded(&format!("npm-{}", folder.replace('/', "-")), &mut npm)?;
    stamp.set()?;
    work.done();
    Ok(())
}

fn node_stamp(folder: &str) -> Outcome<Stamp> {
    let path = tree::root().join(folder);
    let inputs = ["package.json", "package-lock.json", ".npmrc"].map(|file| path.join(file));
    Stamp::new(folder, &inputs, &shell::ask(tools::node()?.arg("--version")).unwrap_or_default())
}

/// The virtual environment `target/python` with the host, its extras and the example's needs.
pub fn python_environment() -> Outcome<PathBuf> {
    // One run tries once: without a network every try takes minutes and ends alike.
    static TRIED: OnceLock<Outcome<PathBuf>> = OnceLock::new();
    TRIED.get_or_init(install_python).clone()
}

fn install_python() -> Outcome<PathBuf> {
    let root = tree::root();
    let base = tools::python()?;
    let environment = tree::target().join("python");
    let python = tools::python_in(&environment);
    let stamp = python_stamp(&base)?;
    if stamp.holds() && python.is_file() {
        return Ok(python);
    }
    if !root.join("host-python/pyproject.toml").is_file() {
        return Err(Fault::failed("`host-python/pyproject.toml` is not there"));
    }
    let work = Work::begin("installing the Python host into `target/python`");
    if !python.is_file() || version_of(&python) != version_of(&base) {
        tree::remove_folder(&environment)?;
        shell::must("python-venv", Command::new(&base).args(["-m", "venv"]).arg(&environment))?;
    }
    let mut pip = Command::new(&python);
    pip.current_dir(&root).args(["-m", "pip", "install", "--disable-pip-version-check"]);
    pip.arg("./host-python[dev,fastapi]");
    if root.join(EXAMPLE_REQUIREMENTS).is_file() {
        pip.args(["-r", EXAMPLE_REQUIREMENTS]);
    }
    downloaded("pip", &mut pip)?;
    stamp.set()?;
    work.done();
    Ok(python)
}

/// The same environment with the libraries of `tests/compare/peers` in it, which the demo does without.
pub fn peers_environment() -> Outcome<PathBuf> {
    let python = python_environment()?;
    let inputs = [tree::root().join(PEER_REQUIREMENTS), tree::target().join("stamps/python")];
    let stamp = Stamp::new("peers", &inputs, &version_of(&python))?;
    if stamp.holds() {
        return Ok(python);
    }
    let work = Work::begin("installing the libraries of `tests/compare/peers` into `target/python`");
    let mut pip = Command::new(&python);
    pip.current_dir(tree::root()).args(["-m", "pip", "install", "--disable-pip-version-check"]);
    pip.args(["-r", PEER_REQUIREMENTS]);
    downloaded("pip-peers", &mut pip)?;
    stamp.set()?;
    work.done();
    Ok(python)
}

fn python_stamp(base: &Path) -> Outcome<Stamp> {
    Stamp::new("python", &python_inputs(&tree::root())?, &version_of(base))
}

fn python_inputs(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut inputs =
        vec![root.join("pkg/authn.wasm"), root.join("pkg/authn-tools.wasm"), root.join(EXAMPLE_REQUIREMENTS)];
    let host = root.join("host-python");
    if host.is_dir() {
        let files = tree::files(&host)?.into_iter().map(|file| host.join(file));
        inputs.extend(files.filter(|file| {
            let text = file.to_string_lossy().replace('\\', "/");
            // Tests do not enter what is installed.
            !PASSING.iter().any(|passing| text.contains(passing)) && !text.contains("host-python/tests/")
        }));
    }
    Ok(inputs)
}

fn version_of(python: &Path) -> String {
    let question = "import sys; print(sys.version)";
    shell::ask(Command::new(python).args(["-c", question])).unwrap_or_default()
}

/// Runs a command that downloads. Its failure is almost always the network, so it says so.
fn downloaded(name: &str, command: &mut Command) -> Outcome {
    let finished = shell::run(name, command.env(PIP_RETRIES.0, PIP_RETRIES.1))?;
    if finished.success {
        return Ok(());
    }
    // On a build server nobody can open the log.
    if std::env::var_os("CI").is_some() {
        eprintln!("{}", finished.tail());
    }
    let what = format!("the packages that `{name}` installs");
    let log = finished.log.display();
    Err(Fault::missing(
        what,
        format!("without a network they cannot be downloaded; what happened is in `{log}`"),
    ))
}

/// The digest of what a part was made from.
pub struct Stamp {
    path: PathBuf,
    digest: String,
}

impl Stamp {
    pub fn new(name: &str, inputs: &[PathBuf], also: &str) -> Outcome<Self> {
        let mut text = format!("{also}\n");
        for input in inputs {
            // A file that is not there is an input as well: it may appear.
            let bytes = std::fs::read(input).unwrap_or_default();
            text.push_str(&format!("{} {}\n", tree::digest(&bytes), input.display()));
        }
        let path = tree::target().join("stamps").join(name.replace('/', "-"));
        Ok(Self { path, digest: tree::digest(text.as_bytes()) })
    }

    pub fn holds(&self) -> bool {
        tree::read_text(&self.path).is_ok_and(|text| text == self.digest)
    }

    pub fn set(&self) -> Outcome {
        tree::write(&self.path, self.digest.as_bytes())
    }
}

/// Commands that some tests need, by any of their names, and the Debian package that has them. Without one, its tests are
/// skipped with the reason.
const SYSTEM: [(&[&str], &str); 3] = [
    (&["redis-server"], "redis-server"),
    (&["openssl"], "openssl"),
    (&["chromium", "chromium-browser", "google-chrome"], "chromium"),
];

/// Installs what is missing where that can be done unasked: as root on Debian, within a few minutes.
pub fn system_packages() {
    // Not all of them know `--version`; that it starts is enough.
    let runs = |name: &&&str| Command::new(**name).arg("--version").output().is_ok();
    let missing: Vec<&str> =
        SYSTEM.iter().filter(|(names, _)| !names.iter().any(|name| runs(&name))).map(|row| row.1).collect();
    let is_root = shell::ask(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if missing.is_empty() || !is_root || shell::ask(Command::new("apt-get").arg("--version")).is_none() {
        return;
    }
    let work = Work::begin(format!("installing {} by apt-get", missing.join(", ")));
    let apt = |seconds: &str, arguments: &[&str]| {
        let mut command = Command::new("timeout");
        command.args([seconds, "apt-get", "-q"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        shell::run("apt-get", &mut command).is_ok_and(|finished| finished.success)
    };
    let install = [&["install", "-y", "--no-install-recommends"], missing.as_slice()].concat();
    if apt("120", &["update"]) && apt("400", &install) {
        work.done();
    } else {
        println!("setup: not all of {} could be installed: their tests are skipped", missing.join(", "));
    }
}

/// A line when something long begins, and one when it is done.
struct Work {
    name: String,
    started: Instant,
}

impl Work {
    fn begin(name: impl Into<String>) -> Self {
        let name = name.into();
        println!("setup: {name} …");
        Self { name, started: Instant::now() }
    }

    fn done(&self) {
        println!("setup: {}: {:.1} s", self.name, self.started.elapsed().as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_that_fails_is_one_line_that_names_its_log() {
        let ended = downloaded("setup-test", tools::cargo().arg("--no-such-option"));
        let line = ended.err().map(|fault| fault.to_string()).unwrap_or_default();
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.contains("`setup-test`") && line.contains("setup-test.log`"), "{line}");
    }
}

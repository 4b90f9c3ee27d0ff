//! The steps of `cargo xtask test`, in order.

use std::path::Path;
use std::process::Command;

use crate::fault::{Fault, Outcome};
use crate::module::{self, Site, Which};
use crate::test::Ended;
use crate::{
    check, demo, generate, package, report, reproduce, scenarios, setup, shell, tools, tree, vectors,
};

/// One step of the test run.
#[derive(Clone, Copy)]
pub struct Step {
    /// What `--only` selects by.
    pub group: &'static str,
    pub name: &'static str,
    /// The row of the closing table.
    pub row: &'static str,
    pub run: fn() -> Outcome<Ended>,
}

impl Step {
    /// Whether the step runs something in Node or Python.
    pub fn needs_hosts(&self) -> bool {
        !matches!(self.group, "check" | "rust" | "vectors" | "go")
    }
}

const fn step(
    group: &'static str,
    name: &'static str,
    row: &'static str,
    run: fn() -> Outcome<Ended>,
) -> Step {
    Step { group, name, row, run }
}

const CHECKS: &str = "build and checks";
const RUST: &str = "Rust";
const NODE: &str = "Node";
const PYTHON: &str = "Python";
const PACKAGING: &str = "packaging";

const STEPS: &[Step] = &[
    step("build", "authn.wasm: same bytes as committed", CHECKS, || committed_module(Which::Verifier)),
    step("build", "authn-tools.wasm: the same", CHECKS, || committed_module(Which::Tools)),
    step("build", "authn.wasm: same bytes from elsewhere", CHECKS, || module_from_elsewhere(Which::Verifier)),
    step("build", "authn-tools.wasm: the same", CHECKS, || module_from_elsewhere(Which::Tools)),
    step("build", "package: same files as committed", CHECKS, committed_package),
    step("check", "generated files: no diff", CHECKS, || checked(|| generate::run(true))),
    step("check", "formatting", CHECKS, || checked(check::formatting)),
    step("check", "clippy", CHECKS, || checked(check::clippy)),
    step("check", "documentation builds", CHECKS, || checked(check::documentation)),
    step("check", "no foreign words", CHECKS, || checked(check::words)),
    step("check", "one version", CHECKS, || checked(check::one_version)),
    step("rust", "cargo test", RUST, cargo_test),
    step("vectors", "vectors: minting gives no diff", "vectors", minted_vectors),
    step("node", "host-node: tests of the sources", NODE, || npm("test")),
    step("node", "host-node: lint", NODE, || npm("lint")),
    step("node", "conformance in Node", NODE, || module_script("tests/conformance.mjs")),
    step("node", "conformance in Chromium", NODE, || module_script("tests/conformance/browser/run.mjs")),
    step("python", "host-python: pytest", PYTHON, || python_tool("pytest", &[])),
    step("python", "host-python: mypy", PYTHON, || python_tool("mypy", &["--strict"])),
    step("python", "host-python: ruff check", PYTHON, || python_tool("ruff", &["check", "."])),
    step("python", "host-python: ruff format", PYTHON, || python_tool("ruff", &["format", "--check", "."])),
    step("python", "conformance in Python", PYTHON, || python_script("tests/conformance.py")),
    step("doctor", "doctor: four broken issuers, both hosts", "doctor", broken_issuers),
    step("packaging", "npm package: files, types, tools", PACKAGING, || npm("test:package")),
    step("packaging", "npm package in empty projects", PACKAGING, || {
        node_script("tests/packaging/node/run.mjs")
    }),
    step("packaging", "wheel in empty projects", PACKAGING, || {
        python_script("tests/packaging/python/run.py")
    }),
    step("faults", "faults of the issuer, cold and warm", "faults", every_fault),
    step("store", "one store for both languages", "store", shared_store),
    step("readme", "examples of the front page", "README", front_page),
    step("workflow", "workflows and their scripts", "workflows", workflows),
    step("demo", "demo: set-up is done once", "demo", setup_twice),
    step("demo", "demo: both apps, every token", "demo", whole_demo),
    step("go", "a host in Go, on wazero", "Go", go_host),
];

/// What is about other libraries: on demand, and weekly.
const COMPARE: &[Step] = &[
    step("scenarios", "scenarios: the rules", "scenarios", scenario_rules),
    step("scenarios", "scenarios beside other libraries", "scenarios", failing_issuer),
    step("peers", "examples of the migration guide", "peers", || peers("tests/compare/peers/snippets.mjs")),
    step("peers", "verdicts of other libraries", "peers", || peers("tests/compare/peers/run.mjs")),
    step("outsider", "outsider: PyJWT by the contract's text", "peers", outsider),
];

/// The steps beside other libraries.
pub fn beside_others() -> Vec<Step> {
    COMPARE.to_vec()
}

/// All steps, or those of the named groups.
pub fn select(groups: &[&str]) -> Outcome<Vec<Step>> {
    let known = |group: &&&str| STEPS.iter().any(|step| step.group == **group);
    if let Some(unknown) = groups.iter().find(|group| !known(group)) {
        let mut names: Vec<&str> = STEPS.iter().map(|step| step.group).collect();
        names.dedup();
        let what = format!("a group of tests named `{unknown}`");
        return Err(Fault::missing(what, format!("name one of {}", names.join(", "))));
    }
    let wanted = |step: &Step| groups.is_empty() || groups.contains(&step.group);
    Ok(STEPS.iter().filter(|step| wanted(step)).copied().collect())
}

fn committed_module(which: Which) -> Outcome<Ended> {
    let committed = tree::digest(&tree::read(&which.path())?);
    match module::build(which, &Site::here(), None) {
        Ok(built) => {
            let digest = tree::digest(&built.bytes);
            Ok(same("built", &digest, "committed", &committed))
        }
        Err(Fault::Missing { what, remedy }) => Ok(not_rebuilt(&what, &remedy)),
        Err(fault) => Err(fault),
    }
}

fn module_from_elsewhere(which: Which) -> Outcome<Ended> {
    let committed = tree::digest(&tree::read(&which.path())?);
    match reproduce::elsewhere(which) {
        Ok(bytes) => Ok(same("built elsewhere", &tree::digest(&bytes), "committed", &committed)),
        Err(Fault::Missing { what, remedy }) => Ok(not_rebuilt(&what, &remedy)),
        Err(fault) => Err(fault),
    }
}

fn not_rebuilt(what: &str, remedy: &str) -> Ended {
    Ended::Skipped(format!(
        "the bytecode was not rebuilt, `pkg/` is used as committed; missing: {what}; {remedy}"
    ))
}

fn same(left: &str, digest: &str, right: &str, expected: &str) -> Ended {
    if digest == expected {
        return Ended::Passed;
    }
    Ended::Failed(format!(
        "{digest}  {left}\n{expected}  {right}\nthe sources do not give this file of `pkg/`: run `cargo xtask build`"
    ))
}

fn committed_package() -> Outcome<Ended> {
    let folder = tree::target().join("package");
    tree::remove_folder(&folder)?;
    tree::make_folder(&folder)?;
    match package::assemble(Some(&folder)) {
        Ok(()) => {}
        Err(Fault::Missing { what, remedy }) => return Ok(not_rebuilt(&what, &remedy)),
        Err(fault) => return Err(fault),
    }
    let differing = package::differences(&folder)?;
    if differing.is_empty() {
        return Ok(Ended::Passed);
    }
    Ok(Ended::Failed(format!(
        "run `cargo xtask build`; these files of `pkg/` differ: {}",
        differing.join(", ")
    )))
}

fn checked(check: fn() -> Outcome) -> Outcome<Ended> {
    check().map(|()| Ended::Passed)
}

/// Without the tools: their serde_json keeps numbers as they came, and would do so in the judges of the vectors too.
fn cargo_test() -> Outcome<Ended> {
    let mut command = tools::cargo();
    command.current_dir(tree::root()).args(["test", "--locked", "--workspace", "--no-fail-fast"]);
    command.args(["--", "--show-output"]);
    counted("cargo-test", &mut command)
}

fn minted_vectors() -> Outcome<Ended> {
    counted_or_one("vectors", &mut vectors::command(true)?)
}

fn npm(script: &str) -> Outcome<Ended> {
    setup::node_package("host-node")?;
    let mut command = tools::npm()?;
    command.current_dir(tree::root().join("host-node")).args(["run", "--silent", script]);
    counted_or_one(&format!("host-node-{script}"), &mut command)
}

fn node_script(script: &str) -> Outcome<Ended> {
    present(script)?;
    setup::node_host()?;
    let mut command = tools::node()?;
    command.arg(script).current_dir(tree::root());
    counted(&log_name(script), &mut command)
}

/// A script that looks at the module alone.
fn module_script(script: &str) -> Outcome<Ended> {
    present(script)?;
    let mut command = tools::node()?;
    command.arg(script).current_dir(tree::root());
    counted(&log_name(script), &mut command)
}

/// Runs the blocks of the front page, of which one is Python.
fn front_page() -> Outcome<Ended> {
    setup::node_host()?;
    let python = setup::python_environment()?;
    let mut command = tools::node()?;
    command.arg("tests/readme.mjs").current_dir(tree::root()).env("AUTHN_PYTHON", python);
    counted("readme", &mut command)
}

/// Node and Python replicas on one Redis.
fn shared_store() -> Outcome<Ended> {
    setup::node_host()?;
    let python = setup::python_environment()?;
    let mut command = tools::node()?;
    command.arg("tests/store/mixed.mjs").current_dir(tree::root()).env("AUTHN_PYTHON", python);
    counted("store", &mut command)
}

/// Runs both command lines; the script starts Node itself.
/// Both command lines before issuers with a fault, and the page that shows what they say.
fn broken_issuers() -> Outcome<Ended> {
    setup::node_host()?;
    let python = setup::python_environment()?;
    let mut command = tools::node()?;
    command.arg("tests/doctor/run.mjs").current_dir(tree::root()).env("AUTHN_PYTHON", python);
    counted("doctor", &mut command)
}

/// What `docs/migration.md` says of other libraries, asked of them.
fn peers(script: &str) -> Outcome<Ended> {
    setup::node_host()?;
    setup::node_package("tests/compare/peers")?;
    let python = setup::peers_environment()?;
    let mut command = tools::node()?;
    command.arg(script).current_dir(tree::root()).env("AUTHN_PYTHON", python);
    counted(&log_name(script), &mut command)
}

/// A validator written from the contract alone; it needs the PyJWT of `tests/compare/peers`.
fn outsider() -> Outcome<Ended> {
    let script = "tests/compare/outsider.py";
    present(script)?;
    let mut command = Command::new(setup::peers_environment()?);
    command.arg(script).current_dir(tree::root());
    counted(&log_name(script), &mut command)
}

fn workflows() -> Outcome<Ended> {
    setup::node_package("tests/workflow")?;
    let mut command = tools::node()?;
    let tests = ["tests/workflow/notice.test.mjs", "tests/workflow/workflow.test.mjs"];
    command.arg("--test").args(tests).current_dir(tree::root());
    counted("workflow", &mut command)
}

fn python_script(script: &str) -> Outcome<Ended> {
    present(script)?;
    let mut command = Command::new(setup::python_environment()?);
    command.arg(script).current_dir(tree::root());
    counted(&log_name(script), &mut command)
}

fn python_tool(tool: &str, arguments: &[&str]) -> Outcome<Ended> {
    present("host-python")?;
    let mut command = Command::new(setup::python_environment()?);
    command.current_dir(tree::root().join("host-python")).args(["-m", tool]).args(arguments);
    let name = format!("host-python-{tool}-{}", arguments.first().unwrap_or(&""));
    counted_or_one(name.trim_end_matches('-'), &mut command)
}

fn scenario_rules() -> Outcome<Ended> {
    let mut command = tools::node()?;
    command.args(["--test", "tests/compare/scenarios/judge.test.mjs"]).current_dir(tree::root());
    counted("scenarios-rules", &mut command)
}

fn failing_issuer() -> Outcome<Ended> {
    counted("scenarios", &mut scenarios::command()?)
}

fn every_fault() -> Outcome<Ended> {
    counted("faults", &mut scenarios::faults_command()?)
}

fn setup_twice() -> Outcome<Ended> {
    setup::everything()?;
    match setup::pending()? {
        parts if parts.is_empty() => Ok(Ended::Passed),
        parts => Ok(Ended::Failed(format!("set up again on the second run: {}", parts.join(", ")))),
    }
}

fn whole_demo() -> Outcome<Ended> {
    counted_or_one("demo", &mut demo::command(false)?)
}

/// The host of `examples/go-wazero`, written from `docs/abi.md` alone.
fn go_host() -> Outcome<Ended> {
    let mut command = match tools::go() {
        Ok(command) => command,
        Err(Fault::Missing { what, remedy }) => {
            return Ok(Ended::Skipped(format!("missing: {what}; {remedy}")));
        }
        Err(fault) => return Err(fault),
    };
    command.current_dir(tree::root().join("examples/go-wazero")).args(["test", "./..."]);
    counted_or_one("go-wazero", &mut command)
}

/// A runner that must count.
fn counted(name: &str, command: &mut Command) -> Outcome<Ended> {
    let finished = shell::run(name, command)?;
    let report = report::read(&finished.output);
    Ok(Ended::Counted { report, trouble: (!finished.success).then(|| finished.tail()) })
}

/// A command that is one test, unless it counts.
fn counted_or_one(name: &str, command: &mut Command) -> Outcome<Ended> {
    let finished = shell::run(name, command)?;
    let report = report::read(&finished.output);
    let trouble = (!finished.success).then(|| finished.tail());
    if report != report::Report::default() {
        return Ok(Ended::Counted { report, trouble });
    }
    Ok(trouble.map_or(Ended::Passed, Ended::Failed))
}

fn present(path: &str) -> Outcome {
    if Path::new(&tree::root()).join(path).exists() {
        return Ok(());
    }
    Err(Fault::failed(format!("`{path}` is not there")))
}

fn log_name(script: &str) -> String {
    script.replace(['/', '.'], "-")
}

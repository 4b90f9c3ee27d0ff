//! `pkg/NOTICES`: the software of others that stands in the modules, with the licences that want to be shown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::fault::{Fault, Outcome};
use crate::{shell, tools, tree};

const HEAD: &str = "\
Third-party notices of @fuzefront/authn and fuzefront-authn

`authn.wasm` and `authn-tools.wasm` contain code of the Rust standard library (MIT OR Apache-2.0, the Rust
Project Developers, https://github.com/rust-lang/rust) and of the crates below. Where a licence may be
chosen, Apache-2.0 was: its text is in LICENSE.
";

/// A crate that is linked into a module.
struct Crate {
    licence: String,
    address: String,
    folder: PathBuf,
}

/// Where the notices are committed.
pub fn path() -> PathBuf {
    tree::root().join("pkg").join("NOTICES")
}

/// The notices, as they should stand in `pkg/`.
pub fn text() -> Outcome<String> {
    let crates = crates()?;
    let mut text = HEAD.to_owned();
    for (name, found) in &crates {
        text.push_str(&format!("\n{name}\n  {}\n  {}\n", found.licence, found.address));
    }
    for (name, found) in crates.iter().filter(|(_, found)| !found.licence.contains("Apache-2.0")) {
        let licence = licence(&found.folder)?;
        text.push_str(&format!("\n\n---- {name}: {}\n\n{}\n", found.licence, licence.trim_end()));
    }
    Ok(text)
}

/// What cargo links for WebAssembly, by name and version.
fn crates() -> Outcome<BTreeMap<String, Crate>> {
    let listed = ask(&[
        "tree",
        "--locked",
        "--package",
        "fuzefront-authn",
        "--package",
        "fuzefront-authn-tools",
        "--edges",
        "normal,no-proc-macro",
        "--target",
        "wasm32-unknown-unknown",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ])?;
    let metadata = ask(&["metadata", "--locked", "--format-version", "1"])?;
    let metadata: Value =
        serde_json::from_str(&metadata).map_err(|error| Fault::failed(error.to_string()))?;
    let packages = metadata.get("packages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut crates = BTreeMap::new();
    for line in listed.lines().filter(|line| !line.is_empty() && !line.contains("fuzefront")) {
        let mut words = line.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let version = version.trim_start_matches('v');
        let member =
            |package: &Value, name: &str| package.get(name).and_then(Value::as_str).map(str::to_owned);
        let package = packages.iter().find(|package| {
            member(package, "name").as_deref() == Some(name)
                && member(package, "version").as_deref() == Some(version)
        });
        let Some(package) = package else {
            return Err(Fault::failed(format!("cargo does not know where `{name}` {version} is")));
        };
        let manifest = PathBuf::from(member(package, "manifest_path").unwrap_or_default());
        crates.insert(
            format!("{name} {version}"),
            Crate {
                licence: member(package, "license").unwrap_or_default(),
                address: member(package, "repository").unwrap_or_default(),
                folder: manifest.parent().map(Path::to_path_buf).unwrap_or_default(),
            },
        );
    }
    Ok(crates)
}

fn ask(arguments: &[&str]) -> Outcome<String> {
    let mut command = tools::cargo();
    command.current_dir(tree::root()).args(arguments);
    shell::ask(&mut command).ok_or_else(|| Fault::failed(format!("`cargo {}` failed", arguments.join(" "))))
}

/// The text of a crate's licence, from the crate itself.
fn licence(folder: &Path) -> Outcome<String> {
    let mut files = tree::files(folder)?;
    files.sort();
    let name = |file: &PathBuf| file.to_string_lossy().to_uppercase();
    let file =
        files.into_iter().find(|file| name(file).starts_with("LICENSE") || name(file).starts_with("COPYING"));
    match file {
        Some(file) => tree::read_text(&folder.join(file)),
        None => Err(Fault::failed(format!("`{}` has no file with its licence", folder.display()))),
    }
}

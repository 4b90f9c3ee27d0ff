//! `cargo xtask generate`: writes what both hosts would otherwise copy by hand. Shapes and option texts come from
//! `docs/abi.schema.json`, codes and limits from the crate's own catalogue.

mod python;
mod schema;
mod typescript;

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::fault::{Fault, Outcome};
use crate::tree;
use schema::Schema;

const SCHEMA: &str = "docs/abi.schema.json";

/// First line of every generated file, after the comment sign of its language.
const NOTICE: &str =
    "Made by `cargo xtask generate` from docs/abi.schema.json and the module's catalogue. Do not edit.";

/// The options of an issuer entry that say where keys come from; legacy entries have none of them.
const KEY_SOURCE: [&str; 3] = ["jwks_uri", "keys", "stale_cap"];

/// The options of an issuer entry that each host types by hand, because their types depend on the mode; and that a
/// contract fixes.
const FIXED: [&str; 5] = ["issuer", "audience", "mode", "secret", "algorithms"];

/// Writes the generated files, or with `check` compares them with those that are committed.
pub fn run(check: bool) -> Outcome {
    let mut differing = Vec::new();
    for (path, text) in files()? {
        let whole = tree::root().join(&path);
        if check {
            if !tree::read_text(&whole).is_ok_and(|found| found == text) {
                differing.push(path.display().to_string());
            }
        } else {
            tree::write(&whole, text.as_bytes())?;
            println!("generated: {}", path.display());
        }
    }
    if differing.is_empty() {
        return Ok(());
    }
    Err(Fault::failed(format!("run `cargo xtask generate`; these files differ: {}", differing.join(", "))))
}

fn files() -> Outcome<Vec<(PathBuf, String)>> {
    let schema = Schema::parse(&tree::read_text(&tree::root().join(SCHEMA))?)?;
    let about = about()?;
    Ok(vec![
        (PathBuf::from("host-node/src/generated.ts"), typescript::write(&schema, &about)),
        (PathBuf::from("host-python/src/fuzefront_authn/_generated.py"), python::write(&schema, &about)),
    ])
}

/// The catalogue of the crate in this checkout, without a module and a runtime for it.
fn about() -> Outcome<Value> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(tree::root()).args(["run", "--quiet", "--locked", "--package", "fuzefront-authn"]);
    command.args(["--example", "about"]);
    let text =
        crate::shell::ask(&mut command).ok_or_else(|| Fault::failed("`examples/about.rs` did not run"))?;
    serde_json::from_str(&text).map_err(|error| Fault::failed(format!("the catalogue is not JSON: {error}")))
}

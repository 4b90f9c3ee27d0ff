//! `digest`: which module and which contract are installed. Services that agree print the same.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::line::Line;
use super::module::Module;
use super::paper::{Paper, row};
use super::{GOOD, Outcome, policy};
use crate::world::{Effect, Known, World};

pub(super) fn run(world: &World, line: &Line) -> Known<Outcome> {
    line.refuse_more(0)?;
    let paper = Paper::new(world, line)?;
    let module = Module::of(world)?;
    let text = policy::family(world)?;
    let family: Value = serde_json::from_str(&text).unwrap_or_default();
    let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    let fact = world.fact(Effect::Package)?;
    let module_sha256 = fact.get("module_sha256").and_then(Value::as_str).unwrap_or_default();
    let member = |name: &str| family.get(name).and_then(Value::as_str).unwrap_or_default();
    let (name, version, abi) = (module.about("name"), module.about("version"), module.about("abi"));
    let contract = json!({ "name": member("name"), "version": member("version"), "sha256": sha256 });
    let json = json!({
        "name": name, "version": version, "abi": abi, "module_sha256": module_sha256, "contract": contract,
    });
    let rows = [
        row("package", format!("{name} {version}")),
        row("interface", format!("ABI {abi}")),
        row("module", String::from("authn.wasm, SHA-256")),
        row("", module_sha256.to_owned()),
        row("contract", format!("{} {}, SHA-256", member("name"), member("version"))),
        row("", sha256.clone()),
    ];
    Ok(Outcome { code: GOOD, json: json.to_string(), page: paper.rows(&rows, 0), warning: None })
}

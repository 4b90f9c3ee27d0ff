//! The policy that the options describe, as the text the module reads. Nothing is checked here that the module checks.

use serde_json::{Map, Value, json};

use super::line::Line;
use super::module::{Answer, Module};
use super::token::{file, json_file};
use crate::world::{Effect, Known, Stop, World};

const OWN: [&str; 7] =
    ["--issuer", "--audience", "--jwks-uri", "--keys", "--algorithms", "--leeway", "--insecure-host"];
const FIXED_BY_CONTRACT: [&str; 3] = ["--issuer", "--audience", "--algorithms"];
const WITH_CONTRACT: [&str; 2] = ["--app", "--environment"];

/// A policy as text, and what the contract it came from warns of.
pub(super) struct Chosen {
    pub(super) text: String,
    pub(super) warning: Option<String>,
}

/// The policy.
pub(super) fn needed(world: &World, module: &Module<'_>, line: &Line) -> Known<Chosen> {
    match optional(world, module, line)? {
        Some(chosen) => Ok(chosen),
        None => Stop::usage(
            "a policy is missing; give --issuer and --audience, --contract and --app, or --policy",
        ),
    }
}

/// The policy, where options describe one.
pub(super) fn optional(world: &World, module: &Module<'_>, line: &Line) -> Known<Option<Chosen>> {
    if let Some(path) = line.value("--policy") {
        refuse_beside(line, "--policy", OWN.iter().chain(&["--contract"]).chain(&WITH_CONTRACT))?;
        return Ok(Some(Chosen { text: file(world, "--policy", path)?, warning: None }));
    }
    if let Some(path) = line.value("--contract") {
        refuse_beside(line, "--contract", FIXED_BY_CONTRACT.iter())?;
        if !line.has("--app") {
            return Stop::usage("--app is missing; give the name of an app in the contract");
        }
        return from_contract(world, module, line, path).map(Some);
    }
    if let Some(option) = WITH_CONTRACT.iter().find(|option| line.has(option)) {
        return Stop::usage(format!("{option} needs --contract"));
    }
    if !OWN.iter().any(|option| line.has(option)) {
        return Ok(None);
    }
    for (option, what) in [
        ("--issuer", "give the `iss` of the tokens, as it stands there"),
        ("--audience", "give the client id that must be in `aud`"),
    ] {
        if !line.has(option) {
            return Stop::usage(format!("{option} is missing; {what}"));
        }
    }
    let (entry, keys) = entry(world, line)?;
    let mut policy = json!({ "issuers": [entry] });
    insecure_hosts(line, &mut policy);
    Ok(Some(Chosen { text: with_keys(&policy, keys.as_deref()), warning: None }))
}

/// The module's answer on a contract.
pub(super) fn contract_answer(
    world: &World,
    module: &Module<'_>,
    line: &Line,
    option: &str,
    path: &str,
) -> Known<Answer> {
    let contract = if path == "family" { family(world)? } else { json_file(world, option, path)? };
    let (mut options, keys) = entry(world, line)?;
    insecure_hosts(line, &mut options);
    let mut request = Map::new();
    for (name, option) in [("app", "--app"), ("environment", "--environment")] {
        if let Some(value) = line.value(option) {
            request.insert(name.to_owned(), json!(value));
        }
    }
    if options.as_object().is_some_and(|options| !options.is_empty()) {
        request.insert(String::from("options"), options);
    }
    let request = with_keys(&Value::Object(request), keys.as_deref());
    // The contract goes in as it stands: what the module would refuse in it must reach it.
    let rest = request
        .strip_prefix('{')
        .filter(|rest| *rest != "}")
        .map_or(String::from("}"), |rest| format!(",{rest}"));
    module.contract(&format!("{{\"contract\":{contract}{rest}"))
}

/// The family's contract, which the package carries.
pub(super) fn family(world: &World) -> Known<String> {
    let fact = world.fact(Effect::Package)?;
    Ok(fact.get("contract").and_then(Value::as_str).unwrap_or_default().to_owned())
}

/// A policy or contract that the module refuses, in the words of the command line: the option that is to blame.
pub(super) fn refused(line: &Line, error: &Value, text: &str) -> Stop {
    let member = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    let message = format!("{}{}", blamed(line, member("path")), member("message"));
    Stop::Usage { message, json: Some(text.to_owned()) }
}

fn blamed(line: &Line, path: &str) -> String {
    let inner = ["/issuers/0/", "/options/"].iter().find_map(|start| path.strip_prefix(start));
    let name = inner.or(path.strip_prefix('/')).unwrap_or_default().split('/').next().unwrap_or_default();
    let option = match name {
        "insecure_hosts" => String::from("--insecure-host"),
        name => format!("--{}", name.replace('_', "-")),
    };
    // `--app` and `--environment` may be to blame for being left out.
    let asked = match inner {
        Some(_) => line.has(&option),
        None => path == format!("/{name}") && (["app", "environment"].contains(&name) || line.has(&option)),
    };
    if asked && !line.has("--policy") {
        return format!("{option} ");
    }
    let source =
        ["--policy", "--contract"].into_iter().find(|source| line.has(source)).unwrap_or("the policy");
    if path.is_empty() { format!("{source}: ") } else { format!("{source}: `{path}` ") }
}

fn from_contract(world: &World, module: &Module<'_>, line: &Line, path: &str) -> Known<Chosen> {
    let answer = contract_answer(world, module, line, "--contract", path)?;
    if let Some(error) = answer.value.get("error") {
        return Err(refused(line, error, &answer.text));
    }
    let warning = answer.value.get("warning").and_then(Value::as_str).map(str::to_owned);
    Ok(Chosen { text: answer.value.get("policy").map(Value::to_string).unwrap_or_default(), warning })
}

/// The issuer entry, and the text of its keys: it goes in as it stands.
fn entry(world: &World, line: &Line) -> Known<(Value, Option<String>)> {
    let mut entry = Map::new();
    for (option, name) in [("--issuer", "issuer"), ("--audience", "audience")] {
        if line.has(option) {
            entry.insert(name.to_owned(), json!(line.values(option)));
        }
    }
    if let Some(uri) = line.value("--jwks-uri") {
        entry.insert(String::from("jwks_uri"), json!(uri));
    }
    if let Some(list) = line.value("--algorithms") {
        entry.insert(String::from("algorithms"), json!(list.split(',').collect::<Vec<_>>()));
    }
    if let Some(seconds) = line.seconds("--leeway")? {
        entry.insert(String::from("leeway"), json!(seconds));
    }
    let keys = line.value("--keys").map(|path| json_file(world, "--keys", path)).transpose()?;
    if keys.is_some() {
        entry.insert(String::from("keys"), json!(KEYS));
    }
    Ok((Value::Object(entry), keys))
}

/// Stands for the key set until the text of it is put in.
const KEYS: &str = "\u{0}keys\u{0}";

fn with_keys(document: &Value, keys: Option<&str>) -> String {
    let text = document.to_string();
    match keys {
        Some(keys) => text.replacen(&json!(KEYS).to_string(), keys, 1),
        None => text,
    }
}

fn insecure_hosts(line: &Line, document: &mut Value) {
    if let (true, Some(members)) = (line.has("--insecure-host"), document.as_object_mut()) {
        members.insert(String::from("insecure_hosts"), json!(line.values("--insecure-host")));
    }
}

fn refuse_beside<'o>(line: &Line, option: &str, others: impl Iterator<Item = &'o &'o str>) -> Known<()> {
    let mut others = others;
    match others.find(|other| line.has(other)) {
        Some(other) => Stop::usage(format!("{other} cannot stand beside {option}; leave out one of them")),
        None => Ok(()),
    }
}

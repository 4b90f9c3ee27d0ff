//! Runs the stages through the native core and writes down what it answers; the answer must carry the code that the
//! case was written for.

use std::collections::BTreeSet;

use authn::{Head, Registry};
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::flags::FLAGS;
use crate::model::{Case, Expect, Form, Group, Offer, Stage};

/// The text of one vector file, or every contradiction found.
pub fn file(stage: &Stage) -> Result<String, Vec<String>> {
    let mut faults = Vec::new();
    let groups: Vec<String> = stage.groups.iter().map(|group| record_group(group, &mut faults)).collect();
    if faults.is_empty() { Ok(write_file(stage, &groups)) } else { Err(faults) }
}

fn write_file(stage: &Stage, groups: &[String]) -> String {
    let cases = stage.groups.iter().flat_map(|group| &group.cases);
    format!(
        "{{\n  \"schema\": \"fuzefront-authn-vectors-v2\",\n  \"stage\": {},\n  \"notes\": {},\n  \
         \"groups\": [\n{}\n  ]\n}}\n",
        json!(stage.name),
        notes(cases.flat_map(|case| case.flags.clone())),
        groups.join(",\n")
    )
}

/// What the flags that are used mean.
pub fn notes(flags: impl Iterator<Item = &'static str>) -> String {
    let used: BTreeSet<&str> = flags.collect();
    let notes: Vec<String> = used
        .into_iter()
        .map(|flag| {
            let (_, text) = FLAGS.iter().find(|(name, _)| *name == flag).expect("every flag is explained");
            format!("    {}: {}", json!(flag), json!(text))
        })
        .collect();
    if notes.is_empty() { "{}".into() } else { format!("{{\n{}\n  }}", notes.join(",\n")) }
}

fn record_group(group: &Group, faults: &mut Vec<String>) -> String {
    let mut registry = Registry::new();
    let policy = group.policy.to_string();
    let opened = registry.call(&Head::of("open").message(policy.as_bytes()));
    let answer = parse(&opened);
    let head = format!("    {{\n      \"id\": {},\n      \"policy\": {policy}", json!(group.id));
    if let Some(path) = group.open_error {
        if answer["error"]["path"] != path || answer["error"]["code"] != "INVALID_POLICY" {
            faults.push(format!("{}: expected a fault at {path}, got {opened}", group.id));
        }
        return format!("{head},\n      \"open_error\": {opened}\n    }}");
    }
    let Some(handle) = answer["verifier"].as_u64().and_then(|handle| u32::try_from(handle).ok()) else {
        faults.push(format!("{}: the policy was refused: {opened}", group.id));
        return String::new();
    };
    let mut wanted = None;
    let calls: Vec<String> = group
        .offers
        .iter()
        .flat_map(|offer| record_offer(&mut registry, handle, group, offer, &mut wanted, faults))
        .collect();
    let cases: Vec<String> =
        group.cases.iter().map(|case| record_case(&mut registry, handle, case, faults)).collect();
    let calls = if calls.is_empty() { "[]".into() } else { format!("[\n{}\n      ]", calls.join(",\n")) };
    format!("{head},\n      \"calls\": {calls},\n      \"cases\": [\n{}\n      ]\n    }}", cases.join(",\n"))
}

/// The calls that bring the document of an offer: the begin of a conversation, unless one waits for it, and what was told.
fn record_offer(
    registry: &mut Registry,
    handle: u32,
    group: &Group,
    offer: &Offer,
    wanted: &mut Option<&'static str>,
    faults: &mut Vec<String>,
) -> Vec<String> {
    let mut calls = Vec::new();
    let mut call = |operation: &str, payload: &[u8]| {
        let head = Head { verifier: handle, issuer: offer.issuer, now: offer.now, ..Head::of(operation) };
        let answer = registry.call(&head.message(payload));
        calls.push(format!(
            "        {{ \"operation\": {}, \"issuer\": {}, \"now\": {}, {},\n          \"answer\": {answer} }}",
            json!(operation),
            offer.issuer,
            offer.now,
            bytes("payload", payload),
        ));
        parse(&answer)
    };
    if *wanted != Some(offer.what) {
        let step = call("fetch", b"");
        if step["what"] != offer.what {
            faults.push(format!("{}: a {} was to be fetched, got {step}", group.id, offer.what));
        }
    }
    let headers =
        offer.max_age.map_or(json!({}), |seconds| json!({ "cache-control": format!("max-age={seconds}") }));
    let facts = json!({ "status": 200, "headers": headers, "redirected": false, "elapsed": 0.25 });
    let step = call("told", &[facts.to_string().as_bytes(), b"\n", &offer.body].concat());
    let outcome = [&step["do"], &step["outcome"], &step["error"]];
    if !outcome.iter().any(|word| **word == offer.expect) {
        faults.push(format!("{}: what is told should be `{}`, got {step}", group.id, offer.expect));
    }
    *wanted = (offer.expect == "fetch").then_some("key_set");
    calls
}

fn record_case(registry: &mut Registry, handle: u32, case: &Case, faults: &mut Vec<String>) -> String {
    let (flags, word) = match case.form {
        Form::Token => (0, "token"),
        Form::Authorization => (1, "authorization"),
    };
    let ask = |operation| Head { verifier: handle, flags, now: case.now, ..Head::of(operation) };
    let verdict = registry.call(&ask("verify").message(&case.input));
    if let Some(fault) = contradiction(case.expect, &parse(&verdict)) {
        faults.push(format!("{}: expected {fault}, got {verdict}", case.name));
    }
    let shown = Head { flags: flags | 2, ..ask("explain") };
    let trace = registry.call(&shown.message(&case.input));
    if !trace.starts_with(&format!("{{\"verdict\":{verdict},\"checks\":[")) {
        faults.push(format!("{}: explained with another verdict: {trace}", case.name));
    }
    format!(
        "        {{ \"id\": {}, \"comment\": {}, \"form\": \"{word}\", {}, \"now\": {}, \"flags\": {},\n          \
         \"verdict\": {verdict},\n          \"verdict_sha256\": \"{}\", \"explain_sha256\": \"{}\" }}",
        json!(case.name),
        json!(case.comment),
        bytes("input", &case.input),
        case.now,
        json!(case.flags),
        digest(&verdict),
        digest(&trace),
    )
}

/// SHA-256 of the exact bytes of an answer.
pub fn digest(answer: &str) -> String {
    Sha256::digest(answer.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was expected, if the verdict is another.
fn contradiction(expect: Expect, verdict: &Value) -> Option<String> {
    let (kind, code, reason) = match expect {
        Expect::Accepted => ("accepted", Value::Null, Value::Null),
        Expect::Rejected(code, reason) => ("rejected", json!(code), json!(reason)),
        Expect::KeysNeeded(reason) => ("keys_needed", Value::Null, json!(reason)),
    };
    let found = if kind == "keys_needed" { &verdict["reason"] } else { &verdict["details"]["reason"] };
    let same = verdict["verdict"] == kind
        && (kind != "rejected" || verdict["code"] == code)
        && (reason.is_null() || *found == reason);
    (!same).then(|| format!("{expect:?}"))
}

pub fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("the core answers JSON")
}

/// As text where it is text, else in base64.
pub fn bytes(name: &str, bytes: &[u8]) -> String {
    match core::str::from_utf8(bytes) {
        Ok(text) => format!("\"{name}\": {}", json!(text)),
        Err(_) => format!("\"{name}_base64\": {}", json!(Base64::encode_string(bytes))),
    }
}

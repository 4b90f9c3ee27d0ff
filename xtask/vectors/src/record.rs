//! Runs the stages through the native core and writes down what it answers; the answer must carry the code that the
//! case was written for.

use std::collections::BTreeSet;

use authn::{Form as CoreForm, Registry};
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
        "{{\n  \"schema\": \"fuzefront-authn-vectors-v1\",\n  \"stage\": {},\n  \"notes\": {},\n  \
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
    let opened = registry.open(policy.as_bytes());
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
    let offers: Vec<String> =
        group.offers.iter().map(|offer| record_offer(&mut registry, handle, group, offer, faults)).collect();
    let cases: Vec<String> =
        group.cases.iter().map(|case| record_case(&registry, handle, case, faults)).collect();
    let offers = if offers.is_empty() { "[]".into() } else { format!("[\n{}\n      ]", offers.join(",\n")) };
    format!(
        "{head},\n      \"offers\": {offers},\n      \"cases\": [\n{}\n      ]\n    }}",
        cases.join(",\n")
    )
}

fn record_offer(
    registry: &mut Registry,
    handle: u32,
    group: &Group,
    offer: &Offer,
    faults: &mut Vec<String>,
) -> String {
    let max_age = offer.max_age.unwrap_or(-1.0);
    let text = match offer.what {
        "discovery" => registry.offer_discovery(handle, offer.issuer, offer.now, 0.0, &offer.body),
        _ => registry.offer_keys(handle, offer.issuer, offer.now, max_age, 0.0, &offer.body),
    };
    let answer = parse(&text);
    if answer["result"] != offer.expect && answer["reason"] != offer.expect {
        faults.push(format!("{}: an offer should be `{}`, got {text}", group.id, offer.expect));
    }
    format!(
        "        {{ \"issuer\": {}, \"what\": {}, {}, \"now\": {}, \"max_age\": {}, \"answer\": {text} }}",
        offer.issuer,
        json!(offer.what),
        bytes("body", &offer.body),
        offer.now,
        offer.max_age.map_or("null".into(), |seconds| seconds.to_string()),
    )
}

fn record_case(registry: &Registry, handle: u32, case: &Case, faults: &mut Vec<String>) -> String {
    let (form, word) = match case.form {
        Form::Token => (CoreForm::Token, "token"),
        Form::Authorization => (CoreForm::Authorization, "authorization"),
    };
    let verdict = registry.verify(handle, form, case.now, &case.input);
    if let Some(fault) = contradiction(case.expect, &parse(&verdict)) {
        faults.push(format!("{}: expected {fault}, got {verdict}", case.name));
    }
    let trace = registry.explain(handle, form, true, case.now, &case.input);
    if !trace.starts_with(&format!("{{\"verdict\":{verdict},\"steps\":[")) {
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
    let found =
        if kind == "keys_needed" { &verdict["fetch"]["reason"] } else { &verdict["details"]["reason"] };
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

//! What holds of every trace: over all vectors, over spoilt copies of their tokens, and over tokens whose claims are marked.

use std::collections::{BTreeMap, BTreeSet};

use authn::{CHECKS, Form, Registry};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use crate::vectors::{self, Case, Group};
use crate::{Native, form};
use vectors::Engine;

const MARK: &str = "m4rk-of-a-claim";
/// A time that no vector has.
const MARKED_TIME: u64 = 7_777_777_777;

/// Opens the group as its file says.
fn open(group: &Group) -> Option<(Native, u32)> {
    let mut native = Native::default();
    let opened: Value = serde_json::from_str(&native.open(group.policy.to_string().as_bytes())).unwrap();
    let handle = u32::try_from(opened["verifier"].as_u64()?).unwrap();
    for offer in &group.offers {
        native.offer(handle, offer);
    }
    Some((native, handle))
}

/// Every property that needs no knowledge of the input.
fn check(registry: &Registry, handle: u32, form: Form, now: f64, input: &[u8], id: &str) -> Vec<Value> {
    let verdict = registry.verify(handle, form, now, input);
    let mut all = Vec::new();
    for values in [false, true] {
        let text = registry.explain(handle, form, values, now, input);
        assert!(text.starts_with(&format!("{{\"verdict\":{verdict},\"steps\":[")), "{id}: {text}");
        assert!(text.len() < authn::limits::MESSAGE_BYTES, "{id}");
        let trace: Value = serde_json::from_str(&text).unwrap();
        let steps = trace["steps"].as_array().unwrap();
        assert_eq!(
            steps.iter().map(|step| step["step"].as_str().unwrap()).collect::<Vec<_>>(),
            CHECKS.each_ref().map(|check| check.name),
            "{id}"
        );
        agrees(&trace["verdict"], steps, id);
        no_signature(input, steps_text(&text), id);
        all.push(trace);
    }
    hides(&all[0], &all[1], id);
    all.remove(1)["steps"].as_array().unwrap().clone()
}

/// The first failed step is the verdict, and nothing is accepted beside a step that failed or is pending.
fn agrees(verdict: &Value, steps: &[Value], id: &str) {
    let is = |status: &'static str| move |step: &&Value| step["status"] == status;
    let smooth = !steps.iter().any(|step| is("failed")(&step) || is("pending")(&step));
    assert_eq!(verdict["verdict"] == "accepted", smooth, "{id}");
    let first = steps.iter().find(|step| is("failed")(step) || is("pending")(step));
    match verdict["verdict"].as_str() {
        Some("rejected") => {
            let first = first.unwrap();
            assert_eq!(first["code"], verdict["code"], "{id}");
            assert_eq!(first["reason"], verdict["details"]["reason"], "{id}");
            assert_eq!(first["part"], verdict["details"]["part"], "{id}");
            assert!(!steps.iter().any(|step| is("pending")(&step)), "{id}");
        }
        Some("keys_needed") => assert_eq!(first.unwrap()["status"], "pending", "{id}"),
        _ => assert_eq!(first, None, "{id}"),
    }
    let signature = CHECKS.iter().position(|check| check.name == "signature").unwrap();
    let held = steps[signature]["status"] == "passed";
    for (at, step) in steps.iter().enumerate() {
        assert_eq!(step["verified"], json!(at > signature && held), "{id}: {step}");
        assert!(step["status"] != "not_checked" || step["reason"].is_string(), "{id}: {step}");
        assert_eq!(step["status"] == "failed", step["code"].is_string(), "{id}: {step}");
    }
}

/// What stands behind the verdict.
fn steps_text(answer: &str) -> &str {
    answer.rsplit_once("\"steps\":[").unwrap().1
}

fn no_signature(input: &[u8], steps: &str, id: &str) {
    let text = String::from_utf8_lossy(input);
    if let Some((_, signature)) = text.trim_end().rsplit_once('.')
        && signature.len() > 20
    {
        assert!(!steps.contains(signature), "{id}");
    }
}

/// Hidden is the same trace without some of `found`.
fn hides(hidden: &Value, shown: &Value, id: &str) {
    let mut shown = shown.clone();
    for (shown, hidden) in
        shown["steps"].as_array_mut().unwrap().iter_mut().zip(hidden["steps"].as_array().unwrap())
    {
        if hidden.get("found").is_none() {
            shown.as_object_mut().unwrap().remove("found");
        }
    }
    assert_eq!(*hidden, shown, "{id}");
}

#[test]
fn every_vector_is_explained_as_it_is_judged() {
    let mut failed = BTreeMap::<String, usize>::new();
    for group in vectors::groups() {
        let Some((native, handle)) = open(&group) else { continue };
        for case in &group.cases {
            let steps = check(&native.0, handle, form(case), case.now, &case.input, &case.id);
            for step in steps.iter().filter(|step| step["status"] == "failed") {
                *failed.entry(step["step"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    // Every step fails somewhere, so that none of them is decoration.
    let never: Vec<&str> = CHECKS
        .each_ref()
        .map(|check| check.name)
        .into_iter()
        .filter(|name| !failed.contains_key(*name))
        .collect();
    assert_eq!(never, Vec::<&str>::new());
}

/// A small generator (xorshift): the same tokens in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

#[test]
fn spoilt_tokens_are_explained_as_they_are_judged() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for group in vectors::groups() {
        let Some((native, handle)) = open(&group) else { continue };
        for case in group.cases.iter().filter(|case| !case.input.is_empty() && case.input.len() < 4096) {
            let mut input = case.input.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(input.len());
                match random.below(4) {
                    0 => input[at] = b"Aa0_-.+= \xff"[random.below(10)],
                    1 => drop(input.remove(at)),
                    2 => input.insert(at, b"A.-"[random.below(3)]),
                    _ => input.truncate(at + 1),
                }
                if input.is_empty() {
                    break;
                }
            }
            let now = [0.0, case.now, case.now + 1e6][random.below(3)];
            check(&native.0, handle, form(case), now, &input, &case.id);
        }
    }
}

/// The case's token with every claim value marked; the signature no longer holds.
fn marked(case: &Case) -> Option<Vec<u8>> {
    let token = std::str::from_utf8(&case.input).ok()?;
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>().try_into().ok()?;
    let bytes = Base64UrlUnpadded::decode_vec(payload).ok()?;
    let mut claims: serde_json::Map<String, Value> = serde_json::from_slice(&bytes).ok()?;
    claims.values_mut().for_each(mark);
    let payload = Base64UrlUnpadded::encode_string(Value::from(claims).to_string().as_bytes());
    Some(format!("{header}.{payload}.{signature}").into_bytes())
}

fn mark(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(mark),
        Value::Object(members) => members.values_mut().for_each(mark),
        Value::Number(_) => *value = MARKED_TIME.into(),
        _ => *value = MARK.into(),
    }
}

fn marks(text: &str) -> bool {
    text.contains(MARK) || text.contains(&MARKED_TIME.to_string())
}

#[test]
fn no_claim_value_is_shown_unless_asked_for() {
    let mut showing = BTreeSet::new();
    for group in vectors::groups() {
        let Some((native, handle)) = open(&group) else { continue };
        for case in &group.cases {
            let Some(input) = marked(case) else { continue };
            let explain = |values| native.0.explain(handle, form(case), values, case.now, &input);
            assert!(!marks(&explain(false)), "{}", case.id);
            let shown: Value = serde_json::from_str(&explain(true)).unwrap();
            let steps = shown["steps"].as_array().unwrap().iter();
            let showing_steps = steps.filter(|step| marks(&step.to_string()));
            showing.extend(showing_steps.map(|step| step["step"].to_string()));
        }
    }
    let names: Vec<&str> = showing.iter().map(|name| name.trim_matches('"')).collect();
    let expected = [
        "age",
        "audience",
        "authorized_party",
        "claim_types",
        "claim_values",
        "expiry",
        "issued_at",
        "issuer",
        "not_before",
        "scopes",
        "subject",
    ];
    assert_eq!(names, expected);
}

/// The same with tokens whose signature holds: only the steps may not show them, the verdict is what it always is.
#[test]
fn verified_claim_values_are_hidden_as_well() {
    let mut looked = 0;
    for group in vectors::groups() {
        let Some((native, handle)) = open(&group) else { continue };
        let policy = group.policy.to_string();
        for case in group.cases.iter().filter(|case| case.verdict["verdict"] == "accepted") {
            let text = native.0.explain(handle, form(case), false, case.now, &case.input);
            let steps = steps_text(&text);
            let claims = case.verdict["identity"]["claims"].as_object().unwrap();
            for value in claims.values().filter_map(Value::as_str).filter(|value| value.len() > 4) {
                let quoted = json!(value).to_string();
                if !policy.contains(&quoted) && !["token", "user"].contains(&value) {
                    assert!(!steps.contains(&quoted), "{}: {quoted}", case.id);
                    looked += 1;
                }
            }
        }
    }
    assert!(looked > 100, "{looked}");
}

/// The steps of one vector, by name.
fn steps_of(id: &str) -> BTreeMap<String, Value> {
    let group =
        vectors::groups().into_iter().find(|group| group.cases.iter().any(|case| case.id == id)).unwrap();
    let (native, handle) = open(&group).unwrap();
    let case = group.cases.iter().find(|case| case.id == id).unwrap();
    let steps = check(&native.0, handle, form(case), case.now, &case.input, id);
    steps.into_iter().map(|step| (step["step"].as_str().unwrap().to_owned(), step)).collect()
}

#[test]
fn another_issuer_string_is_compared_with_the_only_entry() {
    let steps = steps_of("issuer/one-http");
    assert_eq!(steps["issuer"]["code"], "INVALID_ISSUER");
    assert_eq!(steps["issuer"]["found"], "http://id.example/");
    assert_eq!(steps["signature"]["status"], "passed");
    assert_eq!(steps["audience"]["verified"], true);
}

#[test]
fn with_several_entries_nothing_is_compared_with_any() {
    let steps = steps_of("issuer/two-neither");
    assert_eq!(steps["issuer"]["status"], "failed");
    for name in ["issuer_type", "algorithm", "key_set", "key", "signature", "expiry", "audience", "subject"] {
        assert_eq!(steps[name]["status"], "not_checked", "{name}");
    }
    assert_eq!(steps["claim_types"]["status"], "passed");
}

#[test]
fn without_keys_the_claims_are_compared_unverified() {
    let steps = steps_of("keyring/empty-needed");
    for name in ["key_set", "key", "signature"] {
        assert_eq!(steps[name]["status"], "pending", "{name}");
    }
    assert_eq!(steps["audience"]["status"], "passed");
    assert_eq!(steps["audience"]["verified"], false);
}

#[test]
fn a_refused_token_asks_for_no_keys() {
    let steps = steps_of("keyring/empty-issuer");
    assert_eq!(steps["key_set"]["status"], "not_checked");
    assert_eq!(steps["signature"]["status"], "not_checked");
}

#[test]
fn after_a_bad_signature_the_claims_are_compared_unverified() {
    let steps = steps_of("signature/tampered-expired-too");
    assert_eq!(steps["signature"]["code"], "INVALID_SIGNATURE");
    assert_eq!(steps["expiry"]["code"], "EXPIRED");
    assert_eq!(steps["expiry"]["verified"], false);
    assert_eq!(steps["audience"]["status"], "passed");
}

#[test]
fn a_time_of_the_wrong_type_is_named_once() {
    let steps = steps_of("time/type-exp-text");
    assert_eq!(steps["claim_types"]["claim"], "exp");
    assert_eq!(steps["claim_types"]["found"], "1699999940");
    assert_eq!(steps["expiry"]["status"], "not_checked");
}

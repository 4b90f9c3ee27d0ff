//! What holds of every trace: over all vectors, over spoilt copies of their tokens, and over tokens whose claims are marked.

use std::collections::{BTreeMap, BTreeSet};

use authn::CHECKS;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use crate::Native;
use crate::vectors::{self, Case, Group};
use vectors::Engine;

const MARK: &str = "m4rk-of-a-claim";
/// A time that no vector has.
const MARKED_TIME: u64 = 7_777_777_777;

/// A group opened as its file says.
struct Opened {
    native: Native,
    verifier: u32,
}

fn open(group: &Group) -> Option<Opened> {
    let mut native = Native::default();
    let verifier = vectors::open(&mut native, group, &mut Vec::new())?;
    Some(Opened { native, verifier })
}

impl Opened {
    fn ask(&mut self, operation: &str, case: &Case, flags: u32) -> String {
        self.native.call(&case.message(operation, self.verifier, flags))
    }
}

/// Every property that needs no knowledge of the input.
fn examine(opened: &mut Opened, case: &Case) -> Vec<Value> {
    let id = &case.id;
    let verdict = opened.ask("verify", case, 0);
    let mut all = Vec::new();
    for flags in [0, 2] {
        let text = opened.ask("explain", case, flags);
        assert!(text.starts_with(&format!("{{\"verdict\":{verdict},\"checks\":[")), "{id}: {text}");
        assert!(text.len() < authn::limits::MESSAGE_BYTES, "{id}");
        let trace: Value = serde_json::from_str(&text).unwrap();
        let checks = trace["checks"].as_array().unwrap();
        assert_eq!(
            checks.iter().map(|check| check["check"].as_str().unwrap()).collect::<Vec<_>>(),
            CHECKS.each_ref().map(|check| check.name),
            "{id}"
        );
        agrees(&trace["verdict"], checks, id);
        no_signature(&case.input, checks_text(&text), id);
        all.push(trace);
    }
    hides(&all[0], &all[1], id);
    all.remove(1)["checks"].as_array().unwrap().clone()
}

/// The first failed check is the verdict, and nothing is accepted beside a check that failed or is pending.
fn agrees(verdict: &Value, checks: &[Value], id: &str) {
    let is = |status: &'static str| move |check: &&Value| check["status"] == status;
    let smooth = !checks.iter().any(|check| is("failed")(&check) || is("pending")(&check));
    assert_eq!(verdict["verdict"] == "accepted", smooth, "{id}");
    let first = checks.iter().find(|check| is("failed")(check) || is("pending")(check));
    match verdict["verdict"].as_str() {
        Some("rejected") => {
            let first = first.unwrap();
            assert_eq!(first["code"], verdict["code"], "{id}");
            assert_eq!(first["reason"], verdict["details"]["reason"], "{id}");
            assert_eq!(first["part"], verdict["details"]["part"], "{id}");
            assert!(!checks.iter().any(|check| is("pending")(&check)), "{id}");
        }
        Some("keys_needed") => assert_eq!(first.unwrap()["status"], "pending", "{id}"),
        _ => assert_eq!(first, None, "{id}"),
    }
    let signature = CHECKS.iter().position(|check| check.name == "signature").unwrap();
    let held = checks[signature]["status"] == "passed";
    for (at, check) in checks.iter().enumerate() {
        assert_eq!(check["verified"], json!(at > signature && held), "{id}: {check}");
        assert!(check["status"] != "not_checked" || check["reason"].is_string(), "{id}: {check}");
        assert_eq!(check["status"] == "failed", check["code"].is_string(), "{id}: {check}");
    }
}

/// What stands behind the verdict.
fn checks_text(answer: &str) -> &str {
    answer.rsplit_once("\"checks\":[").unwrap().1
}

fn no_signature(input: &[u8], checks: &str, id: &str) {
    let text = String::from_utf8_lossy(input);
    if let Some((_, signature)) = text.trim_end().rsplit_once('.')
        && signature.len() > 20
    {
        assert!(!checks.contains(signature), "{id}");
    }
}

/// Hidden is the same trace without some of `found`.
fn hides(hidden: &Value, shown: &Value, id: &str) {
    let mut shown = shown.clone();
    for (shown, hidden) in
        shown["checks"].as_array_mut().unwrap().iter_mut().zip(hidden["checks"].as_array().unwrap())
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
        let Some(mut opened) = open(&group) else { continue };
        for case in &group.cases {
            let checks = examine(&mut opened, case);
            for check in checks.iter().filter(|check| check["status"] == "failed") {
                *failed.entry(check["check"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    // Every check fails somewhere, so that none of them is decoration.
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
        let Some(mut opened) = open(&group) else { continue };
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
            examine(&mut opened, &Case { input, now, ..case.clone() });
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
        let Some(mut opened) = open(&group) else { continue };
        for case in &group.cases {
            let Some(input) = marked(case) else { continue };
            let case = Case { input, ..case.clone() };
            assert!(!marks(&opened.ask("explain", &case, 0)), "{}", case.id);
            let shown: Value = serde_json::from_str(&opened.ask("explain", &case, 2)).unwrap();
            let checks = shown["checks"].as_array().unwrap().iter();
            let showing_checks = checks.filter(|check| marks(&check.to_string()));
            showing.extend(showing_checks.map(|check| check["check"].to_string()));
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

/// The same with tokens whose signature holds: only the checks may not show them, the verdict is what it always is.
#[test]
fn verified_claim_values_are_hidden_as_well() {
    let mut looked = 0;
    for group in vectors::groups() {
        let Some(mut opened) = open(&group) else { continue };
        let policy = group.policy.to_string();
        for case in group.cases.iter().filter(|case| case.verdict["verdict"] == "accepted") {
            let text = opened.ask("explain", case, 0);
            let checks = checks_text(&text);
            let claims = case.verdict["identity"]["claims"].as_object().unwrap();
            for value in claims.values().filter_map(Value::as_str).filter(|value| value.len() > 4) {
                let quoted = json!(value).to_string();
                if !policy.contains(&quoted) && !["token", "user"].contains(&value) {
                    assert!(!checks.contains(&quoted), "{}: {quoted}", case.id);
                    looked += 1;
                }
            }
        }
    }
    assert!(looked > 100, "{looked}");
}

/// The checks of one vector, by name.
fn checks_of(id: &str) -> BTreeMap<String, Value> {
    let holds = |group: &&Group| group.cases.iter().any(|case| case.id == id);
    let group = vectors::groups().into_iter().find(|group| holds(&group)).unwrap();
    let case = group.cases.iter().find(|case| case.id == id).unwrap();
    let checks = examine(&mut open(&group).unwrap(), case);
    checks.into_iter().map(|check| (check["check"].as_str().unwrap().to_owned(), check)).collect()
}

#[test]
fn another_issuer_string_is_compared_with_the_only_entry() {
    let checks = checks_of("issuer/one-http");
    assert_eq!(checks["issuer"]["code"], "INVALID_ISSUER");
    assert_eq!(checks["issuer"]["found"], "http://id.example/");
    assert_eq!(checks["signature"]["status"], "passed");
    assert_eq!(checks["audience"]["verified"], true);
}

#[test]
fn with_several_entries_nothing_is_compared_with_any() {
    let checks = checks_of("issuer/two-neither");
    assert_eq!(checks["issuer"]["status"], "failed");
    for name in ["issuer_type", "algorithm", "key_set", "key", "signature", "expiry", "audience", "subject"] {
        assert_eq!(checks[name]["status"], "not_checked", "{name}");
    }
    assert_eq!(checks["claim_types"]["status"], "passed");
}

#[test]
fn without_keys_the_claims_are_compared_unverified() {
    let checks = checks_of("keyring/empty-needed");
    for name in ["key_set", "key", "signature"] {
        assert_eq!(checks[name]["status"], "pending", "{name}");
    }
    assert_eq!(checks["audience"]["status"], "passed");
    assert_eq!(checks["audience"]["verified"], false);
}

#[test]
fn a_refused_token_asks_for_no_keys() {
    let checks = checks_of("keyring/empty-issuer");
    assert_eq!(checks["key_set"]["status"], "not_checked");
    assert_eq!(checks["signature"]["status"], "not_checked");
}

#[test]
fn after_a_bad_signature_the_claims_are_compared_unverified() {
    let checks = checks_of("signature/tampered-expired-too");
    assert_eq!(checks["signature"]["code"], "INVALID_SIGNATURE");
    assert_eq!(checks["expiry"]["code"], "EXPIRED");
    assert_eq!(checks["expiry"]["verified"], false);
    assert_eq!(checks["audience"]["status"], "passed");
}

#[test]
fn a_time_of_the_wrong_type_is_named_once() {
    let checks = checks_of("time/type-exp-text");
    assert_eq!(checks["claim_types"]["claim"], "exp");
    assert_eq!(checks["claim_types"]["found"], "1699999940");
    assert_eq!(checks["expiry"]["status"], "not_checked");
}

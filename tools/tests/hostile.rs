//! Whatever a host, an issuer or a token sends: the doctor answers one JSON object that fits the buffer.

use authn::limits;
use authn_tools::diagnose;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

const VECTORS: &str = include_str!("../../tests/vectors/doctor/diagnosis.json");

/// The answer, which must be an object and fit.
fn answer(request: &[u8]) -> Value {
    let text = diagnose(request);
    assert!(text.len() <= limits::MESSAGE_BYTES, "{} bytes", text.len());
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    assert!(answer.is_object(), "{}", String::from_utf8_lossy(request));
    answer
}

fn count(answer: &Value, member: &str) -> usize {
    answer.get(member).and_then(Value::as_array).map_or(0, Vec::len)
}

fn inputs() -> Vec<String> {
    let file: Value = serde_json::from_str(VECTORS).unwrap_or_default();
    let cases = file.get("cases").and_then(Value::as_array).cloned().unwrap_or_default();
    let inputs = cases.iter().filter_map(|case| case.get("input")?.as_str().map(str::to_owned));
    // The giants among them cost minutes and hold nothing but padding.
    let inputs: Vec<String> = inputs.filter(|input| input.len() < 8000).collect();
    assert!(inputs.len() > 100, "{}", inputs.len());
    inputs
}

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound.max(1)
    }
}

#[test]
fn a_cut_request_is_answered() {
    let mut dice = Dice(1);
    for input in inputs() {
        for _ in 0..4 {
            let end = dice.below(input.len());
            let cut = input.as_bytes().get(..end).unwrap_or_default();
            assert_eq!(answer(cut).pointer("/error/code"), Some(&json!("INVALID_CALL")));
        }
    }
}

#[test]
fn a_changed_request_is_answered() {
    let bytes = b"\"\\{}[],:0-9eE.\x00\x1f\x7f\x80\xc0\xff/@ \n<";
    let mut dice = Dice(2);
    for input in inputs() {
        for _ in 0..12 {
            let mut changed = input.clone().into_bytes();
            let at = dice.below(changed.len());
            let byte = bytes.get(dice.below(bytes.len())).copied().unwrap_or_default();
            if let Some(slot) = changed.get_mut(at) {
                *slot = byte;
            }
            answer(&changed);
        }
    }
}

#[test]
fn values_at_their_longest_fit() {
    let long = format!("https://{}\u{10ffff}\"\\/", "\u{202e}\"\\`".repeat(300));
    let fetched: Vec<Value> = (0..limits::FETCHED)
        .map(|index| {
            json!({ "what": "key_set", "url": format!("{index}{long}"), "status": 302, "location": long })
        })
        .collect();
    let answer = answer(json!({ "now": 1, "fetched": fetched }).to_string().as_bytes());
    assert!(count(&answer, "findings") > 100);
}

#[test]
fn thousands_of_bad_keys_are_cut_to_the_bound() {
    let body = json!({ "keys": vec![json!({}); limits::KEYS] }).to_string();
    let fetched: Vec<Value> = (0..limits::FETCHED)
        .map(|index| json!({ "what": "key_set", "url": format!("https://{index}/"), "status": 200, "body": body }))
        .collect();
    let answer = answer(json!({ "now": 1, "fetched": fetched }).to_string().as_bytes());
    assert_eq!(count(&answer, "findings"), limits::FINDINGS + 1);
    let last = answer.pointer(&format!("/findings/{}/id", limits::FINDINGS));
    assert_eq!(last, Some(&json!("findings_left_out")));
}

#[test]
fn a_policy_of_the_most_names_asks_for_no_more_than_the_bound() {
    let entry = |entry: usize| {
        let names: Vec<String> =
            (0..limits::ISSUER_NAMES).map(|name| format!("https://{entry}-{name}.example/")).collect();
        json!({ "issuer": names, "audience": "app" })
    };
    let issuers: Vec<Value> = (0..limits::ISSUERS).map(entry).collect();
    let fetched: Vec<Value> = (0..limits::FETCHED)
        .map(|index| {
            let (entry, name) = (index / limits::ISSUER_NAMES, index % limits::ISSUER_NAMES);
            json!({ "what": "discovery", "issuer": format!("https://{entry}-{name}.example/"), "error": "dns" })
        })
        .collect();
    let request = json!({ "now": 1, "policy": { "issuers": issuers }, "fetched": fetched });
    let answer = answer(request.to_string().as_bytes());
    assert_eq!(count(&answer, "wanted"), limits::WANTED);
}

#[test]
fn a_token_of_the_longest_claims_is_quoted_short() {
    let encode = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let header =
        encode(json!({ "alg": "x".repeat(500), "kid": "\u{1b}".repeat(500), "typ": "\"".repeat(500) }));
    let claims = encode(json!({
        "iss": "https://id.example/".repeat(40), "sub": "secret-subject@id.example", "exp": 1e308, "iat": -1e308,
        "aud": vec!["\\".repeat(40); 60], "azp": "secret-party", "email": "secret-address@id.example",
    }));
    let policy = json!({ "issuers": [{ "issuer": "https://id.example/", "audience": "app" }] });
    let request = json!({ "now": 1, "policy": policy, "token": format!("{header}.{claims}.c2VjcmV0") });
    let text = answer(request.to_string().as_bytes()).to_string();
    assert!(text.contains("subject_is_email") && text.len() < 30_000, "{}", text.len());
    assert!(!text.contains("secret-") && !text.contains("c2VjcmV0") && !text.contains('\u{1b}'));
}

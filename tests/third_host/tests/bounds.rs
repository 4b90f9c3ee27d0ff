//! What is made to break the module, and what is just within its bounds: every answer is one JSON object, the next call
//! works, and all that may be open at once fits into the memory.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::{Value, json};
use third_host::{Fault, Form, Host, Template, What};

type Tested = Result<(), Box<dyn Error>>;

const NOW: f64 = 1_700_000_000.0;

/// As `xtask/src/module.rs` sets it, bytes.
const MAXIMUM: u64 = 256 * 1024 * 1024;

/// Compiled once for all tests.
fn host() -> Result<Host, Box<dyn Error>> {
    static TEMPLATE: OnceLock<Option<Template>> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pkg/authn.wasm");
        Template::new(&fs::read(path).ok()?).ok()
    });
    Ok(Host::new(template.as_ref().ok_or("no module")?)?)
}

fn parsed(answer: Result<String, Fault>) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(&answer?)?)
}

fn limit(host: &mut Host, name: &str) -> Result<u64, Box<dyn Error>> {
    let about = parsed(host.about())?;
    Ok(about.pointer(&format!("/limits/{name}")).and_then(Value::as_u64).ok_or("no such limit")?)
}

fn open(host: &mut Host, policy: &Value) -> Result<Value, Box<dyn Error>> {
    parsed(host.open(policy.to_string().as_bytes()))
}

fn handle(opened: &Value) -> Result<u32, Box<dyn Error>> {
    Ok(u32::try_from(opened.get("verifier").and_then(Value::as_u64).ok_or_else(|| opened.to_string())?)?)
}

fn entry(number: usize) -> Value {
    json!({ "issuer": format!("https://id{number}.example/"), "audience": "keys-app" })
}

/// As many keys as a set may hold, of the largest size, no two alike.
fn largest_key_set(keys: u64) -> String {
    let key = |number: u64| {
        // 1024 bytes are 1366 letters: the first one sets the highest bit, the last one the lowest.
        let middle: String = format!("{number:04}{}", "Ab3_".repeat(341)).chars().take(1364).collect();
        json!({ "kty": "RSA", "kid": format!("{number:0128}"), "e": "AQAB", "n": format!("v{middle}Q") })
    };
    json!({ "keys": (0..keys).map(key).collect::<Vec<_>>() }).to_string()
}

#[test]
fn one_verifier_too_many_is_refused_and_closing_makes_room() -> Tested {
    let mut host = host()?;
    let policy = json!({ "issuers": [entry(0)] });
    let most = limit(&mut host, "verifiers")?;
    let mut last = 0;
    for _ in 0..most {
        last = handle(&open(&mut host, &policy)?)?;
    }
    let refused = open(&mut host, &policy)?;
    assert_eq!(refused.pointer("/error/code"), Some(&json!("INVALID_CALL")), "{refused}");
    assert!(host.close(last)?);
    assert_eq!(handle(&open(&mut host, &policy)?)?, last + 1);
    Ok(())
}

#[test]
fn all_verifiers_full_to_the_brim_fit_into_the_memory() -> Tested {
    let mut host = host()?;
    let (verifiers, keys) = (limit(&mut host, "verifiers")?, limit(&mut host, "keys")?);
    let issuers: Vec<Value> = (0..16).map(entry).collect();
    let verifier = handle(&open(&mut host, &json!({ "issuers": issuers }))?)?;
    let set = largest_key_set(keys);
    let before = host.memory_size();
    for issuer in 0..16 {
        let document = json!({ "issuer": format!("https://id{issuer}.example/"), "jwks_uri": "https://id.example/jwks" });
        host.offer(verifier, issuer, What::Discovery, NOW, document.to_string().as_bytes())?;
        let offer = parsed(host.offer(verifier, issuer, What::KeySet, NOW, set.as_bytes()))?;
        assert_eq!(offer.get("keys"), Some(&json!(keys)), "{offer}");
    }
    let one = u64::try_from(host.memory_size())? - u64::try_from(before)?;
    assert!(one > 0);
    assert!(one * verifiers < MAXIMUM - u64::try_from(before)?, "{one} bytes each");
    Ok(())
}

fn fetched(number: usize) -> Value {
    let url = format!("https://id{number}.example/");
    json!({ "issuer": url, "audience": "keys-app", "jwks_uri": url })
}

/// A letter that takes two bytes to read and, written without care, six.
const LONGER: &str = "\u{8}";
/// One that takes six bytes either way.
const CONTROL: &str = "\u{1}";

#[test]
fn key_sets_with_names_that_grow_are_answered() -> Tested {
    let mut host = host()?;
    let issuers: Vec<Value> = (0..16).map(fetched).collect();
    let opened = parsed(host.open(json!({ "issuers": issuers }).to_string().as_bytes()))?;
    assert_eq!(opened.get("verifier"), Some(&json!(1)), "{opened}");
    for issuer in 0..16 {
        let kid = |count: usize| if issuer % 2 == 0 { LONGER.repeat(count) } else { CONTROL.repeat(count) };
        let one = json!({ "keys": [{ "kty": "oct", "kid": kid(40_000) }] });
        let many = vec![json!({ "kty": "oct", "kid": kid(128) }); 64];
        for set in [one, json!({ "keys": many })] {
            let offer = parsed(host.offer(1, issuer, What::KeySet, NOW, set.to_string().as_bytes()))?;
            assert_eq!(offer.get("result"), Some(&json!("stored")), "{offer}");
        }
    }
    let status = parsed(host.status(1, NOW))?;
    let skipped = status.pointer("/issuers/15/skipped").and_then(Value::as_array).map(Vec::len);
    assert_eq!(skipped, Some(64));
    Ok(())
}

#[test]
fn policies_with_names_that_grow_are_refused_with_their_place() -> Tested {
    let mut host = host()?;
    let mut unknown = fetched(0);
    let members = unknown.as_object_mut().ok_or("an object")?;
    members.insert("/".repeat(300_000), json!(1));
    let mut issuer = fetched(0);
    issuer.as_object_mut().ok_or("an object")?.insert("issuer".into(), json!(LONGER.repeat(100_000)));
    for policy in
        [json!({ "issuers": [unknown] }), json!({ "issuers": [issuer] }), json!({ "~".repeat(250_000): 1 })]
    {
        let answer = parsed(host.open(policy.to_string().as_bytes()))?;
        assert_eq!(answer.pointer("/error/code"), Some(&json!("INVALID_POLICY")));
    }
    let opened = parsed(host.open(json!({ "issuers": [fetched(0)] }).to_string().as_bytes()))?;
    assert_eq!(opened.get("verifier"), Some(&json!(1)), "no handle was used up");
    Ok(())
}

#[test]
fn the_longest_policy_is_answered_by_every_call() -> Tested {
    let mut host = host()?;
    let name = |entry: usize, number: usize| {
        let start = format!("https://id.example/{entry}/{number}/");
        format!("{start}{}", "x".repeat(1024 - start.len()))
    };
    // As much as fits into the buffer: names are what every call repeats.
    let issuers: Vec<Value> = (0..16)
        .map(|entry| {
            let names: Vec<String> = (0..16).map(|number| name(entry, number)).collect();
            json!({ "issuer": names, "audience": "a", "jwks_uri": name(entry, 0) })
        })
        .collect();
    let opened = parsed(host.open(json!({ "issuers": issuers }).to_string().as_bytes()))?;
    assert_eq!(opened.get("verifier"), Some(&json!(1)), "{opened}");
    let keys = vec![json!({ "kty": "oct", "kid": "k".repeat(128) }); 64];
    for issuer in 0..16 {
        let set = json!({ "keys": keys }).to_string();
        assert_eq!(
            parsed(host.offer(1, issuer, What::KeySet, NOW, set.as_bytes()))?.get("keys"),
            Some(&json!(0))
        );
    }
    let status = parsed(host.status(1, NOW + 1e6))?;
    assert_eq!(status.get("issuers").and_then(Value::as_array).map(Vec::len), Some(16), "{status}");
    let verdict = parsed(host.verify(1, Form::Token, NOW, b"e30.e30."))?;
    assert_eq!(verdict.get("verdict"), Some(&json!("rejected")));
    Ok(())
}

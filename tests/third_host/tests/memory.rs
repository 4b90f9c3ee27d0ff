//! How much memory verifiers take: what may be open at once fits into the module's bounded memory.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use third_host::{Fault, Host, Template, What};

type Tested = Result<(), Box<dyn Error>>;

const NOW: f64 = 1_700_000_000.0;

/// As `xtask/src/module.rs` sets it, bytes.
const MAXIMUM: u64 = 256 * 1024 * 1024;

fn host() -> Result<Host, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pkg/authn.wasm");
    Ok(Host::new(&Template::new(&fs::read(path)?)?)?)
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
        // 1,365 letters and an odd end: 8,190 bits and a few; the first letter sets the highest bit.
        let n = format!("v{number:04}{}8B", "Ab3_".repeat(339)).chars().take(1366).collect::<String>();
        json!({ "kty": "RSA", "kid": format!("{number:0256}"), "e": "AQAB", "n": format!("{}E", &n.get(..1365).unwrap_or_default()) })
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

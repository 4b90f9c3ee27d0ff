//! What is made to break the module, and what is just within its bounds: every answer is one JSON object, the next call
//! works, and all that may be open at once fits into the memory.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::{Value, json};
use third_host::{ABOUT, CLOSE, Call, FETCH, Fault, Host, OPEN, RESTORE, STATUS, TOLD, Template, VERIFY};

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

fn of(operation: u32, verifier: u32) -> Call {
    Call { operation, verifier, now: NOW, ..Call::default() }
}

/// A call whose answer is one JSON object.
fn ask(host: &mut Host, call: Call, payload: &[u8]) -> Result<Value, Box<dyn Error>> {
    parsed(host.call(call, payload))
}

/// Brings a key set by a conversation, with a discovery document before it if one is asked for; the last step.
fn bring(
    host: &mut Host,
    verifier: u32,
    issuer: u32,
    document: &str,
    set: &str,
) -> Result<Value, Box<dyn Error>> {
    let call = |operation| Call { issuer, ..of(operation, verifier) };
    let mut step = ask(host, call(FETCH), b"")?;
    while step.get("do") == Some(&json!("fetch")) {
        let body = if step.get("what") == Some(&json!("discovery")) { document } else { set };
        let told = format!("{{\"status\":200,\"redirected\":false,\"elapsed\":0.5}}\n{body}");
        step = ask(host, call(TOLD), told.as_bytes())?;
    }
    Ok(step)
}

fn limit(host: &mut Host, name: &str) -> Result<u64, Box<dyn Error>> {
    let about = ask(host, of(ABOUT, 0), b"")?;
    Ok(about.pointer(&format!("/limits/{name}")).and_then(Value::as_u64).ok_or("no such limit")?)
}

fn open(host: &mut Host, policy: &Value) -> Result<Value, Box<dyn Error>> {
    ask(host, of(OPEN, 0), policy.to_string().as_bytes())
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
    assert_eq!(ask(&mut host, of(CLOSE, last), b"")?, json!({ "closed": true }));
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
        let done = bring(&mut host, verifier, issuer, &document.to_string(), &set)?;
        assert_eq!(done.get("outcome"), Some(&json!("stored")), "{done}");
    }
    let status = ask(&mut host, of(STATUS, verifier), b"")?;
    assert_eq!(status.pointer("/issuers/15/keys"), Some(&json!(keys)));
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
    let opened = open(&mut host, &json!({ "issuers": issuers }))?;
    assert_eq!(opened.get("verifier"), Some(&json!(1)), "{opened}");
    for issuer in 0..16 {
        let kid = |count: usize| if issuer % 2 == 0 { LONGER.repeat(count) } else { CONTROL.repeat(count) };
        let one = json!({ "keys": [{ "kty": "oct", "kid": kid(40_000) }] });
        let many = vec![json!({ "kty": "oct", "kid": kid(128) }); 64];
        for set in [one, json!({ "keys": many })] {
            let done = bring(&mut host, 1, issuer, "", &set.to_string())?;
            assert_eq!(done.get("outcome"), Some(&json!("stored")), "{done}");
        }
    }
    let status = ask(&mut host, of(STATUS, 1), b"")?;
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
        let answer = open(&mut host, &policy)?;
        assert_eq!(answer.pointer("/error/code"), Some(&json!("INVALID_POLICY")));
    }
    let opened = open(&mut host, &json!({ "issuers": [fetched(0)] }))?;
    assert_eq!(opened.get("verifier"), Some(&json!(1)), "no handle was used up");
    Ok(())
}

/// A policy whose names fill their bound with letters that grow when they are written, key sets that are skipped whole, and
/// a listener: every answer stays below the buffer, and so does the record of each issuer.
#[test]
fn the_longest_policy_is_answered_by_every_call() -> Tested {
    let mut host = host()?;
    let buffer = usize::try_from(limit(&mut host, "message_bytes")?)?;
    // 16 entries of 5 names: with 409 letters each, 5 of them control characters, they are just below 64 KiB of JSON.
    let name = |entry: usize, number: usize, length: usize| {
        let start = format!("https://id.example/{entry}/{number}/{}", CONTROL.repeat(5));
        format!("{start}{}", "\"".repeat(length - start.len()))
    };
    let policy = |length: usize| {
        let entry = |entry: usize| {
            let names: Vec<String> = (0..5).map(|number| name(entry, number, length)).collect();
            let uri = format!("https://id.example/{}", "x".repeat(1000));
            json!({ "issuer": names, "audience": "a", "jwks_uri": uri })
        };
        json!({ "issuers": (0..16).map(entry).collect::<Vec<_>>() }).to_string()
    };
    let refused = ask(&mut host, of(OPEN, 0), policy(410).as_bytes())?;
    assert_eq!(refused.pointer("/error/path"), Some(&json!("/issuers")), "{refused}");
    let opened = host.call(Call { flags: 1, ..of(OPEN, 0) }, policy(409).as_bytes())?;
    assert!(
        opened.starts_with(r#"{"verifier":1,"#) && opened.len() > 60_000,
        "{}: {opened:.80}",
        opened.len()
    );
    let keys = vec![json!({ "kty": "oct", "kid": CONTROL.repeat(21) }); 64];
    let set = json!({ "keys": keys }).to_string();
    let mut records = Vec::new();
    for issuer in 0..16 {
        let done = bring(&mut host, 1, issuer, "", &set)?;
        let line = done.get("record").and_then(Value::as_str).ok_or("no record")?;
        assert!(done.to_string().len() < buffer && line.len() > 4000, "{}", line.len());
        records.push(format!("{line}\n{set}"));
    }
    for later in [0.0, 250.0, 1e6] {
        let status = host.call(Call { now: NOW + later, ..of(STATUS, 1) }, b"")?;
        let parsed: Value = serde_json::from_str(&status)?;
        assert_eq!(parsed.get("issuers").and_then(Value::as_array).map(Vec::len), Some(16), "{status:.200}");
        assert!(status.len() < buffer, "{}", status.len());
        let told = parsed.get("events").and_then(Value::as_array).map(Vec::len);
        assert_eq!(told, (later > 0.0).then_some(16), "each entry is in another state");
    }
    for record in records {
        let restored = ask(&mut host, Call { now: NOW + 1e6, ..of(RESTORE, 1) }, record.as_bytes())?;
        assert_eq!(restored.get("reason"), Some(&json!("not_newer")), "{restored}");
    }
    let verdict = ask(&mut host, of(VERIFY, 1), b"e30.e30.")?;
    assert_eq!(verdict.get("verdict"), Some(&json!("rejected")));
    Ok(())
}

//! What `docs/abi.md` promises, asked by a host that knows nothing else. Tokens and keys are those
//! of the shared vectors.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};
use third_host::{
    ABANDON, ABOUT, CLOSE, Call, EXPLAIN, FETCH, Fault, Host, MAJOR, OPEN, RESTORE, STATUS, TOLD, Template,
    VERIFY,
};

type Tested = Result<(), Box<dyn Error>>;

const NOW: f64 = 1_700_000_000.0;

/// As many verifiers as one instance takes.
const MOST_OPEN: usize = 32;

const OK: &str = r#"{"status":200,"redirected":false,"elapsed":0.5}"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compiled once for all tests.
fn template() -> Result<&'static Template, Box<dyn Error>> {
    static TEMPLATE: OnceLock<Result<Template, String>> = OnceLock::new();
    let compiled = TEMPLATE.get_or_init(|| {
        let wasm = fs::read(root().join("pkg/authn.wasm")).map_err(|error| error.to_string())?;
        Template::new(&wasm).map_err(|error| error.to_string())
    });
    compiled.as_ref().map_err(|error| error.as_str().into())
}

fn host() -> Result<Host, Box<dyn Error>> {
    Ok(Host::new(template()?)?)
}

fn parsed(answer: Result<String, Fault>) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(&answer?)?)
}

fn ask(host: &mut Host, call: Call, payload: &[u8]) -> Result<Value, Box<dyn Error>> {
    parsed(host.call(call, payload))
}

fn of(operation: u32, verifier: u32) -> Call {
    Call { operation, verifier, now: NOW, ..Call::default() }
}

fn told(host: &mut Host, verifier: u32, facts: &str, body: &[u8]) -> Result<Value, Box<dyn Error>> {
    let payload = [facts.as_bytes(), b"\n", body].concat();
    ask(host, of(TOLD, verifier), &payload)
}

/// A group of the vectors: one policy, its key set, tokens and their verdicts.
struct Group(Value);

impl Group {
    fn load() -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(root().join("tests/vectors/key.json"))?;
        let file: Value = serde_json::from_str(&text)?;
        let groups = file.get("groups").and_then(Value::as_array).ok_or("no groups")?;
        let group = groups.iter().find(|group| group.get("id") == Some(&json!("key/kid")));
        Ok(Self(group.ok_or("no group `key/kid`")?.clone()))
    }

    fn text(&self, pointer: &str) -> Result<&str, Box<dyn Error>> {
        self.0.pointer(pointer).and_then(Value::as_str).ok_or_else(|| format!("no `{pointer}`").into())
    }

    fn keys(&self) -> Result<&[u8], Box<dyn Error>> {
        let (_, body) = self.text("/calls/1/payload")?.split_once('\n').ok_or("no body")?;
        Ok(body.as_bytes())
    }

    fn good_token(&self) -> Result<&[u8], Box<dyn Error>> {
        Ok(self.text("/cases/0/input")?.as_bytes())
    }

    fn open(&self, host: &mut Host) -> Result<u32, Box<dyn Error>> {
        open(host, self.0.get("policy").ok_or("no policy")?)
    }

    /// Opens the group and brings its keys at `NOW`; the record of them.
    fn open_with_keys(&self, host: &mut Host) -> Result<(u32, Vec<u8>), Box<dyn Error>> {
        let verifier = self.open(host)?;
        let step = ask(host, of(FETCH, verifier), b"")?;
        assert_eq!(step.get("do"), Some(&json!("fetch")), "{step}");
        let done = told(host, verifier, OK, self.keys()?)?;
        assert_eq!(done.get("outcome"), Some(&json!("stored")), "{done}");
        let line = done.get("record").and_then(Value::as_str).ok_or("no record")?;
        Ok((verifier, [line.as_bytes(), b"\n", self.keys()?].concat()))
    }

    fn verify(&self, host: &mut Host, verifier: u32) -> Result<Value, Box<dyn Error>> {
        ask(host, of(VERIFY, verifier), self.good_token()?)
    }
}

fn open(host: &mut Host, policy: &Value) -> Result<u32, Box<dyn Error>> {
    let opened = ask(host, of(OPEN, 0), policy.to_string().as_bytes())?;
    let handle = opened.get("verifier").and_then(Value::as_u64).ok_or_else(|| opened.to_string())?;
    Ok(u32::try_from(handle)?)
}

fn is_invalid_call(answer: &Value) -> bool {
    answer.pointer("/error/code") == Some(&json!("INVALID_CALL"))
        && answer.pointer("/error/message").is_some_and(Value::is_string)
}

#[test]
fn catalogue_names_codes_in_order_and_operations_by_number() -> Tested {
    let about = ask(&mut host()?, of(ABOUT, 0), b"")?;
    assert_eq!(about.get("name"), Some(&json!("fuzefront-authn")));
    let abi = about.get("abi").and_then(Value::as_str).ok_or("no abi")?;
    assert!(abi.starts_with(&format!("{MAJOR}.")), "{abi}");
    let codes = about.get("codes").and_then(Value::as_array).ok_or("no codes")?;
    let names: Vec<&str> = codes.iter().filter_map(|code| code.get("code")?.as_str()).collect();
    assert!(names.is_sorted() && names.len() == codes.len());
    for host_only in ["FORBIDDEN", "REVOKED", "UNKNOWN", "VERIFIER_UNAVAILABLE"] {
        assert!(names.contains(&host_only), "{host_only}");
    }
    for (number, name) in [(ABOUT, "about"), (VERIFY, "verify"), (TOLD, "told"), (RESTORE, "restore")] {
        let row = about.pointer(&format!("/operations/{number}"));
        assert_eq!(row, Some(&json!({ "operation": name, "number": number })));
    }
    Ok(())
}

#[test]
fn opens_closes_and_never_uses_a_handle_twice() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let first = group.open(&mut host)?;
    assert_eq!(ask(&mut host, of(CLOSE, first), b"")?, json!({ "closed": true }));
    assert_eq!(ask(&mut host, of(CLOSE, first), b"")?, json!({ "closed": false }));
    let second = group.open(&mut host)?;
    assert_ne!(first, second);
    assert!(is_invalid_call(&ask(&mut host, of(VERIFY, first), b"a.b.c")?));
    Ok(())
}

#[test]
fn refuses_a_policy_by_the_place_of_its_fault() -> Tested {
    let mut host = host()?;
    let entry = json!({ "issuer": "https://id.example/", "audience": "app", "audiance": "app" });
    let misspelt = json!({ "issuers": [entry] });
    let answer = ask(&mut host, of(OPEN, 0), misspelt.to_string().as_bytes())?;
    assert_eq!(answer.pointer("/error/code"), Some(&json!("INVALID_POLICY")));
    assert_eq!(answer.pointer("/error/path"), Some(&json!("/issuers/0/audiance")));
    let without = json!({ "issuers": [{ "issuer": "https://id.example/" }] });
    let answer = ask(&mut host, of(OPEN, 0), without.to_string().as_bytes())?;
    assert_eq!(answer.pointer("/error/code"), Some(&json!("INVALID_POLICY")));
    Ok(())
}

#[test]
fn verdicts_are_those_of_the_vectors() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    for call in group.0.get("calls").and_then(Value::as_array).ok_or("no calls")? {
        let operation = if call.get("operation") == Some(&json!("fetch")) { FETCH } else { TOLD };
        let now = call.get("now").and_then(Value::as_f64).ok_or("no now")?;
        let payload = call.get("payload").and_then(Value::as_str).ok_or("no payload")?;
        let answer = ask(&mut host, Call { now, ..of(operation, verifier) }, payload.as_bytes())?;
        assert_eq!(Some(&answer), call.get("answer"));
    }
    let cases = group.0.get("cases").and_then(Value::as_array).ok_or("no cases")?;
    assert!(cases.len() > 3);
    for case in cases {
        let input = case.get("input").and_then(Value::as_str).ok_or("no input")?;
        let now = case.get("now").and_then(Value::as_f64).ok_or("no now")?;
        let verdict = ask(&mut host, Call { now, ..of(VERIFY, verifier) }, input.as_bytes())?;
        assert_eq!(Some(&verdict), case.get("verdict"), "{:?}", case.get("id"));
    }
    Ok(())
}

#[test]
fn a_header_is_a_token_behind_its_scheme() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let (verifier, _) = group.open_with_keys(&mut host)?;
    let token = group.verify(&mut host, verifier)?;
    let header = [b"Bearer ", group.good_token()?].concat();
    let with_flag = Call { flags: 1, ..of(VERIFY, verifier) };
    assert_eq!(ask(&mut host, with_flag, &header)?, token);
    let none = ask(&mut host, with_flag, b"")?;
    assert_eq!(none.get("code"), Some(&json!("NO_TOKEN")));
    assert_eq!(none.get("status"), Some(&json!(401)));
    let explained = ask(&mut host, Call { flags: 3, ..of(EXPLAIN, verifier) }, &header)?;
    assert_eq!(explained.get("verdict"), Some(&token));
    Ok(())
}

#[test]
fn keys_needed_then_fetched_then_accepted() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    let needed = group.verify(&mut host, verifier)?;
    let expected = json!({ "verdict": "keys_needed", "issuer": 0, "reason": "no_keys", "wait": 3 });
    assert_eq!(needed, expected);
    let last = ask(&mut host, Call { attempt: 3, ..of(VERIFY, verifier) }, group.good_token()?)?;
    assert_eq!(last.get("code"), Some(&json!("JWKS_UNAVAILABLE")));
    assert_eq!((last.get("status"), last.get("fetch")), (Some(&json!(503)), Some(&json!(0))));
    let step = ask(&mut host, of(FETCH, verifier), b"")?;
    assert_eq!(step.get("what"), Some(&json!("key_set")));
    assert_eq!(step.get("url"), Some(&json!("https://id.example/jwks/")));
    let done = told(&mut host, verifier, OK, group.keys()?)?;
    assert_eq!((done.get("outcome"), done.get("settled")), (Some(&json!("stored")), Some(&json!(true))));
    let verdict = group.verify(&mut host, verifier)?;
    assert_eq!(verdict.get("verdict"), Some(&json!("accepted")));
    let status = ask(&mut host, Call { now: NOW + 12.5, ..of(STATUS, verifier) }, b"")?;
    assert_eq!(status.get("health"), Some(&json!("ready")));
    assert_eq!(status.pointer("/issuers/0/state"), Some(&json!("fresh")));
    assert_eq!(status.pointer("/issuers/0/age"), Some(&json!(12.5)));
    Ok(())
}

#[test]
fn discovery_leads_to_the_key_set_at_once() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let policy = json!({ "issuers": [{ "issuer": "https://id.example/", "audience": "keys-app" }] });
    let verifier = open(&mut host, &policy)?;
    let step = ask(&mut host, of(FETCH, verifier), b"")?;
    assert_eq!(step.get("what"), Some(&json!("discovery")));
    let url = "https://id.example/.well-known/openid-configuration";
    assert_eq!(step.get("url"), Some(&json!(url)));
    let document = json!({ "issuer": "https://id.example/", "jwks_uri": "https://keys.example/set" });
    let next = told(&mut host, verifier, OK, document.to_string().as_bytes())?;
    assert_eq!((next.get("do"), next.get("what")), (Some(&json!("fetch")), Some(&json!("key_set"))));
    assert_eq!(next.get("url"), Some(&json!("https://keys.example/set")));
    told(&mut host, verifier, OK, group.keys()?)?;
    assert_eq!(group.verify(&mut host, verifier)?.get("verdict"), Some(&json!("accepted")));
    Ok(())
}

#[test]
fn a_failed_fetch_is_an_outage_and_no_bad_token() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    ask(&mut host, of(FETCH, verifier), b"")?;
    let facts = r#"{"status":429,"redirected":false,"headers":{"retry-after":"7"},"elapsed":0.1}"#;
    let done = ask(&mut host, of(TOLD, verifier), facts.as_bytes())?;
    assert_eq!((done.get("outcome"), done.get("error")), (Some(&json!("failed")), Some(&json!("http_429"))));
    let status = ask(&mut host, of(STATUS, verifier), b"")?;
    assert_eq!(status.pointer("/issuers/0/failures"), Some(&json!(1)));
    let verdict = group.verify(&mut host, verifier)?;
    assert_eq!(verdict.get("code"), Some(&json!("JWKS_UNAVAILABLE")));
    assert_eq!(verdict.get("retry_after"), Some(&json!(7)));
    assert_eq!(verdict.get("challenge"), None);
    Ok(())
}

#[test]
fn bugs_of_a_host_are_named_as_such() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    let verify = of(VERIFY, verifier);
    let (_, size) = host.buffer()?;
    for call in [
        Call { operation: 12, ..verify },
        Call { operation: u32::MAX, ..verify },
        Call { verifier: verifier + 1, ..verify },
        Call { flags: 2, ..verify },
        Call { now: f64::NAN, ..verify },
        Call { now: f64::INFINITY, ..verify },
        Call { now: -1.0, ..verify },
        Call { jitter: 1.0, ..verify },
        Call { jitter: f64::NAN, ..verify },
        Call { issuer: 1, ..of(FETCH, verifier) },
        Call { flags: 2, ..of(FETCH, verifier) },
        of(TOLD, verifier),
        of(STATUS, verifier + 1),
    ] {
        let answer = ask(&mut host, call, b"")?;
        assert!(is_invalid_call(&answer), "{call:?}: {answer}");
    }
    for length in [size - 39, size, u32::MAX] {
        assert!(is_invalid_call(&parsed(host.message(verify, length, b""))?), "{length}");
    }
    Ok(())
}

#[test]
fn the_whole_buffer_may_be_used() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    let (_, size) = host.buffer()?;
    let full = vec![b'a'; usize::try_from(size)? - 40];
    let verdict = ask(&mut host, of(VERIFY, verifier), &full)?;
    assert_eq!(verdict.get("code"), Some(&json!("TOKEN_TOO_LARGE")));
    ask(&mut host, of(FETCH, verifier), b"")?;
    let body = vec![b'a'; full.len() - OK.len() - 1];
    let done = told(&mut host, verifier, OK, &body)?;
    assert_eq!(
        (done.get("outcome"), done.get("error")),
        (Some(&json!("refused")), Some(&json!("too_large")))
    );
    let more = vec![b'a'; full.len() + 1];
    assert_eq!(host.call(of(VERIFY, verifier), &more), Err(Fault::TooLarge));
    Ok(())
}

#[test]
fn memory_grows_and_the_buffer_stays() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let (before, buffer) = (host.memory_size(), host.buffer()?);
    let mut last = 0;
    for _ in 0..MOST_OPEN {
        (last, _) = group.open_with_keys(&mut host)?;
    }
    assert!(host.memory_size() > before);
    assert_eq!(host.buffer()?, buffer);
    assert_eq!(group.verify(&mut host, last)?.get("verdict"), Some(&json!("accepted")));
    Ok(())
}

/// No input is known that traps, so the runtime cuts a call off in the middle.
#[test]
fn after_a_trap_a_new_instance_with_the_records_answers_the_same() -> Tested {
    let (template, group) = (template()?, Group::load()?);
    let mut host = Host::new(template)?;
    let (verifier, record) = group.open_with_keys(&mut host)?;
    let expected = group.verify(&mut host, verifier)?;
    host.limit(10_000)?;
    assert_eq!(host.call(of(VERIFY, verifier), group.good_token()?), Err(Fault::Broken));
    // Broken for good: what it was doing was never finished.
    host.limit(u64::MAX)?;
    assert_eq!(host.call(of(VERIFY, verifier), group.good_token()?), Err(Fault::Broken));

    let mut host = Host::new(template)?;
    let verifier = group.open(&mut host)?;
    let restored = ask(&mut host, of(RESTORE, verifier), &record)?;
    assert_eq!(restored.get("result"), Some(&json!("stored")), "{restored}");
    assert_eq!(restored.get("generation"), expected.pointer("/keys/generation"));
    assert_eq!(group.verify(&mut host, verifier)?, expected);
    Ok(())
}

#[test]
fn a_conversation_that_is_given_up_leaves_nothing_under_way() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    ask(&mut host, of(FETCH, verifier), b"")?;
    assert_eq!(ask(&mut host, of(FETCH, verifier), b"")?.get("do"), Some(&json!("nothing")));
    assert_eq!(ask(&mut host, of(ABANDON, verifier), b"")?, json!({ "abandoned": true }));
    assert_eq!(ask(&mut host, of(FETCH, verifier), b"")?.get("do"), Some(&json!("fetch")));
    Ok(())
}

#[test]
fn another_interface_is_refused() {
    let empty = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    let refused = Template::new(&empty).and_then(|template| Host::new(&template).map(|_| ()));
    assert_eq!(refused, Err(Fault::Foreign("no `memory`".to_owned())));
}

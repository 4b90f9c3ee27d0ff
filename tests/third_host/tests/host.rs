//! What `docs/abi.md` promises, asked by a host that knows nothing else. Tokens and keys are those
//! of the shared vectors.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};
use third_host::{Fault, Form, Host, MAJOR, Template, What};

type Tested = Result<(), Box<dyn Error>>;

const NOW: f64 = 1_700_000_000.0;

/// As many verifiers as one instance takes.
const MOST_OPEN: usize = 32;

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
        Ok(self.text("/offers/0/body")?.as_bytes())
    }

    fn good_token(&self) -> Result<&[u8], Box<dyn Error>> {
        Ok(self.text("/cases/0/input")?.as_bytes())
    }

    fn open(&self, host: &mut Host) -> Result<u32, Box<dyn Error>> {
        open(host, self.0.get("policy").ok_or("no policy")?)
    }
}

fn open(host: &mut Host, policy: &Value) -> Result<u32, Box<dyn Error>> {
    let opened = parsed(host.open(policy.to_string().as_bytes()))?;
    let handle = opened.get("verifier").and_then(Value::as_u64).ok_or_else(|| opened.to_string())?;
    Ok(u32::try_from(handle)?)
}

fn is_invalid_call(answer: &Value) -> bool {
    answer.pointer("/error/code") == Some(&json!("INVALID_CALL"))
        && answer.pointer("/error/message").is_some_and(Value::is_string)
}

#[test]
fn catalogue_names_codes_in_order() -> Tested {
    let about = parsed(host()?.about())?;
    assert_eq!(about.get("name"), Some(&json!("fuzefront-authn")));
    let abi = about.get("abi").and_then(Value::as_str).ok_or("no abi")?;
    assert!(abi.starts_with(&format!("{MAJOR}.")), "{abi}");
    let codes = about.get("codes").and_then(Value::as_array).ok_or("no codes")?;
    let names: Vec<&str> = codes.iter().filter_map(|code| code.get("code")?.as_str()).collect();
    assert!(names.is_sorted() && names.len() == codes.len());
    for host_only in ["FORBIDDEN", "REVOKED", "UNKNOWN", "VERIFIER_UNAVAILABLE"] {
        assert!(names.contains(&host_only), "{host_only}");
    }
    Ok(())
}

#[test]
fn opens_closes_and_never_uses_a_handle_twice() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let first = group.open(&mut host)?;
    assert!(host.close(first)?);
    assert!(!host.close(first)?);
    let second = group.open(&mut host)?;
    assert_ne!(first, second);
    assert!(is_invalid_call(&parsed(host.verify(first, Form::Token, NOW, b"a.b.c"))?));
    Ok(())
}

#[test]
fn refuses_a_policy_by_the_place_of_its_fault() -> Tested {
    let mut host = host()?;
    let misspelt =
        json!({"issuers": [{"issuer": "https://id.example/", "audience": "app", "audiance": "app"}]});
    let answer = parsed(host.open(misspelt.to_string().as_bytes()))?;
    assert_eq!(answer.pointer("/error/code"), Some(&json!("INVALID_POLICY")));
    assert_eq!(answer.pointer("/error/path"), Some(&json!("/issuers/0/audiance")));
    let without = json!({"issuers": [{"issuer": "https://id.example/"}]});
    let answer = parsed(host.open(without.to_string().as_bytes()))?;
    assert_eq!(answer.pointer("/error/code"), Some(&json!("INVALID_POLICY")));
    Ok(())
}

#[test]
fn verdicts_are_those_of_the_vectors() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    let fetched = group.0.pointer("/offers/0/now").and_then(Value::as_f64).ok_or("no time of the offer")?;
    let stored = parsed(host.offer(verifier, 0, What::KeySet, fetched, group.keys()?))?;
    assert_eq!(stored.get("result"), Some(&json!("stored")));
    let cases = group.0.get("cases").and_then(Value::as_array).ok_or("no cases")?;
    assert!(cases.len() > 3);
    for case in cases {
        let input = case.get("input").and_then(Value::as_str).ok_or("no input")?;
        let now = case.get("now").and_then(Value::as_f64).ok_or("no now")?;
        let verdict = parsed(host.verify(verifier, Form::Token, now, input.as_bytes()))?;
        assert_eq!(Some(&verdict), case.get("verdict"), "{:?}", case.get("id"));
    }
    Ok(())
}

#[test]
fn a_header_is_a_token_behind_its_scheme() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    host.offer(verifier, 0, What::KeySet, NOW, group.keys()?)?;
    let token = host.verify(verifier, Form::Token, NOW, group.good_token()?)?;
    let header = [b"Bearer ", group.good_token()?].concat();
    assert_eq!(host.verify(verifier, Form::Authorization, NOW, &header)?, token);
    let none = parsed(host.verify(verifier, Form::Authorization, NOW, b""))?;
    assert_eq!(none.get("code"), Some(&json!("NO_TOKEN")));
    assert_eq!(none.get("status"), Some(&json!(401)));
    Ok(())
}

#[test]
fn keys_needed_then_fetched_then_accepted() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    let needed = parsed(host.verify(verifier, Form::Token, NOW, group.good_token()?))?;
    assert_eq!(needed.get("verdict"), Some(&json!("keys_needed")));
    assert_eq!(needed.pointer("/fetch/what"), Some(&json!("key_set")));
    assert_eq!(needed.pointer("/fetch/url"), Some(&json!("https://id.example/jwks/")));
    assert_eq!(needed.pointer("/otherwise/code"), Some(&json!("JWKS_UNAVAILABLE")));
    assert_eq!(needed.pointer("/otherwise/status"), Some(&json!(503)));
    assert_eq!(parsed(host.fetch_started(verifier, 0, NOW))?, json!({"allowed": true}));
    let stored = parsed(host.offer(verifier, 0, What::KeySet, NOW, group.keys()?))?;
    assert_eq!(stored.get("result"), Some(&json!("stored")));
    let verdict = parsed(host.verify(verifier, Form::Token, NOW, group.good_token()?))?;
    assert_eq!(verdict.get("verdict"), Some(&json!("accepted")));
    let status = parsed(host.status(verifier, NOW + 12.5))?;
    assert_eq!(status.pointer("/issuers/0/state"), Some(&json!("fresh")));
    assert_eq!(status.pointer("/issuers/0/age"), Some(&json!(12.5)));
    Ok(())
}

#[test]
fn discovery_leads_to_the_key_set_at_once() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let policy = json!({"issuers": [{"issuer": "https://id.example/", "audience": "keys-app"}]});
    let verifier = open(&mut host, &policy)?;
    let needed = parsed(host.verify(verifier, Form::Token, NOW, group.good_token()?))?;
    assert_eq!(needed.pointer("/fetch/what"), Some(&json!("discovery")));
    let url = "https://id.example/.well-known/openid-configuration";
    assert_eq!(needed.pointer("/fetch/url"), Some(&json!(url)));
    host.fetch_started(verifier, 0, NOW)?;
    let document = json!({"issuer": "https://id.example/", "jwks_uri": "https://keys.example/set"});
    let next = parsed(host.offer(verifier, 0, What::Discovery, NOW, document.to_string().as_bytes()))?;
    assert_eq!(next.get("result"), Some(&json!("fetch")));
    assert_eq!(next.pointer("/fetch/url"), Some(&json!("https://keys.example/set")));
    host.offer(verifier, 0, What::KeySet, NOW, group.keys()?)?;
    let verdict = parsed(host.verify(verifier, Form::Token, NOW, group.good_token()?))?;
    assert_eq!(verdict.get("verdict"), Some(&json!("accepted")));
    Ok(())
}

#[test]
fn a_failed_fetch_is_an_outage_and_no_bad_token() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    host.fetch_started(verifier, 0, NOW)?;
    let status = parsed(host.fetch_failed(verifier, 0, NOW, 7.0))?;
    assert_eq!(status.pointer("/issuers/0/failures"), Some(&json!(1)));
    let verdict = parsed(host.verify(verifier, Form::Token, NOW, group.good_token()?))?;
    assert_eq!(verdict.get("code"), Some(&json!("JWKS_UNAVAILABLE")));
    assert_eq!(verdict.get("retry_after"), Some(&json!(7)));
    assert_eq!(verdict.get("challenge"), None);
    Ok(())
}

#[test]
fn bugs_of_a_host_are_named_as_such() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    let (_, size) = host.buffer()?;
    let calls = [
        host.raw_verify(verifier + 1, 0, NOW, 0),
        host.raw_verify(verifier, 2, NOW, 0),
        host.raw_verify(verifier, 0, f64::NAN, 0),
        host.raw_verify(verifier, 0, f64::INFINITY, 0),
        host.raw_verify(verifier, 0, -1.0, 0),
        host.raw_verify(verifier, 0, NOW, size + 1),
        host.raw_verify(verifier, 0, NOW, u32::MAX),
        host.raw_offer(verifier, 0, 2, NOW, 0),
        host.raw_offer(verifier, 1, 1, NOW, 0),
        host.raw_offer(verifier, 0, 1, f64::NAN, 0),
        host.fetch_started(verifier, 1, NOW),
        host.fetch_failed(verifier, 1, NOW, -1.0),
        host.status(verifier + 1, NOW),
    ];
    for (number, call) in calls.into_iter().enumerate() {
        let answer = parsed(call)?;
        assert!(is_invalid_call(&answer), "call {number}: {answer}");
    }
    Ok(())
}

#[test]
fn the_whole_buffer_may_be_used() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let verifier = group.open(&mut host)?;
    let (_, size) = host.buffer()?;
    let full = vec![b'a'; usize::try_from(size)?];
    let verdict = parsed(host.verify(verifier, Form::Token, NOW, &full))?;
    assert_eq!(verdict.get("code"), Some(&json!("TOKEN_TOO_LARGE")));
    let offer = parsed(host.offer(verifier, 0, What::KeySet, NOW, &full))?;
    assert_eq!(offer, json!({"result": "refused", "reason": "too_large"}));
    let more = vec![b'a'; usize::try_from(size)? + 1];
    assert_eq!(host.verify(verifier, Form::Token, NOW, &more), Err(Fault::TooLarge));
    Ok(())
}

#[test]
fn memory_grows_and_the_buffer_stays() -> Tested {
    let (mut host, group) = (host()?, Group::load()?);
    let (before, buffer) = (host.memory_size(), host.buffer()?);
    let mut last = 0;
    for _ in 0..MOST_OPEN {
        last = group.open(&mut host)?;
        host.offer(last, 0, What::KeySet, NOW, group.keys()?)?;
    }
    assert!(host.memory_size() > before);
    assert_eq!(host.buffer()?, buffer);
    let verdict = parsed(host.verify(last, Form::Token, NOW, group.good_token()?))?;
    assert_eq!(verdict.get("verdict"), Some(&json!("accepted")));
    Ok(())
}

/// No input is known that traps, so the runtime cuts a call off in the middle.
#[test]
fn after_a_trap_a_new_instance_answers_the_same() -> Tested {
    let (template, group) = (template()?, Group::load()?);
    let mut host = Host::new(template)?;
    let verifier = group.open(&mut host)?;
    host.offer(verifier, 0, What::KeySet, NOW, group.keys()?)?;
    let expected = host.verify(verifier, Form::Token, NOW, group.good_token()?)?;
    host.limit(10_000)?;
    assert_eq!(host.verify(verifier, Form::Token, NOW, group.good_token()?), Err(Fault::Broken));
    // Broken for good: what it was doing was never finished.
    host.limit(u64::MAX)?;
    assert_eq!(host.verify(verifier, Form::Token, NOW, group.good_token()?), Err(Fault::Broken));

    let mut host = Host::new(template)?;
    let verifier = group.open(&mut host)?;
    host.offer(verifier, 0, What::KeySet, NOW, group.keys()?)?;
    assert_eq!(host.verify(verifier, Form::Token, NOW, group.good_token()?)?, expected);
    Ok(())
}

#[test]
fn another_interface_is_refused() {
    let empty = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    let refused = Template::new(&empty).and_then(|template| Host::new(&template).map(|_| ()));
    assert_eq!(refused, Err(Fault::Foreign("no `memory`".to_owned())));
}

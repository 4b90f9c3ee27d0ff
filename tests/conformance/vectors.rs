//! Reads the vector files and runs them through an engine.

use std::fmt::Write;
use std::fs;

use authn::Head;
use base64ct::{Base64, Encoding};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// One way to reach the verifier.
pub trait Engine {
    /// Answers a message of `docs/abi.md`.
    fn call(&mut self, message: &[u8]) -> String;
}

pub struct Group {
    pub id: String,
    pub policy: Value,
    pub calls: Vec<Before>,
    pub cases: Vec<Case>,
    pub open_error: Option<Value>,
}

/// A call that is made before the cases.
pub struct Before {
    pub operation: String,
    pub issuer: u32,
    pub now: f64,
    pub payload: Vec<u8>,
    pub answer: Value,
}

#[derive(Clone)]
pub struct Case {
    pub id: String,
    pub is_token: bool,
    pub input: Vec<u8>,
    pub now: f64,
    pub flags: Vec<String>,
    pub verdict: Value,
    pub digest: String,
    pub explain_digest: String,
}

/// A call that needs no verifier.
pub struct Call {
    pub id: String,
    pub operation: String,
    pub input: Vec<u8>,
    pub flags: Vec<String>,
    pub answer: Value,
    pub digest: String,
}

/// A difference from jwt-simple that is known and has its reason.
pub struct Deviation {
    pub cases: String,
    pub jwt_simple: String,
}

impl Deviation {
    /// `cases` is an id, or the beginning of ids before a `*`.
    pub fn covers(&self, id: &str) -> bool {
        match self.cases.strip_suffix('*') {
            Some(start) => id.starts_with(start),
            None => id == self.cases,
        }
    }
}

#[derive(Default)]
pub struct Tally {
    pub passed: usize,
    pub failures: Vec<String>,
    /// SHA-256 over all answers in order: verdict and trace of each case, then the calls.
    pub digest: String,
}

/// One document of `tests/vectors`.
pub fn json(name: &str) -> Value {
    let path = fuzefront_authn_tests::root().join("tests/vectors").join(name);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The vector files, sorted by name.
pub fn files() -> Vec<(String, Value)> {
    documents("", &["jwt-simple-deviations.json", "schema.json"])
}

/// The files of `tests/vectors/calls`, sorted by name.
pub fn call_files() -> Vec<(String, Value)> {
    documents("calls/", &["schema.json"])
}

fn documents(folder: &str, beside: &[&str]) -> Vec<(String, Value)> {
    let path = fuzefront_authn_tests::root().join("tests/vectors").join(folder);
    let mut names: Vec<String> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json") && !beside.contains(&name.as_str()))
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), json(&format!("{folder}{name}")))).collect()
}

pub fn calls_of(file: &Value) -> Vec<Call> {
    list(&file["cases"])
        .iter()
        .map(|call| Call {
            id: text(&call["id"]),
            operation: text(&call["operation"]),
            input: bytes(call, "input"),
            flags: list(&call["flags"]).iter().map(text).collect(),
            answer: call["answer"].clone(),
            digest: text(&call["answer_sha256"]),
        })
        .collect()
}

pub fn groups() -> Vec<Group> {
    files().iter().flat_map(|(_, file)| groups_of(file)).collect()
}

pub fn groups_of(file: &Value) -> Vec<Group> {
    list(&file["groups"])
        .iter()
        .map(|group| Group {
            id: text(&group["id"]),
            policy: group["policy"].clone(),
            calls: list(&group["calls"]).iter().map(before).collect(),
            cases: list(&group["cases"]).iter().map(case).collect(),
            open_error: group.get("open_error").cloned(),
        })
        .collect()
}

pub fn deviations() -> Vec<Deviation> {
    list(&json("jwt-simple-deviations.json")["deviations"])
        .iter()
        .map(|entry| Deviation { cases: text(&entry["cases"]), jwt_simple: text(&entry["jwt_simple"]) })
        .collect()
}

impl Case {
    /// The message that asks for the verdict, or with `flags` besides the trace.
    pub fn message(&self, operation: &str, verifier: u32, flags: u32) -> Vec<u8> {
        let flags = flags | u32::from(!self.is_token);
        Head { verifier, flags, now: self.now, ..Head::of(operation) }.message(&self.input)
    }
}

/// Opens the group and makes its calls; each with another answer than in the file is a fault. `None` for a policy that is
/// refused.
pub fn open(engine: &mut impl Engine, group: &Group, faults: &mut Vec<String>) -> Option<u32> {
    let opened = engine.call(&Head::of("open").message(group.policy.to_string().as_bytes()));
    let answer: Value = serde_json::from_str(&opened).unwrap();
    let expected = group.open_error.as_ref();
    let Some(verifier) = answer["verifier"].as_u64().and_then(|handle| u32::try_from(handle).ok()) else {
        faults.extend(difference(&group.id, expected.unwrap_or(&Value::Null), &opened));
        return None;
    };
    if let Some(expected) = expected {
        faults.extend(difference(&group.id, expected, &opened));
    }
    for call in &group.calls {
        let head = Head { verifier, issuer: call.issuer, now: call.now, ..Head::of(&call.operation) };
        let answer = engine.call(&head.message(&call.payload));
        faults.extend(difference(&format!("{}, {}", group.id, call.operation), &call.answer, &answer));
    }
    Some(verifier)
}

/// Runs every vector.
pub fn run(engine: &mut impl Engine) -> Tally {
    let mut tally = Tally::default();
    let mut all = Sha256::new();
    for group in groups() {
        run_group(engine, &group, &mut tally, &mut all);
    }
    for call in call_files().iter().flat_map(|(_, file)| calls_of(file)) {
        let answer = engine.call(&Head::of(&call.operation).message(&call.input));
        all.update(answer.as_bytes());
        tally.count(digest(&answer) == call.digest, &call.id, &call.answer, &answer);
    }
    tally.digest = hex(&all.finalize());
    tally
}

fn run_group(engine: &mut impl Engine, group: &Group, tally: &mut Tally, all: &mut Sha256) {
    let mut faults = Vec::new();
    let opened = open(engine, group, &mut faults);
    tally.passed += usize::from(group.open_error.is_some() && faults.is_empty());
    tally.failures.extend(faults);
    let Some(verifier) = opened else { return };
    for case in &group.cases {
        let verdict = engine.call(&case.message("verify", verifier, 0));
        let trace = engine.call(&case.message("explain", verifier, 2));
        all.update(verdict.as_bytes());
        all.update(trace.as_bytes());
        if digest(&verdict) == case.digest && digest(&trace) != case.explain_digest {
            tally.failures.push(format!("{}: the verdict is right, the trace another: {trace}", case.id));
        } else {
            tally.count(digest(&verdict) == case.digest, &case.id, &case.verdict, &verdict);
        }
    }
    assert_eq!(engine.call(&Head { verifier, ..Head::of("close") }.message(b"")), r#"{"closed":true}"#);
}

impl Tally {
    fn count(&mut self, passed: bool, id: &str, expected: &Value, answer: &str) {
        if passed {
            self.passed += 1;
        } else {
            let same = || format!("{id}: the members are right, their spelling or order is not: {answer}");
            self.failures.push(difference(id, expected, answer).unwrap_or_else(same));
        }
    }
}

/// Where an answer differs first from what was expected.
pub fn difference(id: &str, expected: &Value, answer: &str) -> Option<String> {
    let found: Value = serde_json::from_str(answer).unwrap();
    let (at, expected, found) = first_difference(expected, &found, String::new())?;
    let short = |value: Option<&Value>| value.map_or("nothing".to_owned(), |value| cut(&value.to_string()));
    Some(format!(
        "{id}: at `{at}`\n  expected {}\n  found    {}\n  in       {}",
        short(expected),
        short(found),
        cut(answer)
    ))
}

fn first_difference<'v>(
    expected: &'v Value,
    found: &'v Value,
    at: String,
) -> Option<(String, Option<&'v Value>, Option<&'v Value>)> {
    match (expected, found) {
        (Value::Object(one), Value::Object(other)) => {
            let names = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
            names.into_iter().find_map(|name| match (one.get(name), other.get(name)) {
                (Some(one), Some(other)) => first_difference(one, other, format!("{at}/{name}")),
                (one, other) => Some((format!("{at}/{name}"), one, other)),
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(index, (one, other))| first_difference(one, other, format!("{at}/{index}")))
        }
        _ => (expected != found).then_some((at, Some(expected), Some(found))),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", text.split_at(end).0),
        None => text.to_owned(),
    }
}

fn before(call: &Value) -> Before {
    Before {
        operation: text(&call["operation"]),
        issuer: u32::try_from(call["issuer"].as_u64().unwrap()).unwrap(),
        now: call["now"].as_f64().unwrap(),
        payload: bytes(call, "payload"),
        answer: call["answer"].clone(),
    }
}

fn case(case: &Value) -> Case {
    Case {
        id: text(&case["id"]),
        is_token: case["form"] == "token",
        input: bytes(case, "input"),
        now: case["now"].as_f64().unwrap(),
        flags: list(&case["flags"]).iter().map(text).collect(),
        verdict: case["verdict"].clone(),
        digest: text(&case["verdict_sha256"]),
        explain_digest: text(&case["explain_sha256"]),
    }
}

/// A member that is text, or base64 under another name.
fn bytes(value: &Value, name: &str) -> Vec<u8> {
    match value[name].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => Base64::decode_vec(value[format!("{name}_base64")].as_str().unwrap()).unwrap(),
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn digest(answer: &str) -> String {
    hex(&Sha256::digest(answer.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

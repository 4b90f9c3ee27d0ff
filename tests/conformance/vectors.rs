//! Reads the vector files and runs them through an engine.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use base64ct::{Base64, Encoding};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// One way to reach the verifier.
pub trait Engine {
    fn open(&mut self, policy: &[u8]) -> String;
    fn close(&mut self, verifier: u32);
    fn offer(&mut self, verifier: u32, offer: &Offer) -> String;
    fn verify(&mut self, verifier: u32, case: &Case) -> String;
    /// With a trace; `values` shows what was found in claims.
    fn explain(&mut self, verifier: u32, case: &Case, values: bool) -> String;
    /// A call that needs no verifier, by the name of its export.
    fn call(&mut self, export: &str, input: &[u8]) -> String;
}

pub struct Group {
    pub id: String,
    pub policy: Value,
    pub offers: Vec<Offer>,
    pub cases: Vec<Case>,
    pub open_error: Option<Value>,
}

pub struct Offer {
    pub issuer: u32,
    pub is_key_set: bool,
    pub body: Vec<u8>,
    pub now: f64,
    /// Negative when not given.
    pub max_age: f64,
    pub answer: Value,
}

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

/// A call that needs no verifier, and the digest of its answer.
pub struct Call {
    pub id: String,
    pub export: String,
    pub input: Vec<u8>,
    pub flags: Vec<String>,
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(folder);
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
            export: text(&call["call"]),
            input: bytes(call, "input"),
            flags: list(&call["flags"]).iter().map(text).collect(),
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
            offers: list(&group["offers"]).iter().map(offer).collect(),
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

/// Runs every vector.
pub fn run(engine: &mut impl Engine) -> Tally {
    let mut tally = Tally::default();
    let mut all = Sha256::new();
    for group in groups() {
        run_group(engine, &group, &mut tally, &mut all);
    }
    for call in call_files().iter().flat_map(|(_, file)| calls_of(file)) {
        let answer = engine.call(&call.export, &call.input);
        all.update(answer.as_bytes());
        tally.count(digest(&answer) == call.digest, &call.id, &answer);
    }
    tally.digest = hex(&all.finalize());
    tally
}

fn run_group(engine: &mut impl Engine, group: &Group, tally: &mut Tally, all: &mut Sha256) {
    let opened = engine.open(group.policy.to_string().as_bytes());
    let answer: Value = serde_json::from_str(&opened).unwrap();
    if let Some(expected) = &group.open_error {
        tally.count(answer == *expected, &group.id, &opened);
        return;
    }
    let Some(verifier) = answer["verifier"].as_u64().and_then(|handle| u32::try_from(handle).ok()) else {
        tally.count(false, &group.id, &opened);
        return;
    };
    for offer in &group.offers {
        let answer = engine.offer(verifier, offer);
        if serde_json::from_str::<Value>(&answer).unwrap() != offer.answer {
            tally.failures.push(format!("{}: an offer was answered {answer}", group.id));
        }
    }
    for case in &group.cases {
        let verdict = engine.verify(verifier, case);
        let trace = engine.explain(verifier, case, true);
        all.update(verdict.as_bytes());
        all.update(trace.as_bytes());
        let same = digest(&verdict) == case.digest && digest(&trace) == case.explain_digest;
        tally.count(same, &case.id, &trace);
    }
    engine.close(verifier);
}

impl Tally {
    fn count(&mut self, passed: bool, id: &str, answer: &str) {
        if passed {
            self.passed += 1;
        } else {
            self.failures.push(format!("{id}: answered {answer}"));
        }
    }
}

fn offer(offer: &Value) -> Offer {
    Offer {
        issuer: u32::try_from(offer["issuer"].as_u64().unwrap()).unwrap(),
        is_key_set: offer["what"] == "key_set",
        body: bytes(offer, "body"),
        now: offer["now"].as_f64().unwrap(),
        max_age: offer["max_age"].as_f64().unwrap_or(-1.0),
        answer: offer["answer"].clone(),
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

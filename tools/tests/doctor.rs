//! Every finding of the doctor has a vector and a heading in `docs/doctor.md`, with the very words of the core.

use std::collections::BTreeSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("../../docs/doctor.md");
const VECTORS: &str = include_str!("../../tests/vectors/doctor/diagnosis.json");

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// The closed list: id and severity.
fn listed() -> Vec<(String, String)> {
    authn_tools::findings().map(|(id, severity)| (id.to_owned(), severity.to_owned())).collect()
}

/// Every finding in every answer of the vectors.
fn found() -> Vec<Value> {
    let file = parse(VECTORS);
    let cases = file.get("cases").and_then(Value::as_array).cloned().unwrap_or_default();
    let findings = cases.iter().filter_map(|case| case.pointer("/answer/findings")?.as_array().cloned());
    findings.flatten().collect()
}

#[test]
fn the_doctor_answers_every_vector() {
    let file = parse(VECTORS);
    let cases = file.get("cases").and_then(Value::as_array).cloned().unwrap_or_default();
    assert!(cases.len() > 100, "{}", cases.len());
    for case in cases {
        let answer = authn_tools::diagnose(&input(&case));
        let digest: String = Sha256::digest(&answer).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, text(&case, "answer_sha256"), "{}: answered {answer}", text(&case, "id"));
    }
}

fn input(case: &Value) -> Vec<u8> {
    match case.get("input").and_then(Value::as_str) {
        Some(text) => text.as_bytes().to_vec(),
        None => data_encoding::BASE64.decode(text(case, "input_base64").as_bytes()).unwrap_or_default(),
    }
}

#[test]
fn every_finding_has_a_vector() {
    let listed: BTreeSet<String> = listed().into_iter().map(|(id, _)| id).collect();
    let found: BTreeSet<String> = found().iter().map(|finding| text(finding, "id").to_owned()).collect();
    assert!(listed.len() > 15, "{listed:?}");
    assert_eq!(found, listed);
}

#[test]
fn every_finding_has_a_heading_that_states_its_severity() {
    let headings: Vec<&str> = PAGE.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let listed = listed();
    let ids: Vec<&str> = listed.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(headings, ids);
    for (id, severity) in &listed {
        let heading = format!("\n### {id}\n\n{severity} · ");
        assert!(PAGE.contains(&heading), "{heading}");
    }
}

#[test]
fn the_page_says_what_the_doctor_says() {
    for finding in found() {
        for member in ["why", "remedy"] {
            let words = text(&finding, member);
            assert!(PAGE.contains(words), "{}: {words}", text(&finding, "id"));
        }
    }
}

#[test]
fn nothing_secret_is_in_any_answer() {
    // Subjects, an e-mail address, a private exponent, a query with state, and signatures of the vectors.
    for secret in ["user-1", "alice", "\"AQAB\"", "state=", "VFaWR7J72WkFpvb"] {
        for finding in found() {
            assert!(!finding.to_string().contains(secret), "`{secret}` in {finding}");
        }
    }
}

//! Runs `tests/vectors` through the crate and through `pkg/authn.wasm` in wasmtime, compares every verdict byte for byte,
//! and asks jwt-simple for a second opinion on every token.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken vector file must stop the test")]

#[path = "conformance/judge.rs"]
mod judge;
#[path = "conformance/module.rs"]
mod module;
#[path = "conformance/reuse.rs"]
mod reuse;
#[path = "conformance/schema.rs"]
mod schema;
#[path = "conformance/trace.rs"]
mod trace;
#[path = "conformance/vectors.rs"]
mod vectors;

use std::collections::BTreeSet;
use std::io::{self, Write};

use authn::{Head, Registry};
use serde_json::Value;

use vectors::{Engine, Group, Tally};

/// The crate itself.
#[derive(Default)]
struct Native(Registry);

impl Engine for Native {
    fn call(&mut self, message: &[u8]) -> String {
        self.0.call(message)
    }
}

#[test]
fn the_crate_answers_every_vector() {
    report("native", vectors::run(&mut Native::default()));
}

#[test]
fn the_module_answers_every_vector() {
    report("wasmtime", vectors::run(&mut module::Module::load()));
}

#[expect(
    clippy::explicit_write,
    reason = "past the capture of test output: the tally is to be seen in any run"
)]
fn report(runtime: &str, tally: Tally) {
    for failure in &tally.failures {
        writeln!(io::stderr(), "{failure}").unwrap();
    }
    let failed = tally.failures.len();
    writeln!(
        io::stderr(),
        "\nconformance {runtime}: {} passed, {failed} failed, 0 skipped, verdicts {}",
        tally.passed,
        tally.digest
    )
    .unwrap();
    assert_eq!(failed, 0);
    assert!(tally.passed > 0);
}

/// jwt-simple accepts what the verifier accepts and nothing else, but for the differences that are listed with their
/// reasons; one that does not occur fails as well.
#[test]
fn jwt_simple_agrees_but_for_listed_reasons() {
    let deviations = vectors::deviations();
    let mut used = BTreeSet::new();
    let mut unlisted = Vec::new();
    for group in vectors::groups() {
        for case in &group.cases {
            let ours = case.verdict["verdict"] == "accepted";
            let theirs = judge::verdict(&group, case);
            if ours == theirs.is_ok() {
                continue;
            }
            let word = if theirs.is_ok() { "accepted" } else { "refused" };
            let index =
                deviations.iter().position(|known| known.covers(&case.id) && known.jwt_simple == word);
            match index {
                Some(index) => drop(used.insert(index)),
                None => unlisted.push(format!("{}: jwt-simple says {theirs:?}", case.id)),
            }
        }
    }
    let unused: Vec<&String> = deviations
        .iter()
        .enumerate()
        .filter(|(at, _)| !used.contains(at))
        .map(|(_, known)| &known.cases)
        .collect();
    assert!(unlisted.is_empty(), "not listed:\n{}", unlisted.join("\n"));
    assert!(unused.is_empty(), "listed, but does not occur: {unused:?}");
}

#[test]
fn vector_files_follow_their_schema() {
    let schema = vectors::json("schema.json");
    for (name, file) in vectors::files() {
        let faults = schema::faults(&schema, &schema, &file, "");
        assert!(faults.is_empty(), "{name}: {faults:?}");
    }
    let calls = vectors::json("calls/schema.json");
    for (name, file) in vectors::call_files() {
        let faults = schema::faults(&calls, &calls, &file, "");
        assert!(faults.is_empty(), "calls/{name}: {faults:?}");
    }
    let definition = &schema["$defs"]["deviations"];
    let faults = schema::faults(&schema, definition, &vectors::json("jwt-simple-deviations.json"), "");
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn the_schema_refuses_what_it_should() {
    let schema = vectors::json("schema.json");
    let (_, good) = vectors::files().remove(0);
    for (path, value) in [
        ("/schema", Value::from("other")),
        ("/groups/0/cases/0/form", Value::from("cookie")),
        ("/groups/0/cases/0/now", Value::from("1")),
        ("/groups/0/cases/0/verdict", Value::Null),
        ("/groups/0/cases/0/flags/0", Value::from(1)),
        ("/groups/0/id", Value::from("no stage")),
    ] {
        let mut bad = good.clone();
        match bad.pointer_mut(path) {
            Some(place) => *place = value,
            None => bad["groups"][0]["cases"][0]["flags"] = Value::from(vec![value]),
        }
        assert!(!schema::faults(&schema, &schema, &bad, "").is_empty(), "{path}");
    }
    let mut extra = good;
    extra["groups"][0]["cases"][0]["extra"] = Value::Null;
    assert!(!schema::faults(&schema, &schema, &extra, "").is_empty());
}

#[test]
fn the_schema_of_calls_refuses_what_it_should() {
    let schema = vectors::json("calls/schema.json");
    let (_, good) = vectors::call_files().remove(0);
    for (path, value) in [
        ("/schema", Value::from("fuzefront-authn-vectors-v2")),
        ("/stage", Value::from("No Word")),
        ("/cases", Value::from(Vec::<Value>::new())),
        ("/cases/0/operation", Value::from("verify")),
        ("/cases/0/answer", Value::Null),
        ("/cases/0/answer_sha256", Value::from("0")),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(path).unwrap() = value;
        assert!(!schema::faults(&schema, &schema, &bad, "").is_empty(), "{path}");
    }
    let mut extra = good;
    extra["cases"][0]["extra"] = Value::Null;
    assert!(!schema::faults(&schema, &schema, &extra, "").is_empty());
}

/// Hosts make their types from the schema of the interface: every answer follows it.
#[test]
fn answers_follow_the_schema_of_the_interface() {
    let path = fuzefront_authn_tests::root().join("docs/abi.schema.json");
    let root: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let follows = |shape: &str, answer: &str, id: &str| {
        let value: Value = serde_json::from_str(answer).unwrap();
        let shape = if value.get("error").is_some_and(Value::is_object) { "Refused" } else { shape };
        let faults = schema::faults(&root, &root["$defs"][shape], &value, "");
        assert!(faults.is_empty(), "{id}: {faults:?}\n{answer}");
    };
    let mut native = Native::default();
    follows("About", &native.call(&Head::of("about").message(b"")), "about");
    for group in vectors::groups() {
        let policy = group.policy.to_string();
        if group.open_error.is_none() {
            let faults = schema::faults(&root, &root["$defs"]["Policy"], &group.policy, "");
            assert!(faults.is_empty(), "{}: {faults:?}", group.id);
        }
        let opened = native.call(&Head { flags: 1, ..Head::of("open") }.message(policy.as_bytes()));
        follows("Opened", &opened, &group.id);
        let opened: Value = serde_json::from_str(&opened).unwrap();
        let Some(verifier) = opened["verifier"].as_u64() else { continue };
        let head = Head { verifier: u32::try_from(verifier).unwrap(), ..Head::default() };
        for call in &group.calls {
            let head = Head { issuer: call.issuer, now: call.now, ..head };
            let ask = Head { operation: Head::of(&call.operation).operation, ..head };
            follows("Step", &native.call(&ask.message(&call.payload)), &group.id);
        }
        for case in &group.cases {
            for (operation, shape) in [("verify", "Verdict"), ("explain", "Explained")] {
                follows(shape, &native.call(&case.message(operation, head.verifier, 0)), &case.id);
            }
            let status = Head { now: case.now, operation: Head::of("status").operation, ..head };
            follows("Status", &native.call(&status.message(b"")), &case.id);
        }
        for (operation, shape, payload) in
            [("restore", "Restored", "{}"), ("abandon", "Abandoned", ""), ("close", "Closed", "")]
        {
            let head = Head { operation: Head::of(operation).operation, now: 1e9, ..head };
            follows(shape, &native.call(&head.message(payload.as_bytes())), &group.id);
        }
    }
    for call in vectors::call_files().iter().flat_map(|(_, file)| vectors::calls_of(file)) {
        let shape = if call.operation == "inspect" { "Inspection" } else { "ContractAnswer" };
        follows(shape, &native.call(&Head::of(&call.operation).message(&call.input)), &call.id);
    }
}

#[test]
fn ids_are_unique_and_named_for_their_stage() {
    let mut ids = BTreeSet::new();
    for (name, file) in vectors::call_files() {
        let stage = file["stage"].as_str().unwrap();
        assert_eq!(name, format!("{stage}.json"));
        for call in vectors::calls_of(&file) {
            assert!(call.id.starts_with(&format!("{stage}/")), "{}", call.id);
            assert!(ids.insert(call.id.clone()), "twice: {}", call.id);
        }
    }
    for (name, file) in vectors::files() {
        let stage = file["stage"].as_str().unwrap();
        assert_eq!(name, format!("{stage}.json"));
        for group in vectors::groups_of(&file) {
            assert!(group.id.starts_with(&format!("{stage}/")), "{}", group.id);
            for case in &group.cases {
                assert!(case.id.starts_with(&group.id), "{}", case.id);
                assert!(ids.insert(case.id.clone()), "twice: {}", case.id);
            }
        }
    }
}

#[test]
fn flags_are_explained_and_explanations_used() {
    for (name, file) in vectors::files() {
        let notes: BTreeSet<String> = file["notes"].as_object().unwrap().keys().cloned().collect();
        let used: BTreeSet<String> = vectors::groups_of(&file)
            .into_iter()
            .flat_map(|group| group.cases)
            .flat_map(|case| case.flags)
            .collect();
        assert_eq!(notes, used, "{name}");
    }
    for (name, file) in vectors::call_files() {
        let notes: BTreeSet<String> = file["notes"].as_object().unwrap().keys().cloned().collect();
        let used: BTreeSet<String> = vectors::calls_of(&file).into_iter().flat_map(|it| it.flags).collect();
        assert_eq!(notes, used, "calls/{name}");
    }
}

/// Every code that the core itself can give is reached; the others belong to hosts.
#[test]
fn every_code_is_reached() {
    let about: Value = serde_json::from_str(&Registry::new().call(&Head::of("about").message(b""))).unwrap();
    let all: BTreeSet<&str> =
        about["codes"].as_array().unwrap().iter().filter_map(|it| it["code"].as_str()).collect();
    let groups = vectors::groups();
    let mut reached: BTreeSet<&str> = groups
        .iter()
        .flat_map(|group: &Group| &group.cases)
        .filter_map(|case| case.verdict["code"].as_str())
        .collect();
    reached.extend(["FORBIDDEN", "REVOKED", "UNKNOWN", "VERIFIER_UNAVAILABLE"]);
    assert_eq!(reached, all);
}

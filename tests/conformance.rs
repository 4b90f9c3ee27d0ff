//! Runs `tests/vectors` through the crate and through `pkg/authn.wasm` in wasmtime, compares every verdict byte for byte,
//! and asks jwt-simple for a second opinion on every token.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken vector file must stop the test")]

#[path = "conformance/judge.rs"]
mod judge;
#[path = "conformance/module.rs"]
mod module;
#[path = "conformance/schema.rs"]
mod schema;
#[path = "conformance/trace.rs"]
mod trace;
#[path = "conformance/vectors.rs"]
mod vectors;

use std::collections::BTreeSet;
use std::io::{self, Write};

use authn::{Form, Registry};
use serde_json::Value;

use vectors::{Case, Engine, Group, Tally};

/// The crate itself.
#[derive(Default)]
struct Native(Registry);

impl Engine for Native {
    fn open(&mut self, policy: &[u8]) -> String {
        self.0.open(policy)
    }

    fn close(&mut self, verifier: u32) {
        assert!(self.0.close(verifier));
    }

    fn offer(&mut self, verifier: u32, offer: &vectors::Offer) -> String {
        let (issuer, now, body) = (offer.issuer, offer.now, &offer.body);
        if offer.is_key_set {
            self.0.offer_keys(verifier, issuer, now, offer.max_age, 0.0, body)
        } else {
            self.0.offer_discovery(verifier, issuer, now, 0.0, body)
        }
    }

    fn verify(&mut self, verifier: u32, case: &Case) -> String {
        self.0.verify(verifier, form(case), case.now, &case.input)
    }

    fn explain(&mut self, verifier: u32, case: &Case, values: bool) -> String {
        self.0.explain(verifier, form(case), values, case.now, &case.input)
    }

    fn call(&mut self, export: &str, input: &[u8]) -> String {
        match export {
            "authn_contract" => Registry::contract(input),
            "authn_diagnose" => Registry::diagnose(input),
            "authn_inspect" => Registry::inspect(input),
            _ => format!("the crate has no `{export}`"),
        }
    }
}

fn form(case: &Case) -> Form {
    if case.is_token { Form::Token } else { Form::Authorization }
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
        ("/schema", Value::from("fuzefront-authn-vectors-v1")),
        ("/stage", Value::from("No Word")),
        ("/cases", Value::from(Vec::<Value>::new())),
        ("/cases/0/call", Value::from("authn_verify")),
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
    let about: Value = serde_json::from_str(&Registry::about()).unwrap();
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

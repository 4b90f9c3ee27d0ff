//! Makes the calls through the native core and writes down what it answers, which must hold what the case states.

use serde_json::{Value, json};

use super::model::{Case, Expect, Stage};
use crate::record::{bytes, digest, notes, parse};

/// The text of one file, or every contradiction found.
pub fn file(stage: &Stage) -> Result<String, Vec<String>> {
    let mut faults = Vec::new();
    let cases: Vec<String> = stage.cases.iter().map(|case| record(stage, case, &mut faults)).collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(format!(
        "{{\n  \"schema\": \"fuzefront-authn-calls-v2\",\n  \"stage\": {},\n  \"notes\": {},\n  \
         \"cases\": [\n{}\n  ]\n}}\n",
        json!(stage.name),
        notes(stage.cases.iter().flat_map(|case| case.flags.clone())),
        cases.join(",\n")
    ))
}

fn record(stage: &Stage, case: &Case, faults: &mut Vec<String>) -> String {
    let answer = (stage.call)(&case.input);
    if case.expect.is_empty() {
        faults.push(format!("{}: states nothing of the answer {answer}", case.id));
    }
    let parsed = parse(&answer);
    for expect in case.expect.iter().filter(|expect| !holds(expect, &parsed)) {
        faults.push(format!("{}: expected {expect:?}, got {answer}", case.id));
    }
    format!(
        "    {{ \"id\": {}, \"comment\": {}, \"flags\": {}, \"operation\": \"{}\",\n      {},\n      \
         \"answer\": {answer},\n      \"answer_sha256\": \"{}\" }}",
        json!(case.id),
        json!(case.comment),
        json!(case.flags),
        stage.operation,
        bytes("input", &case.input),
        digest(&answer),
    )
}

fn holds(expect: &Expect, answer: &Value) -> bool {
    match expect {
        Expect::Is { at, value } => answer.pointer(at) == Some(value),
        Expect::Absent { at } => answer.pointer(at).is_none(),
        Expect::Each { at, member, values } => {
            let items = answer.pointer(at).and_then(Value::as_array);
            items.is_some_and(|items| items.iter().map(|item| &item[*member]).eq(values))
        }
    }
}

//! How long an answer may be given again, over all vectors: until then the same token gets the same answer, and where a
//! bound of the token or of its keys ends it, not a moment longer.

use serde_json::Value;

use crate::Native;
use crate::vectors::{self, Case, Engine};

/// What is left of a verdict that changes with the clock alone.
fn lasting(verdict: &Value) -> (Value, Value, Value) {
    (verdict["identity"].clone(), verdict["token"].clone(), verdict["keys"]["generation"].clone())
}

#[test]
fn an_answer_holds_until_the_moment_it_names_and_no_longer() {
    let (mut held, mut ended) = (0, 0);
    for group in vectors::groups() {
        let mut native = Native::default();
        let Some(verifier) = vectors::open(&mut native, &group, &mut Vec::new()) else { continue };
        let mut verdict_at = |case: &Case, now: f64| -> Value {
            let case = Case { now, ..case.clone() };
            serde_json::from_str(&native.call(&case.message("verify", verifier, 0))).unwrap()
        };
        for case in group.cases.iter().filter(|case| case.verdict["verdict"] == "accepted") {
            let reuse = &case.verdict["reuse"];
            let Some(until) = reuse["until"].as_f64() else { continue };
            assert_eq!(reuse["generation"], case.verdict["keys"]["generation"], "{}", case.id);
            assert!(until > case.now && until <= case.now + 60.0, "{}: {until}", case.id);
            let last = verdict_at(case, until - 0.001);
            assert_eq!(lasting(&last), lasting(&case.verdict), "{}", case.id);
            held += 1;
            if until < case.now + 60.0 {
                assert_ne!(verdict_at(case, until + 0.001)["verdict"], "accepted", "{}", case.id);
                ended += 1;
            }
        }
    }
    assert!(held > 200 && ended > 10, "{held} {ended}");
}

//! The documentation says what the code does: every code and every reason has its place in `docs/errors.md`.

use authn::Code;

const ERRORS: &str = include_str!("../docs/errors.md");

#[test]
fn every_code_has_a_heading_and_every_heading_a_code() {
    let headings: Vec<&str> = ERRORS.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let codes: Vec<&str> = Code::ALL.into_iter().map(Code::name).collect();
    assert_eq!(headings, codes);
}

#[test]
fn every_heading_states_the_status_of_its_code() {
    for code in Code::ALL {
        let heading = format!("## {}\n\n{}", code.name(), code.status());
        assert!(ERRORS.contains(&heading), "{heading}");
    }
}

#[test]
fn every_reason_for_skipping_a_key_is_explained() {
    let about = authn::Session::about();
    let list =
        about.split("\"key_reasons\":[").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
    let reasons: Vec<&str> = list.split(',').map(|word| word.trim_matches('"')).collect();
    assert!(reasons.len() > 10, "{reasons:?}");
    for reason in reasons {
        assert!(ERRORS.contains(&format!("`{reason}`")), "{reason}");
    }
}

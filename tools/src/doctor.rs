//! The doctor: discovery document, key set and token against a policy → findings, each with a remedy. It fetches
//! nothing: it says what it wants to see, the host fetches and asks again. `docs/doctor.md` has every finding.

mod calendar;
mod case;
mod catalogue;
mod certificate;
mod coherence;
mod difference;
mod discovery;
mod endpoint;
mod finding;
mod key_set;
mod page;
mod request;
mod token;
mod verdict;
mod wanted;

use self::case::Case;
use self::catalogue::policy as rows;
use self::finding::{Evidence, Findings};
use self::request::{Fault, Request};
use self::token::Seen;
use authn::json;
use authn::writer::{self, ObjectWriter};

/// Every finding there is: its id and its severity.
pub fn findings() -> impl Iterator<Item = (&'static str, &'static str)> {
    catalogue::all().map(|row| (row.id, row.severity.name()))
}

/// What is wrong between a policy, an issuer and perhaps a token: JSON in, JSON out, as laid down in `docs/abi.md`,
/// "Diagnosis". Everything that the answer's `wanted` names should be fetched and handed in with the next request.
///
/// ```
/// let request = br#"{"now":1700000000,"fetched":[{"what":"key_set","body":"{}"}]}"#;
/// assert!(authn_tools::diagnose(request).contains(r#""id":"no_signing_key","severity":"error""#));
/// ```
#[must_use]
pub fn diagnose(request: &[u8]) -> String {
    let object = match json::parse_object(request) {
        Ok((_, object)) => object,
        Err(error) => {
            let message = format!("the request is not a strict JSON object ({})", error.reason());
            return writer::error("INVALID_CALL", None, &message);
        }
    };
    match Request::read(&object) {
        Ok(request) => answer(&request),
        Err(Fault::Call(message)) => writer::error("INVALID_CALL", None, &message),
        Err(Fault::Policy(error)) => writer::error("INVALID_POLICY", Some(&error.path), &error.message),
    }
}

fn answer(request: &Request<'_>) -> String {
    let parts = request.token.and_then(token::decode);
    let seen = parts.as_ref().and_then(Seen::new);
    let case = Case::new(request, seen.as_ref());
    let wanted = wanted::by(&case);
    let mut findings = Findings::default();
    if let Some(policy) = case.policy {
        coherence::examine(policy, &mut findings);
    }
    endpoint::examine(&case, &mut findings);
    for target in &case.targets {
        discovery::examine(&case, target, &mut findings);
    }
    key_set::examine(&case, &mut findings);
    page::examine(&case, &mut findings);
    token::examine(&case, &mut findings);
    let judged = verdict::examine(&case, &mut findings);
    if judged && wanted.is_empty() {
        conclude(&case, &mut findings);
    }
    write(findings, &wanted.to_json())
}

/// Nothing wrong is said aloud, and not when nothing was looked at.
fn conclude(case: &Case<'_>, findings: &mut Findings) {
    let mut evidence = Evidence::new();
    if case.policy.is_none() && case.token.is_none() && case.documents.is_empty() {
        findings.add(&rows::NOTHING_TO_CHECK, "request", &[], &mut evidence);
    } else if findings.is_healthy() {
        let documents = case.documents.len();
        let token = case.token.is_some();
        evidence.count("documents", documents).flag("token", token);
        let counted = documents.to_string();
        let values = [counted.as_str(), if token { "one" } else { "no" }];
        findings.add(&rows::HEALTHY, "request", &values, &mut evidence);
    }
}

fn write(findings: Findings, wanted: &str) -> String {
    let (mut list, left_out) = findings.into_bounded();
    if left_out > 0 {
        let mut note = Findings::default();
        let mut evidence = Evidence::new();
        evidence.count("left_out", left_out);
        note.add(&rows::FINDINGS_LEFT_OUT, "request", &[&left_out.to_string()], &mut evidence);
        list.extend(note.into_bounded().0);
    }
    ObjectWriter::new().raw("findings", &writer::array(&list)).raw("wanted", wanted).finish()
}

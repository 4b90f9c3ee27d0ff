//! Times, subject and types of claims. Of a subject only the fact is told that it holds an `@`.

use super::{SUBJECT, Seen};
use crate::doctor::case::Case;
use crate::doctor::catalogue::token as rows;
use crate::doctor::finding::{Evidence, Findings, duration};
use authn::json::Value;
use authn::limits;
use authn::policy::IssuerPolicy;

pub(super) fn examine(
    case: &Case<'_>,
    seen: &Seen<'_>,
    entry: Option<&IssuerPolicy>,
    findings: &mut Findings,
) {
    times(case, seen, entry, findings);
    subject(seen, entry, findings);
    odd_types(seen, findings);
}

fn times(case: &Case<'_>, seen: &Seen<'_>, entry: Option<&IssuerPolicy>, findings: &mut Findings) {
    for name in ["exp", "iat", "nbf"] {
        if seen.claim(name).is_some() && time(seen, name).is_none() {
            findings.add(&rows::TOKEN_TIME_MALFORMED, SUBJECT, &[name], Evidence::new().text("claim", name));
        }
    }
    let now = case.now.seconds();
    let leeway = f64::from(entry.map_or(limits::LEEWAY_DEFAULT, |entry| entry.leeway));
    match time(seen, "exp") {
        None if seen.claim("exp").is_none() => {
            findings.add(&rows::TOKEN_WITHOUT_EXPIRY, SUBJECT, &[], &mut Evidence::new());
        }
        Some(expires) if now >= expires + leeway => {
            let mut evidence = Evidence::new();
            evidence.number("seconds_ago", now - expires).number("leeway", leeway);
            findings.add(&rows::TOKEN_EXPIRED, SUBJECT, &[&duration(now - expires)], &mut evidence);
        }
        _ => {}
    }
    for name in ["nbf", "iat"] {
        if let Some(from) = time(seen, name).filter(|from| now + leeway < *from) {
            let mut evidence = Evidence::new();
            evidence.text("claim", name).number("seconds_ahead", from - now).number("leeway", leeway);
            findings.add(&rows::TOKEN_NOT_ACTIVE, SUBJECT, &[name, &duration(from - now)], &mut evidence);
        }
    }
    if let (Some(issued), Some(expires)) = (time(seen, "iat"), time(seen, "exp"))
        && expires - issued > limits::TOKEN_LIFE_LONG
    {
        let life = expires - issued;
        findings.add(
            &rows::TOKEN_LONG_LIVED,
            SUBJECT,
            &[&duration(life)],
            Evidence::new().number("seconds", life),
        );
    }
}

fn time(seen: &Seen<'_>, name: &str) -> Option<f64> {
    seen.claim(name)?.as_number().filter(|seconds| seconds.abs() <= limits::NUMERIC_DATE)
}

fn subject(seen: &Seen<'_>, entry: Option<&IssuerPolicy>, findings: &mut Findings) {
    let name = entry.map_or("sub", |entry| &entry.claims.subject);
    let mut evidence = Evidence::new();
    evidence.text("claim", name);
    match seen.text(name) {
        None | Some("") => findings.add(&rows::SUBJECT_MISSING, SUBJECT, &[name], &mut evidence),
        Some(subject) if subject.contains('@') => {
            findings.add(&rows::SUBJECT_IS_EMAIL, SUBJECT, &[name], &mut evidence);
        }
        Some(_) => {}
    }
}

fn odd_types(seen: &Seen<'_>, findings: &mut Findings) {
    let names = ["email_verified", "groups", "roles"];
    let odd: Vec<&str> =
        names.into_iter().filter(|name| matches!(seen.claim(name), Some(Value::String(_)))).collect();
    if !odd.is_empty() {
        let mut evidence = Evidence::new();
        evidence.texts("claims", &odd).text("type", "text");
        findings.add(&rows::CLAIM_OF_ODD_TYPE, SUBJECT, &[&odd.join(", ")], &mut evidence);
    }
}

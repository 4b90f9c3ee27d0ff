//! Why a token is refused, in one sentence that names what was found. What was not verified is said to be so.

use serde_json::Value;

use super::module::{Module, verdict_of};
use super::moment;
use super::paper::{moment_of, safe, shown};
use crate::world::Known;

/// The cause of a rejection; nothing where the code says all.
pub(super) fn cause(
    module: &Module<'_>,
    answer: &Value,
    outage: Option<&str>,
    token: &str,
) -> Known<Option<String>> {
    let verdict = verdict_of(answer);
    let text = |name: &str| verdict.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("verdict") != "rejected" {
        return Ok(None);
    }
    let details = verdict.get("details").cloned().unwrap_or_default();
    let detail = |name: &str| details.get(name);
    let expected = detail("expected").map(shown);
    let actual = detail("actual").map(|value| found(detail("claim"), value));
    let reason = detail("reason").and_then(Value::as_str).map(|reason| safe(&reason.replace('_', " ")));
    let claim = detail("claim").and_then(Value::as_str).map(safe).unwrap_or_default();
    Ok(match text("code") {
        "JWKS_UNAVAILABLE" => outage.map(safe).or_else(|| detail("error").map(shown)),
        "INVALID_ISSUER" => Some(format!(
            "`iss` is {}; {} is expected",
            unverified(module, token, "claims", "iss")?,
            expected.unwrap_or_default()
        )),
        "ALGORITHM_NOT_ALLOWED" => Some(format!(
            "`alg` is {}; allowed are {}",
            unverified(module, token, "header", "alg")?,
            expected.unwrap_or_default()
        )),
        "WRONG_TOKEN_TYPE" => Some(format!("`typ` is {}", unverified(module, token, "header", "typ")?)),
        "UNKNOWN_KEY" | "UNSUITABLE_KEY" | "INVALID_SIGNATURE" => {
            let kid = unverified(module, token, "header", "kid")?;
            let why = reason.map(|reason| format!("; {reason}")).unwrap_or_default();
            Some(format!("`kid` is {kid}{why}"))
        }
        "MISSING_CLAIM" => Some(format!("`{claim}` is missing")),
        _ => match (actual, expected) {
            (Some(actual), Some(expected)) => Some(format!("`{claim}` is {actual}; {expected} is expected")),
            (Some(actual), None) => Some(format!("`{claim}` is {actual}{}", clock(&details))),
            (None, _) => reason.map(|reason| match detail("part").and_then(Value::as_str) {
                Some(part) => format!("{}: {reason}", safe(part)),
                None => reason,
            }),
        },
    })
}

fn found(claim: Option<&Value>, value: &Value) -> String {
    let name = claim.and_then(Value::as_str).unwrap_or_default();
    let date = moment_of(name, value).and_then(moment::date);
    date.map_or_else(|| shown(value), |date| format!("{} ({date})", shown(value)))
}

/// The time that a claim was compared with.
fn clock(details: &Value) -> String {
    let now = details.get("now").and_then(Value::as_f64).and_then(moment::date);
    let leeway =
        details.get("leeway").map(|leeway| format!(", with a tolerance of {leeway} s")).unwrap_or_default();
    now.map(|now| format!("; it was compared with {now}{leeway}")).unwrap_or_default()
}

fn unverified(module: &Module<'_>, token: &str, part: &str, name: &str) -> Known<String> {
    let value = module.inspect(token)?.value;
    Ok(value
        .get(part)
        .and_then(|part| part.get(name))
        .map_or_else(|| String::from("missing"), |value| format!("{} (unverified)", shown(value))))
}

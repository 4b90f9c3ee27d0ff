//! `verify`: is the token accepted, and for whom does it speak.

use serde_json::{Map, Value, json};

use super::line::Line;
use super::module::{Judged, Module, verdict_of};
use super::paper::{Paper, Row, Style, members_line, row, safe, shown};
use super::{BAD, GOOD, Outcome, UNKNOWN, blame, moment, policy, token};
use crate::world::{Known, World};

pub(super) fn run(world: &World, line: &Line, paper: &Paper) -> Known<Outcome> {
    let module = Module::of(world)?;
    let policy = policy::needed(world, &module, line)?;
    let token = token::needed(world, line)?;
    let Judged { answer, outage } = module.judge(line, &policy.text, "verify", 0, paper.now, &token)?;
    let cause = blame::cause(&module, &answer.value, outage.as_deref(), &token)?;
    let verdict = verdict_of(&answer.value);
    let page = match word(verdict) {
        "accepted" => accepted(paper, verdict),
        _ => rejected(paper, verdict, cause.as_deref()),
    };
    let json = with_outcome(&answer.text, verdict, cause.as_deref());
    Ok(Outcome { code: exit_code(verdict), json, page, warning: policy.warning })
}

/// `accepted`, `rejected`, or `no_verdict` where nothing is known about the token.
pub(super) fn outcome(verdict: &Value) -> &'static str {
    match (word(verdict), verdict.get("status").and_then(Value::as_u64)) {
        ("accepted", _) => "accepted",
        (_, Some(503)) => "no_verdict",
        _ => "rejected",
    }
}

pub(super) fn exit_code(verdict: &Value) -> u8 {
    match outcome(verdict) {
        "accepted" => GOOD,
        "rejected" => BAD,
        _ => UNKNOWN,
    }
}

/// An answer of the module as it came, with what people are told beside it.
pub(super) fn with_outcome(text: &str, verdict: &Value, cause: Option<&str>) -> String {
    let mut more = Map::new();
    more.insert(String::from("outcome"), json!(outcome(verdict)));
    if let Some(cause) = cause {
        more.insert(String::from("cause"), json!(cause));
    }
    let more = Value::Object(more).to_string();
    format!("{},{}", text.strip_suffix('}').unwrap_or(text), more.strip_prefix('{').unwrap_or(&more))
}

/// The verdict in one line.
pub(super) fn headline(paper: &Paper, verdict: &Value) -> String {
    let style = match outcome(verdict) {
        "accepted" => return format!("{}\n", paper.paint(Style::Good, "ACCEPTED")),
        "rejected" => paper.paint(Style::Bad, "REJECTED"),
        _ => paper.paint(Style::Warn, "NO VERDICT"),
    };
    let text = |name: &str| verdict.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{style}  {}\n{}\n", paper.paint(Style::Bold, text("code")), text("message"))
}

fn word(verdict: &Value) -> &str {
    verdict.get("verdict").and_then(Value::as_str).unwrap_or_default()
}

fn accepted(paper: &Paper, verdict: &Value) -> String {
    let at = |pointer: &str| verdict.pointer(pointer);
    let plain = |pointer: &str| at(pointer).filter(|value| !value.is_null()).map(shown);
    let or_none = |pointer: &str| {
        let empty =
            at(pointer).is_none_or(|value| value.is_null() || value.as_array().is_some_and(Vec::is_empty));
        if empty { Some(String::from("none")) } else { plain(pointer) }
    };
    let moment = |pointer: &str| at(pointer).map(|value| paper.moment(value));
    let key = at("/token/kid").map(|kid| format!(", key {}", shown(kid))).unwrap_or_default();
    let signed = plain("/token/alg").map(|alg| alg + &key);
    let keys = match (plain("/keys/state"), plain("/keys/generation")) {
        (Some(state), Some(generation)) => Some(format!("{state}, generation {generation}")),
        (state, _) => state,
    };
    let rows = [
        row("user", plain("/identity/userId")),
        row("tenant", or_none("/identity/tenantId")),
        row("roles", or_none("/identity/roles")),
        row("email", plain("/identity/email")),
        row("issuer", plain("/identity/issuer")),
        row("issued", moment("/identity/issuedAt")),
        row("expires", moment("/identity/expiresAt")),
        row("mode", plain("/identity/authMode")),
        row("kind", plain("/token/kind")),
        row("scopes", or_none("/token/scopes")),
        row("client", plain("/token/azp")),
        row("session", plain("/token/sid")),
        row("token id", plain("/token/jti")),
        row("signed", signed),
        row("keys", keys),
    ];
    format!("{}\n{}", headline(paper, verdict), paper.rows(&rows, 0))
}

fn rejected(paper: &Paper, verdict: &Value, cause: Option<&str>) -> String {
    let detail = |name: &str| verdict.get("details").and_then(|details| details.get(name));
    let claim = detail("claim").and_then(Value::as_str).unwrap_or_default();
    let value =
        |label: &str, name: &str| -> Row { row(label, detail(name).map(|value| bound(paper, claim, value))) };
    let now = detail("now").and_then(Value::as_f64).and_then(moment::date);
    let rows = [
        row("cause", cause.map(safe)),
        row("status", verdict.get("status").map(shown)),
        value("reason", "reason"),
        value("part", "part"),
        value("claim", "claim"),
        value("expected", "expected"),
        value("found", "actual"),
        row("now", now),
        row("leeway", detail("leeway").map(|leeway| format!("{} s", shown(leeway)))),
        row("retry", verdict.get("retry_after").map(|seconds| format!("after {} s", shown(seconds)))),
    ];
    format!("{}\n{}", headline(paper, verdict), paper.rows(&rows, 0))
}

/// What stands in a claim, or a bound on it.
fn bound(paper: &Paper, claim: &str, value: &Value) -> String {
    match value.as_object() {
        Some(members) => members_line(members, shown),
        None => paper.claim(claim, value),
    }
}

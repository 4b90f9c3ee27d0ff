//! `explain`: every check in order, with what was expected, what was found, and the clause that asks for it.

use serde_json::{Value, json};

use super::line::Line;
use super::module::{Judged, Module, VALUES, verdict_of};
use super::paper::{Paper, Style, members_line, moment_of, pad, safe, shown, wrap};
use super::{Outcome, blame, moment, policy, token, verify};
use crate::world::{Known, World};

const HOLDS: &str = "── the signature holds: from here on, what is found is verified ──";
const OPEN: &str = "── not verified: from here on, a pass says only what the token claims ──";
const MARKS: [(&str, &str, Style); 4] = [
    ("passed", "✓", Style::Good),
    ("failed", "✗", Style::Bad),
    ("pending", "…", Style::Warn),
    ("not_checked", "·", Style::Dim),
];

pub(super) fn run(world: &World, line: &Line, paper: &Paper) -> Known<Outcome> {
    let module = Module::of(world)?;
    let policy = policy::needed(world, &module, line)?;
    let token = token::needed(world, line)?;
    let values = line.has("--values");
    let flags = if values { VALUES } else { 0 };
    let Judged { answer, outage } = module.judge(line, &policy.text, "explain", flags, paper.now, &token)?;
    let cause = blame::cause(&module, &answer.value, outage.as_deref(), &token)?;
    let verdict = verdict_of(&answer.value);
    // Without --values nothing of a claim is shown, in a cause neither.
    let cause = cause.filter(|_| values || verify::outcome(verdict) == "no_verdict");
    let text = if values { answer.text.clone() } else { without_values(verdict, &answer.value) };
    let json = verify::with_outcome(&text, verdict, cause.as_deref());
    let page = page(paper, verdict, &answer.value, values, cause.as_deref());
    Ok(Outcome { code: verify::exit_code(verdict), json, page, warning: policy.warning })
}

/// The verdict of an accepted token holds its claims, and that of a rejected one what was found in them.
fn without_values(verdict: &Value, answer: &Value) -> String {
    let mut short = serde_json::Map::new();
    for name in ["verdict", "code", "status", "message"] {
        if let Some(value) = verdict.get(name) {
            short.insert(name.to_owned(), value.clone());
        }
    }
    json!({ "verdict": short, "checks": answer.get("checks") }).to_string()
}

fn page(paper: &Paper, verdict: &Value, answer: &Value, values: bool, cause: Option<&str>) -> String {
    let checks = answer.get("checks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let width = |name: &str| checks.iter().map(|check| text(check, name).chars().count()).max().unwrap_or(0);
    let (clauses, names) = (width("clause"), width("check"));
    let mut lines = String::new();
    let mut previous = "";
    for (index, check) in checks.iter().enumerate() {
        if let Some(rule) = rule_before(previous, checks.get(index..).unwrap_or_default()) {
            lines.push_str(&format!("{}\n", paper.paint(Style::Dim, rule)));
        }
        lines.push_str(&one(paper, check, clauses, names));
        previous = text(check, "check");
    }
    let legend = legend(paper, checks, values, cause);
    format!("{}\n{lines}\n{legend}", verify::headline(paper, verdict))
}

/// Behind the signature, where it makes a difference.
fn rule_before(previous: &str, rest: &[Value]) -> Option<&'static str> {
    if previous != "signature" {
        return None;
    }
    let verified =
        rest.first().and_then(|check| check.get("verified")).and_then(Value::as_bool).unwrap_or_default();
    if verified {
        return Some(HOLDS);
    }
    rest.iter().any(|check| text(check, "status") == "passed").then_some(OPEN)
}

fn one(paper: &Paper, check: &Value, clauses: usize, names: usize) -> String {
    let status = text(check, "status");
    let mark =
        MARKS.iter().find(|(name, ..)| *name == status).map(|(_, mark, style)| paper.paint(*style, mark));
    let margin = clauses + names + 6;
    let said =
        wrap(&said(paper, check), 80_usize.saturating_sub(margin)).join(&format!("\n{}", " ".repeat(margin)));
    let clause = pad(text(check, "clause"), clauses);
    let name = pad(&text(check, "check").replace('_', " "), names);
    let line = format!("{} {clause}  {name}  {said}", mark.unwrap_or_default());
    format!("{}\n", line.trim_end_matches(' '))
}

fn said(paper: &Paper, check: &Value) -> String {
    let failed = text(check, "status") == "failed";
    let claim = text(check, "claim");
    let found = check.get("found");
    let mut facts = Vec::new();
    if let Some(found) = found {
        let value = found
            .as_object()
            .map_or_else(|| paper.claim(claim, found), |members| members_line(members, shown));
        facts.push(if failed { format!("found {value}") } else { value });
    }
    // What passed is told by what was found, if that is shown.
    if let Some(expected) = check.get("expected").filter(|_| failed || found.is_none()) {
        facts.push(format!("expected {}", bound(claim, expected)));
    }
    let named = match (failed && !claim.is_empty(), facts.is_empty()) {
        (true, true) => safe(claim),
        (true, false) => format!("{}: ", safe(claim)),
        (false, _) => String::new(),
    };
    let parts = [
        text(check, "code").to_owned(),
        safe(&text(check, "reason").replace('_', " ")),
        named + &facts.join(", "),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// A bound is an object of one member, such as `at_most`.
fn bound(claim: &str, expected: &Value) -> String {
    let value =
        |value: &Value| moment_of(claim, value).and_then(moment::date).unwrap_or_else(|| shown(value));
    expected.as_object().map_or_else(|| shown(expected), |members| members_line(members, value))
}

fn legend(paper: &Paper, checks: &[Value], values: bool, cause: Option<&str>) -> String {
    let used = MARKS.iter().filter(|(name, ..)| checks.iter().any(|check| text(check, "status") == *name));
    let marks: Vec<String> =
        used.map(|(name, mark, _)| format!("{mark} {}", name.replace('_', " "))).collect();
    let mut lines = vec![marks.join("   ")];
    if !values {
        lines.push(String::from("Values of claims are hidden; --values shows them."));
    }
    if let Some(cause) = cause {
        lines.push(format!("Cause: {}", safe(cause)));
    }
    lines.iter().map(|line| format!("{}\n", paper.paint(Style::Dim, line))).collect()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

//! `doctor`: what is wrong between a policy, an issuer and a token, and what to do about it. Also what the libraries of
//! both hosts ask the doctor.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value, json};

use super::line::Line;
use super::module::Module;
use super::paper::{Paper, Row, Style, row, safe, shown};
use super::{BAD, GOOD, Outcome, policy, token};
use crate::world::{Effect, Known, Stop, Symptoms, World};

/// How often documents are fetched and looked at, at most.
const ROUNDS: usize = 4;
/// Far beyond any token that is read, so that the doctor says so.
const TOKEN_LENGTH: usize = 65_536;
const SEVERITIES: [(&str, &str, Style); 3] =
    [("error", "ERROR", Style::Bad), ("warning", "WARNING", Style::Warn), ("info", "INFO", Style::Bold)];
const HEALTHY: &str = "healthy";

/// The headers that are looked at, and what a diagnosis calls them.
const REPORTED: [(&str, &str); 4] = [
    ("date", "date"),
    ("cors", "access-control-allow-origin"),
    ("location", "location"),
    ("csp", "content-security-policy"),
];

pub(super) fn run(world: &World, line: &Line, paper: &Paper) -> Known<Outcome> {
    let module = Module::of(world)?;
    let policy = policy::optional(world, &module, line)?;
    let read = |option: &str| line.value(option).map(|path| token::file(world, option, path)).transpose();
    let symptoms = Symptoms {
        policy: policy.as_ref().map(|chosen| chosen.text.clone()),
        token: token::optional(world, line)?,
        discovery: read("--discovery")?,
        key_set: read("--key-set")?,
        page: line.value("--page").map(str::to_owned),
        offline: line.has("--offline"),
    };
    if [&symptoms.policy, &symptoms.token, &symptoms.discovery, &symptoms.key_set, &symptoms.page]
        .iter()
        .all(|part| part.is_none())
    {
        return Stop::usage("nothing to look at; give a policy, a token, --discovery, --key-set or --page");
    }
    let (text, answer) = examine(world, &symptoms, paper.now)?;
    if let Some(error) = answer.get("error") {
        return Err(policy::refused(line, error, &text));
    }
    let list = |name: &str| answer.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let findings = list("findings");
    let bad = findings.iter().any(|finding| text_of(finding, "severity") != "info");
    let page = page(paper, &findings, &list("wanted"));
    let warning = policy.and_then(|chosen| chosen.warning);
    Ok(Outcome { code: if bad { BAD } else { GOOD }, json: text, page, warning })
}

/// What a library of a host asks: the doctor's last answer, as it stands.
pub(super) fn of_library(world: &World, symptoms: &Symptoms) -> Known<Value> {
    let Some(now) = world.fact(Effect::Now)?.get("now").and_then(Value::as_f64) else {
        return Err(Stop::Broken(String::from("the clock gave no time")));
    };
    examine(world, symptoms, now).map(|(_, answer)| answer)
}

fn examine(world: &World, symptoms: &Symptoms, now: f64) -> Known<(String, Value)> {
    let pasted = [("discovery", &symptoms.discovery), ("key_set", &symptoms.key_set)];
    let mut seen: Vec<Value> = pasted
        .iter()
        .filter_map(|(what, body)| Some(json!({ "what": what, "body": body.as_ref()? })))
        .collect();
    if let (Some(url), false) = (&symptoms.page, symptoms.offline) {
        seen.extend(look(world, &[json!({ "what": "page", "url": url })])?);
    }
    for round in 1.. {
        let text = crate::diagnose(&request(symptoms, now, &seen));
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        let wanted = answer.get("wanted").and_then(Value::as_array).cloned().unwrap_or_default();
        if wanted.is_empty() || symptoms.offline || round >= ROUNDS {
            return Ok((text, answer));
        }
        seen.extend(look(world, &wanted)?);
    }
    Err(Stop::Broken(String::from("the doctor did not end")))
}

/// The policy goes in as it stands: what would be refused in it must be seen.
fn request(symptoms: &Symptoms, now: f64, seen: &[Value]) -> Vec<u8> {
    let mut request = Map::new();
    request.insert(String::from("now"), json!(now));
    if let Some(token) = &symptoms.token {
        let cut: String = token.chars().take(TOKEN_LENGTH).collect();
        request.insert(String::from("token"), json!(cut));
    }
    request.insert(String::from("fetched"), json!(seen));
    let rest = Value::Object(request).to_string();
    let whole = match &symptoms.policy {
        Some(policy) => format!("{},\"policy\":{policy}}}", rest.strip_suffix('}').unwrap_or(&rest)),
        None => rest,
    };
    whole.into_bytes()
}

fn look(world: &World, wanted: &[Value]) -> Known<Vec<Value>> {
    let effects = wanted.iter().map(|wanted| {
        let page = text_of(wanted, "what") == "page";
        Effect::Fetch {
            url: text_of(wanted, "url").to_owned(),
            headers: BTreeMap::from([("accept", if page { "text/html" } else { "application/json" })]),
            report: REPORTED.iter().map(|(_, header)| *header).collect(),
            timeout: authn::limits::FETCH_TIMEOUT,
            max_bytes: authn::limits::DIAGNOSIS_BODY_BYTES,
            body: if page { "none" } else { "any" },
        }
    });
    let facts = world.facts(effects.collect())?;
    Ok(wanted.iter().zip(facts).map(|(wanted, fact)| sight(wanted, fact)).collect())
}

/// The facts of an answer, in the words of a diagnosis.
fn sight(wanted: &Value, fact: &Value) -> Value {
    let mut sight = wanted.as_object().cloned().unwrap_or_default();
    let status = fact.get("status").and_then(Value::as_u64).unwrap_or_default();
    let moved = fact.get("redirected").and_then(Value::as_bool).unwrap_or_default()
        || status == 0
        || [301, 302, 303, 307, 308].contains(&status);
    let error = fact.get("error").and_then(Value::as_str).or(moved.then_some("redirect"));
    if let Some(error) = error {
        // A diagnosis has fewer words than a fetch of keys.
        let known = ["refused", "dns", "timeout", "tls", "redirect", "too_large"].contains(&error);
        sight.insert(String::from("error"), json!(if known { error } else { "network" }));
    } else {
        sight.insert(String::from("status"), json!(status));
        let body = fact.get("body").and_then(|body| BASE64URL_NOPAD.decode(body.as_str()?.as_bytes()).ok());
        if text_of(wanted, "what") != "page" {
            sight.insert(String::from("body"), json!(String::from_utf8_lossy(&body.unwrap_or_default())));
        }
    }
    if let Some(elapsed) = fact.get("elapsed") {
        sight.insert(String::from("elapsed"), elapsed.clone());
    }
    let headers = fact.get("headers").and_then(Value::as_object);
    for (name, header) in REPORTED {
        match headers.and_then(|headers| headers.get(header)).filter(|value| value.is_string()) {
            Some(value) => drop(sight.insert(name.to_owned(), value.clone())),
            // Without an answer nobody looked for it.
            None if name == "cors" && headers.is_some() => drop(sight.insert(name.to_owned(), Value::Null)),
            None => {}
        }
    }
    Value::Object(sight)
}

fn page(paper: &Paper, findings: &[Value], wanted: &[Value]) -> String {
    let mut parts = vec![summary(paper, findings)];
    let mut told: Vec<&str> = Vec::new();
    for (severity, word, style) in SEVERITIES {
        for finding in findings.iter().filter(|finding| text_of(finding, "severity") == severity) {
            let id = text_of(finding, "id");
            if id != HEALTHY {
                parts.push(entry(paper, finding, &paper.paint(style, word), told.contains(&id)));
                told.push(id);
            }
        }
    }
    parts.push(unseen(paper, wanted));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn summary(paper: &Paper, findings: &[Value]) -> String {
    let count =
        |severity: &str| findings.iter().filter(|finding| text_of(finding, "severity") == severity).count();
    let (errors, warnings) = (count("error"), count("warning"));
    let counts: Vec<String> = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(counted)
        .collect();
    let order = if errors + warnings > 1 { "; mend the first, and run the doctor again" } else { "" };
    if !counts.is_empty() {
        let style = if errors > 0 { Style::Bad } else { Style::Warn };
        return format!("{}  {}{order}\n", paper.paint(style, "FINDINGS"), counts.join(", "));
    }
    match findings.iter().find(|finding| text_of(finding, "id") == HEALTHY) {
        Some(healthy) => {
            format!("{}  {}\n", paper.paint(Style::Good, "HEALTHY"), safe(text_of(healthy, "what")))
        }
        None => {
            let nothing = paper.paint(Style::Bold, "NOTHING FOUND");
            format!("{nothing}  no error and no warning, but not all was looked at\n")
        }
    }
}

fn counted((count, noun): (usize, &str)) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// What is only worth knowing is told in short. In an outage the first lines are read: what to do comes before why. The
/// same id has the same remedy.
fn entry(paper: &Paper, finding: &Value, word: &str, again: bool) -> String {
    let text = |name: &str| safe(text_of(finding, name));
    let about = if text("subject").is_empty() { String::new() } else { format!("  {}", text("subject")) };
    let heading = format!("{word}  {}{about}\n", paper.paint(Style::Bold, text_of(finding, "id")));
    let what = row("what", text("what"));
    if text_of(finding, "severity") == "info" {
        return heading + &paper.rows(&[what], 2);
    }
    let facts = if again {
        vec![what, row("remedy", String::from("as above"))]
    } else {
        vec![what, row("remedy", text("remedy")), row("why", text("why"))]
    };
    heading + &paper.rows(&facts, 2) + &proof(paper, finding)
}

fn proof(paper: &Paper, finding: &Value) -> String {
    let evidence = finding.get("evidence").and_then(Value::as_object);
    let Some(evidence) = evidence.filter(|evidence| !evidence.is_empty()) else { return String::new() };
    let rows: Vec<Row> = evidence.iter().map(|(name, value)| row(&safe(name), proven(name, value))).collect();
    format!("  {}\n{}", paper.paint(Style::Dim, "evidence"), paper.rows(&rows, 4))
}

/// `shown` is a drawing: lines under each other, marking the first difference.
fn proven(name: &str, value: &Value) -> String {
    match value.as_array() {
        Some(lines) if name == "shown" => {
            lines.iter().map(|line| safe(line.as_str().unwrap_or_default())).collect::<Vec<_>>().join("\n")
        }
        _ => shown(value),
    }
}

fn unseen(paper: &Paper, wanted: &[Value]) -> String {
    if wanted.is_empty() {
        return String::new();
    }
    let rows: Vec<Row> = wanted
        .iter()
        .map(|wanted| row(&text_of(wanted, "what").replace('_', " "), safe(text_of(wanted, "url"))))
        .collect();
    format!("Not looked at\n{}", paper.rows(&rows, 2))
}

fn text_of<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

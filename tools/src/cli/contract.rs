//! `contract check`: is a contract sound, and what is in it.

use serde_json::Value;

use super::line::Line;
use super::module::Module;
use super::paper::{Paper, Row, Style, members_line, row, safe, shown, wrap};
use super::{BAD, GOOD, Outcome, policy};
use crate::world::{Known, Stop, World};

pub(super) fn run(world: &World, line: &Line, paper: &Paper) -> Known<Outcome> {
    let mut positionals = line.positionals.iter().map(String::as_str);
    if positionals.next() != Some("check") {
        return Stop::usage("contract needs `check`; give `contract check [FILE|family]`");
    }
    let file = positionals.next().unwrap_or("family");
    if positionals.next().is_some() {
        return Stop::usage("contract check takes one file");
    }
    if line.has("--environment") && !line.has("--app") {
        return Stop::usage("--environment needs --app");
    }
    let module = Module::of(world)?;
    let answer = policy::contract_answer(world, &module, line, "contract check", file)?;
    if let Some(error) = answer.value.get("error") {
        return Ok(Outcome { code: BAD, page: refused(paper, error), json: answer.text, warning: None });
    }
    let warning = answer.value.get("warning").and_then(Value::as_str).map(str::to_owned);
    Ok(Outcome { code: GOOD, page: page(paper, &answer.value), json: answer.text, warning })
}

fn refused(paper: &Paper, error: &Value) -> String {
    let member = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    let place = if member("path").is_empty() { String::new() } else { format!("`{}` ", member("path")) };
    let lines = wrap(&safe(&format!("{place}{}", member("message"))), 80);
    format!("{}\n{}\n", paper.paint(Style::Bad, "REFUSED"), lines.join("\n"))
}

fn page(paper: &Paper, answer: &Value) -> String {
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(safe).unwrap_or_default();
    let sound = paper.paint(Style::Good, "SOUND");
    let heading = format!("{sound}  {} {}\n", text("/contract/name"), text("/contract/version"));
    let rest =
        if answer.get("policy").is_some() { one_policy(paper, answer) } else { overview(paper, answer) };
    format!("{heading}\n{rest}")
}

fn overview(paper: &Paper, answer: &Value) -> String {
    let apps =
        answer.pointer("/contract/apps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut lines = vec![vec![String::from("app"), String::from("audience"), String::from("status")]];
    lines.extend(apps.iter().map(|app| {
        let known =
            app.get("audience").filter(|audience| audience.as_array().is_some_and(|list| !list.is_empty()));
        let cell = |name: &str| app.get(name).map(shown).unwrap_or_default();
        vec![cell("app"), known.map_or(String::from("not known yet"), shown), cell("status")]
    }));
    let environments = answer.pointer("/contract/environments").map(shown);
    format!("{}\n{}", paper.rows(&[row("environments", environments)], 0), paper.table(&lines))
}

fn one_policy(paper: &Paper, answer: &Value) -> String {
    let hosts = answer.pointer("/policy/insecure_hosts");
    let hosts = hosts.filter(|hosts| hosts.as_array().is_some_and(|list| !list.is_empty()));
    let asked = [
        row("app", answer.get("app").map(shown)),
        row("environment", answer.get("environment").map(shown)),
        row("insecure hosts", hosts.map(shown)),
    ];
    let entries =
        answer.pointer("/policy/issuers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let entries: Vec<String> =
        entries.iter().map(|entry| format!("\n{}", paper.rows(&rows(entry), 0))).collect();
    paper.rows(&asked, 0) + &entries.concat()
}

fn rows(entry: &Value) -> Vec<Row> {
    let Some(members) = entry.as_object() else { return Vec::new() };
    let value = |value: &Value| {
        value.as_object().map_or_else(|| shown(value), |members| members_line(members, shown))
    };
    members.iter().map(|(name, member)| row(&safe(name).replace('_', " "), value(member))).collect()
}

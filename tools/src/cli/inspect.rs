//! `inspect`: what a token says, without keys. Says loudly that nothing of it is verified.

use serde_json::Value;

use super::line::Line;
use super::module::Module;
use super::paper::{Paper, Style, row, shown};
use super::{BAD, GOOD, Outcome, token};
use crate::world::{Known, World};

pub(super) fn run(world: &World, line: &Line, paper: &Paper) -> Known<Outcome> {
    let module = Module::of(world)?;
    let token = token::needed(world, line)?;
    let answer = module.inspect(&token)?;
    let fault = answer.value.get("fault").is_some();
    let page = page(paper, &answer.value, token.len());
    Ok(Outcome { code: if fault { BAD } else { GOOD }, json: answer.text, page, warning: None })
}

fn page(paper: &Paper, seen: &Value, given: usize) -> String {
    let form = match seen.get("form").and_then(Value::as_str) {
        Some("jws") => "jws (a signed token)",
        Some("jwe") => "jwe (an encrypted token: only its header can be read)",
        Some("opaque") => "opaque (not a JWT: only who issued it can say what it means)",
        _ => "malformed (not a JWT)",
    };
    let bytes = seen.get("bytes").and_then(Value::as_f64).unwrap_or_default();
    #[expect(clippy::as_conversions, reason = "a length; a rounded one would do")]
    let cut = given as f64 > bytes;
    let size = if cut {
        format!("{given} bytes, of which {bytes} were looked at")
    } else {
        format!("{bytes} bytes")
    };
    let signature = seen.get("signature_bytes").map(|bytes| format!("{} bytes, not verified", shown(bytes)));
    let fault = seen.get("fault").and_then(Value::as_object);
    let fault = fault.map(|fault| fault.values().map(shown).collect::<Vec<_>>().join(", "));
    let rows =
        [row("form", form.to_owned()), row("size", size), row("signature", signature), row("fault", fault)];
    let warning = "anyone can write a token that says this";
    let parts = section(paper, "header", seen) + &section(paper, "claims", seen);
    format!("{}  {warning}\n\n{}{parts}", paper.paint(Style::Warn, "UNVERIFIED"), paper.rows(&rows, 0))
}

fn section(paper: &Paper, name: &str, seen: &Value) -> String {
    let Some(members) = seen.get(name).and_then(Value::as_object) else { return String::new() };
    let heading = paper.paint(Style::Bold, &format!("{name} (unverified)"));
    format!("\n{heading}\n{}", paper.rows(&paper.members(members), 2))
}

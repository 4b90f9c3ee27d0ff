//! The command line: reads it, does what it says, prints. What it prints is described in `docs/cli.md`.

mod blame;
mod contract;
mod digest;
mod doctor;
mod explain;
mod help;
mod inspect;
mod line;
mod module;
mod moment;
mod paper;
mod policy;
mod secrecy;
mod token;
mod verify;

use serde_json::{Value, json};

use crate::world::{Known, Stop, World};
use line::{Command, Line};
use paper::{Paper, Style};

/// The exit codes (`docs/cli.md`).
const GOOD: u8 = 0;
const BAD: u8 = 1;
const USAGE: u8 = 2;
const UNKNOWN: u8 = 3;

/// What a command brought: its exit code, the line for `--json`, and what people read.
struct Outcome {
    code: u8,
    json: String,
    page: String,
    /// What a contract warns of; people read it below the page.
    warning: Option<String>,
}

/// Answers the message of a host.
pub(crate) fn run(world: &World) -> Value {
    let ended = match &world.doctor {
        Some(symptoms) => doctor::of_library(world, symptoms),
        None => command(world),
    };
    match ended {
        Ok(done) => json!({ "done": done }),
        Err(Stop::Needs(effects)) => json!({ "needs": effects }),
        Err(Stop::Broken(message)) => {
            json!({ "done": { "code": UNKNOWN, "stdout": "", "stderr": said(&format!("no verdict: {message}")) } })
        }
        Err(Stop::Usage { message, json }) => {
            let stdout = json.filter(|_| line::asks_for_json(&world.arguments)).map(|json| json + "\n");
            json!({ "done": { "code": USAGE, "stdout": stdout.unwrap_or_default(), "stderr": said(&message) } })
        }
    }
}

fn said(message: &str) -> String {
    format!("authn: {}\n", paper::safe(message))
}

fn command(world: &World) -> Known<Value> {
    if let Some(text) = help::asked(world)? {
        return Ok(json!({ "code": GOOD, "stdout": text, "stderr": "" }));
    }
    let line = Line::read(&world.arguments)?;
    let paper = Paper::new(world, &line)?;
    let outcome = match line.command {
        Command::Verify => verify::run(world, &line, &paper),
        Command::Explain => explain::run(world, &line, &paper),
        Command::Inspect => inspect::run(world, &line, &paper),
        Command::Doctor => doctor::run(world, &line, &paper),
        Command::Contract => contract::run(world, &line, &paper),
        Command::Digest => digest::run(world, &line),
    }?;
    let stdout = if line.has("--json") {
        paper::safe_json(&outcome.json) + "\n"
    } else {
        outcome.page + &warned(&paper, outcome.warning.as_deref())
    };
    Ok(json!({ "code": outcome.code, "stdout": stdout, "stderr": "" }))
}

fn warned(paper: &Paper, warning: Option<&str>) -> String {
    let Some(warning) = warning else { return String::new() };
    let lines = paper::wrap(&paper::safe(warning), 71).join("\n         ");
    format!("\n{}  {lines}\n", paper.paint(Style::Warn, "warning"))
}

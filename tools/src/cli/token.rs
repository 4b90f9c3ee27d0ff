//! Where the token comes from. It is never printed.

use serde_json::Value;

use super::line::Line;
use super::secrecy;
use crate::world::{Effect, Known, Stop, World};

/// The token to look at.
pub(super) fn needed(world: &World, line: &Line) -> Known<String> {
    if let Some(token) = given(world, line)? {
        return Ok(bare(&token));
    }
    if world.terminal.stdin {
        return Stop::usage(
            "a token is missing; give it as argument, with --token-file, in AUTHN_TOKEN or on standard input",
        );
    }
    standard_input(world).map(|token| bare(&token))
}

/// The token, where one was given.
pub(super) fn optional(world: &World, line: &Line) -> Known<Option<String>> {
    Ok(given(world, line)?.map(|token| bare(&token)))
}

/// The text of a file that an option names.
pub(super) fn file(world: &World, option: &str, path: &str) -> Known<String> {
    let fact = world.fact(Effect::Read { path: path.to_owned() })?;
    if let Some(text) = fact.get("text").and_then(Value::as_str) {
        return Ok(text.to_owned());
    }
    // A token given where a file belongs must not reach a terminal or a log.
    if secrecy::looks_like_token(path) {
        let value = if option.starts_with('-') {
            format!("the value of {option}")
        } else {
            format!("the argument of {option}")
        };
        let instead = if option == "--token-file" {
            "the token as argument, or by standard input"
        } else {
            "the name of a file"
        };
        return Stop::usage(format!("{value} looks like a token, not a file; give {instead}"));
    }
    let why = fact.get("error").and_then(Value::as_str).unwrap_or("it failed");
    Stop::usage(format!("{option}: cannot read `{path}`: {why}"))
}

/// The text of a JSON file, as it stands; what is too deep, the module refuses.
pub(super) fn json_file(world: &World, option: &str, path: &str) -> Known<String> {
    let text = file(world, option, path)?;
    match serde_json::from_str::<Value>(&text) {
        Err(error) if !error.to_string().starts_with("recursion limit") => {
            Stop::usage(format!("{option}: `{path}` is not JSON"))
        }
        _ => Ok(text),
    }
}

fn given(world: &World, line: &Line) -> Known<Option<String>> {
    line.refuse_more(1)?;
    let argument = line.positionals.first();
    match (argument, line.value("--token-file")) {
        (Some(_), Some(_)) => Stop::usage("--token-file and a token as argument are both given; give one"),
        (None, Some(path)) => file(world, "--token-file", path).map(Some),
        (Some(argument), None) if argument == "-" => standard_input(world).map(Some),
        (argument, None) => Ok(argument.or_else(|| world.environment.get("AUTHN_TOKEN")).cloned()),
    }
}

fn standard_input(world: &World) -> Known<String> {
    let fact = world.fact(Effect::Stdin)?;
    Ok(fact.get("text").and_then(Value::as_str).unwrap_or_default().to_owned())
}

/// What people paste: with a line end, or with the scheme of the header before it.
fn bare(text: &str) -> String {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => {
            text.get(7..).unwrap_or_default().trim_start_matches(' ').to_owned()
        }
        _ => text.to_owned(),
    }
}

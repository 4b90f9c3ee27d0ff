//! How answers are laid out for people: aligned rows, wrapped at 80 columns; colour and nothing else depends on the
//! terminal. Everything from a token or a network goes through [`safe`]: it must not steer the terminal.

use serde_json::{Map, Value};
use unicode_general_category::{GeneralCategory, get_general_category};

use super::line::Line;
use super::moment;
use crate::world::{Effect, Known, Stop, World};

const WIDTH: usize = 80;
const LEAST: usize = 20;

/// NumericDates of RFC 7519 and OpenID Connect Core.
const MOMENTS: [&str; 5] = ["auth_time", "exp", "iat", "nbf", "updated_at"];

#[derive(Clone, Copy)]
pub(super) enum Style {
    Good,
    Bad,
    Warn,
    Bold,
    Dim,
}

/// How people's output is styled, and the time that it speaks of.
pub(super) struct Paper {
    colour: bool,
    pub(super) now: f64,
}

/// A label and its value; without a value the row is left out.
pub(super) type Row = (String, Option<String>);

pub(super) fn row(label: &str, value: impl Into<Option<String>>) -> Row {
    (label.to_owned(), value.into())
}

impl Paper {
    /// The time is that of `--now`, or the clock's.
    pub(super) fn new(world: &World, line: &Line) -> Known<Self> {
        let set = |name: &str| world.environment.get(name).map(String::as_str).unwrap_or_default();
        // https://no-color.org: set and not empty.
        let plain = line.has("--no-color") || !set("NO_COLOR").is_empty() || set("TERM") == "dumb";
        let now = match line.seconds("--now")? {
            #[expect(clippy::as_conversions, reason = "at most twelve digits, which a double holds")]
            Some(seconds) => seconds as f64,
            None => match world.fact(Effect::Now)?.get("now").and_then(Value::as_f64) {
                Some(now) => now,
                None => return Err(Stop::Broken(String::from("the clock gave no time"))),
            },
        };
        Ok(Self { colour: world.terminal.stdout && !plain, now })
    }

    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        let code = match style {
            Style::Good => "1;32",
            Style::Bad => "1;31",
            Style::Warn => "1;33",
            Style::Bold => "1",
            Style::Dim => "2",
        };
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Rows with their values under each other.
    pub(super) fn rows(&self, rows: &[Row], indent: usize) -> String {
        let width = rows
            .iter()
            .filter(|(_, value)| value.is_some())
            .map(|(label, _)| length(label))
            .max()
            .unwrap_or(0);
        let lines = rows
            .iter()
            .filter_map(|(label, value)| Some(self.row(&pad(label, width), value.as_ref()?, indent)));
        lines.collect()
    }

    fn row(&self, label: &str, value: &str, indent: usize) -> String {
        let margin = " ".repeat(indent);
        // Beside a very long label a few columns are left.
        let width = WIDTH.saturating_sub(indent + length(label) + 2).max(LEAST);
        let lines: Vec<String> = value.split('\n').flat_map(|line| wrap(line, width)).collect();
        let rest = format!("\n{margin}{}", " ".repeat(length(label) + 2));
        let text = format!("{margin}{}  {}", self.paint(Style::Dim, label), lines.join(&rest));
        format!("{}\n", text.trim_end_matches(' '))
    }

    /// Columns under each other, two spaces apart. The first row is a heading.
    pub(super) fn table(&self, lines: &[Vec<String>]) -> String {
        let columns = lines.first().map_or(0, Vec::len);
        let width = |column: usize| {
            lines.iter().filter_map(|line| line.get(column)).map(|cell| length(cell)).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let drawn = lines.iter().enumerate().map(|(index, cells)| {
            let cells: Vec<String> =
                cells.iter().zip(&widths).map(|(cell, width)| pad(cell, *width)).collect();
            let line = cells.join("  ").trim_end_matches(' ').to_owned();
            if index == 0 { self.paint(Style::Dim, &line) + "\n" } else { line + "\n" }
        });
        drawn.collect()
    }

    /// What stands in a claim; times with their date.
    pub(super) fn claim(&self, name: &str, value: &Value) -> String {
        let dated = moment_of(name, value).and_then(|seconds| moment::moment(seconds, self.now));
        dated.map_or_else(|| shown(value), |said| format!("{} ({said})", shown(value)))
    }

    /// As [`moment::moment`], and the bare number for what is not a moment.
    pub(super) fn moment(&self, value: &Value) -> String {
        value.as_f64().and_then(|seconds| moment::moment(seconds, self.now)).unwrap_or_else(|| shown(value))
    }

    /// Members of a header or payload, in the order they came in.
    pub(super) fn members(&self, members: &Map<String, Value>) -> Vec<Row> {
        members.iter().map(|(name, value)| row(&safe(name), broken(&self.claim(name, value)))).collect()
    }
}

/// The seconds in a claim that holds a moment.
pub(super) fn moment_of(claim: &str, value: &Value) -> Option<f64> {
    value.as_f64().filter(|_| MOMENTS.contains(&claim))
}

/// A JSON value as people read it: strings bare, lists of strings with commas.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => String::from("\"\""),
        Value::String(text) => safe(text),
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => {
            items.iter().map(shown).collect::<Vec<_>>().join(", ")
        }
        other => safe(&other.to_string()),
    }
}

/// The members of an object in one line, as `at most 5, state fresh`.
pub(super) fn members_line(members: &Map<String, Value>, value: impl Fn(&Value) -> String) -> String {
    let one =
        |(name, member): (&String, &Value)| format!("{} {}", safe(&name.replace('_', " ")), value(member));
    members.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Lines of at most `width` columns, broken at spaces; a longer word stays whole.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.trim_end_matches(' ').split(' ') {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Nothing of a token is cut off: a long word is broken, where rows are wide enough for most.
fn broken(text: &str) -> String {
    const PIECE: usize = 56;
    let pieces = |word: &str| {
        let letters: Vec<char> = word.chars().collect();
        letters.chunks(PIECE).map(|piece| piece.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
    };
    text.split(' ').map(pieces).collect::<Vec<_>>().join(" ")
}

/// Text without what a terminal would obey, or show as if it were not there.
pub(super) fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_unsafe(letter) {
            safe.push_str(&format!("\\u{{{:x}}}", u32::from(letter)));
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// JSON with the same letters written as JSON escapes: they stand in strings only.
pub(super) fn safe_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for letter in json.chars() {
        if is_unsafe(letter) {
            let mut units = [0; 2];
            letter.encode_utf16(&mut units).iter().for_each(|unit| safe.push_str(&format!("\\u{unit:04x}")));
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// Controls, marks without width, changes of direction, separators of lines.
fn is_unsafe(letter: char) -> bool {
    matches!(
        get_general_category(letter),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(length(text))))
}

fn length(text: &str) -> usize {
    text.chars().count()
}

//! One finding: a row of the catalogue, its quoted values, its evidence. Whatever comes from outside passes through
//! [`quote`], so that no answer grows without bound, breaks a line or plays with a terminal.

use std::collections::BTreeSet;

use authn::limits;
use authn::writer::{self, ObjectWriter};

/// How much a finding weighs; in the order findings are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Error,
    Warning,
    Info,
}

impl Severity {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One kind of finding. In `what`, `{0}`, `{1}` … stand for quoted values; the other texts are fixed.
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    pub(crate) what: &'static str,
    pub(crate) why: &'static str,
    pub(crate) remedy: &'static str,
}

/// What was found, ready to be written.
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) json: String,
}

/// The findings of one diagnosis.
#[derive(Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
}

impl Findings {
    #[inline(never)]
    pub(super) fn add(&mut self, row: &Row, subject: &str, values: &[&str], evidence: &mut Evidence) {
        let values: Vec<String> = values.iter().map(|value| quote(value)).collect();
        let json = ObjectWriter::new()
            .string("id", row.id)
            .string("severity", row.severity.name())
            .string("subject", &quote(subject))
            .string("what", &fill(row.what, &values))
            .string("why", row.why)
            .string("remedy", row.remedy)
            .raw("evidence", &evidence.json.finish())
            .finish();
        self.list.push(Finding { severity: row.severity, json });
    }

    /// Whether nothing was found that the exit code of a command line counts.
    pub(super) fn is_healthy(&self) -> bool {
        self.list.iter().all(|finding| finding.severity == Severity::Info)
    }

    /// Each once, sorted by severity and cut to the bounds: the kept ones, and how many are left out.
    pub(super) fn into_bounded(mut self) -> (Vec<String>, usize) {
        let mut seen = BTreeSet::new();
        self.list.retain(|finding| seen.insert(finding.json.clone()));
        self.list.sort_by_key(|finding| finding.severity);
        let total = self.list.len();
        let mut room = limits::FINDINGS_BYTES;
        let mut kept = Vec::new();
        for finding in self.list.into_iter().take(limits::FINDINGS) {
            match room.checked_sub(finding.json.len()) {
                Some(rest) => room = rest,
                None => break,
            }
            kept.push(finding.json);
        }
        let left_out = total.saturating_sub(kept.len());
        (kept, left_out)
    }
}

/// The evidence of a finding: an object whose values are bounded. Its members are called from everywhere, and kept
/// out of line because the module is weighed in bytes.
pub(super) struct Evidence {
    json: ObjectWriter,
}

impl Evidence {
    #[inline(never)]
    pub(super) fn new() -> Self {
        Self { json: ObjectWriter::new() }
    }

    #[inline(never)]
    pub(super) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.json.string(name, &quote(value));
        self
    }

    #[inline(never)]
    pub(super) fn optional(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.text(name, value);
        }
        self
    }

    /// At most [`limits::EVIDENCE_ITEMS`]; if more were given, `<name>_in_all` says how many.
    #[inline(never)]
    pub(super) fn texts<T: AsRef<str>>(&mut self, name: &str, values: &[T]) -> &mut Self {
        let items: Vec<String> =
            values.iter().take(limits::EVIDENCE_ITEMS).map(|value| quote(value.as_ref())).collect();
        self.json.strings(name, &items);
        if items.len() < values.len() {
            self.json.raw(&format!("{name}_in_all"), &values.len().to_string());
        }
        self
    }

    /// Lines that are bounded and clean already.
    pub(super) fn lines(&mut self, name: &str, lines: &[String]) -> &mut Self {
        self.json.strings(name, lines);
        self
    }

    #[inline(never)]
    pub(super) fn number(&mut self, name: &str, value: f64) -> &mut Self {
        self.json.number(name, value);
        self
    }

    #[inline(never)]
    pub(super) fn count(&mut self, name: &str, value: usize) -> &mut Self {
        self.json.raw(name, &value.to_string());
        self
    }

    #[inline(never)]
    pub(super) fn flag(&mut self, name: &str, value: bool) -> &mut Self {
        self.json.raw(name, if value { "true" } else { "false" });
        self
    }
}

/// A value from outside, as it may stand in a text: printable ASCII, one line, no backtick, bounded.
pub(super) fn quote(value: &str) -> String {
    let mut text = String::new();
    for letter in value.chars() {
        if text.len() >= limits::QUOTED_BYTES {
            text.push_str("...");
            break;
        }
        push_visible(&mut text, letter);
    }
    text
}

/// Printable ASCII as it is; everything else by its number, so that look-alikes and hidden letters show.
pub(super) fn push_visible(text: &mut String, letter: char) {
    match letter {
        '`' => text.push('\''),
        ' '..='~' => text.push(letter),
        _ => text.push_str(&format!("\\u{{{:x}}}", u32::from(letter))),
    }
}

/// The text with its values in place.
fn fill(text: &str, values: &[String]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (number, after) = after.split_once('}').unwrap_or((after, ""));
        let value = number.parse::<usize>().ok().and_then(|index| values.get(index));
        filled.push_str(value.map_or("", String::as_str));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// Seconds as a person reads them.
pub(super) fn duration(seconds: f64) -> String {
    let (amount, unit) = match seconds.abs() {
        seconds if seconds < 120.0 => {
            return format!("{} s", writer::number((seconds * 10.0).round() / 10.0));
        }
        seconds if seconds < 7200.0 => (seconds / 60.0, "min"),
        seconds if seconds < 172_800.0 => (seconds / 3600.0, "h"),
        seconds => (seconds / 86_400.0, "days"),
    };
    format!("{} {unit}", writer::number(amount.round()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_stays_on_one_bounded_visible_line() {
        assert_eq!(quote("a\n`b`\u{1b}[31m\u{202e}"), "a\\u{a}'b'\\u{1b}[31m\\u{202e}");
        assert!(quote(&"x".repeat(100_000)).len() <= limits::QUOTED_BYTES + 12);
        assert!(quote(&"\u{10ffff}".repeat(100_000)).len() <= limits::QUOTED_BYTES + 16);
    }

    #[test]
    fn values_are_put_where_the_text_says_and_nowhere_else() {
        let values = [String::from("{1}"), String::from("b")];
        assert_eq!(fill("x `{0}` y `{1}` z {7}", &values), "x `{1}` y `b` z ");
    }

    #[test]
    fn findings_are_bounded_and_say_what_is_left_out() {
        let row = &super::super::catalogue::token::TOKEN_ACCEPTED;
        let mut findings = Findings::default();
        for number in 0..limits::FINDINGS + 7 {
            findings.add(row, &number.to_string(), &[], &mut Evidence::new());
        }
        let (kept, left_out) = findings.into_bounded();
        assert_eq!((kept.len(), left_out), (limits::FINDINGS, 7));
    }

    #[test]
    fn durations_read_well() {
        let read = [0.25, 90.0, 300.0, -7200.0, 864_000.0].map(duration);
        assert_eq!(read, ["0.3 s", "90 s", "5 min", "2 h", "10 days"]);
    }
}

//! A moment as people read it: the date, and how far away it is.

use jiff::Timestamp;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;
const YEAR: f64 = 31_557_600.0;
/// The year 10000.
const END: f64 = 253_402_300_800.0;

/// As `2023-11-14T22:13:20Z, in 10 min`; nothing for a number that is not a moment.
pub(super) fn moment(seconds: f64, now: f64) -> Option<String> {
    Some(format!("{}, {}", date(seconds)?, away(seconds - now)))
}

/// As `2023-11-14T22:13:20Z`; nothing for a number that is not a moment.
pub(super) fn date(seconds: f64) -> Option<String> {
    if !(0.0..END).contains(&seconds) {
        return None;
    }
    #[expect(clippy::as_conversions, reason = "whole, and within 0 to END by the line above")]
    let whole = seconds.floor() as i64;
    Timestamp::from_second(whole).ok().map(|stamp| stamp.to_string())
}

fn away(seconds: f64) -> String {
    let span = span(seconds.abs().floor());
    match span.as_str() {
        "0 s" => String::from("now"),
        _ if seconds > 0.0 => format!("in {span}"),
        _ => format!("{span} ago"),
    }
}

/// In the largest unit that leaves more than one of it, mostly.
fn span(seconds: f64) -> String {
    let units = [
        (2.0 * MINUTE, 1.0, "s"),
        (2.0 * HOUR, MINUTE, "min"),
        (2.0 * DAY, HOUR, "h"),
        (2.0 * YEAR, DAY, "d"),
    ];
    let found = units.into_iter().find(|(below, ..)| seconds < *below);
    let (_, unit, name) = found.unwrap_or((0.0, YEAR, "y"));
    format!("{:.0} {name}", (seconds / unit).floor())
}

//! The forms that strings of a contract have.

use crate::json::{Object, Value, pointer};
use crate::limits;
use crate::strict::Fault;

pub(super) const NO_LABEL: &str = "is not a name of 1 to 63 of the letters a-z, 0-9 and -";

pub(super) const NO_ORIGIN: &str =
    "is not an origin such as `https://id.example`: scheme, host, port, and nothing behind";

pub(super) fn is_label(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && !text.starts_with('-')
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// As it stands in `iss`: small letters, ASCII, and nothing that could not be reached (RFC 1123 section 2.1).
pub(super) fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(authority) = rest else {
        return false;
    };
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    host.len() <= 253
        && host.split('.').all(|label| is_label(label) && !label.ends_with('-'))
        && port.is_none_or(is_port)
}

fn is_port(port: &str) -> bool {
    let digits = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
    digits && port.parse::<u16>().is_ok()
}

pub(super) fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && text.len() <= limits::CONTRACT_TEXT
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~/-".contains(&byte))
}

/// No string is longer than it may be, so that a policy has a bound.
pub(super) fn check_lengths(object: &Object<'_>, path: &str) -> Result<(), Fault> {
    for (name, value) in object.iter() {
        let most = match name {
            "$schema" | "note" | "title" => limits::CONTRACT_NOTE,
            _ => limits::CONTRACT_TEXT,
        };
        check_length(value, &format!("{path}/{}", pointer(name)), most)?;
    }
    Ok(())
}

fn check_length(value: &Value<'_>, path: &str, most: usize) -> Result<(), Fault> {
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| check_length(item, &format!("{path}/{index}"), most)),
        Value::Object(object) => check_lengths(object, path),
        Value::String(text) if text.chars().count() > most => {
            Err(Fault { path: path.to_owned(), message: format!("is longer than {most} characters") })
        }
        _ => Ok(()),
    }
}

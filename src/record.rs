//! A key set as text that outlives its process: what a snapshot, a shared store, and a host after a trap hand back. One
//! line says whose it is, since when and how long it is fresh; then comes the body as it was fetched. The hash finds
//! damage; it proves nothing about the writer.

use crate::json::{self, Value};
use crate::signature::sha256;
use crate::time::UnixTime;
use crate::writer::{self, ObjectWriter};

/// The version of the form.
const VERSION: f64 = 2.0;

/// One record, read.
pub(crate) struct Record<'r> {
    pub(crate) issuer: Vec<String>,
    pub(crate) fetched_at: UnixTime,
    /// Seconds of freshness that the issuer gave.
    pub(crate) max_age: Option<f64>,
    pub(crate) body: &'r [u8],
}

/// The line that makes a record of `body`, without the line feed that follows it.
pub(crate) fn line(issuer: &[String], fetched_at: UnixTime, max_age: Option<f64>, body: &[u8]) -> String {
    ObjectWriter::new()
        .number("v", VERSION)
        .strings("issuer", issuer)
        .number("fetched_at", fetched_at.seconds())
        .raw("max_age", &max_age.map_or(String::from("null"), writer::number))
        .string("sha256", &writer::hex(&sha256(body)))
        .finish()
}

impl<'r> Record<'r> {
    /// Reads a record; the reason why it is refused is a word of `docs/abi.md`, "Records".
    pub(crate) fn read(text: &'r [u8]) -> Result<Self, &'static str> {
        let end = text.iter().position(|byte| *byte == b'\n').ok_or("not_a_record")?;
        let (line, rest) = text.split_at_checked(end).ok_or("not_a_record")?;
        let (_, object) = json::parse_object(line).map_err(|_| "not_a_record")?;
        let body = rest.get(1..).unwrap_or_default();
        let time = |name: &str| object.get(name).and_then(Value::as_number).and_then(UnixTime::from_seconds);
        let max_age = match object.get("max_age") {
            Some(Value::Null) => Some(None),
            _ => time("max_age").map(|seconds| Some(seconds.seconds())),
        };
        let issuer = object.get("issuer").and_then(Value::as_strings);
        let hash = object.get("sha256").and_then(Value::as_str);
        match (object.get("v"), issuer, time("fetched_at"), max_age, hash) {
            (Some(Value::Number(VERSION)), Some(issuer), Some(fetched_at), Some(max_age), Some(hash)) => {
                if hash != writer::hex(&sha256(body)) {
                    return Err("wrong_hash");
                }
                let issuer = issuer.into_iter().map(str::to_owned).collect();
                Ok(Self { issuer, fetched_at, max_age, body })
            }
            _ => Err("not_a_record"),
        }
    }

    /// Whether it is of the entry with these names, in whatever order.
    pub(crate) fn is_of(&self, names: &[String]) -> bool {
        names.len() == self.issuer.len() && names.iter().all(|name| self.issuer.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_damage_is_found() {
        let names = [String::from("https://b/"), String::from("https://a/\n\"")];
        for max_age in [None, Some(900.0)] {
            let line = line(&names, UnixTime::EPOCH, max_age, b"{\"keys\":[]}\n");
            let text = format!("{line}\n{{\"keys\":[]}}\n");
            let record = Record::read(text.as_bytes());
            assert!(record.is_ok_and(|record| record.is_of(&[names[1].clone(), names[0].clone()])
                && record.max_age == max_age
                && record.body == b"{\"keys\":[]}\n"));
            let damaged = text.replace("[]}", "{}}");
            assert_eq!(Record::read(damaged.as_bytes()).err(), Some("wrong_hash"));
        }
        for text in ["", "{}", "{}\n{}", "not json\n{}", &line(&names, UnixTime::EPOCH, None, b"{}")] {
            assert_eq!(Record::read(text.as_bytes()).err(), Some("not_a_record"), "{text}");
        }
        let older = line(&names, UnixTime::EPOCH, None, b"{}").replace("\"v\":2", "\"v\":1");
        assert_eq!(Record::read(format!("{older}\n{{}}").as_bytes()).err(), Some("not_a_record"));
    }
}

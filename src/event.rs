//! What happens to the keys of a verifier, for its owner. No event holds a token, a subject or a key id, so that all of
//! it may become labels of metrics.

use crate::fetched::Document;
use crate::keyring::{KeyState, Keyring};
use crate::time::UnixTime;
use crate::writer::{self, ObjectWriter};

/// Collects events, if anybody wants them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    wanted: bool,
    /// State and generation of every entry as they were last told.
    seen: Vec<(KeyState, Option<String>)>,
    untold: Vec<String>,
}

/// How the fetch of one document ended.
pub(crate) struct FetchEnded<'e> {
    pub(crate) document: Document,
    /// `ok`, `failed`, `refused` or `shared`.
    pub(crate) outcome: &'static str,
    pub(crate) reason: Option<&'e str>,
    /// Seconds.
    pub(crate) duration: f64,
}

impl Watch {
    /// A watch that notes what happens from now on.
    pub(crate) fn new(keyrings: &[Keyring], now: UnixTime) -> Self {
        let seen = keyrings.iter().map(|keyring| seen(keyring, now)).collect();
        Self { wanted: true, seen, untold: Vec::new() }
    }

    pub(crate) fn fetch_ended(&mut self, keyring: &Keyring, ended: &FetchEnded<'_>) {
        self.note(|| {
            event("keys.fetch", Some(keyring))
                .string("document", ended.document.name())
                .string("outcome", ended.outcome)
                .optional("reason", ended.reason)
                .number("duration", ended.duration)
                .finish()
        });
    }

    pub(crate) fn store_failed(&mut self, reason: &str) {
        self.note(|| event("keys.store", None).string("outcome", "failed").string("reason", reason).finish());
    }

    /// A token names a key that the set in force lacks.
    pub(crate) fn unknown_key(&mut self, keyring: &Keyring, outcome: &str) {
        self.note(|| event("unknown_kid", Some(keyring)).string("outcome", outcome).finish());
    }

    /// Compares every entry with what was last told of it.
    pub(crate) fn look(&mut self, keyrings: &[Keyring], now: UnixTime) {
        if !self.wanted {
            return;
        }
        for (keyring, told) in keyrings.iter().zip(&mut self.seen) {
            if told.0 == keyring.state(now) && told.1.as_deref() == keyring.generation() {
                continue;
            }
            let (from, before) = std::mem::replace(told, seen(keyring, now));
            if let (Some(_), Some(generation)) = (&before, keyring.generation())
                && before.as_deref() != Some(generation)
            {
                let keys = keyring.keys();
                let mut json = event("keys.rotated", Some(keyring));
                json.string("generation", generation).raw("keys", &keys.to_string());
                self.untold.push(json.finish());
            }
            if from != told.0 {
                let mut json = event("keys.state", Some(keyring));
                json.string("from", from.name()).string("to", told.0.name());
                self.untold.push(json.finish());
            }
        }
    }

    /// Writes what was not told yet, and forgets it.
    pub(crate) fn write(&mut self, json: &mut ObjectWriter) {
        if !self.untold.is_empty() {
            json.raw("events", &writer::array(&std::mem::take(&mut self.untold)));
        }
    }

    fn note(&mut self, event: impl FnOnce() -> String) {
        if self.wanted {
            self.untold.push(event());
        }
    }
}

fn seen(keyring: &Keyring, now: UnixTime) -> (KeyState, Option<String>) {
    (keyring.state(now), keyring.generation().map(str::to_owned))
}

fn event(kind: &str, keyring: Option<&Keyring>) -> ObjectWriter {
    let mut json = ObjectWriter::new();
    json.string("type", kind).optional("issuer", keyring.map(Keyring::first_name));
    json
}

//! One document to fetch: which, from where, why, and how long a request may wait for it.

use crate::writer::ObjectWriter;

/// One thing to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Index of the issuer entry in the policy.
    pub issuer: usize,
    /// What kind of document it is.
    pub what: Document,
    /// Where it is.
    pub url: String,
    /// Why it is needed: `no_keys`, `unknown_key`, `expired` or `refresh`.
    pub reason: &'static str,
    /// How long a request may wait for it, seconds.
    pub wait: u32,
}

/// The documents a host fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// OpenID Connect Discovery 1.0 section 4.
    Discovery,
    /// JWK Set, RFC 7517 section 5.
    KeySet,
}

impl Fetch {
    pub(crate) fn to_json(&self) -> String {
        ObjectWriter::new()
            .raw("issuer", &self.issuer.to_string())
            .string("what", self.what.name())
            .string("url", &self.url)
            .string("reason", self.reason)
            .number("wait", f64::from(self.wait))
            .finish()
    }
}

impl Document {
    /// The word used in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::KeySet => "key_set",
        }
    }
}

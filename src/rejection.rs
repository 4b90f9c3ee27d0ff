//! Why a token, or a request, is refused: the code, and details for the log of the service. And what came of a check
//! that refused nothing.

use crate::code::Code;
use crate::json::Value;
use crate::limits;
use crate::writer::{self, ObjectWriter};

/// A refused token or request.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection {
    /// Why.
    pub code: Code,
    /// For the caller's log, not for the client; token contents stand here only once the signature was verified.
    pub details: Box<Details>,
    /// Seconds after which to try again, where the token is not to blame.
    pub retry_after: Option<u32>,
    /// The scopes that were asked for, with [`Code::InsufficientScope`].
    pub scopes: Vec<String>,
    /// The index of the issuer entry that it is about, once one was picked.
    pub issuer: Option<usize>,
    /// The issuer entry whose keys should be fetched in the background.
    pub fetch: Option<usize>,
}

/// What was checked, expected and found. Empty members are left out of the JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// The part of the token: `header`, `payload` or `signature`.
    pub part: Option<&'static str>,
    /// A fixed word that says more than the code.
    pub reason: Option<&'static str>,
    /// The claim or header parameter.
    pub claim: Option<String>,
    /// What would have passed, as JSON.
    pub expected: Option<String>,
    /// What was found, as JSON.
    pub actual: Option<String>,
    /// The time used, seconds since the epoch.
    pub now: Option<f64>,
    /// The clock tolerance used, seconds.
    pub leeway: Option<u32>,
    /// Of an outage: the first name of the issuer entry.
    pub issuer: Option<String>,
    /// Of an outage: why the last fetch brought nothing, as a fixed word.
    pub error: Option<String>,
}

/// What came of a check that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// The policy asks for nothing, or the token holds nothing that could be wrong.
    NotAsked(&'static str),
}

impl Rejection {
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code,
            details: Box::default(),
            retry_after: None,
            scopes: Vec::new(),
            issuer: None,
            fetch: None,
        }
    }

    pub(crate) fn because(code: Code, reason: &'static str) -> Self {
        Self::with(code, Details { reason: Some(reason), ..Details::default() })
    }

    pub(crate) fn with(code: Code, details: Details) -> Self {
        Self { details: Box::new(details), ..Self::new(code) }
    }

    pub(crate) fn write(&self, json: &mut ObjectWriter) {
        json.string("verdict", "rejected")
            .string("code", self.code.name())
            .number("status", f64::from(self.code.status()))
            .string("message", self.code.message())
            .optional("challenge", self.code.challenge(&self.scopes).as_deref());
        if let Some(seconds) = self.retry_after {
            json.number("retry_after", f64::from(seconds));
        }
        if let Some(issuer) = self.issuer {
            json.raw("issuer", &issuer.to_string());
        }
        json.raw("details", &self.details.to_json());
        if let Some(issuer) = self.fetch {
            json.raw("fetch", &issuer.to_string());
        }
    }
}

impl Details {
    /// Details on a claim: what would have passed.
    pub(crate) fn claim(name: &str) -> Self {
        Self { claim: Some(name.to_owned()), ..Self::default() }
    }

    pub(crate) fn expected<T: AsRef<str>>(mut self, values: &[T]) -> Self {
        self.expected = Some(writer::strings(values));
        self
    }

    pub(crate) fn actual(mut self, value: &Value<'_>) -> Self {
        self.actual = Some(writer::value(value));
        self
    }

    pub(crate) fn to_json(&self) -> String {
        let mut json = ObjectWriter::new();
        json.optional("part", self.part)
            .optional("reason", self.reason)
            .optional("claim", self.claim.as_deref());
        for (name, value) in [("expected", &self.expected), ("actual", &self.actual)] {
            if let Some(value) = value.as_deref().filter(|value| value.len() <= limits::DETAIL_BYTES) {
                json.raw(name, value);
            }
        }
        if let Some(now) = self.now {
            json.number("now", now);
        }
        if let Some(leeway) = self.leeway {
            json.number("leeway", f64::from(leeway));
        }
        json.optional("issuer", self.issuer.as_deref()).optional("error", self.error.as_deref()).finish()
    }
}

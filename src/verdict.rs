//! What the verifier answers: accepted, rejected, or keys needed. A value, never a panic.

use crate::code::Code;
use crate::identity::{Identity, TokenFacts};
use crate::limits;
use crate::writer::{self, ObjectWriter};

/// The answer to "may this token pass, now, under this policy?".
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The token passed every check.
    Accepted(Box<Accepted>),
    /// The token, or the request, is refused.
    Rejected(Box<Rejection>),
    /// No verdict yet: the host should fetch keys, offer them and ask again.
    KeysNeeded(Box<KeysNeeded>),
}

/// An accepted token.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// Who the token speaks for.
    pub identity: Identity,
    /// What is known of the token itself.
    pub token: TokenFacts,
    /// The state of the keys that verified it.
    pub keys: KeysInfo,
    /// A fetch to make in the background; the verdict stands.
    pub fetch: Option<Fetch>,
}

/// Which keys a verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeysInfo {
    /// The state of the key set.
    pub state: KeyState,
    /// Moves when any key of the set changes; 0 where keys are fixed.
    pub generation: u32,
}

/// The states of an issuer's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Past the soft age: used, and refreshed in the background.
    Aging,
    /// Too old to be used although the issuer cannot be reached.
    Dead,
    /// No key set was ever stored.
    Empty,
    /// Younger than the soft age.
    Fresh,
    /// A shared secret stands in the policy.
    Secret,
    /// Past the hard age while the issuer cannot be reached: used, and flagged.
    Stale,
    /// Keys stand in the policy.
    Static,
}

impl KeyState {
    /// The word used in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aging => "aging",
            Self::Dead => "dead",
            Self::Empty => "empty",
            Self::Fresh => "fresh",
            Self::Secret => "secret",
            Self::Stale => "stale",
            Self::Static => "static",
        }
    }
}

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
    /// A fetch to make in the background.
    pub fetch: Option<Fetch>,
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
}

/// No verdict without keys that the host has to fetch.
#[derive(Clone, Debug, PartialEq)]
pub struct KeysNeeded {
    /// What to fetch.
    pub fetch: Fetch,
    /// The verdict if the host cannot, or does not want to, fetch.
    pub otherwise: Rejection,
}

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

impl Rejection {
    pub(crate) fn new(code: Code) -> Self {
        Self { code, details: Box::default(), retry_after: None, scopes: Vec::new(), fetch: None }
    }

    pub(crate) fn because(code: Code, reason: &'static str) -> Self {
        Self::with(code, Details { reason: Some(reason), ..Details::default() })
    }

    pub(crate) fn with(code: Code, details: Details) -> Self {
        Self { details: Box::new(details), ..Self::new(code) }
    }
}

impl Verdict {
    /// The answer as the JSON every host reads; its shape is laid down in `docs/abi.md`.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Accepted(accepted) => accepted.to_json(),
            Self::Rejected(rejection) => rejection.to_json(),
            Self::KeysNeeded(needed) => ObjectWriter::new()
                .string("verdict", "keys_needed")
                .raw("fetch", &needed.fetch.to_json())
                .raw("otherwise", &needed.otherwise.to_json())
                .finish(),
        }
    }
}

impl Accepted {
    fn to_json(&self) -> String {
        let keys = ObjectWriter::new()
            .string("state", self.keys.state.name())
            .number("generation", f64::from(self.keys.generation))
            .finish();
        let mut json = ObjectWriter::new();
        json.string("verdict", "accepted")
            .raw("identity", &self.identity.to_json())
            .raw("token", &self.token.to_json())
            .raw("keys", &keys);
        finish_with_fetch(json, self.fetch.as_ref())
    }
}

impl Rejection {
    fn to_json(&self) -> String {
        let mut json = ObjectWriter::new();
        json.string("verdict", "rejected")
            .string("code", self.code.name())
            .number("status", f64::from(self.code.status()))
            .string("message", self.code.message())
            .optional("challenge", self.code.challenge(&self.scopes).as_deref());
        if let Some(seconds) = self.retry_after {
            json.number("retry_after", f64::from(seconds));
        }
        json.raw("details", &self.details.to_json());
        finish_with_fetch(json, self.fetch.as_ref())
    }
}

impl Details {
    fn to_json(&self) -> String {
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
        json.finish()
    }
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

fn finish_with_fetch(mut json: ObjectWriter, fetch: Option<&Fetch>) -> String {
    if let Some(fetch) = fetch {
        json.raw("fetch", &fetch.to_json());
    }
    json.finish()
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

    pub(crate) fn actual(mut self, value: &crate::json::Value<'_>) -> Self {
        self.actual = Some(writer::value(value));
        self
    }
}

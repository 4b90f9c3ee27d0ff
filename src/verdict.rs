//! What the verifier answers: accepted, rejected, or keys needed. A value, never a panic.

use crate::identity::{Identity, TokenFacts};
use crate::keyring::{KeyState, KeysNeeded};
use crate::rejection::Rejection;
use crate::writer::ObjectWriter;

/// The answer to "may this token pass, now, under this policy?".
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The token passed every check.
    Accepted(Box<Accepted>),
    /// The token, or the request, is refused.
    Rejected(Box<Rejection>),
    /// No verdict yet: the host should bring keys and ask again.
    KeysNeeded(KeysNeeded),
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
    /// Until when the same answer may be given for the same token while the keys have the same generation, seconds since the
    /// epoch.
    pub reuse_until: Option<f64>,
    /// The issuer entry whose keys should be fetched in the background; the verdict stands.
    pub fetch: Option<usize>,
}

/// Which keys a verdict rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct KeysInfo {
    /// The state of the key set.
    pub state: KeyState,
    /// Equal keys, equal word, in every process.
    pub generation: String,
}

impl Verdict {
    /// The answer as the JSON every host reads; its shape is laid down in `docs/abi.md`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = ObjectWriter::new();
        self.write(&mut json);
        json.finish()
    }

    pub(crate) fn write(&self, json: &mut ObjectWriter) {
        match self {
            Self::Accepted(accepted) => accepted.write(json),
            Self::Rejected(rejection) => rejection.write(json),
            Self::KeysNeeded(needed) => {
                json.string("verdict", "keys_needed")
                    .raw("issuer", &needed.issuer.to_string())
                    .string("reason", needed.reason)
                    .number("wait", f64::from(needed.wait));
            }
        }
    }
}

impl Accepted {
    fn write(&self, json: &mut ObjectWriter) {
        let keys = ObjectWriter::new()
            .string("state", self.keys.state.name())
            .string("generation", &self.keys.generation)
            .finish();
        json.string("verdict", "accepted")
            .raw("identity", &self.identity.to_json())
            .raw("token", &self.token.to_json())
            .raw("keys", &keys);
        if let Some(until) = self.reuse_until {
            let reuse = ObjectWriter::new()
                .number("until", until)
                .string("generation", &self.keys.generation)
                .finish();
            json.raw("reuse", &reuse);
        }
        if let Some(issuer) = self.fetch {
            json.raw("fetch", &issuer.to_string());
        }
    }
}

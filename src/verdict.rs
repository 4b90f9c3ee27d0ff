//! What the verifier answers: accepted, rejected, or keys needed. A value, never a panic.

use crate::fetch::Fetch;
use crate::identity::{Identity, TokenFacts};
use crate::keyring::KeyState;
use crate::rejection::Rejection;
use crate::writer::ObjectWriter;

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

/// No verdict without keys that the host has to fetch.
#[derive(Clone, Debug, PartialEq)]
pub struct KeysNeeded {
    /// What to fetch.
    pub fetch: Fetch,
    /// The verdict if the host cannot, or does not want to, fetch.
    pub otherwise: Rejection,
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
        if let Some(fetch) = &self.fetch {
            json.raw("fetch", &fetch.to_json());
        }
        json.finish()
    }
}

//! The steps that need keys: which count now, which of them is the token's, and whether it confirms the signature.

use super::{Checked, Entry, Keys, Run, Stop};
use crate::choice::{Choice, choose};
use crate::code::Code;
use crate::keyring::{Keyring, Lookup, Unknown};
use crate::policy::KeySource;
use crate::step::Outcome;
use crate::token;
use crate::verdict::{Fetch, KeyState, KeysNeeded, Rejection};

impl Run<'_> {
    pub(super) fn key_set(&mut self) -> Checked {
        let Entry { policy, keyring } = self.entry()?;
        let (set, state, fetch) = match &policy.source {
            KeySource::Secret(_) => (None, KeyState::Secret, None),
            KeySource::Static(set) => (Some(set), KeyState::Static, None),
            KeySource::Discovery | KeySource::JwksUri(_) => match keyring.lookup(self.now) {
                Lookup::Usable { set, state, fetch } => (Some(set), state, fetch),
                Lookup::Needed(fetch) => return Err(needed(fetch)),
                Lookup::Unavailable(seconds) => return Err(unavailable(seconds).into()),
            },
        };
        self.keys = Some(Keys { set, state, generation: keyring.generation(), fetch });
        Ok(Outcome::Passed)
    }

    pub(super) fn key(&mut self) -> Checked {
        let Entry { policy, keyring } = self.entry()?;
        let keys = self.keys.as_ref().ok_or(Stop::Blocked("there are no keys"))?;
        let algorithm = self.algorithm.ok_or(Stop::Blocked("the algorithm is not allowed"))?;
        if let KeySource::Secret(secret) = &policy.source {
            self.candidates = Some(vec![secret]);
            return Ok(Outcome::Passed);
        }
        let set = keys.set.ok_or(Stop::Blocked("there are no keys"))?;
        match choose(set, self.parameters()?.kid.as_deref(), algorithm) {
            Choice::Keys(candidates) => self.candidates = Some(candidates),
            Choice::Refused(code, reason) => {
                return Err(self.with_fetch(Rejection::because(code, reason)).into());
            }
            Choice::Unknown(reason) => return Err(self.unknown_key(keyring, keys.state, reason)),
        }
        Ok(Outcome::Passed)
    }

    /// Keys that stand in the policy are all there are; others may be newer at the issuer.
    fn unknown_key(&self, keyring: &Keyring, state: KeyState, reason: &'static str) -> Stop {
        let proven = Rejection::because(Code::UnknownKey, reason);
        if state == KeyState::Static {
            return proven.into();
        }
        match keyring.unknown_key(self.now) {
            Unknown::Proven => self.with_fetch(proven).into(),
            Unknown::Needed(fetch) => needed(fetch),
            Unknown::Unavailable(seconds) => unavailable(seconds).into(),
        }
    }

    pub(super) fn signature(&mut self) -> Checked {
        let candidates = self.candidates.as_ref().ok_or(Stop::Blocked("no key was chosen"))?;
        let algorithm = self.algorithm.ok_or(Stop::Blocked("the algorithm is not allowed"))?;
        let input = token::signing_input(self.token()?);
        let signature = self.parts.and_then(|parts| parts.signature.as_deref());
        let signature = signature.ok_or(Stop::Blocked("the signature was not decoded"))?;
        self.verified = candidates.iter().any(|key| key.verify(algorithm, input, signature));
        if self.verified { Ok(Outcome::Passed) } else { Err(Rejection::new(Code::InvalidSignature).into()) }
    }
}

fn needed(fetch: Fetch) -> Stop {
    Stop::KeysNeeded(Box::new(KeysNeeded { fetch, otherwise: unavailable(1) }))
}

fn unavailable(seconds: u32) -> Rejection {
    Rejection { retry_after: Some(seconds), ..Rejection::new(Code::JwksUnavailable) }
}

//! A key set that was fetched: how old it may become, its name, and its state.

use crate::key::KeySet;
use crate::limits;
use crate::signature::sha256;
use crate::time::UnixTime;
use crate::writer;

#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) set: KeySet,
    pub(super) fetched: UnixTime,
    pub(super) soft_age: f64,
    pub(super) generation: String,
}

impl Stored {
    pub(super) fn new(set: KeySet, fetched: UnixTime, soft_age: f64) -> Self {
        let generation = generation(&set);
        Self { set, fetched, soft_age, generation }
    }

    pub(super) fn age(&self, now: UnixTime) -> f64 {
        now.since(self.fetched)
    }

    pub(super) fn hard_age(&self) -> f64 {
        limits::HARD_AGE_FACTOR * self.soft_age
    }

    /// The clock was set back, so the age is unknown.
    pub(super) fn is_of_the_future(&self, now: UnixTime) -> bool {
        self.fetched.since(now) > limits::CLOCK_SET_BACK
    }
}

/// How long a set is fresh, seconds: up to a tenth shorter than allowed, so that a fleet that started together does not
/// ask together.
pub(super) fn soft_age(max_age: Option<f64>, jitter: f64) -> f64 {
    let allowed =
        max_age.unwrap_or(limits::SOFT_AGE_DEFAULT).clamp(limits::SOFT_AGE_MIN, limits::SOFT_AGE_MAX);
    allowed * (1.0 - 0.1 * jitter)
}

/// How long a set may serve while the issuer answers, whole seconds.
pub(crate) fn life(max_age: Option<f64>) -> u32 {
    #[expect(clippy::as_conversions, reason = "clamped to 60..=3600 by `soft_age`")]
    let seconds = (limits::HARD_AGE_FACTOR * soft_age(max_age, 0.0)) as u32;
    seconds
}

/// Equal keys, equal word, in every process; it differs as soon as any key does.
pub(super) fn generation(set: &KeySet) -> String {
    let digest = sha256(writer::strings(&set.names()).as_bytes());
    writer::hex(digest.get(..8).unwrap_or_default())
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
    /// Whether tokens can be verified.
    #[must_use]
    pub fn is_usable(self) -> bool {
        !matches!(self, Self::Dead | Self::Empty)
    }

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

/// What became of an offered document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// The discovery document was good; the key set that it names has to be fetched now.
    Discovered,
    /// The document was refused for this reason; what was in force stays.
    Refused(&'static str),
    /// The key set is in force.
    Stored,
}

//! A key set that was fetched, and how old it may become.

use crate::key::KeySet;
use crate::limits;
use crate::time::UnixTime;

#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) set: KeySet,
    pub(super) fetched: UnixTime,
    pub(super) soft_age: f64,
}

impl Stored {
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

//! How often unknown key ids may cause a fetch: a token bucket in virtual time.

use super::whole_seconds;
use crate::limits;
use crate::time::UnixTime;

/// Fetches that unknown key ids may still cause; grows by one per [`limits::UNKNOWN_KEY_PROOF`].
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    level: f64,
    at: Option<UnixTime>,
    /// One was taken for the fetch under way.
    taken: bool,
}

impl Bucket {
    pub(super) fn full() -> Self {
        Self { level: limits::UNKNOWN_KEY_FETCHES, at: None, taken: false }
    }

    /// Seconds until one fetch is there; 0 when it is.
    pub(super) fn wait(&self, now: UnixTime) -> u32 {
        let missing = 1.0 - self.level(now);
        if missing <= 0.0 { 0 } else { whole_seconds(missing * limits::UNKNOWN_KEY_PROOF) }
    }

    pub(super) fn take(&mut self, now: UnixTime) -> bool {
        let level = self.level(now);
        if level < 1.0 {
            return false;
        }
        (self.level, self.at, self.taken) = (level - 1.0, Some(now), true);
        true
    }

    /// The fetch ended, and told something about the key.
    pub(super) fn spend(&mut self) {
        self.taken = false;
    }

    /// The fetch failed: the back-off alone says when the next one may be.
    pub(super) fn give_back(&mut self) {
        if self.taken {
            self.level = (self.level + 1.0).min(limits::UNKNOWN_KEY_FETCHES);
            self.taken = false;
        }
    }

    fn level(&self, now: UnixTime) -> f64 {
        let grown = match self.at {
            None => 0.0,
            // The clock was set back: without this nothing would grow until it has caught up.
            Some(at) if at.since(now) > limits::CLOCK_SET_BACK => limits::UNKNOWN_KEY_FETCHES,
            Some(at) => now.since(at) / limits::UNKNOWN_KEY_PROOF,
        };
        (self.level + grown).min(limits::UNKNOWN_KEY_FETCHES)
    }
}

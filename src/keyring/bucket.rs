//! How often unknown key ids may cause a fetch, in virtual time: a token bucket, and a pause after a fetch in vain.

use super::whole_seconds;
use crate::limits;
use crate::time::UnixTime;

/// Fetches that unknown key ids may still cause; grows by one per [`limits::UNKNOWN_KEY_PROOF`].
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    level: f64,
    at: Option<UnixTime>,
    /// A fetch that an unknown key id caused is under way.
    asked: bool,
    /// When such a fetch brought no other keys: for a while, key ids that somebody made up cause no more.
    in_vain: Option<UnixTime>,
}

impl Bucket {
    pub(super) fn full() -> Self {
        Self { level: limits::UNKNOWN_KEY_FETCHES, at: None, asked: false, in_vain: None }
    }

    /// Seconds until one fetch is there; 0 when it is.
    pub(super) fn wait(&self, now: UnixTime) -> u32 {
        let missing = (1.0 - self.level(now)) * limits::UNKNOWN_KEY_PROOF;
        let seconds = missing.max(self.pause(now));
        if seconds <= 0.0 { 0 } else { whole_seconds(seconds) }
    }

    pub(super) fn take(&mut self, now: UnixTime) -> bool {
        if self.wait(now) > 0 {
            return false;
        }
        self.level = self.level(now) - 1.0;
        self.at = Some(now);
        self.asked = true;
        true
    }

    /// A fetch ended: it `brought` other keys, or the same, or none at all.
    pub(super) fn settle(&mut self, brought: Brought, now: UnixTime) {
        match brought {
            Brought::Other => self.in_vain = None,
            Brought::Same if self.asked => self.in_vain = Some(now),
            Brought::Same | Brought::Nothing => {}
        }
        self.asked = false;
    }

    fn pause(&self, now: UnixTime) -> f64 {
        match self.in_vain {
            // The clock was set back: as below.
            Some(at) if at.since(now) <= limits::CLOCK_SET_BACK => limits::UNKNOWN_KEY_PROOF - now.since(at),
            _ => 0.0,
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

/// What came of a fetch.
#[derive(Clone, Copy)]
pub(super) enum Brought {
    Other,
    Same,
    Nothing,
}

//! Failed fetches, and how long the issuer is left alone after them.

use crate::limits;
use crate::time::UnixTime;

/// Who asks for a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// Keys that are old, or missing.
    Set,
    /// A token with a key id that the set lacks: for it there are no keys at all.
    UnknownKey,
}

#[derive(Clone, Debug, Default)]
pub(super) struct BackOff {
    /// Failed fetches in a row.
    failures: u32,
    last_failure: Option<UnixTime>,
    /// When the next fetch may begin.
    next: Option<UnixTime>,
    next_for_unknown_key: Option<UnixTime>,
}

impl BackOff {
    /// `usable_for` is how long, in seconds, the keys in force may serve yet.
    pub(super) fn fail(&mut self, now: UnixTime, retry_after: Option<f64>, jitter: f64, usable_for: f64) {
        let exponent = i32::try_from(self.failures.min(16)).unwrap_or_default();
        let doubled = limits::BACK_OFF_FIRST * 2_f64.powi(exponent);
        // Half of it is sure: with jitter over the whole span some callers would retry at once.
        let share = 0.5 + 0.5 * jitter;
        let (usable, empty) =
            (doubled.min(limits::BACK_OFF_MAX) * share, doubled.min(limits::BACK_OFF_MAX_EMPTY) * share);
        let asked = retry_after.unwrap_or_default().clamp(0.0, limits::RETRY_AFTER_MAX);
        let after = |delay: f64| UnixTime::from_seconds(now.seconds() + delay.max(asked));
        self.failures = self.failures.saturating_add(1);
        self.last_failure = Some(now);
        // As long as there are keys to use, and not much longer, the issuer may be left alone for a while.
        self.next = after(usable.min(empty.max(usable_for)));
        self.next_for_unknown_key = after(empty);
    }

    /// Failed fetches in a row.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// Forgets failures, unless one is newer than what was fetched then.
    pub(super) fn succeed(&mut self, fetched: UnixTime) {
        if self.last_failure.is_none_or(|failed| failed < fetched) {
            *self = Self::default();
        }
    }

    /// While tokens come, attempts are never further apart than the longest back-off. An older failure tells nothing
    /// of the issuer now: a withdrawn key must not live on because traffic paused.
    pub(super) fn failed_lately(&self, now: UnixTime) -> bool {
        self.last_failure.is_some_and(|failed| now.since(failed) <= limits::RETRY_AFTER_MAX)
    }

    /// Seconds until `asker` may fetch; none if it may now.
    pub(super) fn left(&self, asker: Asker, now: UnixTime) -> Option<f64> {
        let next = match asker {
            Asker::Set => self.next,
            Asker::UnknownKey => self.next_for_unknown_key,
        }?;
        // Longer than any back-off: the clock was set back.
        (now < next && next.since(now) <= limits::RETRY_AFTER_MAX).then(|| next.since(now))
    }
}

//! When an issuer may be asked, in virtual time: the back-off after failures, the fetches that unknown key ids may cause,
//! and whether the fetch under way hangs.

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

    /// Until when the last failure counts.
    pub(super) fn fails_until(&self) -> Option<f64> {
        self.last_failure.map(|failed| failed.seconds() + limits::RETRY_AFTER_MAX)
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

/// The fetch that a host told of, if any. Nothing but its begin is known until it ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Flight {
    began: Option<UnixTime>,
}

impl Flight {
    /// The first of several counts: they wait for the same issuer.
    pub(super) fn begin(&mut self, now: UnixTime) {
        if self.elapsed(now).is_none() {
            self.began = Some(now);
        }
    }

    pub(super) fn end(&mut self) {
        self.began = None;
    }

    pub(super) fn is_under_way(&self, now: UnixTime) -> bool {
        self.elapsed(now).is_some()
    }

    /// No answer came while a caller may wait: as good as a failure, until it is one.
    pub(super) fn hangs(&self, now: UnixTime) -> bool {
        self.elapsed(now).is_some_and(|seconds| seconds >= limits::FETCH_HANGS)
    }

    /// Seconds until the time limit of a fetch, while it hangs.
    pub(super) fn wait(&self, now: UnixTime) -> Option<u32> {
        let seconds = self.elapsed(now).filter(|seconds| *seconds >= limits::FETCH_HANGS)?;
        Some(whole_seconds(f64::from(limits::FETCH_TIMEOUT) - seconds))
    }

    /// Until when a fetch that hangs counts as a failure.
    pub(super) fn hangs_until(&self, now: UnixTime) -> Option<f64> {
        self.began.filter(|_| self.hangs(now)).map(|began| began.seconds() + limits::FETCH_LOST)
    }

    /// Nothing for a begin that lies in the future, as the clock was set back, and for a fetch that was never ended:
    /// the host died with it. Neither may keep the next one from beginning.
    fn elapsed(&self, now: UnixTime) -> Option<f64> {
        let began = self.began.filter(|began| *began <= now)?;
        Some(now.since(began)).filter(|seconds| *seconds < limits::FETCH_LOST)
    }
}

/// Rounded up; at least one second, at most the longest back-off that an issuer may ask for.
pub(crate) fn whole_seconds(seconds: f64) -> u32 {
    let bounded = seconds.ceil().clamp(1.0, limits::RETRY_AFTER_MAX);
    #[expect(clippy::as_conversions, reason = "clamped to 1..=300 in the line above")]
    let whole = bounded as u32;
    whole
}

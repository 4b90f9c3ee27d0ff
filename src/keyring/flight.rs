//! The fetch that a host told of: whether it hangs. Nothing but its begin is known until it ends.

use super::whole_seconds;
use crate::limits;
use crate::time::UnixTime;

/// The fetch under way, if any.
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

    /// Nothing for a begin that lies in the future, as the clock was set back, and for a fetch that was never ended:
    /// the host died with it. Neither may keep the next one from beginning.
    fn elapsed(&self, now: UnixTime) -> Option<f64> {
        let began = self.began.filter(|began| *began <= now)?;
        Some(now.since(began)).filter(|seconds| *seconds < limits::FETCH_LOST)
    }
}

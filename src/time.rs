//! A moment, given by the caller: the crate itself reads no clock.

/// Seconds since the Unix epoch; finite, not negative, may have a fraction.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct UnixTime(f64);

impl UnixTime {
    /// A moment `seconds` after the epoch, or `None` when that is negative or not finite.
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Option<Self> {
        (seconds.is_finite() && seconds >= 0.0).then_some(Self(seconds))
    }

    /// Seconds since the epoch.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0
    }

    /// Seconds from `earlier` to this moment; zero when the clock was set back in between.
    #[must_use]
    pub fn since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0).max(0.0)
    }

    /// The moment `seconds` before this one, or the epoch.
    #[must_use]
    pub(crate) fn minus(self, seconds: f64) -> Self {
        Self((self.0 - seconds).max(0.0))
    }
}

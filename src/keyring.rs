//! Which keys of one issuer are trusted now: the freshness state machine, without I/O. Hosts tell it what
//! happened and when; asking changes nothing, so every instance that saw the same events answers alike.

mod bucket;
mod flight;
mod offer;
mod source;
mod stored;

use crate::key::KeySet;
use crate::limits;
use crate::policy::IssuerPolicy;
use crate::time::UnixTime;
use crate::verdict::{Document, Fetch, KeyState};
use crate::writer::{self, ObjectWriter};
use bucket::{Brought, Bucket};
use flight::Flight;
use source::Source;
use stored::Stored;

pub use offer::Offer;

/// The keys of one issuer entry.
#[derive(Clone, Debug)]
pub(crate) struct Keyring {
    issuer: usize,
    names: Vec<String>,
    insecure_hosts: Vec<String>,
    source: Source,
    stale_cap: f64,
    stored: Option<Stored>,
    generation: u32,
    /// Failed fetches in a row.
    failures: u32,
    last_failure: Option<UnixTime>,
    /// During back-off: when the next fetch may begin.
    next_fetch: Option<UnixTime>,
    unknown_key_fetches: Bucket,
    flight: Flight,
}

/// What a token gets from the keyring.
pub(crate) enum Lookup<'k> {
    /// Keys to verify with, and a fetch to make in the background.
    Usable { set: &'k KeySet, state: KeyState, fetch: Option<Fetch> },
    /// A fetch has to come first.
    Needed(Fetch),
    /// An outage: seconds until the next attempt.
    Unavailable(u32),
}

/// What a token with a key id that the set lacks gets.
pub(crate) enum Unknown {
    /// A recent set lacks it: the token is to blame.
    Proven,
    /// The set is too old to tell, so fetch.
    Needed(Fetch),
    /// The set is too old to tell and may not be fetched yet: seconds until it may.
    Unavailable(u32),
}

impl Keyring {
    pub(crate) fn new(issuer: usize, policy: &IssuerPolicy, insecure_hosts: &[String]) -> Self {
        Self {
            issuer,
            names: policy.names.clone(),
            insecure_hosts: insecure_hosts.to_vec(),
            source: Source::new(policy),
            stale_cap: f64::from(policy.stale_cap),
            stored: None,
            generation: 0,
            failures: 0,
            last_failure: None,
            next_fetch: None,
            unknown_key_fetches: Bucket::full(),
            flight: Flight::default(),
        }
    }

    pub(crate) fn generation(&self) -> u32 {
        self.generation
    }

    /// The keys to use now.
    pub(crate) fn lookup(&self, now: UnixTime) -> Lookup<'_> {
        let state = self.state(now);
        let usable = |fetch| match &self.stored {
            Some(stored) => Lookup::Usable { set: &stored.set, state, fetch },
            None => Lookup::Unavailable(self.wait(now)),
        };
        match state {
            KeyState::Aging | KeyState::Stale => usable(self.fetch_if_allowed("refresh", now)),
            KeyState::Empty => self.need("no_keys", now),
            KeyState::Dead => self.need("expired", now),
            _ => usable(None),
        }
    }

    /// What to make of a key id that the set in force lacks.
    pub(crate) fn unknown_key(&self, now: UnixTime) -> Unknown {
        let age = self.stored.as_ref().map_or(f64::INFINITY, |stored| stored.age(now));
        if age <= limits::UNKNOWN_KEY_SETTLED {
            return Unknown::Proven;
        }
        if let Some(seconds) = self.flight.wait(now) {
            // What it brings is not known yet: no reason to blame the token.
            return Unknown::Unavailable(seconds);
        }
        let proven = age <= limits::UNKNOWN_KEY_PROOF;
        match self.fetch_if_allowed("unknown_key", now) {
            None if proven => Unknown::Proven,
            None => Unknown::Unavailable(self.wait(now)),
            Some(fetch) => match self.unknown_key_fetches.wait(now) {
                0 => Unknown::Needed(fetch),
                _ if proven => Unknown::Proven,
                seconds => Unknown::Unavailable(seconds),
            },
        }
    }

    /// A host begins a fetch, or joins one; `false` if it may not begin one. A fetch that only an unknown key id asks for
    /// is charged here.
    pub(crate) fn fetch_started(&mut self, now: UnixTime) -> bool {
        if self.fetch_if_allowed("refresh", now).is_none() {
            return false;
        }
        let allowed = match self.lookup(now) {
            Lookup::Needed(_) | Lookup::Usable { fetch: Some(_), .. } => true,
            Lookup::Unavailable(_) => false,
            Lookup::Usable { fetch: None, .. } => self.unknown_key_fetches.take(now),
        };
        if allowed {
            self.flight.begin(now);
        }
        allowed
    }

    /// A host fetched a discovery document.
    pub(crate) fn offer_discovery(&mut self, body: &[u8], now: UnixTime, jitter: f64) -> Offer {
        match self.source.read_discovery(body, &self.names, &self.insecure_hosts) {
            Ok(uri) => {
                self.source.set_jwks_uri(Some(uri.clone()));
                Offer::Fetch(Fetch {
                    issuer: self.issuer,
                    what: Document::KeySet,
                    url: uri,
                    reason: "no_keys",
                })
            }
            Err(reason) => self.refuse(reason, now, jitter),
        }
    }

    /// A host fetched a key set; `max_age` is what is left of its freshness, seconds.
    pub(crate) fn offer_keys(
        &mut self,
        body: &[u8],
        now: UnixTime,
        max_age: Option<f64>,
        jitter: f64,
    ) -> Offer {
        if matches!(self.source, Source::Fixed { .. }) {
            return Offer::Refused("keys_are_fixed");
        }
        match KeySet::parse(body) {
            Ok(set) => {
                self.forget_failures();
                self.store(Stored { set, fetched: now, soft_age: stored::soft_age(max_age, jitter) })
            }
            Err(reason) => self.refuse(reason, now, jitter),
        }
    }

    /// A key set that somebody fetched at `fetched` and kept: a snapshot, or another instance's. It counts as if this
    /// keyring had fetched it then, so its age goes on; a refusal is no failed fetch.
    pub(crate) fn restore_keys(
        &mut self,
        body: &[u8],
        now: UnixTime,
        fetched: UnixTime,
        max_age: Option<f64>,
        jitter: f64,
    ) -> Offer {
        if matches!(self.source, Source::Fixed { .. }) {
            return Offer::Refused("keys_are_fixed");
        }
        if fetched.since(now) > limits::CLOCK_SET_BACK {
            return Offer::Refused("from_the_future");
        }
        if self.stored.as_ref().is_some_and(|stored| fetched <= stored.fetched) {
            return Offer::Refused("not_newer");
        }
        let soft_age = stored::soft_age(max_age, jitter);
        if now.since(fetched) >= limits::HARD_AGE_FACTOR * soft_age + self.stale_cap {
            return Offer::Refused("too_old");
        }
        match KeySet::parse(body) {
            Ok(set) => {
                if self.last_failure.is_none_or(|failed| failed < fetched) {
                    self.forget_failures();
                }
                self.store(Stored { set, fetched, soft_age })
            }
            Err(reason) => Offer::Refused(reason),
        }
    }

    fn store(&mut self, stored: Stored) -> Offer {
        self.flight.end();
        let names = stored.set.names();
        let same = self.stored.as_ref().is_some_and(|old| old.set.names() == names);
        if !same {
            self.generation = self.generation.saturating_add(1);
        }
        let brought = if same { Brought::Same } else { Brought::Other };
        self.unknown_key_fetches.settle(brought, stored.fetched);
        let set = &stored.set;
        let offer =
            Offer::Stored { generation: self.generation, keys: set.keys.len(), skipped: set.skipped_json() };
        self.stored = Some(stored);
        offer
    }

    fn forget_failures(&mut self) {
        self.failures = 0;
        self.last_failure = None;
        self.next_fetch = None;
    }

    /// A fetch failed: the set in force stays, the back-off begins.
    pub(crate) fn fetch_failed(&mut self, now: UnixTime, retry_after: Option<f64>, jitter: f64) {
        if let Some(stored) = &mut self.stored
            && stored.is_of_the_future(now)
        {
            // The clock was set back and nothing newer can be had: the set is as old as one that may just serve on,
            // not as young as the clock would have it for as long as it takes to catch up.
            stored.fetched = now.minus(stored.hard_age());
        }
        self.flight.end();
        self.unknown_key_fetches.settle(Brought::Nothing, now);
        self.last_failure = Some(now);
        let delay = self.back_off(now, jitter);
        let asked = retry_after.unwrap_or_default().clamp(0.0, limits::RETRY_AFTER_MAX);
        self.failures = self.failures.saturating_add(1);
        self.next_fetch = UnixTime::from_seconds(now.seconds() + delay.max(asked));
        // The key set may have moved.
        self.source.set_jwks_uri(None);
    }

    /// Seconds: as long as there are keys to use, and not much longer, the issuer may be left alone for a while.
    fn back_off(&self, now: UnixTime, jitter: f64) -> f64 {
        let exponent = i32::try_from(self.failures.min(16)).unwrap_or_default();
        let doubled = limits::BACK_OFF_FIRST * 2_f64.powi(exponent);
        // Half of it is sure: with jitter over the whole span some callers would retry at once.
        let share = 0.5 + 0.5 * jitter;
        let left =
            self.stored.as_ref().map_or(0.0, |stored| stored.hard_age() + self.stale_cap - stored.age(now));
        let usable = doubled.min(limits::BACK_OFF_MAX) * share;
        let empty = doubled.min(limits::BACK_OFF_MAX_EMPTY) * share;
        usable.min(empty.max(left))
    }

    /// One entry of `docs/abi.md`, "Status".
    pub(crate) fn status_json(&self, now: UnixTime) -> String {
        let fetch = match self.lookup(now) {
            Lookup::Needed(fetch) => Some(fetch),
            Lookup::Usable { fetch, .. } => fetch,
            Lookup::Unavailable(_) => None,
        };
        let none = || (String::from("null"), String::from("[]"));
        let (keys, (age, skipped)) = match (&self.source, &self.stored) {
            (Source::Fixed { keys, skipped, .. }, _) => (*keys, (String::from("null"), skipped.clone())),
            (_, None) => (0, none()),
            (_, Some(stored)) => {
                let age = writer::number(stored.age(now));
                (stored.set.keys.len(), (age, stored.set.skipped_json()))
            }
        };
        ObjectWriter::new()
            .strings("issuer", &self.names)
            .string("state", self.state(now).name())
            .raw("age", &age)
            .raw("keys", &keys.to_string())
            .number("generation", f64::from(self.generation))
            .raw("skipped", &skipped)
            .number("failures", f64::from(self.failures))
            .raw("due", &self.due(now).map_or(String::from("null"), writer::number))
            .raw("fetch", &fetch.map_or(String::from("null"), |fetch| fetch.to_json()))
            .finish()
    }

    /// Seconds until the keys are to be fetched although nothing was asked, so that no token has to wait for it; 0 when
    /// they are due. None without keys, and once a failure has left none to keep: then tokens alone cause fetches.
    fn due(&self, now: UnixTime) -> Option<f64> {
        let stored = self.stored.as_ref()?;
        let age = stored.age(now);
        if self.failures > 0 && age >= stored.hard_age() + self.stale_cap {
            return None;
        }
        let soft = if stored.is_of_the_future(now) { 0.0 } else { stored.soft_age - age };
        let back_off = self.next_fetch.filter(|_| self.backing_off(now)).map_or(0.0, |next| next.since(now));
        let hanging = self.flight.wait(now).map_or(0.0, f64::from);
        Some(soft.max(back_off).max(hanging).max(0.0))
    }

    fn state(&self, now: UnixTime) -> KeyState {
        let stored = match (&self.source, &self.stored) {
            (Source::Fixed { state, .. }, _) => return *state,
            (_, None) => return KeyState::Empty,
            (_, Some(stored)) => stored,
        };
        let age = stored.age(now);
        let hard_age = stored.hard_age();
        if stored.is_of_the_future(now) {
            // A new fetch puts it right.
            KeyState::Aging
        } else if age < stored.soft_age {
            KeyState::Fresh
        } else if age < hard_age {
            KeyState::Aging
        } else if (self.failed_lately(now) || self.flight.hangs(now)) && age < hard_age + self.stale_cap {
            KeyState::Stale
        } else {
            // Nobody asked the issuer for long: a withdrawn key must not live on because traffic paused.
            KeyState::Dead
        }
    }

    fn need(&self, reason: &'static str, now: UnixTime) -> Lookup<'_> {
        match self.fetch_if_allowed(reason, now) {
            Some(fetch) => Lookup::Needed(fetch),
            None => Lookup::Unavailable(self.wait(now)),
        }
    }

    /// Nothing during the back-off, and nothing while a fetch hangs: no caller is to wait for it.
    fn fetch_if_allowed(&self, reason: &'static str, now: UnixTime) -> Option<Fetch> {
        if self.backing_off(now) || self.flight.hangs(now) {
            return None;
        }
        let (what, url) = self.source.document()?;
        Some(Fetch { issuer: self.issuer, what, url: url.to_owned(), reason })
    }

    /// While tokens come, attempts are never further apart than the longest back-off. An older failure tells nothing
    /// of the issuer now: a withdrawn key must not live on because traffic paused.
    fn failed_lately(&self, now: UnixTime) -> bool {
        self.last_failure.is_some_and(|failed| now.since(failed) <= limits::RETRY_AFTER_MAX)
    }

    fn backing_off(&self, now: UnixTime) -> bool {
        self.next_fetch.is_some_and(|next| now < next && next.since(now) <= limits::RETRY_AFTER_MAX)
    }

    fn wait(&self, now: UnixTime) -> u32 {
        let back_off = || self.next_fetch.map_or(1, |next| whole_seconds(next.since(now)));
        self.flight.wait(now).unwrap_or_else(back_off)
    }

    fn refuse(&mut self, reason: &'static str, now: UnixTime, jitter: f64) -> Offer {
        self.fetch_failed(now, None, jitter);
        Offer::Refused(reason)
    }
}

/// Rounded up; at least one second, at most the longest back-off that an issuer may ask for.
fn whole_seconds(seconds: f64) -> u32 {
    let bounded = seconds.ceil().clamp(1.0, limits::RETRY_AFTER_MAX);
    #[expect(clippy::as_conversions, reason = "clamped to 1..=300 in the line above")]
    let whole = bounded as u32;
    whole
}

#[cfg(test)]
mod hanging;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod tests;

//! Which keys of one issuer are trusted now: the freshness state machine, without I/O. Hosts tell it what
//! happened and when; asking changes nothing, so every instance that saw the same events answers alike.

mod pacing;
mod source;
mod stored;

use crate::fetch::{Document, Fetch};
use crate::key::KeySet;
use crate::limits;
use crate::policy::IssuerPolicy;
use crate::time::UnixTime;
use crate::writer::{self, ObjectWriter};
use pacing::{Asker, BackOff, Bucket, Flight, whole_seconds};
use source::Source;
use stored::Stored;

pub use stored::{KeyState, Offer};

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
    back_off: BackOff,
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
            back_off: BackOff::default(),
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
            None => Lookup::Unavailable(self.wait(Asker::Set, now)),
        };
        match state {
            KeyState::Aging | KeyState::Stale => usable(self.fetch_if_allowed(Asker::Set, "refresh", now)),
            KeyState::Empty => self.need("no_keys", now),
            KeyState::Dead => self.need("expired", now),
            _ => usable(None),
        }
    }

    /// What to make of a key id that the set in force lacks.
    pub(crate) fn unknown_key(&self, now: UnixTime) -> Unknown {
        let age = self.stored.as_ref().map_or(f64::INFINITY, |stored| stored.age(now));
        if self.settled(age) {
            return Unknown::Proven;
        }
        let Some(fetch) = self.fetch_if_allowed(Asker::UnknownKey, "unknown_key", now) else {
            return Unknown::Unavailable(self.wait(Asker::UnknownKey, now));
        };
        if self.flight.is_under_way(now) {
            // What it brings is not known yet: no reason to blame the token.
            return Unknown::Needed(fetch);
        }
        let failed = self.back_off.failures() > 0;
        match self.unknown_key_wait(now) {
            0 => Unknown::Needed(fetch),
            _ if age <= limits::UNKNOWN_KEY_PROOF && !failed => Unknown::Proven,
            seconds => Unknown::Unavailable(seconds),
        }
    }

    /// A set of this age was fetched for the very token that is asked about. One without keys is no better than none: it
    /// is fetched as often.
    fn settled(&self, age: f64) -> bool {
        if self.has_keys() { age <= limits::UNKNOWN_KEY_SETTLED } else { age < limits::BACK_OFF_MAX_EMPTY }
    }

    fn has_keys(&self) -> bool {
        self.stored.as_ref().is_some_and(|stored| !stored.set.keys.is_empty())
    }

    fn unknown_key_wait(&self, now: UnixTime) -> u32 {
        if self.has_keys() { self.unknown_key_fetches.wait(now) } else { 0 }
    }

    /// A host begins a fetch, or joins one; `false` if it may not begin one. A fetch that only an unknown key id asks for
    /// is charged here.
    pub(crate) fn fetch_started(&mut self, now: UnixTime) -> bool {
        let allowed = match self.lookup(now) {
            Lookup::Needed(_) | Lookup::Usable { fetch: Some(_), .. } => true,
            Lookup::Unavailable(_) => false,
            Lookup::Usable { fetch: None, .. } => self.unknown_key_fetch_started(now),
        };
        if allowed {
            self.flight.begin(now);
        }
        allowed
    }

    fn unknown_key_fetch_started(&mut self, now: UnixTime) -> bool {
        self.fetch_if_allowed(Asker::UnknownKey, "unknown_key", now).is_some()
            && (!self.has_keys() || self.unknown_key_fetches.take(now))
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
                    wait: self.patience(),
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
                self.back_off = BackOff::default();
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
                self.back_off.succeed(fetched);
                self.store(Stored { set, fetched, soft_age })
            }
            Err(reason) => Offer::Refused(reason),
        }
    }

    fn store(&mut self, stored: Stored) -> Offer {
        self.flight.end();
        self.unknown_key_fetches.spend();
        let names = stored.set.names();
        if self.stored.as_ref().is_none_or(|old| old.set.names() != names) {
            self.generation = self.generation.saturating_add(1);
        }
        let set = &stored.set;
        let offer =
            Offer::Stored { generation: self.generation, keys: set.keys.len(), skipped: set.skipped_json() };
        self.stored = Some(stored);
        offer
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
        self.unknown_key_fetches.give_back();
        let usable_for = self.stored.as_ref().map_or(0.0, |stored| self.end_of(stored) - stored.age(now));
        self.back_off.fail(now, retry_after, jitter, usable_for);
        // The key set may have moved.
        self.source.set_jwks_uri(None);
    }

    /// The host gave a fetch up: nothing is known of the issuer, and the next fetch may begin at once; but one that hung
    /// has failed. It stays charged to unknown keys: whoever asks for them may be the one who gives up.
    pub(crate) fn fetch_abandoned(&mut self, now: UnixTime) {
        if self.flight.hangs(now) {
            return self.fetch_failed(now, None, 0.5);
        }
        self.flight.end();
        self.unknown_key_fetches.spend();
    }

    /// The age at which a set is of no use any more, whatever happens.
    fn end_of(&self, stored: &Stored) -> f64 {
        stored.hard_age() + self.stale_cap
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
            .number("failures", f64::from(self.back_off.failures()))
            .raw("due", &self.due(now).map_or(String::from("null"), writer::number))
            .raw("fetch", &fetch.map_or(String::from("null"), |fetch| fetch.to_json()))
            .finish()
    }

    /// Seconds until the keys are to be fetched although nothing was asked, so that no token has to wait for it; 0 when
    /// they are due. None without keys, and once a failure has left none to keep: then tokens alone cause fetches.
    fn due(&self, now: UnixTime) -> Option<f64> {
        let stored = self.stored.as_ref()?;
        let age = stored.age(now);
        if self.back_off.failures() > 0 && age >= self.end_of(stored) {
            return None;
        }
        let soft = if stored.is_of_the_future(now) { 0.0 } else { stored.soft_age - age };
        let back_off = self.back_off.left(Asker::Set, now).unwrap_or_default();
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
        } else if (self.back_off.failed_lately(now) || self.flight.hangs(now)) && age < self.end_of(stored) {
            KeyState::Stale
        } else {
            // Nobody asked the issuer for long: a withdrawn key must not live on because traffic paused.
            KeyState::Dead
        }
    }

    fn need(&self, reason: &'static str, now: UnixTime) -> Lookup<'_> {
        match self.fetch_if_allowed(Asker::Set, reason, now) {
            Some(fetch) => Lookup::Needed(fetch),
            None => Lookup::Unavailable(self.wait(Asker::Set, now)),
        }
    }

    /// Nothing during the back-off, and nothing while a fetch hangs: no caller is to wait for it.
    fn fetch_if_allowed(&self, asker: Asker, reason: &'static str, now: UnixTime) -> Option<Fetch> {
        if self.back_off.left(asker, now).is_some() || self.flight.hangs(now) {
            return None;
        }
        let (what, url) = self.source.document()?;
        Some(Fetch { issuer: self.issuer, what, url: url.to_owned(), reason, wait: self.patience() })
    }

    /// Seconds that a request may wait for a fetch.
    fn patience(&self) -> u32 {
        if self.back_off.failures() > 0 { limits::FETCH_WAIT_FAILING } else { limits::FETCH_WAIT }
    }

    fn wait(&self, asker: Asker, now: UnixTime) -> u32 {
        let back_off = || self.back_off.left(asker, now).map_or(1, whole_seconds);
        self.flight.wait(now).unwrap_or_else(back_off)
    }

    fn refuse(&mut self, reason: &'static str, now: UnixTime, jitter: f64) -> Offer {
        self.fetch_failed(now, None, jitter);
        Offer::Refused(reason)
    }
}

#[cfg(test)]
mod tests;

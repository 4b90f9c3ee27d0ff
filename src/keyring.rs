//! Which keys of one issuer are trusted now: the freshness state machine, without I/O. Hosts tell it what
//! happened and when; asking changes nothing, so every instance that saw the same events answers alike.

mod pacing;
mod source;
mod stored;

use crate::fetched::Document;
use crate::json;
use crate::key::KeySet;
use crate::limits;
use crate::policy::IssuerPolicy;
use crate::signature::sha256;
use crate::time::UnixTime;
use crate::writer::{self, ObjectWriter};
pub(crate) use pacing::whole_seconds;
use pacing::{Asker, BackOff, Bucket, Flight};
use source::Source;
use stored::Stored;

pub(crate) use stored::life;
pub use stored::{KeyState, Offer};

/// Reasons for refusing a document.
pub(crate) const REFUSALS: [&str; 8] = [
    "insecure_url",
    "issuer_mismatch",
    "keys_not_an_array",
    "no_jwks_uri",
    "not_an_object",
    "not_json",
    "too_large",
    "too_many_keys",
];

/// The keys of one issuer entry.
#[derive(Clone, Debug)]
pub(crate) struct Keyring {
    issuer: usize,
    names: Vec<String>,
    insecure_hosts: Vec<String>,
    source: Source,
    stale_cap: f64,
    stored: Option<Stored>,
    /// Why the last fetch brought nothing.
    error: Option<String>,
    back_off: BackOff,
    unknown_key_fetches: Bucket,
    flight: Flight,
}

/// No verdict is possible before keys are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeysNeeded {
    /// Index of the issuer entry in the policy.
    pub issuer: usize,
    /// `no_keys`, `unknown_key` or `expired`.
    pub reason: &'static str,
    /// How long the caller may be kept waiting, seconds.
    pub wait: u32,
}

/// What a token gets from the keyring.
pub(crate) enum Lookup<'k> {
    /// Keys to verify with; `refresh`: fetch them anew in the background.
    Usable { set: &'k KeySet, state: KeyState, refresh: bool },
    /// A fetch has to come first.
    Needed(KeysNeeded),
    /// An outage: seconds until the next attempt.
    Unavailable(u32),
}

/// What a token with a key id that the set lacks gets.
pub(crate) enum Unknown {
    /// A recent set lacks it: the token is to blame.
    Proven,
    /// The set is too old to tell, so fetch.
    Needed(KeysNeeded),
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
            error: None,
            back_off: BackOff::default(),
            unknown_key_fetches: Bucket::full(),
            flight: Flight::default(),
        }
    }

    /// Index of its entry in the policy.
    pub(crate) fn issuer(&self) -> usize {
        self.issuer
    }

    /// The allowed `iss` strings.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// What events and details call the entry; empty where tokens have no `iss`.
    pub(crate) fn first_name(&self) -> &str {
        self.names.first().map(String::as_str).unwrap_or_default()
    }

    /// Names the keys in force: equal keys, equal word.
    pub(crate) fn generation(&self) -> Option<&str> {
        match (&self.source, &self.stored) {
            (Source::Fixed { generation, .. }, _) => Some(generation),
            (_, Some(stored)) => Some(&stored.generation),
            (_, None) => None,
        }
    }

    /// How many keys are used.
    pub(crate) fn keys(&self) -> usize {
        match (&self.source, &self.stored) {
            (Source::Fixed { keys, .. }, _) => *keys,
            (_, Some(stored)) => stored.set.keys.len(),
            (_, None) => 0,
        }
    }

    /// Why the last fetch brought nothing, as a fixed word.
    pub(crate) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    pub(crate) fn note_error(&mut self, error: &str) {
        self.error = Some(error.to_owned());
    }

    /// Where the next fetch goes; nothing where keys are fixed.
    pub(crate) fn document(&self) -> Option<(Document, &str)> {
        self.source.document()
    }

    /// What replicas call the record, or the lock, of this entry in the store that they share.
    pub(crate) fn store_name(&self, kind: &str) -> String {
        format!("fuzefront-authn:2:{kind}:{}", writer::hex(&sha256(self.source.begin().as_bytes())))
    }

    /// Until when the keys serve if nothing more is heard of the issuer; none for keys that do not age.
    pub(crate) fn serves_until(&self, now: UnixTime) -> Option<f64> {
        let stored = self.stored.as_ref()?;
        let of_age = |age: f64| stored.fetched.seconds() + age;
        let fails = [self.back_off.fails_until(), self.flight.hangs_until(now)];
        let stale = fails.into_iter().flatten().fold(0.0, f64::max).min(of_age(self.end_of(stored)));
        Some(of_age(stored.hard_age()).max(stale))
    }

    /// What a fetch that begins now is for.
    pub(crate) fn fetch_reason(&self, now: UnixTime) -> &'static str {
        match self.lookup(now) {
            Lookup::Needed(needed) => needed.reason,
            Lookup::Usable { refresh: true, .. } => "refresh",
            Lookup::Usable { refresh: false, .. } | Lookup::Unavailable(_) => "unknown_key",
        }
    }

    /// Whether a set that was fetched at `fetched`, and is in force now, stands for a fetch that was to be made for `reason`.
    pub(crate) fn is_served(&self, reason: &str, fetched: UnixTime, now: UnixTime) -> bool {
        match reason {
            "unknown_key" => now.since(fetched) <= limits::UNKNOWN_KEY_SETTLED,
            _ => matches!(self.lookup(now), Lookup::Usable { refresh: false, .. }),
        }
    }

    /// Seconds until a fetch may begin that may not now; at least one.
    pub(crate) fn pause(&self, now: UnixTime) -> u32 {
        match (self.lookup(now), self.unknown_key(now)) {
            (Lookup::Unavailable(seconds), _) | (_, Unknown::Unavailable(seconds)) => seconds,
            _ => self.unknown_key_wait(now).max(1),
        }
    }

    /// Why a document was refused, in one line for a log.
    pub(crate) fn refusal(&self, reason: &str, body: &[u8]) -> String {
        let wanted = self.first_name();
        let found = match (reason, json::parse_object(body)) {
            ("issuer_mismatch", Ok((_, document))) => document.get("issuer").map(writer::value),
            ("issuer_mismatch", Err(_)) => None,
            _ => return format!("the document is refused: {reason}"),
        };
        let Some(found) = found else {
            return format!("the document names no issuer; it should name `{wanted}`");
        };
        let bare = |text: &str| text.trim_matches('"').trim_end_matches('/').to_owned();
        let slash = if bare(&found) == bare(wanted) { "; only the slash at the end differs" } else { "" };
        format!("the issuer of the document is {}, not `{wanted}`{slash}", writer::visible(&found))
    }

    /// The keys to use now.
    pub(crate) fn lookup(&self, now: UnixTime) -> Lookup<'_> {
        let state = self.state(now);
        let usable = |refresh| match &self.stored {
            Some(stored) => Lookup::Usable { set: &stored.set, state, refresh },
            None => Lookup::Unavailable(self.wait(Asker::Set, now)),
        };
        match state {
            KeyState::Aging | KeyState::Stale => usable(self.may_fetch(Asker::Set, now)),
            KeyState::Empty => self.need("no_keys", now),
            KeyState::Dead => self.need("expired", now),
            _ => usable(false),
        }
    }

    /// What to make of a key id that the set in force lacks.
    pub(crate) fn unknown_key(&self, now: UnixTime) -> Unknown {
        let age = self.stored.as_ref().map_or(f64::INFINITY, |stored| stored.age(now));
        if self.settled(age) {
            return Unknown::Proven;
        }
        if !self.may_fetch(Asker::UnknownKey, now) {
            return Unknown::Unavailable(self.wait(Asker::UnknownKey, now));
        }
        let needed = Unknown::Needed(self.needed("unknown_key"));
        if self.flight.is_under_way(now) {
            // What it brings is not known yet: no reason to blame the token.
            return needed;
        }
        let failed = self.back_off.failures() > 0;
        match self.unknown_key_wait(now) {
            0 => needed,
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

    /// A fetch that was begun goes on: what came in between was of no use.
    pub(crate) fn fetch_goes_on(&mut self, now: UnixTime) {
        self.flight.begin(now);
    }

    /// A host begins a fetch, or joins one; `false` if it may not begin one. A fetch that only an unknown key id asks for
    /// is charged here.
    pub(crate) fn fetch_started(&mut self, now: UnixTime) -> bool {
        let allowed = match self.lookup(now) {
            Lookup::Needed(_) | Lookup::Usable { refresh: true, .. } => true,
            Lookup::Unavailable(_) => false,
            Lookup::Usable { refresh: false, .. } => self.unknown_key_fetch_started(now),
        };
        if allowed {
            self.flight.begin(now);
        }
        allowed
    }

    fn unknown_key_fetch_started(&mut self, now: UnixTime) -> bool {
        self.may_fetch(Asker::UnknownKey, now) && (!self.has_keys() || self.unknown_key_fetches.take(now))
    }

    /// A host fetched a discovery document.
    pub(crate) fn offer_discovery(&mut self, body: &[u8], now: UnixTime, jitter: f64) -> Offer {
        match self.source.read_discovery(body, &self.names, &self.insecure_hosts) {
            Ok(uri) => {
                self.source.set_jwks_uri(Some(uri));
                Offer::Discovered
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
                self.store(Stored::new(set, now, stored::soft_age(max_age, jitter)))
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
                self.store(Stored::new(set, fetched, soft_age))
            }
            Err(reason) => Offer::Refused(reason),
        }
    }

    fn store(&mut self, stored: Stored) -> Offer {
        self.flight.end();
        self.unknown_key_fetches.spend();
        self.error = None;
        self.stored = Some(stored);
        Offer::Stored
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

    /// One entry of `docs/abi.md`, "Status"; `may_fetch` unless a conversation is under way.
    pub(crate) fn status_json(&self, may_fetch: bool, now: UnixTime) -> String {
        let none = || String::from("null");
        let state = self.state(now);
        let skipped = match (&self.source, &self.stored) {
            (Source::Fixed { skipped, .. }, _) => skipped.clone(),
            (_, Some(stored)) => stored.set.skipped_json(),
            (_, None) => String::from("[]"),
        };
        let age = self.stored.as_ref().map(|stored| stored.age(now));
        let fetch =
            may_fetch && matches!(self.lookup(now), Lookup::Needed(_) | Lookup::Usable { refresh: true, .. });
        let failures = self.back_off.failures();
        // What was put right since by another way is not worth a word.
        let error = self.error().filter(|_| failures > 0 || !state.is_usable());
        ObjectWriter::new()
            .strings("issuer", &self.names)
            .string("state", state.name())
            .flag("usable", state.is_usable())
            .raw("age", &age.map_or_else(none, writer::number))
            .raw("keys", &self.keys().to_string())
            .raw("generation", &self.generation().map_or_else(none, writer::string))
            .raw("skipped", &skipped)
            .number("failures", f64::from(failures))
            .raw("due", &self.due(now).map_or_else(none, writer::number))
            .flag("fetch", fetch)
            .optional("error", error)
            .finish()
    }

    /// Whether its tokens get verdicts as they should: keys are usable, not stale, and not none.
    pub(crate) fn is_well(&self, now: UnixTime) -> bool {
        let state = self.state(now);
        state.is_usable() && state != KeyState::Stale && self.keys() > 0
    }

    /// Whether its tokens get verdicts at all. Keys that are only too old, because nobody asked for them, are fetched
    /// when the next token comes.
    pub(crate) fn serves(&self, now: UnixTime) -> bool {
        let state = self.state(now);
        state.is_usable() || (state == KeyState::Dead && self.back_off.failures() == 0)
    }

    /// Seconds until the keys are to be fetched although nothing was asked, so that no token has to wait for it; 0 when
    /// they are due. None without keys, and once a failure has left none to keep: then tokens alone cause fetches.
    pub(crate) fn due(&self, now: UnixTime) -> Option<f64> {
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

    pub(crate) fn state(&self, now: UnixTime) -> KeyState {
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
        if self.may_fetch(Asker::Set, now) {
            Lookup::Needed(self.needed(reason))
        } else {
            Lookup::Unavailable(self.wait(Asker::Set, now))
        }
    }

    fn needed(&self, reason: &'static str) -> KeysNeeded {
        KeysNeeded { issuer: self.issuer, reason, wait: self.patience() }
    }

    /// Nothing during the back-off, and nothing while a fetch hangs: no caller is to wait for it.
    fn may_fetch(&self, asker: Asker, now: UnixTime) -> bool {
        let pauses = self.back_off.left(asker, now).is_some() || self.flight.hangs(now);
        !pauses && self.source.document().is_some()
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

//! Properties of the keyring over random histories of an issuer, in virtual time. Every history is repeatable: it is
//! named by its seed.

use std::collections::VecDeque;

use super::{END, HARD, KEY_A, KEY_B, SOFT, T0, by_uri, set};
use crate::keyring::*;

/// Of seconds since the epoch in a double, generously.
const ROUNDING: f64 = 1e-3;
/// Seconds a fetch may take.
const FLIGHT: f64 = 5.0;
/// Seconds a caller waits for a fetch; an issuer that needs longer does not answer.
const PATIENCE: f64 = 3.0;
/// Seconds a key may still be used after it was withdrawn while the issuer answers: the hard age.
const REACHABLE: f64 = HARD + FLIGHT;
/// The same while it does not answer: hard age and stale cap.
const UNREACHABLE: f64 = END + FLIGHT;
/// Seconds for which a failure tells something of the issuer.
const LATELY: f64 = 300.0;
/// The longest back-off while there are no keys to use.
const EMPTY: f64 = 1.0;

/// xorshift64*: good enough to wander about, and the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % bound
    }

    fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1 << 32)).unwrap_or_default()) / 4_294_967_296.0
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// An issuer with one key at a time, which it replaces without overlap.
struct World {
    random: Random,
    keyring: Keyring,
    now: f64,
    /// Whether the issuer publishes `KEY_B` instead of `KEY_A`, and since when.
    second: bool,
    changed: f64,
    up: bool,
    /// When the issuer was last seen not to answer.
    down_until: f64,
    flight: Option<Flying>,
    /// Until when a fetch that its host died with may count as under way.
    lost_until: f64,
    /// When each fetch began, and whether there were no keys to use, or none for the token while the issuer failed.
    starts: VecDeque<(f64, bool)>,
    failures: u32,
    blocked_until: f64,
    /// The same for fetches that unknown keys cause.
    urgent_blocked_until: f64,
    /// Until when the issuer asked to be left alone.
    asked_until: f64,
    last_success: f64,
}

/// A fetch under way.
#[derive(Clone, Copy)]
struct Flying {
    began: f64,
    ends: f64,
    /// Whether it will bring `KEY_B`, decided when it began; none if it will fail.
    brings: Option<bool>,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            keyring: by_uri(),
            now: 0.0,
            second: false,
            changed: -1e9,
            up: true,
            down_until: -1e9,
            flight: None,
            lost_until: -1e9,
            starts: VecDeque::new(),
            failures: 0,
            blocked_until: -1e9,
            urgent_blocked_until: -1e9,
            asked_until: -1e9,
            last_success: -1e9,
        }
    }

    fn at(&self) -> UnixTime {
        UnixTime::from_seconds(T0 + self.now).unwrap_or_else(|| tests::unreachable())
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..40 => self.token(),
            40..55 => self.stranger(),
            55..65 => self.land(),
            65..75 => self.pass(2.0),
            75..78 => self.rotate(),
            78..82 => self.up = !self.up,
            82..95 => self.pass(20.0),
            95 => self.die(),
            _ => self.pass(3000.0),
        }
        if !self.up || self.hangs() {
            self.down_until = self.now;
        }
    }

    fn pass(&mut self, most: f64) {
        let until = self.now + self.random.unit() * most;
        if self.flight.is_some_and(|flight| flight.ends <= until) {
            self.land();
        }
        self.now = self.now.max(until);
    }

    fn rotate(&mut self) {
        self.second = !self.second;
        self.changed = self.now;
    }

    /// The host dies; another one goes on with what it knew (a forked process).
    fn die(&mut self) {
        if self.flight.take().is_some() {
            self.lost_until = self.now + limits::FETCH_LOST;
        }
    }

    /// A fetch is under way for so long that whoever came with it has stopped to wait.
    fn hangs(&self) -> bool {
        self.flight.is_some_and(|flight| self.now - flight.began >= PATIENCE) || self.now < self.lost_until
    }

    /// A good token of the key that the issuer does not publish any more.
    fn token(&mut self) {
        let now = self.at();
        let found = match self.keyring.lookup(now) {
            Lookup::Usable { set, refresh, .. } => {
                let withdrawn = if self.second { "a" } else { "b" };
                let used = set.keys.iter().any(|key| key.kid.as_deref() == Some(withdrawn));
                if used && self.changed > -1e9 {
                    self.lives_on(self.now - self.changed);
                }
                refresh
            }
            Lookup::Needed(_) => {
                let waited = self.flight.map_or(0.0, |flight| self.now - flight.began);
                assert!(waited < PATIENCE, "a caller waits for a fetch that hangs for {waited} s");
                true
            }
            Lookup::Unavailable(seconds) => {
                self.outage(seconds);
                false
            }
        };
        if found {
            self.start(false);
        }
    }

    /// A key was used `since` seconds after it was withdrawn.
    fn lives_on(&self, since: f64) {
        assert!(since < UNREACHABLE, "a withdrawn key lives after {since} s");
        let quiet = if self.nearly_hangs() { 0.0 } else { self.now - self.down_until };
        let excused = quiet <= LATELY + FLIGHT + ROUNDING;
        assert!(since < REACHABLE || excused, "lives on though the issuer answered: {since} s, {quiet} s");
    }

    fn outage(&self, seconds: u32) {
        let blocked = self.now < self.blocked_until + ROUNDING;
        assert!(blocked || self.nearly_hangs(), "an outage is claimed, and nothing failed");
        let age = self.now - self.last_success;
        // The soft age is shortened by up to a tenth.
        assert!(age > END - 0.1 * HARD - ROUNDING, "good keys of {age} s are not used in an outage");
        assert!((1..=300).contains(&seconds));
        let asked = self.asked_until > self.now - ROUNDING;
        // Or until the fetch that hangs has run out of time.
        let most = if self.nearly_hangs() { PATIENCE } else { EMPTY };
        assert!(asked || f64::from(seconds) <= most, "without keys nobody asks for {seconds} s");
    }

    /// The module may say so a little sooner.
    fn nearly_hangs(&self) -> bool {
        self.hangs()
            || self.flight.is_some_and(|flight| self.now - flight.began >= limits::FETCH_HANGS - ROUNDING)
    }

    /// A token whose key id nobody knows.
    fn stranger(&mut self) {
        if !matches!(self.keyring.lookup(self.at()), Lookup::Usable { .. }) {
            return;
        }
        match self.keyring.unknown_key(self.at()) {
            Unknown::Proven => {
                let age = self.now - self.last_success;
                assert!(age <= 50.0 + ROUNDING, "a token is blamed by a set of {age} s");
                assert!(self.failures == 0 || age <= 2.0, "a token is blamed in an outage");
                assert!(self.flight.is_none() || age <= 2.0, "a token is blamed while a fetch is under way");
            }
            Unknown::Needed(_) => self.start(true),
            Unknown::Unavailable(seconds) => assert!((1..=300).contains(&seconds)),
        }
    }

    /// Asked for by a token of a known key, or of an unknown one.
    fn start(&mut self, unknown: bool) {
        let urgent = !usable(&self.keyring, self.at()) || (unknown && self.failures > 0);
        if self.flight.is_some() || !self.keyring.fetch_started(self.at()) {
            return;
        }
        let blocked = if unknown { self.urgent_blocked_until } else { self.blocked_until };
        assert!(self.now > blocked - ROUNDING, "a fetch during the back-off");
        self.starts.push_back((self.now, urgent));
        let ends = self.now + self.random.unit() * FLIGHT;
        self.flight = Some(Flying { began: self.now, ends, brings: self.up.then_some(self.second) });
    }

    fn land(&mut self) {
        let Some(flight) = self.flight.take() else { return };
        self.now = self.now.max(flight.ends);
        self.lost_until = -1e9;
        if flight.ends - flight.began >= PATIENCE {
            self.down_until = self.now;
        }
        let (now, jitter) = (self.at(), self.random.unit());
        match flight.brings {
            Some(second) => {
                let keys = [if second { KEY_B } else { KEY_A }];
                let offered = self.keyring.offer_keys(set(&keys).as_bytes(), now, None, jitter);
                assert_eq!(offered, Offer::Stored);
                (self.failures, self.last_success) = (0, self.now);
                (self.blocked_until, self.urgent_blocked_until, self.asked_until) = (-1e9, -1e9, -1e9);
            }
            None => self.fail(now, jitter),
        }
    }

    fn fail(&mut self, now: UnixTime, jitter: f64) {
        let before = usable(&self.keyring, now);
        let retry_after = self.random.chance(20).then(|| self.random.unit() * 400.0);
        // What cannot be read fails as well, but nobody reads `Retry-After` beside it.
        if retry_after.is_some() || self.random.chance(50) {
            self.keyring.fetch_failed(now, retry_after, jitter);
        } else {
            assert!(matches!(self.keyring.offer_keys(b"<html>", now, None, jitter), Offer::Refused(_)));
        }
        assert!(!before || usable(&self.keyring, now), "a failure took a good set away");
        self.failures += 1;
        assert!(!self.keyring.fetch_started(now), "no back-off began");
        let asked = retry_after.unwrap_or_default().min(limits::RETRY_AFTER_MAX);
        self.asked_until = self.now + asked;
        let left = |asker| self.keyring.back_off.left(asker, now).unwrap_or_default();
        self.blocked_until = self.now + left(Asker::Set);
        self.urgent_blocked_until = self.now + left(Asker::UnknownKey);
        self.backs_off(self.blocked_until, asked);
        let urgent = left(Asker::UnknownKey);
        assert!(urgent > 0.5 * EMPTY - ROUNDING && urgent > asked - ROUNDING, "{urgent} s is too soon");
        assert!(urgent < asked.max(EMPTY) + ROUNDING, "{urgent} s is too late, without a key");
    }

    /// Half of 1, 2, 4 … 60 seconds is sure, or of 1 s where there are no keys then; `Retry-After` may make it
    /// longer.
    fn backs_off(&self, ends: f64, asked: f64) {
        let delay = ends - self.now;
        let doubled = 2_f64.powi(i32::try_from(self.failures.min(7)).unwrap_or_default() - 1);
        assert!(delay > 0.5 * doubled.min(EMPTY) - ROUNDING, "{delay} s is too soon");
        assert!(delay > asked - ROUNDING, "{delay} s, and {asked} s were asked for");
        let then = UnixTime::from_seconds(T0 + ends + ROUNDING).unwrap_or_else(|| tests::unreachable());
        if usable(&self.keyring, then) {
            assert!(delay > 0.5 * doubled.min(60.0) - ROUNDING, "{delay} s is too soon, with keys");
        }
        let most = doubled.min(60.0).max(asked);
        assert!(delay < most + ROUNDING, "{delay} s is too late");
    }

    /// However long a history was: once the issuer answers, a good token passes within the longest back-off.
    fn recovers(&mut self) {
        self.up = true;
        self.die();
        let begun = self.now;
        let blocked = match self.asked_until - begun {
            asked if asked > 0.0 => asked,
            // Unless made-up key ids used up what fetches there were.
            _ if self.failures == 0 && usable(&self.keyring, self.at()) => limits::UNKNOWN_KEY_PROOF,
            _ => EMPTY,
        };
        let most = FLIGHT + limits::FETCH_LOST + blocked + 2.0;
        while !self.serves_the_current_key() {
            assert!(self.now - begun <= most, "stuck");
            if usable(&self.keyring, self.at()) {
                self.stranger();
            } else {
                self.token();
            }
            self.land();
            self.now += 1.0;
        }
    }

    fn serves_the_current_key(&self) -> bool {
        let current = if self.second { "b" } else { "a" };
        match self.keyring.lookup(self.at()) {
            Lookup::Usable { set, .. } => set.keys.iter().any(|key| key.kid.as_deref() == Some(current)),
            _ => false,
        }
    }

    /// Fetches that were begun: never more than ages, failures and unknown keys account for.
    fn fetches_are_few(&self) {
        for (index, (first, _)) in self.starts.iter().enumerate() {
            let within: Vec<_> =
                self.starts.iter().skip(index).take_while(|(start, _)| start - first < 30.0).collect();
            // Two for unknown keys, one more that grew, one for age; the back-off's first steps: 0.5, 1, 2, 4, 8 s. It
            // goes on in steps of half a second without keys, or without one for the token.
            let most = if within.iter().any(|(_, urgent)| *urgent) { 60 } else { 9 };
            assert!(within.len() <= most, "{} fetches in half a minute", within.len());
        }
    }
}

fn usable(keyring: &Keyring, now: UnixTime) -> bool {
    matches!(keyring.lookup(now), Lookup::Usable { .. })
}

#[test]
fn no_history_breaks_a_promise() {
    for seed in 0..400 {
        let mut world = World::new(seed);
        for _ in 0..300 {
            world.step();
        }
        world.fetches_are_few();
        world.recovers();
    }
}

#[test]
fn an_issuer_that_is_never_asked_by_strangers_is_fetched_once_per_age() {
    let mut world = World::new(7);
    world.flight = None;
    let mut fetches = 0.0;
    for _ in 0..86_400 {
        world.token();
        if world.flight.is_some() {
            fetches += 1.0;
            world.land();
        }
        world.now += 1.0;
    }
    // Each soft age is shortened by up to a tenth.
    let day = 86_400.0;
    assert!((day / (SOFT + FLIGHT) - 1.0..=day / (0.9 * SOFT) + 1.0).contains(&fetches), "{fetches}");
}

#[test]
fn a_flood_of_unknown_keys_causes_two_fetches_and_one_more_per_fifty_seconds() {
    for seed in 0..20 {
        let mut world = World::new(seed);
        world.token();
        world.land();
        let begun = world.now;
        world.starts.clear();
        while world.now - begun < 500.0 {
            world.stranger();
            if world.random.chance(20) {
                world.land();
            }
            world.now += world.random.unit();
        }
        let most = 2.0 + (world.now - begun) / 50.0;
        let fetches = f64::from(u32::try_from(world.starts.len()).unwrap_or(u32::MAX));
        assert!(fetches <= most && fetches >= most - 4.0, "{fetches} fetches, {most} allowed");
    }
}

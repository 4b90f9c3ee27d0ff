//! Properties of the keyring over random histories of an issuer, in virtual time. Every history is repeatable: it is
//! named by its seed.

use std::collections::VecDeque;

use super::tests::{KEY_A, KEY_B, T0, by_uri, set};
use super::*;

/// Of seconds since the epoch in a double, generously.
const ROUNDING: f64 = 1e-3;
/// Seconds a fetch may take.
const FLIGHT: f64 = 5.0;
/// Seconds a key may still be used after it was withdrawn while the issuer answers: the hard age.
const REACHABLE: f64 = 1200.0 + FLIGHT;
/// The same while it does not answer: hard age and stale cap.
const UNREACHABLE: f64 = 1200.0 + 3600.0 + FLIGHT;

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
    /// When the issuer was last seen to be down.
    down_until: f64,
    /// A fetch under way: what it will bring, decided when it began, and whether it will fail.
    flight: Option<Option<bool>>,
    /// When each fetch began.
    starts: VecDeque<f64>,
    failures: u32,
    blocked_until: f64,
    last_success: f64,
    calls: u32,
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
            starts: VecDeque::new(),
            failures: 0,
            blocked_until: -1e9,
            last_success: -1e9,
            calls: 0,
        }
    }

    fn at(&self) -> UnixTime {
        UnixTime::from_seconds(T0 + self.now).unwrap_or_else(|| tests::unreachable())
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..40 => self.token(),
            40..55 => self.stranger(),
            55..75 => self.land(),
            75..78 => self.rotate(),
            78..82 => self.up = !self.up,
            82..96 => self.pass(20.0),
            _ => self.pass(3000.0),
        }
        if !self.up {
            self.down_until = self.now;
        }
    }

    fn pass(&mut self, most: f64) {
        // A host gives up after five seconds.
        self.land();
        self.now += self.random.unit() * most;
    }

    fn rotate(&mut self) {
        self.second = !self.second;
        self.changed = self.now;
    }

    /// A good token of the key that the issuer does not publish any more.
    fn token(&mut self) {
        let now = self.at();
        let found = match self.keyring.lookup(now) {
            Lookup::Usable { set, fetch, .. } => {
                let withdrawn = if self.second { "a" } else { "b" };
                let used = set.keys.iter().any(|key| key.kid.as_deref() == Some(withdrawn));
                if used && self.changed > -1e9 {
                    let since = self.now - self.changed;
                    assert!(since < UNREACHABLE, "a withdrawn key lives after {since} s");
                    let quiet = self.now - self.down_until;
                    assert!(
                        since < REACHABLE || quiet < since,
                        "lives on though the issuer answered: {since} s"
                    );
                }
                fetch.is_some()
            }
            Lookup::Needed(_) => true,
            Lookup::Unavailable(seconds) => {
                assert!(self.now < self.blocked_until + ROUNDING, "an outage is claimed, and nothing failed");
                assert!((1..=300).contains(&seconds));
                false
            }
        };
        if found {
            self.start();
        }
    }

    /// A token whose key id nobody knows.
    fn stranger(&mut self) {
        if !matches!(self.keyring.lookup(self.at()), Lookup::Usable { .. }) {
            return;
        }
        match self.keyring.unknown_key(self.at()) {
            Unknown::Proven => {
                let age = self.now - self.last_success;
                assert!(age <= 30.0 + ROUNDING, "a token is blamed by a set of {age} s");
            }
            Unknown::Needed(_) => self.start(),
            Unknown::Unavailable(seconds) => assert!((1..=300).contains(&seconds)),
        }
    }

    fn start(&mut self) {
        if self.flight.is_some() || !self.keyring.fetch_started(self.at()) {
            return;
        }
        assert!(self.now > self.blocked_until - ROUNDING, "a fetch during the back-off");
        self.starts.push_back(self.now);
        self.flight = Some(self.up.then_some(self.second));
    }

    fn land(&mut self) {
        let Some(flight) = self.flight.take() else { return };
        self.pass(FLIGHT);
        let (now, jitter) = (self.at(), self.random.unit());
        match flight {
            Some(second) => {
                let keys = [if second { KEY_B } else { KEY_A }];
                let offered = self.keyring.offer_keys(set(&keys).as_bytes(), now, None, jitter);
                assert!(matches!(offered, Offer::Stored { keys: 1, .. }));
                (self.failures, self.last_success, self.blocked_until) = (0, self.now, -1e9);
            }
            None => self.fail(now, jitter),
        }
    }

    fn fail(&mut self, now: UnixTime, jitter: f64) {
        let before = usable(&self.keyring, now);
        let retry_after = self.random.chance(20).then(|| self.random.unit() * 400.0);
        if self.random.chance(50) {
            self.keyring.fetch_failed(now, retry_after, jitter);
        } else {
            assert!(matches!(self.keyring.offer_keys(b"<html>", now, None, jitter), Offer::Refused(_)));
        }
        assert!(!before || usable(&self.keyring, now), "a failure took a good set away");
        self.failures += 1;
        assert!(!self.keyring.fetch_started(now), "no back-off began");
        // Half of 1, 2, 4 … 60 seconds is sure; `Retry-After` may make it longer.
        let sure = 0.5 * 2_f64.powi(i32::try_from(self.failures.min(7)).unwrap_or_default() - 1).min(60.0);
        let ends = self.keyring.next_fetch.map_or(0.0, |next| next.seconds() - T0);
        assert!(ends - self.now > sure - ROUNDING, "{ends} is sooner than {sure} s");
        assert!(ends - self.now < limits::RETRY_AFTER_MAX + ROUNDING, "{ends} is too late");
        self.blocked_until = ends;
    }

    /// However long a history was: once the issuer answers, a good token passes within the longest back-off.
    fn recovers(&mut self) {
        self.up = true;
        self.flight = None;
        let begun = self.now;
        loop {
            assert!(self.now - begun <= limits::RETRY_AFTER_MAX + 5.0, "stuck");
            self.calls += 1;
            let current = if self.second { "b" } else { "a" };
            let has = match self.keyring.lookup(self.at()) {
                Lookup::Usable { set, .. } => set.keys.iter().any(|key| key.kid.as_deref() == Some(current)),
                _ => false,
            };
            if has {
                return;
            }
            if matches!(self.keyring.lookup(self.at()), Lookup::Usable { .. }) {
                self.stranger();
            } else {
                self.token();
            }
            self.land();
            self.now += 1.0;
        }
    }

    /// Fetches that were begun: never more than ages, failures and unknown keys account for.
    fn fetches_are_few(&self) {
        for (index, first) in self.starts.iter().enumerate() {
            let within = self.starts.iter().skip(index).take_while(|start| **start - first < 30.0).count();
            // Two for unknown keys, one more that grew, one for age; the back-off's first steps: 0.5, 1, 2, 4, 8 s.
            assert!(within <= 9, "{within} fetches in half a minute");
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
    let mut fetches = 0;
    for _ in 0..86_400 {
        world.token();
        if world.flight.is_some() {
            fetches += 1;
            world.land();
        }
        world.now += 1.0;
    }
    // A day of soft ages of 540 to 600 seconds.
    assert!((140..=162).contains(&fetches), "{fetches}");
}

#[test]
fn a_flood_of_unknown_keys_causes_two_fetches_and_one_more_per_half_minute() {
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
        let most = 2.0 + (world.now - begun) / 30.0;
        let fetches = f64::from(u32::try_from(world.starts.len()).unwrap_or(u32::MAX));
        assert!(fetches <= most && fetches >= most - 3.0, "{fetches} fetches, {most} allowed");
    }
}

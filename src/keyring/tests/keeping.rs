//! A host that fetches when keys are due, although nothing is asked: in virtual time, no token ever waits.

use super::{END, KEY_A, SOFT, answer, at, by_uri, keyring, offer, restored, set};
use crate::keyring::*;

#[test]
fn keys_are_due_at_their_soft_age() {
    let mut keyring = by_uri();
    assert_eq!(keyring.due(at(0.0)), None, "nothing is there to keep: tokens cause the first fetch");
    offer(&mut keyring, &[KEY_A], 0.0);
    assert_eq!(keyring.due(at(0.0)), Some(SOFT));
    assert_eq!(keyring.due(at(SOFT - 1.0)), Some(1.0));
    assert_eq!(keyring.due(at(SOFT)), Some(0.0));
    assert_eq!(keyring.due(at(1e6)), Some(0.0), "after a pause too: the machine slept");
}

#[test]
fn a_failure_makes_them_due_after_the_back_off() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    keyring.fetch_failed(at(20.0), Some(100.0), 1.0);
    assert_eq!(keyring.due(at(30.0)), Some(SOFT - 30.0), "they are not old yet");
    keyring.fetch_failed(at(SOFT), Some(100.0), 1.0);
    assert_eq!(keyring.due(at(SOFT + 10.0)), Some(90.0));
    assert_eq!(keyring.due(at(SOFT + 100.0)), Some(0.0));
}

#[test]
fn a_fetch_that_hangs_makes_them_due_when_it_must_have_ended() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert!(keyring.fetch_started(at(SOFT)));
    assert_eq!(keyring.due(at(SOFT + 3.0)), Some(2.0));
    assert_eq!(keyring.due(at(SOFT + 9.0)), Some(1.0));
}

#[test]
fn keys_that_are_lost_are_not_kept() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    keyring.fetch_failed(at(END - 1.0), None, 1.0);
    assert_eq!(keyring.due(at(END - 0.5)), Some(0.5));
    assert_eq!(keyring.due(at(END)), None, "nobody knocks at a dead issuer's door for ever");
    restored(&mut keyring, &[KEY_A], END + 10.0, END + 10.0);
    assert_eq!(keyring.due(at(END + 10.0)), Some(SOFT));
}

#[test]
fn fixed_keys_are_never_due() {
    let fixed = keyring(&format!(r#","keys":{}"#, set(&[KEY_A])));
    assert_eq!(fixed.due(at(1e9)), None);
}

#[test]
fn keys_from_the_future_are_due() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert_eq!(keyring.due(at(-59.0)), Some(SOFT), "two clocks that were read in another order");
    assert_eq!(keyring.due(at(-61.0)), Some(0.0));
}

/// An idle host for `seconds`: it fetches what is due, and looks every second at what a token would get. Answers how
/// many fetches it made.
fn idle(keyring: &mut Keyring, from: f64, seconds: u32, up: bool, expected: &[&str]) -> usize {
    let mut fetches = 0;
    for second in 0..seconds {
        let now = from + f64::from(second);
        while keyring.due(at(now)) == Some(0.0) && keyring.fetch_started(at(now)) {
            fetches += 1;
            if up {
                offer(keyring, &[KEY_A], now);
            } else {
                keyring.fetch_failed(at(now), None, 0.5);
            }
        }
        let got = answer(keyring, now);
        assert!(expected.contains(&got.as_str()), "{got} at {now}");
    }
    fetches
}

#[test]
fn an_idle_host_is_always_ready_and_fetches_once_per_soft_age() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert_eq!(idle(&mut keyring, 0.0, 86_401, true, &["fresh"]), 360);
}

#[test]
fn an_idle_host_serves_through_an_outage_from_the_first_token_on() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    let fetches = idle(&mut keyring, 0.0, 3900, false, &["fresh", "aging", "stale"]);
    assert!((80..=95).contains(&fetches), "{fetches}");
    assert_eq!(idle(&mut keyring, END + 60.0, 3600, false, &["needed expired"]), 0, "it has given up");
}

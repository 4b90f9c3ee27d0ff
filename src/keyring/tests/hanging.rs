//! A fetch that hangs, in virtual time: nobody waits twice, keys serve on, and nothing stays stuck.

use super::{END, HARD, KEY_A, SOFT, answer, at, by_uri, keyring, offer, restored, unknown};
use crate::keyring::*;

const HANGS: f64 = limits::FETCH_HANGS;

/// Keys of second 0, and a fetch that began `began` seconds later.
fn fetching(began: f64) -> Keyring {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert!(keyring.fetch_started(at(began)));
    keyring
}

#[test]
fn keys_serve_on_while_a_fetch_hangs() {
    let keyring = fetching(1500.0);
    assert_eq!(answer(&keyring, 1500.0), "needed expired");
    assert_eq!(answer(&keyring, 1500.0 + HANGS - 0.1), "needed expired");
    assert_eq!(answer(&keyring, 1500.0 + HANGS), "stale");
    assert_eq!(answer(&keyring, 1500.0 + limits::FETCH_LOST - 0.1), "stale");
}

#[test]
fn a_caller_who_waited_for_as_long_as_it_was_told_finds_that_it_hangs() {
    assert!(HANGS < f64::from(limits::FETCH_WAIT) && HANGS > 0.8 * f64::from(limits::FETCH_WAIT));
}

#[test]
fn nobody_waits_for_a_fetch_that_hangs_while_there_are_no_keys() {
    let mut keyring = by_uri();
    assert!(keyring.fetch_started(at(0.0)));
    assert_eq!(answer(&keyring, 2.0), "needed no_keys");
    assert_eq!(answer(&keyring, HANGS), "unavailable 3");
    assert_eq!(answer(&keyring, 8.0), "unavailable 1");
    assert!(!keyring.fetch_started(at(HANGS)), "one is under way");
}

#[test]
fn a_fetch_that_hangs_does_not_serve_past_the_stale_cap() {
    let keyring = fetching(END - 4.0);
    assert_eq!(answer(&keyring, END - 0.1), "stale");
    assert_eq!(answer(&keyring, END), "unavailable 1");
}

#[test]
fn what_hangs_asks_for_no_second_fetch() {
    let keyring = fetching(SOFT);
    assert_eq!(answer(&keyring, SOFT + 1.0), "aging+refresh");
    assert_eq!(answer(&keyring, SOFT + HANGS), "aging");
}

#[test]
fn no_token_is_blamed_while_a_fetch_hangs() {
    let keyring = fetching(20.0);
    assert_eq!(unknown(&keyring, 20.0 + HANGS), "unavailable 3", "though the set is of this half minute");
    assert_eq!(unknown(&keyring, 2.0), "proven");
}

#[test]
fn an_answer_and_a_failure_both_end_it() {
    let mut keyring = fetching(1500.0);
    offer(&mut keyring, &[KEY_A], 1504.0);
    assert_eq!(unknown(&keyring, 1507.0), "needed");
    let mut keyring = fetching(1500.0);
    keyring.fetch_failed(at(1505.0), None, 1.0);
    assert_eq!(answer(&keyring, 1506.0), "stale+refresh");
    let mut keyring = fetching(1500.0);
    assert_eq!(restored(&mut keyring, &[KEY_A], 1504.0, 1501.0), Offer::Stored);
    assert_eq!(unknown(&keyring, 1507.0), "needed");
}

#[test]
fn a_discovery_document_on_the_way_ends_nothing() {
    let mut keyring = keyring("");
    assert!(keyring.fetch_started(at(0.0)));
    let document = br#"{"issuer":"https://id.example/","jwks_uri":"https://id.example/jwks"}"#;
    assert_eq!(keyring.offer_discovery(document, at(2.0), 0.0), Offer::Discovered);
    assert_eq!(answer(&keyring, HANGS), "unavailable 3");
}

#[test]
fn a_host_that_died_with_its_fetch_leaves_nothing_stuck() {
    let lost = limits::FETCH_LOST;
    let mut keyring = fetching(1500.0);
    assert_eq!(answer(&keyring, 1500.0 + lost), "needed expired");
    assert!(keyring.fetch_started(at(1500.0 + lost)));
    assert_eq!(answer(&keyring, 1500.0 + lost), "needed expired", "a new one began");
    assert_eq!(answer(&keyring, 1500.0 + lost + HANGS), "stale");
}

#[test]
fn a_fetch_that_is_given_up_is_as_if_it_had_not_begun() {
    let mut keyring = fetching(1500.0);
    keyring.fetch_abandoned(at(1501.0));
    assert_eq!(answer(&keyring, 1500.0 + HANGS), "needed expired", "it does not hang, and it did not fail");
}

#[test]
fn a_fetch_that_is_given_up_when_it_hung_has_failed() {
    let mut keyring = fetching(1500.0);
    keyring.fetch_abandoned(at(1500.0 + HANGS));
    assert_eq!(answer(&keyring, 1500.0 + HANGS), "stale", "nobody waits for the next one");
}

#[test]
fn giving_up_lets_no_flood_through() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    for _ in 0..2 {
        assert_eq!(unknown(&keyring, 60.0), "needed");
        assert!(keyring.fetch_started(at(60.0)));
        keyring.fetch_abandoned(at(60.0));
    }
    assert_eq!(unknown(&keyring, 60.0), "unavailable 50");
    assert!(!keyring.fetch_started(at(60.0)));
}

#[test]
fn an_unknown_key_waits_for_the_fetch_that_may_bring_it() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert!(keyring.fetch_started(at(10.0)));
    offer(&mut keyring, &[KEY_A], 10.0);
    assert!(keyring.fetch_started(at(20.0)), "the last of the two");
    assert_eq!(
        unknown(&keyring, 20.1),
        "needed",
        "not proven, although the set is recent and no fetch is left"
    );
    offer(&mut keyring, &[KEY_A], 20.2);
    assert_eq!(unknown(&keyring, 20.3), "proven");
}

#[test]
fn the_first_of_several_fetches_counts() {
    let mut keyring = fetching(1500.0);
    assert!(keyring.fetch_started(at(1502.0)));
    assert_eq!(answer(&keyring, 1500.0 + HANGS), "stale");
}

#[test]
fn a_clock_that_was_set_back_during_a_fetch_leaves_nothing_stuck() {
    let mut keyring = fetching(HARD + 100.0);
    assert_eq!(answer(&keyring, HARD + 50.0), "needed expired");
    assert!(keyring.fetch_started(at(HARD + 50.0)));
    assert_eq!(answer(&keyring, HARD + 50.0 + HANGS), "stale", "it began by the clock as it is now");
}

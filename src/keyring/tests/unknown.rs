//! Key ids that the set in force lacks, in virtual time: who is blamed, and how often they cause a fetch.

use super::{KEY_A, KEY_B, SOFT, answer, at, back_offs, by_uri, offer, unknown};

#[test]
fn an_unknown_key_is_proven_by_a_set_that_was_fetched_for_it() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert_eq!(unknown(&keyring, 2.0), "proven");
    assert_eq!(unknown(&keyring, 3.0), "needed", "an issuer may replace its key right after a fetch");
    assert!(keyring.fetch_started(at(3.0)));
    keyring.fetch_failed(at(3.0), None, 1.0);
    assert_eq!(unknown(&keyring, 3.0), "unavailable 1", "an outage is not the token's fault");
    assert_eq!(answer(&keyring, 3.0), "fresh", "a failure never alters the stored set");
    assert_eq!(unknown(&keyring, 4.0), "needed");
}

#[test]
fn unknown_keys_cause_two_fetches_and_then_one_in_fifty_seconds() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    for seconds in [40.0, 43.0] {
        assert_eq!(unknown(&keyring, seconds), "needed");
        assert!(keyring.fetch_started(at(seconds)));
        offer(&mut keyring, &[KEY_A], seconds);
    }
    assert_eq!(unknown(&keyring, 46.0), "proven");
    assert!(!keyring.fetch_started(at(89.9)));
    assert_eq!(unknown(&keyring, 89.9), "proven", "no gap in which nobody can tell");
    assert_eq!(unknown(&keyring, 90.0), "needed");
    assert!(keyring.fetch_started(at(90.0)));
}

#[test]
fn failed_fetches_are_not_charged_to_unknown_keys() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    for second in 10..70 {
        let now = f64::from(second);
        assert_eq!(unknown(&keyring, now), "needed", "{now}");
        assert!(keyring.fetch_started(at(now)));
        keyring.fetch_failed(at(now), None, 1.0);
        assert_eq!(unknown(&keyring, now + 0.9), "unavailable 1", "never proven while the issuer fails");
    }
    assert!(keyring.fetch_started(at(70.0)));
    offer(&mut keyring, &[KEY_A, KEY_B], 70.0);
    assert_eq!(unknown(&keyring, 73.0), "needed", "one of the two is left");
}

#[test]
fn a_failure_gives_back_no_more_than_was_taken() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    for seconds in [40.0, 43.0] {
        assert!(keyring.fetch_started(at(seconds)));
        offer(&mut keyring, &[KEY_A], seconds);
    }
    keyring.fetch_failed(at(44.0), None, 0.0);
    keyring.fetch_failed(at(44.0), None, 0.0);
    offer(&mut keyring, &[KEY_A], 45.0);
    assert!(!keyring.fetch_started(at(50.0)), "those were not charged");
}

#[test]
fn unknown_keys_are_asked_for_each_second_in_an_outage_and_others_as_the_back_off_allows() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert_eq!(back_offs(&mut keyring, SOFT), [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]);
    assert_eq!(answer(&keyring, SOFT + 1.0), "aging");
    assert_eq!(unknown(&keyring, SOFT + 1.0), "needed");
    keyring.fetch_failed(at(SOFT + 1.0), Some(20.0), 1.0);
    assert_eq!(unknown(&keyring, SOFT + 2.0), "unavailable 19", "unless the issuer says when");
}

#[test]
fn a_set_without_keys_is_fetched_again_each_second() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[], 0.0);
    for second in 0..60 {
        let now = f64::from(second);
        assert_eq!(unknown(&keyring, now + 0.9), "proven", "the issuer says that it has none");
        assert_eq!(unknown(&keyring, now + 1.0), "needed");
        assert!(keyring.fetch_started(at(now + 1.0)));
        offer(&mut keyring, &[], now + 1.0);
    }
    offer(&mut keyring, &[KEY_A], 61.0);
    assert!(keyring.fetch_started(at(70.0)) && keyring.fetch_started(at(70.0)), "nothing was charged");
}

#[test]
fn a_needed_fetch_is_not_charged_to_unknown_keys() {
    let mut keyring = by_uri();
    for _ in 0..5 {
        assert!(keyring.fetch_started(at(0.0)));
    }
    offer(&mut keyring, &[KEY_A], 0.0);
    assert!(keyring.fetch_started(at(60.0)) && keyring.fetch_started(at(60.0)));
}

#[test]
fn a_clock_that_was_set_back_does_not_use_up_the_fetches_of_unknown_keys() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert!(keyring.fetch_started(at(40.0)) && keyring.fetch_started(at(40.0)));
    assert!(!keyring.fetch_started(at(40.0)));
    offer(&mut keyring, &[KEY_A], -86_400.0);
    assert!(keyring.fetch_started(at(-86_360.0)));
}

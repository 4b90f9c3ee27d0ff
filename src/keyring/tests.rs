//! The keyring in virtual time: no state is reached by waiting.

mod hanging;
mod histories;
mod keeping;
mod unknown;

use super::*;
use crate::policy::Policy;

pub(super) const T0: f64 = 1_700_000_000.0;
pub(super) const SOFT: f64 = limits::SOFT_AGE_DEFAULT;
pub(super) const HARD: f64 = SOFT * limits::HARD_AGE_FACTOR;
/// When keys die that nobody could fetch anew.
pub(super) const END: f64 = HARD + 3600.0;
pub(super) const KEY_A: &str =
    r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
pub(super) const KEY_B: &str =
    r#"{"kty":"OKP","crv":"Ed25519","kid":"b","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

pub(super) fn at(seconds: f64) -> UnixTime {
    UnixTime::from_seconds(T0 + seconds).unwrap_or_else(|| unreachable())
}

#[expect(clippy::panic, reason = "a test helper that a wrong test constant alone can reach")]
pub(super) fn unreachable() -> ! {
    panic!("the test's own constant is wrong")
}

pub(super) fn keyring(entry: &str) -> Keyring {
    let text = format!(r#"{{"issuers":[{{"issuer":"https://id.example/","audience":"a"{entry}}}]}}"#);
    let policy = Policy::from_json(text.as_bytes()).unwrap_or_else(|_| unreachable());
    let issuer = policy.issuers.first().unwrap_or_else(|| unreachable());
    Keyring::new(0, issuer, &policy.insecure_hosts)
}

pub(super) fn by_uri() -> Keyring {
    keyring(r#","jwks_uri":"https://id.example/jwks/""#)
}

pub(super) fn set(keys: &[&str]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

pub(super) fn offer(keyring: &mut Keyring, keys: &[&str], seconds: f64) -> Offer {
    keyring.offer_keys(set(keys).as_bytes(), at(seconds), None, 0.0)
}

/// What a token gets, in short.
pub(super) fn answer(keyring: &Keyring, seconds: f64) -> String {
    match keyring.lookup(at(seconds)) {
        Lookup::Usable { state, refresh: false, .. } => state.name().to_owned(),
        Lookup::Usable { state, refresh: true, .. } => format!("{}+refresh", state.name()),
        Lookup::Needed(needed) => format!("needed {}", needed.reason),
        Lookup::Unavailable(seconds) => format!("unavailable {seconds}"),
    }
}

pub(super) fn unknown(keyring: &Keyring, seconds: f64) -> String {
    match keyring.unknown_key(at(seconds)) {
        Unknown::Proven => String::from("proven"),
        Unknown::Needed(_) => String::from("needed"),
        Unknown::Unavailable(seconds) => format!("unavailable {seconds}"),
    }
}

#[test]
fn a_set_ages_from_fresh_to_a_blocking_fetch() {
    let mut keyring = by_uri();
    assert_eq!(answer(&keyring, 0.0), "needed no_keys");
    assert_eq!(offer(&mut keyring, &[KEY_A], 0.0), Offer::Stored);
    assert_eq!(keyring.keys(), 1);
    for (seconds, expected) in [
        (0.0, "fresh"),
        (SOFT - 1.0, "fresh"),
        (SOFT, "aging+refresh"),
        (HARD - 1.0, "aging+refresh"),
        (HARD, "needed expired"),
        (1e6, "needed expired"),
    ] {
        assert_eq!(answer(&keyring, seconds), expected, "{seconds}");
    }
}

#[test]
fn a_withdrawn_key_dies_within_five_minutes() {
    assert_eq!((SOFT, HARD), (240.0, 300.0));
}

#[test]
fn an_outage_makes_the_set_stale_and_then_dead_but_never_loses_it() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    keyring.fetch_failed(at(HARD - 10.0), None, 1.0);
    assert_eq!(answer(&keyring, HARD - 9.5), "aging");
    assert_eq!(answer(&keyring, HARD), "stale+refresh");
    keyring.fetch_failed(at(END - 100.0), None, 1.0);
    assert_eq!(answer(&keyring, END - 1.0), "stale+refresh");
    assert_eq!(answer(&keyring, END), "needed expired");
    keyring.fetch_failed(at(END), None, 1.0);
    assert_eq!(answer(&keyring, END), "unavailable 1");
    assert_eq!(offer(&mut keyring, &[KEY_A], END + 3.0), Offer::Stored);
    assert_eq!(answer(&keyring, END + 3.0), "fresh");
}

#[test]
fn an_old_failure_does_not_let_a_set_serve_on_after_a_pause() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    let failed = HARD - 10.0;
    keyring.fetch_failed(at(failed), None, 1.0);
    assert_eq!(answer(&keyring, failed + 300.0), "stale+refresh");
    assert_eq!(answer(&keyring, failed + 301.0), "needed expired");
    keyring.fetch_failed(at(failed + 301.0), None, 1.0);
    assert_eq!(answer(&keyring, failed + 301.0), "stale", "still down: it serves on");
}

/// When the back-off after each of eight failures in a row ends, seconds.
pub(super) fn back_offs(keyring: &mut Keyring, seconds: f64) -> [f64; 8] {
    [(); 8].map(|()| {
        keyring.fetch_failed(at(seconds), None, 1.0);
        keyring.back_off.left(Asker::Set, at(seconds)).unwrap_or_default()
    })
}

#[test]
fn the_back_off_doubles_to_a_minute_while_there_are_keys() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert_eq!(back_offs(&mut keyring, HARD), [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]);
    assert_eq!(answer(&keyring, HARD + 59.0), "stale");
    assert_eq!(answer(&keyring, HARD + 60.0), "stale+refresh");
}

#[test]
fn the_back_off_stays_at_a_second_while_there_are_none() {
    assert_eq!(back_offs(&mut by_uri(), 0.0), [1.0; 8], "there never were any");
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert_eq!(back_offs(&mut keyring, END), [1.0; 8], "they are too old");
}

#[test]
fn the_back_off_ends_when_the_last_keys_do() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert_eq!(back_offs(&mut keyring, END - 20.0), [1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0, 20.0]);
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert_eq!(back_offs(&mut keyring, END - 2.0), [1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]);
}

#[test]
fn retry_after_is_honoured_up_to_five_minutes() {
    let mut keyring = by_uri();
    keyring.fetch_failed(at(0.0), Some(120.0), 0.0);
    assert_eq!(answer(&keyring, 0.0), "unavailable 120");
    keyring.fetch_failed(at(0.0), Some(1e9), 0.0);
    assert_eq!(answer(&keyring, 0.0), "unavailable 300");
}

#[test]
fn jitter_shortens_the_back_off_by_half_at_most() {
    let mut keyring = by_uri();
    keyring.fetch_failed(at(0.0), None, 0.0);
    assert_eq!(answer(&keyring, 0.4), "unavailable 1");
    assert_eq!(answer(&keyring, 0.5), "needed no_keys");
}

#[test]
fn nobody_waits_long_once_a_fetch_failed() {
    let wait = |keyring: &Keyring, seconds: f64| match keyring.lookup(at(seconds)) {
        Lookup::Needed(needed) => needed.wait,
        _ => unreachable(),
    };
    let mut keyring = by_uri();
    assert_eq!(wait(&keyring, 0.0), 3);
    keyring.fetch_failed(at(0.0), None, 1.0);
    assert_eq!(wait(&keyring, 1.0), 1);
    offer(&mut keyring, &[KEY_A], 1.0);
    assert_eq!(wait(&keyring, 1.0 + HARD), 3);
}

#[test]
fn the_generation_moves_when_a_key_changes() {
    let mut keyring = by_uri();
    let mut generations = Vec::new();
    for keys in [&[KEY_A][..], &[KEY_A], &[KEY_B], &[KEY_B, KEY_A], &[KEY_A, KEY_B], &[]] {
        assert_eq!(offer(&mut keyring, keys, 0.0), Offer::Stored);
        generations.push(keyring.generation().map(str::to_owned));
    }
    let distinct: std::collections::BTreeSet<_> = generations.iter().flatten().collect();
    assert_eq!((generations.len(), distinct.len()), (6, 4));
    assert_eq!(generations.first(), generations.get(1), "the same keys again");
    assert_eq!(generations.get(3), generations.get(4), "in another order");
}

#[test]
fn max_age_is_taken_between_a_minute_and_an_hour() {
    for (max_age, soft) in [(0.0, 60.0), (90.0, 90.0), (1e9, 3600.0)] {
        let mut keyring = by_uri();
        keyring.offer_keys(set(&[KEY_A]).as_bytes(), at(0.0), Some(max_age), 0.0);
        assert_eq!(answer(&keyring, soft - 1.0), "fresh", "{max_age}");
        assert_eq!(answer(&keyring, soft), "aging+refresh", "{max_age}");
    }
}

#[test]
fn a_set_that_cannot_be_read_changes_nothing_and_begins_the_back_off() {
    for (body, reason) in [
        ("<html>", "not_json"),
        ("", "not_json"),
        ("[]", "not_an_object"),
        (r#"{"keys":{}}"#, "keys_not_an_array"),
        (&format!(r#"{{"keys":[{}]}}"#, vec!["{}"; 65].join(",")), "too_many_keys"),
        (&format!(r#"{{"x":"{}"}}"#, "x".repeat(limits::KEY_SET_BYTES)), "too_large"),
    ] {
        let mut keyring = by_uri();
        offer(&mut keyring, &[KEY_A], 0.0);
        let offered = keyring.offer_keys(body.as_bytes(), at(SOFT), None, 1.0);
        assert_eq!(offered, Offer::Refused(reason));
        assert_eq!(answer(&keyring, SOFT), "aging", "{reason}");
        assert_eq!(answer(&keyring, SOFT + 1.0), "aging+refresh", "{reason}");
    }
}

#[test]
fn a_set_without_keys_is_authoritative() {
    for body in ["{}", r#"{"keys":[]}"#] {
        let mut keyring = by_uri();
        offer(&mut keyring, &[KEY_A], 0.0);
        let offered = keyring.offer_keys(body.as_bytes(), at(1.0), None, 0.0);
        assert_eq!((offered, keyring.keys()), (Offer::Stored, 0), "{body}");
    }
}

#[test]
fn discovery_leads_to_the_key_set_and_must_name_its_issuer() {
    let document = |issuer: &str, uri: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"{uri}"}}"#);
    for (body, reason) in [
        (document("https://id.example", "https://id.example/jwks"), "issuer_mismatch"),
        (document("https://id.example/", "http://id.example/jwks"), "insecure_url"),
        (String::from(r#"{"issuer":"https://id.example/"}"#), "no_jwks_uri"),
        (String::from("nothing"), "not_json"),
    ] {
        let mut keyring = keyring("");
        assert_eq!(keyring.offer_discovery(body.as_bytes(), at(0.0), 1.0), Offer::Refused(reason));
        assert_eq!(answer(&keyring, 0.0), "unavailable 1");
    }
    let mut keyring = keyring("");
    let body = document("https://id.example/", "https://id.example/jwks");
    assert_eq!(keyring.offer_discovery(body.as_bytes(), at(0.0), 0.0), Offer::Discovered);
    assert_eq!(keyring.document(), Some((Document::KeySet, "https://id.example/jwks")));
    keyring.fetch_failed(at(0.0), None, 0.0);
    assert!(matches!(keyring.document(), Some((Document::Discovery, _))), "it may have moved");
}

#[test]
fn a_clock_that_was_set_back_asks_for_a_new_set() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    assert_eq!(answer(&keyring, -59.0), "fresh");
    assert_eq!(answer(&keyring, -86_400.0), "aging+refresh");
    keyring.fetch_failed(at(0.0), Some(300.0), 0.0);
    assert_eq!(answer(&keyring, -86_400.0), "aging+refresh", "a back-off ends when the clock leaves it");
}

#[test]
fn a_clock_that_was_set_back_during_an_outage_does_not_keep_a_set_alive() {
    let mut keyring = by_uri();
    offer(&mut keyring, &[KEY_A], 0.0);
    keyring.fetch_failed(at(-86_400.0), None, 0.0);
    assert_eq!(answer(&keyring, -86_399.0), "stale+refresh");
    keyring.fetch_failed(at(-86_400.0 + 3500.0), None, 0.0);
    assert_eq!(answer(&keyring, -86_400.0 + 3599.0), "stale+refresh");
    assert_eq!(answer(&keyring, -86_400.0 + 3600.0), "needed expired");
}

pub(super) fn restored(keyring: &mut Keyring, keys: &[&str], now: f64, fetched: f64) -> Offer {
    keyring.restore_keys(set(keys).as_bytes(), at(now), at(fetched), None, 0.0)
}

#[test]
fn a_restored_set_goes_on_aging_from_when_it_was_fetched() {
    let mut keyring = by_uri();
    assert_eq!(restored(&mut keyring, &[KEY_A], 200.0, 0.0), Offer::Stored);
    assert_eq!(answer(&keyring, SOFT - 1.0), "fresh");
    assert_eq!(answer(&keyring, SOFT), "aging+refresh");
    assert_eq!(answer(&keyring, HARD), "needed expired");
}

#[test]
fn a_restored_set_past_its_hard_age_serves_during_an_outage_only() {
    let mut keyring = by_uri();
    restored(&mut keyring, &[KEY_A], 2000.0, 0.0);
    assert_eq!(answer(&keyring, 2000.0), "needed expired");
    keyring.fetch_failed(at(2000.0), None, 1.0);
    assert_eq!(answer(&keyring, 2000.0), "stale");
    keyring.fetch_failed(at(END - 100.0), None, 0.0);
    assert_eq!(answer(&keyring, END - 1.0), "stale+refresh");
    assert_eq!(answer(&keyring, END), "needed expired");
}

#[test]
fn a_set_that_is_not_to_be_restored_changes_nothing() {
    let mut keyring = by_uri();
    assert_eq!(restored(&mut keyring, &[KEY_A], END, 0.0), Offer::Refused("too_old"));
    assert_eq!(restored(&mut keyring, &[KEY_A], 0.0, 61.0), Offer::Refused("from_the_future"));
    assert_eq!(restored(&mut keyring, &[KEY_A], 0.0, 60.0), Offer::Stored);
    assert_eq!(restored(&mut keyring, &[KEY_B], 60.0, 60.0), Offer::Refused("not_newer"));
    let broken = keyring.restore_keys(b"<html>", at(90.0), at(90.0), None, 0.0);
    assert_eq!(broken, Offer::Refused("not_json"));
    assert_eq!(answer(&keyring, 90.0), "fresh");
    assert!(keyring.fetch_started(at(SOFT + 61.0)), "no back-off began");
}

#[test]
fn a_set_that_another_instance_fetched_after_our_failure_ends_the_outage() {
    let mut keyring = by_uri();
    keyring.fetch_failed(at(10.0), Some(300.0), 0.0);
    restored(&mut keyring, &[KEY_A], 20.0, 5.0);
    assert_eq!(answer(&keyring, 5.0 + SOFT), "aging");
    assert!(!keyring.fetch_started(at(30.0)), "an older set says nothing about the issuer now");
    restored(&mut keyring, &[KEY_A], 40.0, 30.0);
    assert!(keyring.fetch_started(at(30.0 + SOFT)));
    assert!(keyring.status_json(true, at(40.0)).contains(r#""failures":0"#));
}

#[test]
fn a_fixed_set_tells_which_of_its_keys_are_not_used() {
    let secret = r#"{"kty":"oct","kid":"z","k":"AAAA"}"#;
    let status = keyring(&format!(r#","keys":{}"#, set(&[KEY_A, secret]))).status_json(true, at(0.0));
    let skipped = r#""keys":1,"generation":"5f7fd3859ff8d781","skipped":[{"index":1,"kid":"z","reason":"symmetric_key"}]"#;
    assert!(status.contains(skipped), "{status}");
}

#[test]
fn fixed_keys_are_counted_and_never_fetched() {
    let mut keyring = keyring(&format!(r#","keys":{}"#, set(&[KEY_A, KEY_B])));
    assert_eq!(answer(&keyring, 1e9), "unavailable 1", "they stand in the policy, not here");
    assert!(
        keyring.status_json(true, at(0.0)).contains(r#""state":"static","usable":true,"age":null,"keys":2,"#)
    );
    assert!(!keyring.fetch_started(at(0.0)));
    assert_eq!(offer(&mut keyring, &[KEY_A], 0.0), Offer::Refused("keys_are_fixed"));
}

//! Step 6, over time: no keys yet, fresh, aging, stale, dead; unknown key ids; discovery.

use authn::limits;
use serde_json::json;

use crate::keys::Key;
use crate::mint::{by, good};
use crate::model::{ACCEPTED, Expect, Group, NOW, Stage, because, key_set, policy, rejected, usual_keys};

fn needed(reason: &'static str) -> Expect {
    Expect::KeysNeeded(reason)
}

pub fn stage() -> Stage {
    let mut stage = Stage::new("keyring");
    stage
        .group("empty", policy(json!({})))
        .case("needed", "no key set yet", good().mint(), needed("no_keys"))
        .case(
            "malformed",
            "what needs no key is decided without",
            "opaque",
            because("MALFORMED", "opaque_token"),
        )
        .case(
            "issuer",
            "what needs no key is decided without",
            good().claim("iss", "https://evil.example/").mint(),
            rejected("INVALID_ISSUER"),
        )
        .case(
            "expired",
            "claims are not looked at before the signature",
            good().claim("exp", 1).mint(),
            needed("no_keys"),
        );
    stage
        .group("refused", policy(json!({})))
        .offer("key_set", "{", NOW - 0.2, None, "not_json")
        .case(
            "back-off",
            "the fetch failed just now: nobody waits, 503 with Retry-After",
            good().mint(),
            rejected("JWKS_UNAVAILABLE"),
        )
        .flags(&["outage"])
        .case("again", "after the back-off the next caller asks", good().mint(), needed("no_keys"))
        .at(NOW + 10.0);
    ages(&mut stage);
    rotation(&mut stage);
    discovery(&mut stage);
    stage
}

/// Soft and hard age where the issuer does not say, and the end: an hour more if it is down.
const SOFT: f64 = limits::SOFT_AGE_DEFAULT;
const HARD: f64 = SOFT * limits::HARD_AGE_FACTOR;
const END: f64 = HARD + 3600.0;
/// Seconds for which a failure counts.
const LATELY: f64 = limits::RETRY_AFTER_MAX;

fn ages(stage: &mut Stage) {
    let token = good().claim("exp", 1_800_000_000).mint();
    let start = NOW;
    stage
        .group("age", policy(json!({})))
        .offer("key_set", key_set(&usual_keys()), start, None, "stored")
        .case("fresh", "just fetched", token.as_str(), ACCEPTED)
        .case("fresh-to-the-end", "the last moment of the soft age", token.as_str(), ACCEPTED)
        .at(start + SOFT - 1.0)
        .flags(&["edge"])
        .case("aging", "past it: used, and refreshed in the background", token.as_str(), ACCEPTED)
        .at(start + SOFT)
        .flags(&["edge"])
        .case("aging-to-the-end", "the last moment of the hard age", token.as_str(), ACCEPTED)
        .at(start + HARD - 1.0)
        .flags(&["edge"])
        .case("dead", "an idle process: a withdrawn key must not live on", token.as_str(), needed("expired"))
        .at(start + HARD)
        .flags(&["edge"])
        .case("clock-set-back", "time before the fetch is no age", token.as_str(), ACCEPTED)
        .at(start - 30.0);
    stage
        .group("max-age", policy(json!({})))
        .offer("key_set", key_set(&usual_keys()), start, Some(120.0), "stored")
        .case("fresh", "within Cache-Control", token.as_str(), ACCEPTED)
        .at(start + 119.0)
        .case("aging", "past it", token.as_str(), ACCEPTED)
        .at(start + 120.0)
        .case("dead", "past it and a quarter of it", token.as_str(), needed("expired"))
        .at(start + 120.0 * limits::HARD_AGE_FACTOR);
    for (id, max_age, soft) in
        [("max-age-least", 0.0, limits::SOFT_AGE_MIN), ("max-age-most", 1e9, limits::SOFT_AGE_MAX)]
    {
        stage
            .group(id, policy(json!({})))
            .offer("key_set", key_set(&usual_keys()), start, Some(max_age), "stored")
            .case("fresh", "clamped to one minute and one hour", token.as_str(), ACCEPTED)
            .at(start + soft - 1.0)
            .flags(&["bound"])
            .case("dead", "a quarter more", token.as_str(), needed("expired"))
            .at(start + soft * limits::HARD_AGE_FACTOR)
            .flags(&["bound"]);
    }
    let failed = start + HARD + 100.0;
    stage
        .group("stale", policy(json!({})))
        .offer("key_set", key_set(&usual_keys()), start, None, "stored")
        .offer("key_set", "<html>", failed, None, "not_json")
        .case("stale", "the issuer is down: accepted, and flagged", token.as_str(), ACCEPTED)
        .at(failed + 0.5)
        .flags(&["outage"])
        .case("stale-while-failing", "the last moment that the failure counts for", token.as_str(), ACCEPTED)
        .at(failed + LATELY)
        .flags(&["outage", "edge"])
        .case("after-a-pause", "an old failure tells nothing of now", token.as_str(), needed("expired"))
        .at(failed + LATELY + 1.0)
        .flags(&["edge"])
        .case(
            "forged",
            "a forged token stays forged",
            by(Key::Rsa2048B).header("kid", "rsa-2048-a").mint(),
            rejected("INVALID_SIGNATURE"),
        )
        .at(failed + 0.5);
    stage
        .group("stale-cap", policy(json!({})))
        .offer("key_set", key_set(&usual_keys()), start, None, "stored")
        .offer("key_set", "<html>", start + END - 100.0, None, "not_json")
        .case("stale-to-the-end", "the last moment of the stale cap", token.as_str(), ACCEPTED)
        .at(start + END - 1.0)
        .flags(&["outage", "edge"])
        .case("dead", "an hour past the hard age", token.as_str(), needed("expired"))
        .at(start + END)
        .flags(&["outage", "edge"]);
    back_off(stage);
}

/// How long the issuer is left alone after the seventh failure in a row: it would be 32 to 64 s if nothing bounded it.
fn back_off(stage: &mut Stage) {
    let token = good().claim("exp", 1_800_000_000).mint();
    let failures = 7;
    let down = |group: &mut Group, first: f64| {
        for failure in 0..failures {
            group.offer("key_set", "<html>", first + f64::from(failure), None, "not_json");
        }
        first + f64::from(failures - 1)
    };
    // Vectors are offered without jitter: half of the back-off is sure.
    let (empty, usable) = (0.5 * limits::BACK_OFF_MAX_EMPTY, 0.5 * limits::BACK_OFF_MAX);
    let group = stage.group("back-off-empty", policy(json!({})));
    let last = down(group, NOW);
    group
        .case(
            "waits",
            "no keys: the last moment of the back-off",
            token.as_str(),
            rejected("JWKS_UNAVAILABLE"),
        )
        .at(last + empty - 0.1)
        .flags(&["outage", "edge"])
        .case("asks", "no keys: asked again within seconds", token.as_str(), needed("no_keys"))
        .at(last + empty)
        .flags(&["outage", "edge"]);
    let group = stage.group("back-off-dead", policy(json!({})));
    group.offer("key_set", key_set(&usual_keys()), NOW, None, "stored");
    let last = down(group, NOW + END);
    group
        .case("waits", "keys past every use: as without", token.as_str(), rejected("JWKS_UNAVAILABLE"))
        .at(last + empty - 0.1)
        .flags(&["outage", "edge"])
        .case("asks", "keys past every use: as without", token.as_str(), needed("expired"))
        .at(last + empty)
        .flags(&["outage", "edge"]);
    let group = stage.group("back-off-usable", policy(json!({})));
    group.offer("key_set", key_set(&usual_keys()), NOW, None, "stored");
    let last = down(group, NOW + HARD);
    group
        .case("waits", "keys serve on: nothing is fetched", token.as_str(), ACCEPTED)
        .at(last + usable - 0.1)
        .flags(&["outage", "edge"])
        .case("asks", "keys serve on: fetched in the background", token.as_str(), ACCEPTED)
        .at(last + usable)
        .flags(&["outage", "edge"]);
}

fn rotation(stage: &mut Stage) {
    stage
        .group("unknown-kid", policy(json!({})))
        .keys(&usual_keys())
        .case(
            "settled",
            "a set fetched a second ago lacks it",
            by(Key::Rsa2048B).mint(),
            because("UNKNOWN_KEY", "no_such_kid"),
        )
        .flags(&["rotation"])
        .case(
            "settled-edge",
            "fetched two seconds ago: still",
            by(Key::Rsa2048B).mint(),
            because("UNKNOWN_KEY", "no_such_kid"),
        )
        .at(NOW + 1.0)
        .flags(&["rotation", "edge"])
        .case(
            "needed",
            "three seconds ago: the issuer may have a new key since",
            by(Key::Rsa2048B).mint(),
            needed("unknown_key"),
        )
        .at(NOW + 2.0)
        .flags(&["rotation", "edge"])
        .case("needed-later", "a minute ago: fetch", by(Key::Rsa2048B).mint(), needed("unknown_key"))
        .at(NOW + 60.0)
        .flags(&["rotation"])
        .case("known", "a key that the set has needs no fetch", good().mint(), ACCEPTED)
        .at(NOW + 60.0);
    for (id, age, comment) in [
        ("unproven-recent", 10.0, "the last fetch failed: nobody can know, although the set is recent"),
        ("unproven", 31.0, "no fetch may be made now"),
    ] {
        stage
            .group(id, policy(json!({})))
            .offer("key_set", key_set(&usual_keys()), NOW - age, None, "stored")
            .offer("key_set", "<html>", NOW - 0.2, None, "not_json")
            .case("unknown-kid", comment, by(Key::Rsa2048B).mint(), rejected("JWKS_UNAVAILABLE"))
            .flags(&["outage"])
            .case("known-kid", "the failed fetch changes nothing for others", good().mint(), ACCEPTED);
    }
    let group = stage.group("unknown-kid-in-outage", policy(json!({})));
    group.offer("key_set", key_set(&usual_keys()), NOW - 10.0, None, "stored");
    for failure in 0..7 {
        group.offer("key_set", "<html>", NOW + f64::from(failure), None, "not_json");
    }
    group
        .case(
            "waits",
            "no key for it: a second's back-off",
            by(Key::Rsa2048B).mint(),
            rejected("JWKS_UNAVAILABLE"),
        )
        .at(NOW + 6.4)
        .flags(&["outage", "edge"])
        .case(
            "asks",
            "asked again within a second, however often it failed",
            by(Key::Rsa2048B).mint(),
            needed("unknown_key"),
        )
        .at(NOW + 6.5)
        .flags(&["outage", "edge"]);
    stage
        .group("no-keys", policy(json!({})))
        .offer("key_set", "{}", NOW, None, "stored")
        .case(
            "settled",
            "the issuer has just said that it has none",
            good().mint(),
            because("UNKNOWN_KEY", "issuer_has_no_signing_key"),
        )
        .at(NOW + 0.9)
        .flags(&["edge"])
        .case("needed", "asked again after a second, as without a set", good().mint(), needed("unknown_key"))
        .at(NOW + 1.0)
        .flags(&["edge"]);
    let new = [Key::Rsa2048B.jwk()];
    stage
        .group("rotated", policy(json!({})))
        .keys(&usual_keys())
        .offer("key_set", key_set(&new), NOW - 1.0, None, "stored")
        .case("new", "signed by the new key", by(Key::Rsa2048B).mint(), ACCEPTED)
        .flags(&["rotation"])
        .case("old", "signed by the withdrawn key", good().mint(), because("UNKNOWN_KEY", "no_such_kid"))
        .flags(&["rotation"]);
    stage
        .group("same-again", policy(json!({})))
        .keys(&usual_keys())
        .offer("key_set", key_set(&usual_keys()), NOW - 1.0, None, "stored")
        .case("generation", "the same keys again are the same generation", good().mint(), ACCEPTED)
        .flags(&["rotation"]);
}

fn discovery(stage: &mut Stage) {
    let document = |issuer: &str, uri: &str| json!({ "issuer": issuer, "jwks_uri": uri }).to_string();
    let good_document = document("https://id.example/", "https://id.example/keys");
    let policy = || policy(json!({ "jwks_uri": "<absent>" }));
    stage.group("discovery", policy()).case(
        "needed",
        "the document is asked for first",
        good().mint(),
        needed("no_keys"),
    );
    stage
        .group("discovered", policy())
        .offer("discovery", good_document.as_str(), NOW - 1.0, None, "fetch")
        .case("needed", "now the key set is asked for", good().mint(), needed("no_keys"));
    stage
        .group("discovered-keys", policy())
        .offer("discovery", good_document.as_str(), NOW - 10.0, None, "fetch")
        .keys(&usual_keys())
        .case("good", "document and keys are there", good().mint(), ACCEPTED);
    for (id, body, reason) in [
        ("issuer-mismatch", document("https://id.example", "https://id.example/keys"), "issuer_mismatch"),
        ("no-jwks-uri", json!({ "issuer": "https://id.example/" }).to_string(), "no_jwks_uri"),
        ("insecure", document("https://id.example/", "http://id.example/keys"), "insecure_url"),
        ("discovery-not-json", "<html>".to_owned(), "not_json"),
    ] {
        stage
            .group(id, policy())
            .offer("discovery", body, NOW - 0.2, None, reason)
            .case(
                "unavailable",
                "the document is refused; nobody asks again at once",
                good().mint(),
                rejected("JWKS_UNAVAILABLE"),
            )
            .flags(&["outage"]);
    }
}

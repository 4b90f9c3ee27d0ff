//! Step 6, before any token: what of a key set can be used.

use serde_json::{Value, json};

use crate::keys::{Key, decode, encode};
use crate::mint::{by, good};
use crate::model::{ACCEPTED, Expect, FETCHED, NOW, Stage, because, key_set, policy, usual_keys, with};

/// Key material that must not be computed with. A good key stands beside each bad one and stays good.
pub fn material(stage: &mut Stage) {
    let rsa = Key::Rsa2048A.jwk();
    let modulus = decode(rsa["n"].as_str().unwrap_or_default());
    let padded = encode(&[&[0], modulus.as_slice()].concat());
    let mut even = modulus.clone();
    if let Some(last) = even.last_mut() {
        *last &= 0xfe;
    }
    for (id, comment, entry, reason) in [
        ("e-1", "an exponent of 1 signs nothing", with(rsa.clone(), "e", "AQ"), "rsa_bad_exponent"),
        ("e-2", "an even exponent", with(rsa.clone(), "e", "Ag"), "rsa_bad_exponent"),
        ("e-empty", "no exponent", with(rsa.clone(), "e", ""), "rsa_bad_exponent"),
        (
            "e-zeros",
            "leading zeros (RFC 7518 section 2)",
            with(rsa.clone(), "e", "AAEAAQ"),
            "rsa_bad_exponent",
        ),
        (
            "e-huge",
            "an exponent above 2^33 costs too much",
            with(rsa.clone(), "e", "AgAAAAE"),
            "rsa_bad_exponent",
        ),
        ("n-even", "an even modulus", with(rsa.clone(), "n", encode(&even)), "rsa_bad_modulus"),
        (
            "n-zeros",
            "leading zeros (RFC 7518 section 6.3.1.1)",
            with(rsa.clone(), "n", padded),
            "rsa_bad_modulus",
        ),
        ("n-empty", "an empty modulus", with(rsa.clone(), "n", ""), "rsa_bad_modulus"),
    ] {
        stage
            .group(id, policy(json!({})))
            .keys(&[entry, Key::P256A.jwk()])
            .case("unsuitable", comment, good().mint(), because("UNSUITABLE_KEY", reason))
            .flags(&["weak_key"])
            .case("neighbour", "the good key beside it", by(Key::P256A).mint(), ACCEPTED);
    }
    kid_lengths(stage);
    let ec = Key::P256A.jwk();
    let (x, y) = (ec["x"].clone(), ec["y"].clone());
    let short = encode(&decode(x.as_str().unwrap_or_default())[1..]);
    for (id, comment, entry, reason) in [
        (
            "off-curve",
            "the coordinates changed places",
            with(with(ec.clone(), "x", y), "y", x),
            "ec_not_on_curve",
        ),
        (
            "zero-point",
            "x and y are zero",
            with(with(ec.clone(), "x", encode(&[0; 32])), "y", encode(&[0; 32])),
            "ec_not_on_curve",
        ),
        (
            "x-short",
            "a coordinate without its first byte (RFC 7518 section 6.2.1.2)",
            with(ec.clone(), "x", short),
            "ec_bad_coordinate",
        ),
        (
            "crv-other",
            "the coordinates of another curve",
            with(ec.clone(), "crv", "P-384"),
            "ec_bad_coordinate",
        ),
        (
            "crv-secp256k1",
            "a curve that is not supported",
            with(ec.clone(), "crv", "secp256k1"),
            "unsupported_crv",
        ),
    ] {
        stage
            .group(id, policy(json!({})))
            .keys(&[entry, Key::Rsa2048A.jwk()])
            .case("unsuitable", comment, by(Key::P256A).mint(), because("UNSUITABLE_KEY", reason))
            .flags(&["invalid_point"])
            .case("neighbour", "the good key beside it", good().mint(), ACCEPTED);
    }
    let okp = Key::Ed25519A.jwk();
    let one = encode(&[&[1_u8][..], &[0; 31]].concat());
    for (id, comment, entry, reason) in [
        ("low-order", "the neutral point: everything verifies", with(okp.clone(), "x", one), "okp_bad_key"),
        ("okp-short", "31 bytes", with(okp.clone(), "x", encode(&[9; 31])), "okp_bad_key"),
        ("x25519", "a key for key agreement", with(okp.clone(), "crv", "X25519"), "unsupported_crv"),
        ("ed448", "a curve that is not supported", with(okp.clone(), "crv", "Ed448"), "unsupported_crv"),
    ] {
        stage
            .group(id, policy(json!({})))
            .keys(&[entry, Key::Rsa2048A.jwk()])
            .case("unsuitable", comment, by(Key::Ed25519A).mint(), because("UNSUITABLE_KEY", reason))
            .flags(&["invalid_point"])
            .case("neighbour", "the good key beside it", good().mint(), ACCEPTED);
    }
}

/// The least and the greatest modulus.
pub fn rsa_sizes(stage: &mut Stage) {
    let keys = [Key::Rsa2040, Key::Rsa2048A, Key::Rsa2048E3, Key::Rsa4096, Key::Rsa8192, Key::Rsa8200];
    let group = stage.group("rsa-size", policy(json!({}))).keys(&keys.map(Key::jwk));
    for (key, comment, expect) in [
        (Key::Rsa2040, "a byte below RFC 7518 section 3.3", because("UNSUITABLE_KEY", "rsa_too_small")),
        (Key::Rsa2048A, "the least", ACCEPTED),
        (Key::Rsa4096, "between", ACCEPTED),
        (Key::Rsa8192, "the greatest", ACCEPTED),
        (Key::Rsa8200, "a byte above", because("UNSUITABLE_KEY", "rsa_too_large")),
    ] {
        group.case(key.kid(), comment, by(key).mint(), expect).flags(&["bound"]);
    }
    group.case("e3", "the least exponent", by(Key::Rsa2048E3).mint(), ACCEPTED).flags(&["bound"]);
}

/// The set as a whole.
pub fn sets(stage: &mut Stage) {
    let usual = usual_keys;
    let filler = |count: usize| (0..count).map(|n| json!({ "kty": "oct", "kid": format!("filler-{n}") }));
    let many = |count: usize| filler(count - 1).chain([Key::Rsa2048A.jwk()]).collect::<Vec<Value>>();
    stage
        .group("64-keys", policy(json!({})))
        .keys(&many(64))
        .case("last", "the last of 64 entries", good().mint(), ACCEPTED)
        .flags(&["bound"]);
    stage
        .group("65-keys", policy(json!({})))
        .offer("key_set", key_set(&many(65)), NOW - 10.0, None, "too_many_keys")
        .case(
            "refused",
            "the set is refused whole; until the next fetch nobody can tell",
            good().mint(),
            Expect::KeysNeeded("no_keys"),
        )
        .flags(&["bound", "outage"]);
    let sized = |size: usize| {
        let set = json!({ "keys": usual(), "pad": "" }).to_string();
        let pad = "x".repeat(size - set.len());
        json!({ "keys": usual(), "pad": pad }).to_string()
    };
    stage
        .group("256-kib", policy(json!({})))
        .offer("key_set", sized(262_144), FETCHED, None, "stored")
        .case("good", "a set of exactly 262144 bytes", good().mint(), ACCEPTED)
        .flags(&["bound"]);
    stage
        .group("over-256-kib", policy(json!({})))
        .offer("key_set", sized(262_145), NOW - 10.0, None, "too_large")
        .case("refused", "a byte more: refused unread", good().mint(), Expect::KeysNeeded("no_keys"))
        .flags(&["bound", "outage"]);
    for (id, body, reason) in [
        ("not-json", "<html>502 Bad Gateway</html>", "not_json"),
        ("list", "[]", "not_an_object"),
        ("keys-object", r#"{"keys":{}}"#, "keys_not_an_array"),
        ("duplicate", r#"{"keys":[],"keys":[]}"#, "not_json"),
    ] {
        stage
            .group(id, policy(json!({})))
            .keys(&usual())
            .offer("key_set", body, NOW - 0.5, None, reason)
            .case("kept", "a bad answer leaves the set in force", good().mint(), ACCEPTED)
            .flags(&["outage"]);
    }
    for (id, body) in [("no-keys", r#"{"keys":[]}"#), ("no-member", "{}")] {
        stage
            .group(id, policy(json!({})))
            .keys(&usual())
            .offer("key_set", body, NOW - 0.5, None, "stored")
            .case(
                "withdrawn",
                "the issuer has withdrawn every key",
                good().mint(),
                because("UNKNOWN_KEY", "issuer_has_no_signing_key"),
            )
            .flags(&["rotation"]);
    }
    stage
        .group("odd-entries", policy(json!({})))
        .keys(&[json!(1), json!("x"), json!(null), with(Key::P256A.jwk(), "kid", 1), Key::Rsa2048A.jwk()])
        .case("good", "entries that are no keys spoil nothing", good().mint(), ACCEPTED);
    stage
        .group("static", policy(json!({ "jwks_uri": "<absent>", "keys": { "keys": usual() } })))
        .case("good", "keys in the policy", good().mint(), ACCEPTED)
        .case(
            "unknown",
            "a name that they lack: nothing is fetched",
            by(Key::Rsa2048B).mint(),
            because("UNKNOWN_KEY", "no_such_kid"),
        );
}

/// A `kid` is repeated in answers, so its length has a bound.
fn kid_lengths(stage: &mut Stage) {
    let named = |length: usize| with(Key::Rsa2048A.jwk(), "kid", "k".repeat(length));
    let token = |length: usize| good().header("kid", "k".repeat(length)).mint();
    stage
        .group("kid-longest", policy(json!({})))
        .keys(&[named(128)])
        .case("good", "as long as it may be", token(128), ACCEPTED)
        .flags(&["bound"]);
    // Written out, each of the control characters has six letters.
    let hostile = with(json!({ "kty": "oct" }), "kid", "\u{1}".repeat(40_000));
    stage
        .group("kid-too-long", policy(json!({})))
        .keys(&[named(129), hostile, Key::P256A.jwk()])
        .case(
            "unknown",
            "a key whose name is too long is not used",
            token(129),
            because("UNKNOWN_KEY", "no_such_kid"),
        )
        .flags(&["bound"])
        .case("neighbour", "the good key beside it", by(Key::P256A).mint(), ACCEPTED);
}

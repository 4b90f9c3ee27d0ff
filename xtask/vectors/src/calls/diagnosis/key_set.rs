//! Findings on keys and their certificates.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::{Stage, document, key, keys, keys_body, sound};
use crate::keys::Key;
use crate::model::with;

pub fn cases(stage: &mut Stage) {
    entries(stage);
    sets(stage);
    certificates(stage);
}

fn publishing(entries: &[Value]) -> Value {
    sound(json!({ "fetched": [document(json!({})), keys(entries)] }))
}

fn entries(stage: &mut Stage) {
    let private = with(key(), "d", "AQAB");
    stage
        .finds(
            "private-key",
            "a key set that lets everyone sign",
            &publishing(&[private, Key::Rsa2048B.jwk()]),
            &["private_key_published"],
        )
        .shows("members", json!(["d"]))
        .finds(
            "symmetric-key",
            "a shared secret for everyone",
            &publishing(&[key(), Key::Secret.jwk()]),
            &["private_key_published"],
        )
        .shows("members", json!(["k"]))
        .finds("weak-key", "2040 bits", &publishing(&[key(), Key::Rsa2040.jwk()]), &["weak_key"])
        .shows("bits", 2040)
        .finds(
            "weak-exponent",
            "an exponent of one",
            &publishing(&[key(), with(Key::Rsa2048B.jwk(), "e", "AQ")]),
            &["weak_key"],
        )
        .shows("reason", "rsa_bad_exponent")
        .finds(
            "key-unsupported",
            "another curve",
            &publishing(&[key(), json!({ "kty": "EC", "crv": "secp256k1", "kid": "k" })]),
            &["key_unsupported", "healthy"],
        )
        .finds(
            "key-unusable",
            "a member is missing",
            &publishing(&[key(), json!({ "kty": "RSA", "kid": "k", "e": "AQAB" })]),
            &["key_unusable"],
        )
        .shows("reason", "missing_member")
        .finds(
            "key-not-an-object",
            "a string among the keys",
            &publishing(&[key(), json!("key")]),
            &["key_unusable"],
        )
        .shows("index", 1)
        .finds(
            "key-odd-kid",
            "a kid that plays with terminals",
            &publishing(&[key(), json!({ "kty": "x", "kid": "\u{1b}[31m`\u{202e}" })]),
            &["key_unsupported", "healthy"],
        )
        .shows("kid", "\\u{1b}[31m'\\u{202e}");
}

fn sets(stage: &mut Stage) {
    let enc = with(with(key(), "use", "enc"), "alg", "RSA-OAEP-256");
    let twice = with(Key::Rsa2048B.jwk(), "kid", "rsa-2048-a");
    stage
        .finds(
            "duplicate-kid-with-encryption",
            "one key pair for both, as Authentik lists it",
            &publishing(&[key(), enc]),
            &["encryption_offered", "duplicate_kid_with_encryption"],
        )
        .finds("duplicate-kid", "two keys of one name", &publishing(&[key(), twice]), &["duplicate_kid"])
        .shows("signing_keys", 2)
        .finds(
            "key-without-kid",
            "which one is meant?",
            &publishing(&[key(), with(Key::Rsa2048B.jwk(), "kid", "<absent>")]),
            &["key_without_kid"],
        )
        .finds(
            "no-usable-key",
            "none is left",
            &publishing(&[Key::Rsa2040.jwk()]),
            &["weak_key", "no_usable_key"],
        )
        .finds(
            "key-set-malformed",
            "keys is no list",
            &sound(json!({ "fetched": [document(json!({})), keys_body("{\"keys\":{}}")] })),
            &["key_set_malformed"],
        )
        .shows("reason", "keys_not_an_array")
        .finds("key-set-of-65", "a key too many", &publishing(&vec![key(); 65]), &["key_set_malformed"])
        .shows("reason", "too_many_keys")
        .flags(&["bound"]);
}

/// DER: tag, length, content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("a short element");
    let head = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [&head, content].concat()
}

/// The smallest thing with the dates of a certificate (RFC 5280 section 4.1).
fn certificate(not_before: &str, not_after: &str) -> String {
    let dates = [der(0x17, not_before.as_bytes()), der(0x17, not_after.as_bytes())].concat();
    let parts =
        [der(0xa0, &[2, 1, 2]), der(2, &[1]), der(0x30, &[6, 1, 42]), der(0x30, &[]), der(0x30, &dates)];
    Base64::encode_string(&der(0x30, &der(0x30, &parts.concat())))
}

fn certificates(stage: &mut Stage) {
    let with_certificate = |text: &str| publishing(&[with(key(), "x5c", json!([text]))]);
    stage
        .finds(
            "certificate-valid",
            "for years",
            &with_certificate(&certificate("230101000000Z", "330101000000Z")),
            &["healthy"],
        )
        .finds(
            "certificate-expired",
            "a month ago",
            &with_certificate(&certificate("220101000000Z", "231014221320Z")),
            &["certificate_expired"],
        )
        .shows("not_after", 1_697_321_600)
        .finds(
            "certificate-expiring",
            "in ten days",
            &with_certificate(&certificate("220101000000Z", "231124221320Z")),
            &["certificate_expiring"],
        )
        .finds(
            "certificate-not-yet-valid",
            "from tomorrow",
            &with_certificate(&certificate("231115221320Z", "331114221320Z")),
            &["certificate_not_yet_valid"],
        )
        .finds(
            "certificate-unreadable",
            "not DER",
            &with_certificate("AAAA"),
            &["certificate_unreadable", "healthy"],
        )
        .finds(
            "certificate-endless",
            "a length beyond the end",
            &with_certificate(&Base64::encode_string(&[0x30, 0x83, 0xff, 0xff, 0xff, 0x30])),
            &["certificate_unreadable", "healthy"],
        );
}

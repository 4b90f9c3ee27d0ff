//! Step 6: which key of the set; and what makes an entry of a set usable.

use serde_json::{Value, json};

use super::key_set;
use crate::keys::Key;
use crate::mint::{by, good};
use crate::model::{ACCEPTED, Stage, because, policy, rejected, usual_keys, with};

pub fn stage() -> Stage {
    let mut stage = Stage::new("key");
    choice(&mut stage);
    candidates(&mut stage);
    purposes(&mut stage);
    key_set::material(&mut stage);
    key_set::rsa_sizes(&mut stage);
    key_set::sets(&mut stage);
    stage
}

fn choice(stage: &mut Stage) {
    stage
        .usual("kid", json!({}))
        .case("good", "the key of that name", good().mint(), ACCEPTED)
        .case(
            "unknown",
            "a name that the fresh set lacks",
            by(Key::Rsa2048B).mint(),
            because("UNKNOWN_KEY", "no_such_kid"),
        )
        .case(
            "case",
            "names are compared byte for byte",
            good().header("kid", "RSA-2048-A").mint(),
            because("UNKNOWN_KEY", "no_such_kid"),
        )
        .case(
            "empty",
            "an empty name is a name",
            good().header("kid", "").mint(),
            because("UNKNOWN_KEY", "no_such_kid"),
        )
        .case(
            "absent-one-fits",
            "no name, and one key of that kind",
            good().without_header("kid").mint(),
            ACCEPTED,
        )
        .case(
            "absent-forged",
            "no name, signed by a foreign key",
            by(Key::Rsa2048B).without_header("kid").mint(),
            rejected("INVALID_SIGNATURE"),
        );

    let several = [usual_keys(), vec![Key::Rsa2048B.jwk()]].concat();
    stage
        .group("no-kid", policy(json!({})))
        .keys(&several)
        .case(
            "two-fit",
            "no name, and two keys of that kind: nothing is guessed",
            good().without_header("kid").mint(),
            because("UNKNOWN_KEY", "no_kid_and_several_keys_fit"),
        )
        .case("one-fits", "no name, and one P-256 key", by(Key::P256A).without_header("kid").mint(), ACCEPTED)
        .case("named", "the same set with a name", good().mint(), ACCEPTED)
        .case("named-other", "the other name", by(Key::Rsa2048B).mint(), ACCEPTED)
        .case(
            "wrong-name",
            "the other key's name",
            by(Key::Rsa2048B).header("kid", "rsa-2048-a").mint(),
            rejected("INVALID_SIGNATURE"),
        );

    stage
        .group("none-fits", policy(json!({})))
        .keys(&[Key::P256A.jwk()])
        .case(
            "rsa",
            "no name, and no RSA key in the set",
            good().without_header("kid").mint(),
            because("UNKNOWN_KEY", "no_kid_and_no_key_fits"),
        )
        .case("ec", "no name, and the key that fits", by(Key::P256A).without_header("kid").mint(), ACCEPTED);

    stage
        .group("unnamed-key", policy(json!({})))
        .keys(&[with(Key::Rsa2048A.jwk(), "kid", "<absent>")])
        .case("no-kid", "neither token nor key has a name", good().without_header("kid").mint(), ACCEPTED)
        .case(
            "kid",
            "the token has one, the key has none",
            good().mint(),
            because("UNKNOWN_KEY", "no_such_kid"),
        );
}

/// A name may stand in a set several times; at most four keys are tried.
fn candidates(stage: &mut Stage) {
    let named = |key: Key| with(key.jwk(), "kid", "same");
    let token = by(Key::Rsa2048A).header("kid", "same").mint();
    let others = [Key::Rsa2048B, Key::Rsa2048E3, Key::Rsa4096, Key::Rsa8192];
    for (id, count, comment, expect) in [
        ("fourth", 3, "three other keys before the right one", ACCEPTED),
        ("fifth", 4, "four other keys before the right one", rejected("INVALID_SIGNATURE")),
    ] {
        let mut keys: Vec<Value> = others[..count].iter().map(|key| named(*key)).collect();
        keys.push(named(Key::Rsa2048A));
        stage
            .group(id, policy(json!({})))
            .keys(&keys)
            .case("same-kid", comment, token.as_str(), expect)
            .flags(&["bound"]);
    }
    stage
        .group("kinds", policy(json!({})))
        .keys(&[named(Key::P256A), named(Key::Rsa2048A), with(named(Key::Rsa2048B), "use", "enc")])
        .case("rsa", "one name for keys of two kinds: the kind decides", token.as_str(), ACCEPTED)
        .case("ec", "the other kind", by(Key::P256A).header("kid", "same").mint(), ACCEPTED)
        .case(
            "encryption-key",
            "the key for encryption is never tried",
            by(Key::Rsa2048B).header("kid", "same").mint(),
            rejected("INVALID_SIGNATURE"),
        );
}

/// `use`, `key_ops`, `alg` (RFC 7517 sections 4.2 to 4.4).
fn purposes(stage: &mut Stage) {
    let jwk = || Key::Rsa2048A.jwk();
    for (id, comment, entry) in [
        ("no-use", "no `use` says nothing against it", with(jwk(), "use", "<absent>")),
        ("key-ops", "may verify", with(jwk(), "key_ops", json!(["verify"]))),
        ("alg", "for this algorithm", with(jwk(), "alg", "RS256")),
        (
            "certificate",
            "a certificate beside the key is not read",
            with(jwk(), "x5c", json!(["not a certificate"])),
        ),
        ("extra", "unknown members are ignored (RFC 7517 section 4)", with(jwk(), "status", "active")),
    ] {
        stage.group(id, policy(json!({}))).keys(&[entry]).case("good", comment, good().mint(), ACCEPTED);
    }
    for (id, comment, entry, reason) in [
        ("use-enc", "for encryption", with(jwk(), "use", "enc"), "use_is_not_sig"),
        ("use-number", "`use` is no string", with(jwk(), "use", 1), "use_is_not_sig"),
        (
            "key-ops-sign",
            "may sign, not verify",
            with(jwk(), "key_ops", json!(["sign"])),
            "key_ops_without_verify",
        ),
        ("alg-other", "for another algorithm of the family", with(jwk(), "alg", "PS256"), "alg_does_not_fit"),
        (
            "alg-of-other-kind",
            "for an algorithm of another kind of key",
            with(jwk(), "alg", "ES256"),
            "alg_does_not_fit",
        ),
        (
            "alg-encryption",
            "for an algorithm that encrypts",
            with(jwk(), "alg", "RSA-OAEP"),
            "unsupported_alg",
        ),
        ("alg-secret", "for HMAC", with(jwk(), "alg", "HS256"), "unsupported_alg"),
        ("private", "whoever reads the set can sign", with(jwk(), "d", "AQAB"), "private_key"),
        (
            "symmetric",
            "a published secret is none",
            with(Key::Secret.jwk(), "kid", "rsa-2048-a"),
            "symmetric_key",
        ),
        ("kty", "an unknown kind", with(jwk(), "kty", "AKP"), "unsupported_kty"),
        ("kty-absent", "no kind", with(jwk(), "kty", "<absent>"), "missing_member"),
        ("n-absent", "no modulus", with(jwk(), "n", "<absent>"), "missing_member"),
        ("n-number", "the modulus is a number", with(jwk(), "n", 17), "bad_member"),
        (
            "n-padded",
            "the modulus is not base64url",
            with(jwk(), "n", format!("{}==", jwk()["n"].as_str().unwrap_or_default())),
            "bad_member",
        ),
    ] {
        stage.group(id, policy(json!({}))).keys(&[entry]).case(
            "unsuitable",
            comment,
            good().mint(),
            because("UNSUITABLE_KEY", reason),
        );
    }
}

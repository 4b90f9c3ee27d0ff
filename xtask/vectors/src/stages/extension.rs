//! Step 2: header parameters that are refused because nobody understands them, or are never used.

use serde_json::{Value, json};

use crate::keys::Key;
use crate::mint::good;
use crate::model::{ACCEPTED, Stage, because, rejected};

pub fn add(stage: &mut Stage) {
    let refused = || rejected("UNSUPPORTED_HEADER");
    let group = stage.usual("extension", json!({}));
    group.case("good", "no extension", good().mint(), ACCEPTED);
    for (name, comment, value) in [
        ("crit", "an extension nobody knows", json!(["exp"])),
        ("crit-empty", "an empty list is forbidden by itself", json!([])),
        ("crit-b64", "unencoded payloads (RFC 7797)", json!(["b64"])),
        ("crit-text", "not even a list", json!("exp")),
        ("crit-null", "null", Value::Null),
    ] {
        group
            .case(name, comment, good().header("crit", value).mint(), refused())
            .flags(&["unknown_extension"]);
    }
    group
        .case(
            "b64-false",
            "unencoded payload without `crit` (RFC 7797 section 7)",
            good().header("b64", false).mint(),
            refused(),
        )
        .flags(&["unknown_extension"])
        .case(
            "b64-true",
            "says what is so anyway, and needs `crit` all the same",
            good().header("b64", true).mint(),
            refused(),
        )
        .flags(&["unknown_extension"]);

    let group = stage.usual("embedded", json!({}));
    let attacker = Key::Rsa2048B;
    for (name, value) in [
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("jwk", attacker.jwk()),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAA")),
    ] {
        let ignored = good().header(name, value.clone()).mint();
        group
            .case(name, "the parameter is ignored, the issuer's key counts", ignored, ACCEPTED)
            .flags(&["embedded_key"]);
        let mut forged = good().header(name, value);
        forged.key = attacker;
        let comment = "signed by the attacker's key that the token points to";
        group
            .case(&format!("{name}-forged"), comment, forged.mint(), rejected("INVALID_SIGNATURE"))
            .flags(&["embedded_key"]);
    }
    let traversal = good().header("kid", "../../../../dev/null").mint();
    group
        .case("kid-path", "a key id is a name, not a path", traversal, because("UNKNOWN_KEY", "no_such_kid"))
        .flags(&["embedded_key"])
        .case(
            "kid-injection",
            "a key id is a name, not a query",
            good().header("kid", "x' OR '1'='1").mint(),
            because("UNKNOWN_KEY", "no_such_kid"),
        )
        .flags(&["embedded_key"]);
}

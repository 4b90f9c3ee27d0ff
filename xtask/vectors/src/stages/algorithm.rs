//! Step 5: the algorithm, from a closed list; the kind of key fixes the family.

use serde_json::json;

use crate::keys::{self, Key, decode, encode};
use crate::mint::{by, good};
use crate::model::{ACCEPTED, Expect, Stage, because, rejected};

const ALGORITHMS: [(&str, Key); 10] = [
    ("RS256", Key::Rsa2048A),
    ("RS384", Key::Rsa2048A),
    ("RS512", Key::Rsa2048A),
    ("PS256", Key::Rsa2048A),
    ("PS384", Key::Rsa2048A),
    ("PS512", Key::Rsa2048A),
    ("ES256", Key::P256A),
    ("ES384", Key::P384A),
    ("ES512", Key::P521A),
    ("EdDSA", Key::Ed25519A),
];

fn refused() -> Expect {
    rejected("ALGORITHM_NOT_ALLOWED")
}

pub fn stage() -> Stage {
    let mut stage = Stage::new("algorithm");
    let group = stage.usual("each", json!({}));
    for (algorithm, key) in ALGORITHMS {
        group.case(&algorithm.to_lowercase(), "allowed by default", by(key).alg(algorithm).mint(), ACCEPTED);
    }

    for (algorithm, key) in ALGORITHMS {
        let id = format!("only-{}", algorithm.to_lowercase());
        let group = stage.usual(&id, json!({ "algorithms": [algorithm] }));
        group.case("good", "the only one allowed", by(key).alg(algorithm).mint(), ACCEPTED);
        let (other, other_key) = if algorithm == "RS256" { ("PS256", key) } else { ("RS256", Key::Rsa2048A) };
        group.case(
            "other",
            "a good signature, but by another algorithm",
            by(other_key).alg(other).mint(),
            refused(),
        );
    }

    unsigned(&mut stage);
    confusion(&mut stage);
    stage
}

fn unsigned(stage: &mut Stage) {
    let group = stage.usual("none", json!({}));
    let unsigned = |alg: &str, signature: &str| {
        let (header, payload) = good().header("alg", alg).texts();
        format!("{}.{}.{signature}", encode(header.as_bytes()), encode(payload.as_bytes()))
    };
    group.case("good", "the same token, signed", good().mint(), ACCEPTED);
    for (name, alg) in
        [("none", "none"), ("capital", "None"), ("capitals", "NONE"), ("mixed", "nOnE"), ("empty", "")]
    {
        group.case(name, "no signature at all", unsigned(alg, ""), refused()).flags(&["alg_none"]);
    }
    group
        .case("with-signature", "`none`, and a signature all the same", unsigned("none", "AAAA"), refused())
        .flags(&["alg_none"]);
    for (name, alg) in [
        ("lower-case", "rs256"),
        ("space", "RS256 "),
        ("unknown", "RS1024"),
        ("es256k", "ES256K"),
        ("fully-specified", "Ed25519"),
        ("hs384", "HS384"),
        ("hs512", "HS512"),
        ("key-wrap", "RSA-OAEP"),
        ("rsa-sha1", "RS1"),
    ] {
        group.case(name, "not in the closed list", unsigned(alg, "AAAA"), refused());
    }
}

fn confusion(stage: &mut Stage) {
    let group = stage.usual("confusion", json!({}));
    let jwk = Key::Rsa2048A.jwk();
    let modulus = decode(jwk["n"].as_str().expect("a modulus"));
    let header = json!({ "alg": "HS256", "kid": "rsa-2048-a", "typ": "JWT" }).to_string();
    let input = format!("{}.{}", encode(header.as_bytes()), encode(good().texts().1.as_bytes()));
    for (name, secret) in [
        ("modulus", modulus),
        ("jwk", jwk.to_string().into_bytes()),
        ("pem", pem().into_bytes()),
        ("empty", Vec::new()),
    ] {
        let token = format!("{input}.{}", encode(&keys::hmac(&secret, input.as_bytes())));
        group
            .case(
                &format!("hs256-{name}"),
                "HMAC under what everybody knows of the RSA key",
                token,
                refused(),
            )
            .flags(&["alg_confusion"]);
    }
    let unsuitable = || because("UNSUITABLE_KEY", "alg_does_not_fit");
    group
        .case("good", "the RSA key as it should be used", good().mint(), ACCEPTED)
        .case(
            "es256-by-rsa-kid",
            "ES256 under the id of the RSA key",
            by(Key::P256A).header("kid", "rsa-2048-a").mint(),
            unsuitable(),
        )
        .flags(&["alg_confusion"])
        .case(
            "rs256-by-ec-kid",
            "RS256 under the id of the P-256 key",
            good().header("kid", "p256-a").mint(),
            unsuitable(),
        )
        .flags(&["alg_confusion"])
        .case(
            "es384-by-p256-kid",
            "ES384 under the id of the P-256 key",
            by(Key::P384A).header("kid", "p256-a").mint(),
            unsuitable(),
        )
        .flags(&["alg_confusion"])
        .case(
            "eddsa-by-ec-kid",
            "EdDSA under the id of the P-256 key",
            by(Key::Ed25519A).header("kid", "p256-a").mint(),
            unsuitable(),
        )
        .flags(&["alg_confusion"]);
    // A signature of one algorithm under the name of another of the same family.
    for (name, claimed, used) in
        [("ps-as-rs", "RS256", "PS256"), ("rs-as-ps", "PS256", "RS256"), ("hash", "RS512", "RS256")]
    {
        let (header, payload) = good().alg(claimed).texts();
        let input = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()));
        let signature = Key::Rsa2048A.sign(used, input.as_bytes());
        let comment = format!("says {claimed}, signed as {used}");
        group
            .case(name, &comment, format!("{input}.{}", encode(&signature)), rejected("INVALID_SIGNATURE"))
            .flags(&["alg_confusion"]);
    }
}

/// The RSA key as the PEM file an attacker would use as a secret.
fn pem() -> String {
    use jwt_simple::prelude::RS256KeyPair;
    let pair = RS256KeyPair::from_jwk(Key::Rsa2048A.file()).expect("a key file is a JWK");
    pair.public_key().to_pem().expect("a public key has a PEM form")
}

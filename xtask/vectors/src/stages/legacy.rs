//! Tokens signed with a shared secret, for issuer entries that say so.

use serde_json::json;

use crate::keys::{Key, encode};
use crate::mint::{by, good, legacy as token};
use crate::model::{ACCEPTED, FETCHED, Stage, T, entry, key_set, legacy, rejected, usual_keys};

pub fn stage() -> Stage {
    let mut stage = Stage::new("legacy");
    let kid = |token: crate::mint::Token| token.header("kid", "any");
    stage
        .group("session", legacy(json!({})))
        .case("good", "as the older services mint it: no `iss`, no `aud`, no `kid`", token().mint(), ACCEPTED)
        .case("kid", "a key id names nothing here", kid(token()).mint(), ACCEPTED)
        .case(
            "tid",
            "a directory id is a claim like others",
            token().claim("tid", "fuzefront").mint(),
            ACCEPTED,
        )
        .case("sub-too", "`userId` counts, not `sub`", token().claim("sub", "user-2").mint(), ACCEPTED)
        .case(
            "no-user-id",
            "`sub` does not stand in for `userId`",
            token().without("userId").claim("sub", "user-1").mint(),
            rejected("MISSING_CLAIM"),
        )
        .case(
            "user-id-number",
            "an id of another type",
            token().claim("userId", 7).mint(),
            rejected("INVALID_CLAIM"),
        )
        .case(
            "issuer",
            "an `iss` where none is allowed",
            token().claim("iss", "https://id.example/").mint(),
            rejected("INVALID_ISSUER"),
        )
        .case(
            "rs256",
            "a public-key algorithm",
            good().without("iss").claim("userId", "user-1").mint(),
            rejected("ALGORITHM_NOT_ALLOWED"),
        )
        .flags(&["alg_confusion"])
        .case("wrong-secret", "another secret", forged(), rejected("INVALID_SIGNATURE"))
        .case(
            "truncated-tag",
            "the first half of the tag",
            crate::mint::resign(&token().mint(), |bytes| bytes[..16].to_vec()),
            rejected("INVALID_SIGNATURE"),
        )
        .case(
            "empty-tag",
            "no tag",
            crate::mint::resign(&token().mint(), |_| Vec::new()),
            rejected("INVALID_SIGNATURE"),
        )
        .case("exp-now", "no tolerance by default", token().claim("exp", T).mint(), rejected("EXPIRED"))
        .flags(&["edge"])
        .case("exp-after-now", "expires in a second", token().claim("exp", T + 1).mint(), ACCEPTED)
        .flags(&["edge"])
        .case(
            "no-exp",
            "`exp` is required here too",
            token().without("exp").mint(),
            rejected("MISSING_CLAIM"),
        );
    stage
        .group("directory", legacy(json!({ "claim_values": { "tid": ["fuzefront"] }, "leeway": 60 })))
        .case("good", "of this directory", token().claim("tid", "fuzefront").mint(), ACCEPTED)
        .case(
            "other",
            "of another directory under the same secret",
            token().claim("tid", "mendys").mint(),
            rejected("INVALID_CLAIM"),
        )
        .case("absent", "of none", token().mint(), rejected("MISSING_CLAIM"));
    stage
        .group(
            "named",
            legacy(json!({ "issuer": "fuzefront", "audience": "keys-app", "claims": { "subject": "sub" } })),
        )
        .case("good", "with issuer and audience", by(Key::Secret).claim("iss", "fuzefront").mint(), ACCEPTED)
        .case("no-issuer", "without", by(Key::Secret).without("iss").mint(), rejected("MISSING_CLAIM"))
        .case(
            "other-audience",
            "for another app",
            by(Key::Secret).claim("iss", "fuzefront").claim("aud", "x").mint(),
            rejected("INVALID_AUDIENCE"),
        )
        .flags(&["audience_confusion"]);
    let shortest = json!({ "secret": encode(&[7; 32]) });
    let forged_by_others = token().mint();
    stage
        .group("shortest-secret", legacy(shortest))
        .case(
            "other-secret",
            "a secret of 32 bytes is the least; this token has another",
            forged_by_others,
            rejected("INVALID_SIGNATURE"),
        )
        .flags(&["bound"]);
    migration(&mut stage);
    stage
}

fn forged() -> String {
    let (header, payload) = token().texts();
    let input = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()));
    format!("{input}.{}", encode(&crate::keys::hmac(b"secret", input.as_bytes())))
}

/// Old and new tokens side by side: neither kind of key opens the other entry.
fn migration(stage: &mut Stage) {
    let old = &legacy(json!({}))["issuers"][0];
    let both = json!({ "issuers": [old, entry(json!({}))] });
    stage
        .group("migration", both)
        .offer("key_set", key_set(&usual_keys()), FETCHED, None, "stored")
        .for_issuer(1)
        .case("old", "without `iss`: the legacy entry", token().mint(), ACCEPTED)
        .case("new", "with `iss`: the federated entry", good().mint(), ACCEPTED)
        .case(
            "secret-as-issuer",
            "the shared secret in the issuer's name",
            by(Key::Secret).mint(),
            rejected("ALGORITHM_NOT_ALLOWED"),
        )
        .flags(&["alg_confusion"])
        .case(
            "issuer-key-as-legacy",
            "the issuer's key without `iss`",
            good().without("iss").claim("userId", "user-1").mint(),
            rejected("ALGORITHM_NOT_ALLOWED"),
        )
        .flags(&["alg_confusion"]);
}

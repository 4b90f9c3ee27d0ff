//! Step 4: the `iss` that picks the issuer entry, compared byte for byte.

use serde_json::{Value, json};

use crate::keys::Key;
use crate::mint::{by, good};
use crate::model::{ACCEPTED, FETCHED, Stage, entry, key_set, rejected, usual_keys};

pub fn stage() -> Stage {
    let mut stage = Stage::new("issuer");
    let group = stage.usual("one", json!({}));
    group.case("good", "the very string", good().mint(), ACCEPTED).case(
        "absent",
        "no `iss`",
        good().without("iss").mint(),
        rejected("MISSING_CLAIM"),
    );
    for (name, comment, value) in [
        ("no-slash", "without the slash at the end", json!("https://id.example")),
        ("two-slashes", "with another slash", json!("https://id.example//")),
        ("upper-case", "host in capitals", json!("https://ID.example/")),
        ("http", "another scheme", json!("http://id.example/")),
        ("port", "with the default port", json!("https://id.example:443/")),
        ("longer-host", "the name as a prefix of another host", json!("https://id.example/.evil.example/")),
        ("space", "a space behind it", json!("https://id.example/ ")),
        ("encoded", "an escaped letter", json!("https://id.exampl%65/")),
        ("nul", "a NUL behind it", json!("https://id.example/\0")),
        ("other", "another issuer", json!("https://evil.example/")),
        ("empty", "an empty string", json!("")),
    ] {
        group
            .case(name, comment, good().claim("iss", value).mint(), rejected("INVALID_ISSUER"))
            .flags(&["issuer_spelling"]);
    }
    for (name, value) in [
        ("list", json!(["https://id.example/"])),
        ("null", Value::Null),
        ("number", json!(1)),
        ("object", json!({ "https://id.example/": 1 })),
    ] {
        group.case(name, "not a string", good().claim("iss", value).mint(), rejected("INVALID_ISSUER"));
    }
    group.case(
        "escaped-slash",
        "the same string, escaped in JSON",
        good().payload(good().texts().1.replace("id.example/", "id.example\\/")),
        ACCEPTED,
    );

    stage
        .usual("spellings", json!({ "issuer": ["https://id.example/", "https://id.example"] }))
        .case("with-slash", "one of the allowed strings", good().mint(), ACCEPTED)
        .case("without-slash", "the other", good().claim("iss", "https://id.example").mint(), ACCEPTED)
        .case(
            "two-slashes",
            "neither",
            good().claim("iss", "https://id.example//").mint(),
            rejected("INVALID_ISSUER"),
        )
        .flags(&["issuer_spelling"]);

    several(&mut stage);
    stage
}

/// Two issuers, each with its own keys, audience and algorithms: nothing of one entry is good for the other.
fn several(stage: &mut Stage) {
    let other = entry(json!({
        "issuer": "https://other.example/",
        "audience": "other-app",
        "jwks_uri": "https://other.example/jwks",
        "algorithms": ["ES256"],
    }));
    let both = json!({ "issuers": [entry(json!({})), other] });
    let of_other = || by(Key::P256B).claim("iss", "https://other.example/").claim("aud", "other-app");
    let group = stage.group("two", both);
    group
        .keys(&usual_keys())
        .offer("key_set", key_set(&[Key::P256B.jwk()]), FETCHED, None, "stored")
        .for_issuer(1);
    group
        .case("first", "of the first issuer", good().mint(), ACCEPTED)
        .case("second", "of the second", of_other().mint(), ACCEPTED)
        .case(
            "neither",
            "of a third issuer: no entry is tried in its place",
            good().claim("iss", "https://third.example/").mint(),
            rejected("INVALID_ISSUER"),
        )
        .case(
            "key-of-the-other",
            "signed by the first issuer's key in the second's name",
            by(Key::P256A).claim("iss", "https://other.example/").claim("aud", "other-app").mint(),
            rejected("UNKNOWN_KEY"),
        )
        .case(
            "kid-of-the-other",
            "the same under the second's key id",
            by(Key::P256A)
                .header("kid", "p256-b")
                .claim("iss", "https://other.example/")
                .claim("aud", "other-app")
                .mint(),
            rejected("INVALID_SIGNATURE"),
        )
        .case(
            "audience-of-the-other",
            "of the second issuer, for the first one's audience",
            of_other().claim("aud", "keys-app").mint(),
            rejected("INVALID_AUDIENCE"),
        )
        .flags(&["audience_confusion"])
        .case(
            "algorithm-of-the-other",
            "an algorithm that only the first issuer may use",
            good().claim("iss", "https://other.example/").mint(),
            rejected("ALGORITHM_NOT_ALLOWED"),
        );
}

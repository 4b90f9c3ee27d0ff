//! Step 9: audience, authorised party, required claims and values, kind of subject, scopes.

use serde_json::{Value, json};

use crate::mint::good;
use crate::model::{ACCEPTED, Stage, because, rejected};

pub fn stage() -> Stage {
    let mut stage = Stage::new("audience");
    audience(&mut stage);
    party(&mut stage);
    required(&mut stage);
    kinds(&mut stage);
    scopes(&mut stage);
    stage
}

fn audience(stage: &mut Stage) {
    let aud = |value: Value| good().claim("aud", value).mint();
    let group = stage.usual("aud", json!({}));
    group
        .case("string", "one audience", good().mint(), ACCEPTED)
        .case("list", "one of several", aud(json!(["other-app", "keys-app"])), ACCEPTED)
        .case("list-of-one", "a list of one", aud(json!(["keys-app"])), ACCEPTED)
        .case("absent", "no `aud`", good().without("aud").mint(), rejected("MISSING_CLAIM"));
    for (name, comment, value) in [
        ("other", "another app's token", json!("other-app")),
        ("others", "other apps' token", json!(["other-app", "third-app"])),
        ("empty-list", "for nobody", json!([])),
        ("empty", "an empty string", json!("")),
        ("prefix", "the name as a prefix", json!("keys-app2")),
        ("case", "names are compared byte for byte", json!("Keys-App")),
        ("space", "a space behind it", json!("keys-app ")),
        ("words", "the name within a list of words", json!("other-app keys-app")),
    ] {
        group.case(name, comment, aud(value), rejected("INVALID_AUDIENCE")).flags(&["audience_confusion"]);
    }
    for (name, comment, value) in [
        ("null", "null", Value::Null),
        ("number", "a number", json!(1)),
        ("object", "an object", json!({ "keys-app": true })),
        ("mixed-list", "a list with a number in it", json!(["keys-app", 1])),
        // Written out, each of them has 309 digits.
        ("huge-numbers", "a list of numbers that take long to write", json!(vec![1e308; 1500])),
        ("nested-list", "a list within a list", json!([["keys-app"]])),
    ] {
        group.case(name, comment, aud(value), because("INVALID_CLAIM", "not_a_string_or_array_of_strings"));
    }
    stage
        .usual("several", json!({ "audience": ["keys-app", "urn:fuze:api"] }))
        .case("first", "one of the allowed ones", aud(json!("keys-app")), ACCEPTED)
        .case("second", "the other", aud(json!("urn:fuze:api")), ACCEPTED)
        .case("neither", "neither", aud(json!("other-app")), rejected("INVALID_AUDIENCE"))
        .flags(&["audience_confusion"]);
}

fn party(stage: &mut Stage) {
    let group = stage.usual("azp", json!({ "authorized_parties": ["web-client", "mobile-client"] }));
    group
        .case("good", "an allowed client", good().claim("azp", "mobile-client").mint(), ACCEPTED)
        .case("other", "another client", good().claim("azp", "evil-client").mint(), rejected("INVALID_CLAIM"))
        .case("absent", "no client named", good().mint(), rejected("MISSING_CLAIM"))
        .case(
            "client-id",
            "`client_id` (RFC 9068 section 2.2) where there is no `azp`",
            good().claim("client_id", "web-client").mint(),
            ACCEPTED,
        )
        .case(
            "client-id-other",
            "another client there",
            good().claim("client_id", "evil-client").mint(),
            rejected("INVALID_CLAIM"),
        )
        .case(
            "both",
            "`azp` counts where both are there",
            good().claim("azp", "evil-client").claim("client_id", "web-client").mint(),
            rejected("INVALID_CLAIM"),
        )
        .case(
            "list",
            "not a string",
            good().claim("azp", json!(["web-client"])).mint(),
            rejected("INVALID_CLAIM"),
        )
        .case(
            "null",
            "null is no client",
            good().claim("azp", Value::Null).mint(),
            rejected("INVALID_CLAIM"),
        );
    stage.usual("azp-unchecked", json!({})).case(
        "any",
        "without a list nobody asks",
        good().claim("azp", "any-client").mint(),
        ACCEPTED,
    );
}

fn required(stage: &mut Stage) {
    let group = stage.usual("required", json!({ "required_claims": ["sid", "acr"] }));
    let with = |sid: Value, acr: Value| good().claim("sid", sid).claim("acr", acr).mint();
    group
        .case("good", "both are there", with(json!("s"), json!("1")), ACCEPTED)
        .case("any-type", "false, 0 and empty are there", with(json!(false), json!("")), ACCEPTED)
        .case("one", "one is missing", good().claim("sid", "s").mint(), rejected("MISSING_CLAIM"))
        .case("null", "null is missing", with(json!("s"), Value::Null), rejected("MISSING_CLAIM"));
    let group = stage.usual("values", json!({ "claim_values": { "tid": ["fuzefront", "mendys"] } }));
    group
        .case("good", "an allowed value", good().claim("tid", "mendys").mint(), ACCEPTED)
        .case("other", "another value", good().claim("tid", "evil").mint(), rejected("INVALID_CLAIM"))
        .case("absent", "no such claim", good().mint(), rejected("MISSING_CLAIM"))
        .case(
            "list",
            "a list is not one of the strings",
            good().claim("tid", json!(["mendys"])).mint(),
            rejected("INVALID_CLAIM"),
        )
        .case(
            "null",
            "null is not one of the strings",
            good().claim("tid", Value::Null).mint(),
            rejected("INVALID_CLAIM"),
        );
}

fn kinds(stage: &mut Stage) {
    let wrong = || because("WRONG_TOKEN_TYPE", "wrong_kind");
    let machine = || good().claim("sub", "job").claim("azp", "job").mint();
    let rfc9068 = || good().claim("sub", "job").claim("client_id", "job").mint();
    stage
        .usual("any-kind", json!({}))
        .case("user", "a person", good().claim("azp", "web-client").mint(), ACCEPTED)
        .case("machine", "a client for itself", machine(), ACCEPTED)
        .case("machine-rfc9068", "RFC 9068 section 2.2", rfc9068(), ACCEPTED);
    stage
        .usual("users-only", json!({ "kinds": ["user"], "machine_clients": ["nightly-job"] }))
        .case("user", "a person", good().claim("azp", "web-client").mint(), ACCEPTED)
        .case("machine", "a client for itself", machine(), wrong())
        .flags(&["type_confusion"])
        .case("machine-rfc9068", "a client for itself", rfc9068(), wrong())
        .flags(&["type_confusion"])
        .case(
            "listed",
            "a listed client, whatever its subject",
            good().claim("azp", "nightly-job").mint(),
            wrong(),
        )
        .flags(&["type_confusion"]);
    stage
        .usual("machines-only", json!({ "kinds": ["machine"], "machine_clients": ["nightly-job"] }))
        .case("machine", "a client for itself", machine(), ACCEPTED)
        .case("listed", "a listed client", good().claim("azp", "nightly-job").mint(), ACCEPTED)
        .case("user", "a person", good().claim("azp", "web-client").mint(), wrong())
        .flags(&["type_confusion"]);
}

fn scopes(stage: &mut Stage) {
    let scope = |value: Value| good().claim("scope", value).mint();
    let lacking = || rejected("INSUFFICIENT_SCOPE");
    stage
        .usual("scope", json!({ "required_scopes": ["read", "write"] }))
        .case("good", "both and another", scope(json!("openid read write")), ACCEPTED)
        .case("order", "in any order, spaces more than one", scope(json!(" write  read ")), ACCEPTED)
        .case("one", "one is missing", scope(json!("read openid")), lacking())
        .case("absent", "no `scope`", good().mint(), lacking())
        .case("empty", "an empty one", scope(json!("")), lacking())
        .case("prefix", "a word that begins alike", scope(json!("read:all write")), lacking())
        .case("case", "words are compared byte for byte", scope(json!("Read Write")), lacking())
        .case(
            "comma",
            "commas do not part words (RFC 6749 section 3.3)",
            scope(json!("read,write")),
            lacking(),
        )
        .case(
            "list",
            "a list is not a string of words (RFC 8693 section 4.2)",
            scope(json!(["read", "write"])),
            lacking(),
        )
        .case(
            "wrong-audience-first",
            "the audience is looked at first",
            good().claim("aud", "other-app").mint(),
            rejected("INVALID_AUDIENCE"),
        );
}

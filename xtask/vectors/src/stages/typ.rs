//! Step 3: what the token says it is.

use serde_json::json;

use crate::mint::good;
use crate::model::{ACCEPTED, Stage, rejected};

pub fn stage() -> Stage {
    let mut stage = Stage::new("type");
    let wrong = || rejected("WRONG_TOKEN_TYPE");
    let group = stage.usual("default", json!({}));
    group.case("absent", "many issuers give none", good().without_header("typ").mint(), ACCEPTED);
    for (name, typ) in [
        ("jwt", "JWT"),
        ("jwt-lower-case", "jwt"),
        ("at-jwt", "at+jwt"),
        ("at-jwt-mixed-case", "At+JWT"),
        ("application-at-jwt", "application/at+jwt"),
        ("application-jwt", "Application/JWT"),
    ] {
        group.case(
            name,
            "compared without case, and without `application/` (RFC 7515 section 4.1.9)",
            good().header("typ", typ).mint(),
            ACCEPTED,
        );
    }
    for (name, comment, typ) in [
        ("logout", "OpenID Connect Back-Channel Logout 1.0 section 2.4", "logout+jwt"),
        ("dpop", "a proof of possession, RFC 9449 section 4.2", "dpop+jwt"),
        ("introspection", "RFC 9701 section 5", "token-introspection+jwt"),
        ("request-object", "RFC 9101 section 10.8", "oauth-authz-req+jwt"),
        ("security-event", "RFC 8417 section 2.3", "secevent+jwt"),
        ("jose", "a JWS in general", "JOSE"),
        ("empty", "an empty string names no type, and is not an absent one", ""),
        ("application-nothing", "nothing behind `application/`", "application/"),
        ("space", "a space behind the name", "JWT "),
        ("other-tree", "only `application/` may be left out", "text/jwt"),
        ("twice", "left out once", "application/application/jwt"),
    ] {
        group.case(name, comment, good().header("typ", typ).mint(), wrong()).flags(&["type_confusion"]);
    }
    let events = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    group
        .case(
            "logout-untyped",
            "a logout token without `typ` is known by its events",
            good().without_header("typ").claim("events", events).mint(),
            wrong(),
        )
        .flags(&["type_confusion"])
        .case(
            "other-events",
            "other events do not make a logout token",
            good().claim("events", json!({ "https://a.example/login": {} })).mint(),
            ACCEPTED,
        );

    stage
        .usual("strict", json!({ "types": ["at+jwt"] }))
        .case(
            "at-jwt",
            "access tokens only (RFC 9068 section 4)",
            good().header("typ", "at+jwt").mint(),
            ACCEPTED,
        )
        .case("jwt", "an ID token or anything else", good().mint(), wrong())
        .flags(&["type_confusion"])
        .case("absent", "nothing said", good().without_header("typ").mint(), wrong())
        .flags(&["type_confusion"]);
    stage
}

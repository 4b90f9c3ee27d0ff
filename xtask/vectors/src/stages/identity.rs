//! Step 10: claims to identity. Nothing is guessed: a claim of another type grants nothing.

use serde_json::{Value, json};

use crate::mint::good;
use crate::model::{ACCEPTED, Stage, because, rejected};

pub fn stage() -> Stage {
    let mut stage = Stage::new("identity");
    let group = stage.usual("claims", json!({}));
    group
        .case("least", "no tenant, no roles, no e-mail", good().mint(), ACCEPTED)
        .case("full", "every fact there is", full(), ACCEPTED)
        .case("one-role", "roles as one string", good().claim("roles", "admin").mint(), ACCEPTED)
        .case("roles-empty", "no role", good().claim("roles", json!([])).mint(), ACCEPTED)
        .case("roles-empty-string", "an empty string is no role", good().claim("roles", "").mint(), ACCEPTED)
        .case(
            "roles-mixed",
            "a list with a number in it grants nothing",
            good().claim("roles", json!(["admin", 1])).mint(),
            ACCEPTED,
        )
        .case(
            "roles-object",
            "an object grants nothing",
            good().claim("roles", json!({ "admin": true })).mint(),
            ACCEPTED,
        )
        .case("roles-null", "null grants nothing", good().claim("roles", Value::Null).mint(), ACCEPTED)
        .case("tenant-empty", "an empty tenant is unresolved", good().claim("tenantId", "").mint(), ACCEPTED)
        .case("tenant-number", "a number is no tenant", good().claim("tenantId", 7).mint(), ACCEPTED)
        .case("email-object", "an object is no address", good().claim("email", json!({})).mint(), ACCEPTED)
        .case(
            "prototype",
            "names with a meaning in other languages are names",
            good().payload(odd_names()),
            ACCEPTED,
        )
        .case(
            "unicode",
            "letters, controls and quotes of every kind",
            good().claim("sub", "Zoë \u{1f600}\u{2028}\"\\\u{7f}").mint(),
            ACCEPTED,
        )
        .case(
            "large-number",
            "the payload goes out as it came in",
            good().payload(large_numbers()),
            ACCEPTED,
        );
    group
        .case(
            "sub-empty",
            "an empty subject is none",
            good().claim("sub", "").mint(),
            because("MISSING_CLAIM", "empty"),
        )
        .case("sub-absent", "no subject", good().without("sub").mint(), rejected("MISSING_CLAIM"));
    mapped(&mut stage);
    stage
}

fn full() -> String {
    let claims = [
        ("tenantId", json!("org_1")),
        ("roles", json!(["admin", "billing"])),
        ("email", json!("ada@id.example")),
        ("jti", json!("token-1")),
        ("sid", json!("session-1")),
        ("azp", json!("web-client")),
        ("scope", json!("openid read")),
        ("nbf", json!(1_699_999_940)),
    ];
    let token = claims.into_iter().fold(good(), |token, (name, value)| token.claim(name, value));
    token.header("typ", "at+jwt").mint()
}

fn odd_names() -> String {
    let (_, payload) = good().texts();
    let members = r#""__proto__":{"admin":true},"constructor":1,"toString":2,"__class__":3,"":4"#;
    format!("{},{members}}}", payload.strip_suffix('}').expect("an object"))
}

fn large_numbers() -> String {
    let (_, payload) = good().texts();
    let members =
        r#""big":12345678901234567890,"long":0.1000000000000000055511151231257827,"small":1e-400,"zero":-0"#;
    format!("{},{members}}}", payload.strip_suffix('}').expect("an object"))
}

fn mapped(stage: &mut Stage) {
    let claims = json!({ "subject": "uid", "tenant": "org", "roles": "groups", "email": "mail" });
    let token = || {
        good()
            .claim("uid", "user-7")
            .claim("org", "org_7")
            .claim("groups", json!(["ops"]))
            .claim("mail", "a@b.example")
    };
    stage
        .usual("mapped", json!({ "claims": claims }))
        .case(
            "good",
            "other claim names",
            token().claim("roles", json!(["admin"])).claim("tenantId", "org_1").mint(),
            ACCEPTED,
        )
        .case(
            "absent",
            "the named subject is missing; `sub` does not stand in",
            token().without("uid").mint(),
            rejected("MISSING_CLAIM"),
        )
        .case(
            "empty",
            "the named subject is empty",
            token().claim("uid", "").mint(),
            because("MISSING_CLAIM", "empty"),
        )
        .case(
            "number",
            "the named subject is a number",
            token().claim("uid", 7).mint(),
            because("INVALID_CLAIM", "not_a_string"),
        )
        .case("no-sub", "`sub` is not needed then", token().without("sub").mint(), ACCEPTED);
}

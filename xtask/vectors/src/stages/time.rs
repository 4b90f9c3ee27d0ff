//! Step 8: types of the registered claims, then `exp`, `nbf`, `iat` and the maximum age, to the second.

use serde_json::{Value, json};

use crate::mint::good;
use crate::model::{ACCEPTED, Expect, NOW, Stage, T, because, policy, rejected, usual_keys};

fn wrong(reason: &'static str) -> Expect {
    because("INVALID_CLAIM", reason)
}

pub fn stage() -> Stage {
    let mut stage = Stage::new("time");
    types(&mut stage);
    edges(&mut stage);
    leeway(&mut stage);
    max_age(&mut stage);
    stage
}

fn types(stage: &mut Stage) {
    let group = stage.usual("type", json!({}));
    group.case("good", "whole seconds", good().mint(), ACCEPTED);
    for claim in ["exp", "iat", "nbf"] {
        for (name, value) in [
            ("text", json!((T - 60).to_string())),
            ("null", Value::Null),
            ("true", json!(true)),
            ("list", json!([T])),
            ("object", json!({})),
            ("far", json!(253_402_300_800_i64)),
        ] {
            let token = good().claim(claim, value).mint();
            group.case(
                &format!("{claim}-{name}"),
                "a NumericDate is a JSON number (RFC 7519 section 2) up to the year 9999",
                token,
                wrong("not_a_numeric_date"),
            );
        }
    }
    for claim in ["sub", "jti"] {
        for (name, value) in [("number", json!(17)), ("null", Value::Null), ("list", json!(["x"]))] {
            let token = good().claim(claim, value).mint();
            group.case(
                &format!("{claim}-{name}"),
                "a StringOrURI is a JSON string",
                token,
                wrong("not_a_string"),
            );
        }
    }
    let (_, payload) = good().texts();
    let exp = |text: &str| good().payload(payload.replace("1700003600", text));
    group
        .case(
            "exp-fraction",
            "fractions are NumericDates (RFC 7519 section 2)",
            exp("1700003600.5"),
            ACCEPTED,
        )
        .case("exp-exponent", "so are exponents", exp("1.7000036e9"), ACCEPTED)
        .case(
            "exp-last",
            "the last second of the year 9999",
            good().claim("exp", 253_402_300_799_i64).mint(),
            ACCEPTED,
        )
        .flags(&["bound"])
        .case("exp-negative", "before the epoch", good().claim("exp", -1).mint(), rejected("EXPIRED"))
        .case("exp-zero", "the epoch", good().claim("exp", 0).mint(), rejected("EXPIRED"))
        .case("exp-minus-zero", "the epoch", exp("-0.0"), rejected("EXPIRED"))
        .case(
            "exp-milliseconds",
            "milliseconds by mistake lie in the far future",
            good().claim("exp", (T + 3600) * 1000).mint(),
            wrong("not_a_numeric_date"),
        )
        .case("exp-absent", "no `exp`", good().without("exp").mint(), rejected("MISSING_CLAIM"))
        .case("iat-absent", "no `iat`: fine without a maximum age", good().without("iat").mint(), ACCEPTED);
}

fn edges(stage: &mut Stage) {
    let group = stage.usual("edge", json!({ "leeway": 0 }));
    group.case("good", "well within", good().mint(), ACCEPTED);
    let second = |name: &'static str, comment: &'static str, token: String, expect: Expect| {
        (name, comment, token, expect)
    };
    for (name, comment, token, expect) in [
        second("exp-after-now", "expires in a second", good().claim("exp", T + 1).mint(), ACCEPTED),
        second(
            "exp-now",
            "expires now (RFC 7519 section 4.1.4: on or after)",
            good().claim("exp", T).mint(),
            rejected("EXPIRED"),
        ),
        second(
            "exp-before-now",
            "expired a second ago",
            good().claim("exp", T - 1).mint(),
            rejected("EXPIRED"),
        ),
        second("nbf-before-now", "valid since a second", good().claim("nbf", T - 1).mint(), ACCEPTED),
        second("nbf-now", "valid from now", good().claim("nbf", T).mint(), ACCEPTED),
        second(
            "nbf-after-now",
            "valid in a second",
            good().claim("nbf", T + 1).mint(),
            rejected("NOT_ACTIVE"),
        ),
        second("iat-now", "issued now", good().claim("iat", T).mint(), ACCEPTED),
        second(
            "iat-after-now",
            "issued in a second",
            good().claim("iat", T + 1).mint(),
            rejected("NOT_ACTIVE"),
        ),
        second(
            "expired-and-not-active",
            "`exp` is looked at first",
            good().claim("exp", T - 10).claim("nbf", T + 10).mint(),
            rejected("EXPIRED"),
        ),
    ] {
        group.case(name, comment, token, expect).flags(&["edge"]);
    }
    group
        .case("half-before", "half a second before `exp`", good().claim("exp", T).mint(), ACCEPTED)
        .at(NOW - 0.5)
        .flags(&["edge"])
        .case("epoch", "the clock shows the epoch", good().mint(), rejected("NOT_ACTIVE"))
        .at(0.0);
    let fixed = json!({ "jwks_uri": "<absent>", "keys": { "keys": usual_keys() } });
    stage
        .group("far", policy(fixed))
        .case("good", "well within", good().mint(), ACCEPTED)
        .case("future", "the clock is far ahead", good().mint(), rejected("EXPIRED"))
        .at(4e9);
}

/// The default of 60 seconds, none, and the most.
fn leeway(stage: &mut Stage) {
    for (id, members, seconds) in [
        ("leeway-default", json!({}), 60),
        ("leeway-most", json!({ "leeway": 300 }), 300),
        ("leeway-one", json!({ "leeway": 1 }), 1),
    ] {
        let group = stage.usual(id, members);
        for (name, token, expect) in [
            ("exp-within", good().claim("exp", T - seconds + 1), ACCEPTED),
            ("exp-at", good().claim("exp", T - seconds), rejected("EXPIRED")),
            ("nbf-at", good().claim("nbf", T + seconds), ACCEPTED),
            ("nbf-beyond", good().claim("nbf", T + seconds + 1), rejected("NOT_ACTIVE")),
            ("iat-at", good().claim("iat", T + seconds), ACCEPTED),
            ("iat-beyond", good().claim("iat", T + seconds + 1), rejected("NOT_ACTIVE")),
        ] {
            group.case(name, "the tolerance, to the second", token.mint(), expect).flags(&["edge"]);
        }
    }
}

fn max_age(stage: &mut Stage) {
    let group = stage.usual("max-age", json!({ "max_age": 600, "leeway": 10 }));
    for (name, comment, token, expect) in [
        ("within", "younger", good(), ACCEPTED),
        ("at", "exactly as old as allowed, tolerance included", good().claim("iat", T - 610), ACCEPTED),
        ("beyond", "a second older", good().claim("iat", T - 611), rejected("TOKEN_TOO_OLD")),
        ("no-iat", "no `iat`: its age cannot be known", good().without("iat"), rejected("MISSING_CLAIM")),
        (
            "expired-too",
            "`exp` is looked at first",
            good().claim("iat", T - 9999).claim("exp", T - 999),
            rejected("EXPIRED"),
        ),
    ] {
        group.case(name, comment, token.mint(), expect).flags(&["edge"]);
    }
}

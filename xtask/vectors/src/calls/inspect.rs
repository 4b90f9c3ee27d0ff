//! `inspect`: what a token says, unverified, and why something of it could not be read.

use serde_json::json;

use super::model::Stage;
use crate::keys::{Key, encode};
use crate::mint::{by, good, parts};

pub fn stage() -> Stage {
    let mut stage = Stage::new("inspect", "inspect", |input| super::core("inspect", input));
    signed(&mut stage);
    encrypted(&mut stage);
    unreadable(&mut stage);
    malformed_parts(&mut stage);
    stage
}

fn signed(stage: &mut Stage) {
    let token = good().mint();
    let [header, payload, _] = parts(&token);
    stage
        .case("jws", "an access token as an issuer mints it", token.as_str())
        .is("/unverified", true)
        .is("/form", "jws")
        .is("/bytes", token.len())
        .is("/header/alg", "RS256")
        .is("/claims/sub", "user-1")
        .is("/signature_bytes", 256)
        .absent("/fault")
        .case("jws-eddsa", "a short signature", by(Key::Ed25519A).mint())
        .is("/signature_bytes", 64)
        .absent("/fault")
        .case(
            "jws-unsigned",
            "an unsecured token is shown as it is",
            format!("{}.{payload}.", encode(br#"{"alg":"none"}"#)),
        )
        .is("/header/alg", "none")
        .is("/signature_bytes", 0)
        .absent("/fault")
        .flags(&["alg_none"])
        .case("jws-foreign-signature", "nobody looks at the signature", format!("{header}.{payload}.AAAA"))
        .is("/unverified", true)
        .is("/signature_bytes", 3)
        .absent("/fault")
        .case(
            "jws-crit",
            "inspecting does not judge the header",
            good().header("crit", json!(["exp"])).mint(),
        )
        .is("/header/crit/0", "exp")
        .absent("/fault")
        .flags(&["unknown_extension"])
        .case("jws-no-alg", "a header needs no member to be shown", good().header_text("{}"))
        .is("/header", json!({}))
        .absent("/fault")
        .case(
            "jws-as-it-came",
            "text and numbers are not written anew",
            good().payload("{ \"n\": 1.50, \"s\": \"\\u0041\" }"),
        )
        .is("/claims/s", "A")
        .absent("/fault")
        .case(
            "jws-prototype",
            "a name that means something in JavaScript",
            good().payload("{\"__proto__\":{\"admin\":true},\"a\":1}"),
        )
        .is("/claims/a", 1)
        .absent("/fault")
        .case(
            "jws-groups",
            "objects in a list",
            good().claim("groups", json!([{ "name": "staff" }, { "name": "admins" }])).mint(),
        )
        .each("/claims/groups", "name", &["staff", "admins"])
        .absent("/fault");
}

fn encrypted(stage: &mut Stage) {
    let header = encode(br#"{"alg":"RSA-OAEP","enc":"A256GCM","kid":"enc-1"}"#);
    stage
        .case("jwe", "an encrypted token: its header only", format!("{header}.AAAA.AAAA.AAAA.AAAA"))
        .is("/form", "jwe")
        .is("/header/enc", "A256GCM")
        .absent("/claims")
        .absent("/signature_bytes")
        .absent("/fault")
        .case(
            "jwe-direct",
            "the encrypted key may be empty, and nothing else of it is decoded",
            format!("{header}..+.+.+"),
        )
        .is("/form", "jwe")
        .is("/header/kid", "enc-1")
        .absent("/fault")
        .case("jwe-header-not-base64url", "its header is padded", format!("{header}=.AAAA.AAAA.AAAA.AAAA"))
        .is("/form", "jwe")
        .absent("/header")
        .is("/fault", json!({ "code": "MALFORMED", "part": "header", "reason": "not_base64url" }))
        .case("jwe-header-not-json", "its header is text", format!("{}.AAAA.AAAA.AAAA.AAAA", encode(b"text")))
        .absent("/header")
        .is("/fault", json!({ "code": "MALFORMED", "part": "header", "reason": "not_json" }));
}

fn unreadable(stage: &mut Stage) {
    let token = good().mint();
    let [header, payload, signature] = parts(&token);
    let flattened = json!({ "protected": header, "payload": payload, "signature": signature });
    stage
        .case("empty", "nothing at all", "")
        .is("/form", "malformed")
        .is("/bytes", 0)
        .is("/fault", json!({ "code": "NO_TOKEN" }))
        .case(
            "too-large",
            "longer than a verifier reads: not decoded",
            format!("{token}{}", "A".repeat(16384)),
        )
        .is("/form", "jws")
        .absent("/header")
        .is("/fault", json!({ "code": "TOKEN_TOO_LARGE" }))
        .flags(&["bound"]);
    for (name, comment, input, form, reason) in [
        ("opaque", "a token without a dot", "2YotnFZFEjr1zCsicMWpAA".into(), "opaque", "opaque_token"),
        (
            "json-flattened",
            "the flattened JSON serialisation",
            flattened.to_string(),
            "malformed",
            "json_serialization",
        ),
        (
            "one-dot",
            "header and payload alone",
            format!("{header}.{payload}"),
            "malformed",
            "wrong_number_of_parts",
        ),
        (
            "three-dots",
            "a part too many",
            format!("{token}.{signature}"),
            "malformed",
            "wrong_number_of_parts",
        ),
        (
            "bearer",
            "a header value is no token, though its dots are counted",
            format!("Bearer {token}.a"),
            "malformed",
            "wrong_number_of_parts",
        ),
    ] {
        stage
            .case(name, comment, input)
            .is("/unverified", true)
            .is("/form", form)
            .absent("/header")
            .is("/fault", json!({ "code": "MALFORMED", "reason": reason }));
    }
    stage
        .case("not-utf8", "bytes that are no text", b"\xff\xfe.\xff.\xff".as_slice())
        .is("/form", "jws")
        .absent("/header")
        .is("/fault", json!({ "code": "MALFORMED", "part": "header", "reason": "not_base64url" }));
}

fn malformed_parts(stage: &mut Stage) {
    let token = good().mint();
    let [header, payload, signature] = parts(&token);
    for (name, comment, input, part, reason) in [
        ("header-padded", "padding", format!("{header}=.{payload}.{signature}"), "header", "not_base64url"),
        (
            "payload-plus",
            "the other alphabet",
            format!("{header}.+{payload}.{signature}"),
            "payload",
            "not_base64url",
        ),
        (
            "signature-space",
            "white space",
            format!("{header}.{payload}.{signature} "),
            "signature",
            "not_base64url",
        ),
        ("header-not-an-object", "a list", good().header_text("[]"), "header", "not_an_object"),
        (
            "header-duplicate-name",
            "two values for one name",
            good().header_text(r#"{"alg":"RS256","alg":"none"}"#),
            "header",
            "duplicate_name",
        ),
        (
            "payload-duplicate-name",
            "two values for one name, one of them escaped",
            good().payload(r#"{"sub":"a","\u0073ub":"b"}"#),
            "payload",
            "duplicate_name",
        ),
        ("payload-not-json", "text after the end", good().payload("{} {}"), "payload", "not_json"),
        (
            "payload-lone-surrogate",
            "half a letter",
            good().payload(r#"{"sub":"\ud800"}"#),
            "payload",
            "lone_surrogate",
        ),
        (
            "payload-byte-order-mark",
            "a mark in front",
            good().payload("\u{feff}{}"),
            "payload",
            "byte_order_mark",
        ),
        (
            "payload-number",
            "a number no double holds",
            good().payload(r#"{"exp":1e400}"#),
            "payload",
            "number_out_of_range",
        ),
        (
            "payload-deep",
            "33 open brackets",
            good().payload(format!("{{\"a\":{}{}}}", "[".repeat(32), "]".repeat(32))),
            "payload",
            "too_deep",
        ),
        (
            "payload-not-utf8",
            "an overlong form",
            good().payload(b"{\"sub\":\"\xc0\xaf\"}".as_slice()),
            "payload",
            "invalid_utf8",
        ),
    ] {
        let shown = match part {
            "header" => ["/claims/sub", "/header"],
            "payload" => ["/header/alg", "/claims"],
            _ => ["/header/alg", "/signature_bytes"],
        };
        let value = if part == "header" { "user-1" } else { "RS256" };
        stage
            .case(name, comment, input)
            .is("/form", "jws")
            .is(shown[0], value)
            .absent(shown[1])
            .is("/fault", json!({ "code": "MALFORMED", "part": part, "reason": reason }));
    }
    stage
        .case(
            "two-faults",
            "the first fault that a verifier finds is named",
            format!("{}.{payload}.{signature}=", encode(b"text")),
        )
        .absent("/header")
        .is("/claims/sub", "user-1")
        .is("/fault", json!({ "code": "MALFORMED", "part": "signature", "reason": "not_base64url" }))
        .case("only-dots", "three empty parts", "..")
        .is("/form", "jws")
        .is("/signature_bytes", 0)
        .is("/fault", json!({ "code": "MALFORMED", "part": "header", "reason": "not_json" }));
}

//! Step 1: is there a token, is it short enough, is it a JWS in compact form; and what stands in the header of a request.

use serde_json::json;

use crate::mint::{good, parts};
use crate::model::{ACCEPTED, Stage, because, rejected};

/// A token whose length is exactly `bytes`.
fn of_length(bytes: usize) -> String {
    let base = good().claim("pad", "").mint().len();
    // Three bytes of JSON are four of base64url; the remainders are found by trying.
    let guess = (bytes - base) / 4 * 3;
    (guess.saturating_sub(8)..guess + 8)
        .map(|length| good().claim("pad", "x".repeat(length)).mint())
        .find(|token| token.len() == bytes)
        .unwrap_or_else(|| of_length_with_name(bytes))
}

/// Not every length is reachable with one claim alone, since no base64url text is 1 mod 4 long: a key id helps out.
fn of_length_with_name(bytes: usize) -> String {
    let base = good().header("x", "").claim("pad", "").mint().len();
    let guess = (bytes - base) / 4 * 3;
    (0..4)
        .flat_map(|extra| (guess.saturating_sub(16)..guess + 8).map(move |length| (extra, length)))
        .map(|(extra, length)| good().header("x", "y".repeat(extra)).claim("pad", "x".repeat(length)).mint())
        .find(|token| token.len() == bytes)
        .expect("one of them has that length")
}

pub fn stage() -> Stage {
    let mut stage = Stage::new("form");
    let token = good().mint();
    let [header, payload, signature] = parts(&token);

    stage
        .usual("token", json!({}))
        .case("good", "an access token as an issuer mints it", token.as_str(), ACCEPTED)
        .case("empty", "nothing at all", "", rejected("NO_TOKEN"))
        .case("opaque-api-token", "an API token of FuzeFront is no JWT", "ff_live_0123456789abcdefABCDEF.0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", because("MALFORMED", "wrong_number_of_parts"))
        .case("opaque", "an opaque token without a dot", "2YotnFZFEjr1zCsicMWpAA", because("MALFORMED", "opaque_token"))
        .case("one-dot", "header and payload alone", format!("{header}.{payload}"), because("MALFORMED", "wrong_number_of_parts"))
        .case("three-dots", "a part too many", format!("{token}.{signature}"), because("MALFORMED", "wrong_number_of_parts"))
        .case("five-dots", "two parts too many for a JWE", format!("{token}.a.b.c"), because("MALFORMED", "wrong_number_of_parts"))
        .case("jwe", "an encrypted token in five parts (RFC 7516 section 3.1)", "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGe.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6ji.XFBoMYUZodetZdvTiFvSkQ", rejected("ENCRYPTED_TOKEN"))
        .case("only-dots", "three empty parts", "..", because("MALFORMED", "not_json"))
        .case("json-flattened", "the flattened JSON serialisation (RFC 7515 section 7.2.2)", json!({ "protected": header, "payload": payload, "signature": signature }).to_string(), because("MALFORMED", "json_serialization"))
        .case("detached", "the payload is elsewhere (RFC 7515 appendix F)", format!("{header}..{signature}"), because("MALFORMED", "not_json"))
        .case("not-utf8", "bytes that are no text", b"\xff\xfe.\xff.\xff".as_slice(), because("MALFORMED", "not_base64url"));

    stage
        .usual("length", json!({}))
        .case("under", "one byte less than the limit", of_length(16383), ACCEPTED)
        .flags(&["bound"])
        .case("at", "exactly 16384 bytes", of_length(16384), ACCEPTED)
        .flags(&["bound"])
        .case("over", "one byte more, and good otherwise", of_length(16385), rejected("TOKEN_TOO_LARGE"))
        .flags(&["bound"]);

    let group = stage.usual("header", json!({}));
    for (name, comment, value) in [
        ("good", "RFC 6750 section 2.1", format!("Bearer {token}")),
        ("lower-case", "schemes are case-insensitive (RFC 9110 section 11.1)", format!("bearer {token}")),
        ("upper-case", "schemes are case-insensitive", format!("BEARER {token}")),
        (
            "spaces",
            "one or more spaces stand between (RFC 9110 section 11.4)",
            format!("  Bearer    {token} "),
        ),
    ] {
        group.case(name, comment, value, ACCEPTED).as_header();
    }
    for (name, comment, value) in [
        ("absent", "no header", String::new()),
        ("basic", "other credentials", "Basic dXNlcjpwYXNz".into()),
        ("token-alone", "a token without a scheme", token.clone()),
        ("longer-scheme", "another scheme that begins alike", format!("BearerToken {token}")),
        ("dpop", "a token bound to a key needs its proof (RFC 9449)", format!("DPoP {token}")),
    ] {
        group.case(name, comment, value, rejected("NO_TOKEN")).as_header();
    }
    group
        .case(
            "scheme-alone",
            "the scheme and nothing else",
            "Bearer",
            because("INVALID_REQUEST", "no_credentials"),
        )
        .as_header()
        .case(
            "scheme-and-space",
            "the scheme and a space",
            "Bearer ",
            because("INVALID_REQUEST", "no_credentials"),
        )
        .as_header();
    for (name, comment, value) in [
        ("two-tokens", "two tokens in one header", format!("Bearer {token} {token}")),
        (
            "two-headers",
            "two headers that a host joined with a comma",
            format!("Bearer {token}, Bearer {token}"),
        ),
        (
            "basic-and-bearer",
            "a token behind other credentials",
            format!("Basic dXNlcjpwYXNz, Bearer {token}"),
        ),
    ] {
        group.case(name, comment, value, because("INVALID_REQUEST", "several_credentials")).as_header();
    }
    group
        .case(
            "bad-token",
            "a readable header with a bad token",
            "Bearer opaque",
            because("MALFORMED", "opaque_token"),
        )
        .as_header();
    stage
}

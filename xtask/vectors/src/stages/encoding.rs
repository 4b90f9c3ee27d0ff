//! Step 2: strict base64url, strict JSON, header parameters that are refused, misread or never used.

use super::extension;
use serde_json::{Value, json};

use crate::mint::{good, parts};
use crate::model::{ACCEPTED, Expect, Stage, because, rejected};

fn malformed(reason: &'static str) -> Expect {
    because("MALFORMED", reason)
}

/// A payload with more members before its end.
fn payload_with(members: &str) -> String {
    let (_, payload) = good().texts();
    format!("{},{members}}}", payload.strip_suffix('}').expect("an object"))
}

/// A header with more members before its end.
fn header_with(members: &str) -> String {
    let (header, _) = good().texts();
    format!("{},{members}}}", header.strip_suffix('}').expect("an object"))
}

/// A payload whose deepest bracket is the `depth`th.
fn nested(depth: usize) -> String {
    payload_with(&format!("\"deep\":{}{}", "[".repeat(depth - 1), "]".repeat(depth - 1)))
}

pub fn stage() -> Stage {
    let mut stage = Stage::new("encoding");
    base64url(&mut stage);
    json_payload(&mut stage);
    json_header(&mut stage);
    extension::add(&mut stage);
    stage
}

fn base64url(stage: &mut Stage) {
    let token = good().mint();
    let [header, payload, signature] = parts(&token);
    // The last letter of a signature of 256 bytes holds four unused bits.
    let (stem, last) = signature.split_at(signature.len() - 1);
    let next = char::from(last.as_bytes()[0] + 1);
    let group = stage.usual("base64url", json!({}));
    group.case("good", "no padding, the last bits zero", token.as_str(), ACCEPTED);
    for (name, comment, input) in [
        ("padded-signature", "padding is not part of it", format!("{token}==")),
        ("padded-header", "padding in the header", format!("{header}=.{payload}.{signature}")),
        (
            "trailing-bits",
            "set bits that stand for nothing: the same bytes, another text",
            format!("{header}.{payload}.{stem}{next}"),
        ),
        ("newline", "a line end behind the token", format!("{token}\n")),
        ("space", "a space before the token", format!(" {token}")),
        (
            "inner-newline",
            "a line end within a part",
            format!("{header}.{payload}.{}\n{}", &signature[..9], &signature[9..]),
        ),
        (
            "impossible-length",
            "one letter over a group of four",
            format!("{header}.{payload}.{signature}AAA"),
        ),
        ("nul", "a NUL byte behind the token", format!("{token}\0")),
        ("plus", "the letters of plain base64", format!("{header}.{payload}.+{}", &signature[1..])),
        ("slash", "the letters of plain base64", format!("{header}.{payload}./{}", &signature[1..])),
        (
            "other-script",
            "a letter that looks like A",
            format!("{header}.{payload}.\u{410}{}", &signature[1..]),
        ),
    ] {
        group
            .case(name, comment, input, malformed("not_base64url"))
            .flags(&["strict_base64url", "malleable"]);
    }
    group
        .case(
            "empty-signature",
            "a signature of no bytes",
            format!("{header}.{payload}."),
            rejected("INVALID_SIGNATURE"),
        )
        .flags(&["alg_none"]);
}

fn json_payload(stage: &mut Stage) {
    let group = stage.usual("payload", json!({}));
    let (_, plain) = good().texts();
    group
        .case("good", "one object", good().payload(&plain), ACCEPTED)
        .case(
            "white-space",
            "space, tab and line ends around it are JSON",
            good().payload(format!(" \t\r\n{plain}\r\n")),
            ACCEPTED,
        )
        .flags(&["strict_json"])
        .case(
            "escapes",
            "a claim name in another spelling is the same name",
            good().payload(plain.replace("\"sub\"", "\"s\\u0075b\"")),
            ACCEPTED,
        )
        .flags(&["strict_json"])
        .case(
            "pair",
            "a surrogate pair is one character",
            good().payload(payload_with(r#""x":"\ud83d\ude00""#)),
            ACCEPTED,
        )
        .flags(&["strict_json"])
        .case(
            "many-claims",
            "as many distinct claims as fit",
            good().payload(payload_with(&many_claims())),
            ACCEPTED,
        );
    for (name, comment, text, reason) in [
        ("duplicate", "`sub` twice", payload_with(r#""sub":"admin""#), "duplicate_name"),
        (
            "duplicate-escaped",
            "`sub` twice, once in another spelling",
            payload_with(r#""s\u0075b":"admin""#),
            "duplicate_name",
        ),
        (
            "duplicate-same",
            "`sub` twice with the same value",
            payload_with(r#""sub":"user-1""#),
            "duplicate_name",
        ),
        ("duplicate-nested", "twice within a claim", payload_with(r#""x":{"a":1,"a":2}"#), "duplicate_name"),
        (
            "duplicate-far",
            "twice among many claims",
            payload_with(&format!("{},\"c7\":1", many_claims())),
            "duplicate_name",
        ),
    ] {
        group
            .case(name, comment, good().payload(text), malformed(reason))
            .flags(&["duplicate_name", "strict_json"]);
    }
    for (name, comment, text, reason) in [
        ("lone-high", "a high surrogate alone", payload_with(r#""x":"\ud83d""#), "lone_surrogate"),
        ("lone-low", "a low surrogate alone", payload_with(r#""x":"\ude00""#), "lone_surrogate"),
        (
            "two-high",
            "a high surrogate before another",
            payload_with(r#""x":"\ud83d\ud83d""#),
            "lone_surrogate",
        ),
        ("lone-in-name", "a high surrogate in a name", payload_with(r#""\ud83d":1"#), "lone_surrogate"),
        ("bom", "a byte order mark before it", format!("\u{feff}{plain}"), "byte_order_mark"),
        ("huge-number", "a number that no double holds", payload_with(r#""x":1e400"#), "number_out_of_range"),
        (
            "huge-negative",
            "a number that no double holds",
            payload_with(r#""x":-1e400"#),
            "number_out_of_range",
        ),
        ("huge-exp", "a lifetime without end", plain.replace("1700003600", "1e999"), "number_out_of_range"),
        ("trailing", "a second document behind it", format!("{plain}{{}}"), "not_json"),
        (
            "trailing-comma",
            "a comma before the end",
            format!("{},}}", plain.strip_suffix('}').expect("an object")),
            "not_json",
        ),
        ("nan", "NaN is no JSON", payload_with(r#""x":NaN"#), "not_json"),
        ("infinity", "Infinity is no JSON", payload_with(r#""x":Infinity"#), "not_json"),
        ("leading-zero", "01 is no JSON number", payload_with(r#""x":01"#), "not_json"),
        ("plus", "+1 is no JSON number", payload_with(r#""x":+1"#), "not_json"),
        ("hexadecimal", "0x1 is no JSON number", payload_with(r#""x":0x1"#), "not_json"),
        ("single-quotes", "strings have double quotes", plain.replace('"', "'"), "not_json"),
        ("comment", "JSON has no comments", payload_with(r#"/**/"x":1"#), "not_json"),
        ("control", "a raw control character in a string", payload_with("\"x\":\"\u{1}\""), "not_json"),
        ("truncated", "the end is missing", plain[..plain.len() - 1].to_owned(), "not_json"),
        ("array", "an array", format!("[{plain}]"), "not_an_object"),
        ("string", "a string", "\"claims\"".to_owned(), "not_an_object"),
        ("null", "null", "null".to_owned(), "not_an_object"),
        ("empty", "no payload", String::new(), "not_json"),
    ] {
        group.case(name, comment, good().payload(text), malformed(reason)).flags(&["strict_json"]);
    }
    let latin1 = [plain.strip_suffix('}').expect("an object").as_bytes(), b",\"x\":\"\xe9\"}"].concat();
    let overlong = [plain.strip_suffix('}').expect("an object").as_bytes(), b",\"x\":\"\xc0\xaf\"}"].concat();
    let utf16: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    group
        .case("latin-1", "Latin-1, not UTF-8", good().payload(latin1), malformed("invalid_utf8"))
        .flags(&["strict_json"])
        .case("overlong", "a slash in an overlong form", good().payload(overlong), malformed("invalid_utf8"))
        .flags(&["strict_json"])
        .case("utf-16", "UTF-16, not UTF-8", good().payload(utf16), malformed("not_json"))
        .flags(&["strict_json"])
        .case("depth-at", "32 brackets deep", good().payload(nested(32)), ACCEPTED)
        .flags(&["bound"])
        .case("depth-over", "33 brackets deep", good().payload(nested(33)), malformed("too_deep"))
        .flags(&["bound"])
        .case(
            "depth-far-over",
            "5000 brackets deep: no stack overflow",
            good().payload(nested(5000)),
            malformed("too_deep"),
        )
        .flags(&["bound"]);
}

fn many_claims() -> String {
    (0..500).map(|n| format!("\"c{n}\":{n}")).collect::<Vec<_>>().join(",")
}

fn json_header(stage: &mut Stage) {
    let group = stage.usual("header", json!({}));
    let with = |name: &str, value: Value| {
        let header = Value::from(good().header(name, value).header).to_string();
        good().header_text(header)
    };
    group.case("good", "alg, kid and typ", good().mint(), ACCEPTED).case(
        "unknown-parameter",
        "a parameter nobody knows is ignored (RFC 7515 section 4)",
        good().header("x", "y").mint(),
        ACCEPTED,
    );
    for (name, comment, text, reason) in [
        ("duplicate-alg", "`alg` twice", header_with(r#""alg":"none""#), "duplicate_name"),
        (
            "duplicate-alg-escaped",
            "`alg` twice, once in another spelling",
            header_with(r#""\u0061lg":"none""#),
            "duplicate_name",
        ),
        ("duplicate-kid", "`kid` twice", header_with(r#""kid":"p256-a""#), "duplicate_name"),
        ("array", "an array", "[]".to_owned(), "not_an_object"),
        ("empty", "no header", String::new(), "not_json"),
        ("bom", "a byte order mark before it", format!("\u{feff}{}", good().texts().0), "byte_order_mark"),
        ("no-alg", "no `alg`", r#"{"kid":"rsa-2048-a","typ":"JWT"}"#.to_owned(), "missing"),
        ("alg-null", "`alg` is null", r#"{"alg":null,"kid":"rsa-2048-a"}"#.to_owned(), "not_a_string"),
        ("alg-number", "`alg` is a number", r#"{"alg":256,"kid":"rsa-2048-a"}"#.to_owned(), "not_a_string"),
        ("alg-list", "`alg` is a list", r#"{"alg":["RS256"],"kid":"rsa-2048-a"}"#.to_owned(), "not_a_string"),
    ] {
        group.case(name, comment, good().header_text(text), malformed(reason)).flags(&["strict_json"]);
    }
    group
        .case("kid-number", "`kid` is a number", with("kid", json!(1)), malformed("not_a_string"))
        .case("kid-null", "`kid` is null", with("kid", Value::Null), malformed("not_a_string"))
        .case("typ-list", "`typ` is a list", with("typ", json!(["JWT"])), malformed("not_a_string"));
}

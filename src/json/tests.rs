//! Strictness, case by case, and against serde_json as an independent judge.

use super::*;

fn error(document: &str) -> Option<JsonError> {
    parse_object(document.as_bytes()).err()
}

#[test]
fn values_of_every_kind() {
    let document = r#" { "a" : [ 1, -0.5e+2, true, false, null ], "b\u0041\ud83d\ude00\n": "\"x\/" } "#;
    let (text, object) = parse_object(document.as_bytes()).unwrap_or_default();
    assert_eq!(text, document);
    let expected = Value::Array(vec![
        Value::Number(1.0),
        Value::Number(-50.0),
        Value::Bool(true),
        Value::Bool(false),
        Value::Null,
    ]);
    assert_eq!(object.get("a"), Some(&expected));
    assert_eq!(object.get("bA\u{1f600}\n").and_then(Value::as_str), Some("\"x/"));
}

#[test]
fn broken_documents_are_refused() {
    for document in [
        "",
        "{",
        "}",
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":1e}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":tru}",
        "{'a':1}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u+123\"}",
        "{\"a\":1} x",
        "{\"a\":1}{}",
        "{\"a\" 1}",
        "{\"a\":\"",
        "{\"a\":[1 2]}",
        "{/**/}",
        "{\"a\":0x1}",
        "\u{a0}{}",
        "{\"a\":-}",
    ] {
        assert_eq!(error(document), Some(JsonError::Syntax), "{document}");
    }
    assert_eq!(error("[]"), Some(JsonError::NotAnObject));
    assert_eq!(error("\u{feff}{}"), Some(JsonError::ByteOrderMark));
    assert_eq!(error("{\"a\":1e400}"), Some(JsonError::NumberOutOfRange));
    assert_eq!(parse_object(b"{\"a\":\"\xff\"}").err(), Some(JsonError::InvalidUtf8));
}

#[test]
fn a_name_may_stand_once_however_it_is_spelt() {
    assert_eq!(error(r#"{"a":1,"\u0061":2}"#), Some(JsonError::DuplicateName));
    assert_eq!(error(r#"{"x":{"a":1,"a":1}}"#), Some(JsonError::DuplicateName));
    let many: Vec<String> = (0..1000).map(|n| format!("\"{n}\":0")).collect();
    assert_eq!(error(&format!("{{{}}}", many.join(","))), None);
    assert_eq!(error(&format!("{{{},\"7\":1}}", many.join(","))), Some(JsonError::DuplicateName));
}

#[test]
fn a_surrogate_needs_its_pair() {
    for text in [r"\ud83d", r"\ude00", r"\ud83d\u0041", r"\ud83dx", r"\ud83d\n"] {
        assert_eq!(error(&format!("{{\"a\":\"{text}\"}}")), Some(JsonError::LoneSurrogate), "{text}");
    }
}

#[test]
fn nesting_ends_at_the_limit() {
    let nested = |depth: usize| format!("{{\"a\":{}1{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert_eq!(error(&nested(limits::JSON_DEPTH)), None);
    assert_eq!(error(&nested(limits::JSON_DEPTH + 1)), Some(JsonError::TooDeep));
}

/// Mutations of documents: whatever this parser takes, serde_json takes with the same meaning; what it refuses
/// alone is refused for a reason that serde_json does not know.
#[test]
fn nothing_is_taken_that_another_strict_parser_refuses() {
    let seeds = [
        r#"{"iss":"https://id.example/","aud":["a","b"],"exp":1700000000,"n":-1.5e3,"t":true,"x":null}"#,
        r#"{"a":{"b":[1,2,{"c":"\u0041\ud83d\ude00\n"}]},"":"","é":"ü","z":[[],{}],"f":0.25}"#,
    ];
    let splices =
        ["", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e9", "null", " ", "\\u", "d8", "\n"];
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 33).unwrap_or_default() % below.max(1)
    };
    let (mut taken, mut refused_alone) = (0, 0);
    for _ in 0..60_000 {
        let mut text: Vec<char> = seeds.get(next(seeds.len())).copied().unwrap_or_default().chars().collect();
        for _ in 0..=next(3) {
            let at = next(text.len());
            let end = (at + next(4)).min(text.len());
            let splice = splices.get(next(splices.len())).copied().unwrap_or_default();
            text.splice(at..end, splice.chars());
        }
        let text: String = text.into_iter().collect();
        let judge = serde_json::from_str::<serde_json::Value>(&text);
        match (parse_object(text.as_bytes()), judge) {
            (Ok((_, object)), Ok(value)) => {
                taken += 1;
                assert!(same(&Value::Object(object), &value), "{text}");
            }
            (Ok(_), Err(error)) => assert_eq!(error.to_string(), "", "taken here alone: {text}"),
            (Err(error), Ok(_)) => {
                refused_alone += 1;
                let known = [JsonError::DuplicateName, JsonError::NotAnObject, JsonError::TooDeep];
                assert!(known.contains(&error), "{error:?}: {text}");
            }
            (Err(_), Err(_)) => {}
        }
    }
    assert!(taken > 1000 && refused_alone > 0, "the mutations test nothing: {taken}, {refused_alone}");
}

fn same(ours: &Value<'_>, judge: &serde_json::Value) -> bool {
    match (ours, judge) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(a), serde_json::Value::Bool(b)) => a == b,
        (Value::Number(a), serde_json::Value::Number(b)) => {
            b.as_f64().is_some_and(|b| (a - b).abs() <= f64::EPSILON * b.abs())
        }
        (Value::String(a), serde_json::Value::String(b)) => a == b,
        (Value::Array(a), serde_json::Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), serde_json::Value::Object(b)) => {
            a.iter().count() == b.len() && b.iter().all(|(name, b)| a.get(name).is_some_and(|a| same(a, b)))
        }
        _ => false,
    }
}

//! As much of JSON Schema (draft 2020-12) as the schemas of vectors and contract use. A keyword that is not known here is a fault, so that
//! a schema cannot promise what nobody checks.

use serde_json::Value;

/// Every place where `value` does not follow `schema`.
pub fn faults(root: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (keyword, rule) in schema.as_object().unwrap() {
        faults.extend(check(root, schema, keyword, rule, value, path));
    }
    faults
}

fn check(
    root: &Value,
    schema: &Value,
    keyword: &str,
    rule: &Value,
    value: &Value,
    path: &str,
) -> Vec<String> {
    let unless = |good: bool| if good { vec![] } else { vec![format!("{path}: {keyword} {rule}")] };
    match keyword {
        "$schema" | "$id" | "$defs" | "title" | "description" => vec![],
        "$ref" => {
            let pointer = rule.as_str().and_then(|name| name.strip_prefix('#')).unwrap();
            faults(root, root.pointer(pointer).unwrap(), value, path)
        }
        "const" => unless(value == rule),
        "enum" => unless(rule.as_array().unwrap().contains(value)),
        "type" => unless(rule.as_str().is_some_and(|name| is(name, value))),
        "pattern" => unless(value.as_str().is_none_or(|text| matches(rule.as_str().unwrap(), text))),
        "minItems" => unless(value.as_array().is_none_or(|items| Some(items.len()) >= size(rule))),
        "maxItems" => unless(value.as_array().is_none_or(|items| Some(items.len()) <= size(rule))),
        "uniqueItems" => unless(value.as_array().is_none_or(|items| {
            items.iter().enumerate().all(|(index, item)| !items.iter().take(index).any(|other| other == item))
        })),
        "minProperties" => unless(value.as_object().is_none_or(|object| Some(object.len()) >= size(rule))),
        "maxProperties" => unless(value.as_object().is_none_or(|object| Some(object.len()) <= size(rule))),
        "minLength" => unless(value.as_str().is_none_or(|text| Some(text.chars().count()) >= size(rule))),
        "maxLength" => unless(value.as_str().is_none_or(|text| Some(text.chars().count()) <= size(rule))),
        "minimum" => unless(value.as_f64().is_none_or(|number| Some(number) >= rule.as_f64())),
        "maximum" => unless(value.as_f64().is_none_or(|number| Some(number) <= rule.as_f64())),
        "propertyNames" => {
            let names = value.as_object().into_iter().flatten().map(|(name, _)| Value::from(name.as_str()));
            names.flat_map(|name| faults(root, rule, &name, path)).collect()
        }
        "required" => unless(value.as_object().is_none_or(|object| {
            rule.as_array().unwrap().iter().all(|name| object.contains_key(name.as_str().unwrap()))
        })),
        "oneOf" => {
            let fitting =
                rule.as_array().unwrap().iter().filter(|it| faults(root, it, value, path).is_empty());
            unless(fitting.count() == 1)
        }
        "anyOf" => unless(rule.as_array().unwrap().iter().any(|it| faults(root, it, value, path).is_empty())),
        "items" => each(root, rule, value.as_array().into_iter().flatten().enumerate(), path),
        "properties" => {
            let object = value.as_object().into_iter().flatten();
            object
                .filter_map(|(name, member)| Some((name, member, rule.get(name)?)))
                .flat_map(|(name, member, rule)| faults(root, rule, member, &format!("{path}/{name}")))
                .collect()
        }
        "additionalProperties" => {
            let object = value.as_object().into_iter().flatten();
            let others = object.filter(|(name, _)| schema["properties"].get(name.as_str()).is_none());
            if rule == false {
                others.map(|(name, _)| format!("{path}: no `{name}`")).collect()
            } else {
                each(root, rule, others, path)
            }
        }
        other => vec![format!("the keyword `{other}` is not known to this test")],
    }
}

fn each<'v, N: std::fmt::Display>(
    root: &Value,
    rule: &Value,
    members: impl Iterator<Item = (N, &'v Value)>,
    path: &str,
) -> Vec<String> {
    members.flat_map(|(name, member)| faults(root, rule, member, &format!("{path}/{name}"))).collect()
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        _ => false,
    }
}

fn size(rule: &Value) -> Option<usize> {
    rule.as_u64().and_then(|size| usize::try_from(size).ok())
}

const ORIGIN: &str = concat!(
    "^https?://[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
    "(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?$"
);

/// The patterns in use; another one is a mistake.
fn matches(pattern: &str, text: &str) -> bool {
    let made_of = |text: &str, range: std::ops::RangeInclusive<usize>, letters: &str| {
        range.contains(&text.chars().count())
            && text.chars().all(|letter| {
                letters.contains(letter) || letter.is_ascii_lowercase() || letter.is_ascii_digit()
            })
    };
    let word = |text: &str| made_of(text, 1..=usize::MAX, "-");
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |text: &str| digits(text) && (text == "0" || !text.starts_with('0'));
    match pattern {
        "^[a-z0-9-]+$" => word(text),
        "^[a-z0-9-]+/[a-z0-9-]+$" => {
            text.split_once('/').is_some_and(|(stage, name)| word(stage) && word(name))
        }
        "^[0-9a-f]{64}$" => {
            text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        }
        "^1\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)$" => text
            .strip_prefix("1.")
            .and_then(|rest| rest.split_once('.'))
            .is_some_and(|(minor, patch)| number(minor) && number(patch)),
        "^[a-z0-9][a-z0-9-]{0,62}$" => made_of(text, 1..=63, "-") && !text.starts_with('-'),
        ORIGIN => {
            let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            authority.is_some_and(|authority| {
                let (host, port) = authority.split_once(':').unwrap_or((authority, "1"));
                let label = |label: &str| {
                    made_of(label, 1..=63, "-") && !label.starts_with('-') && !label.ends_with('-')
                };
                host.split('.').all(label) && number(port) && (1..=65535).contains(&port.parse().unwrap_or(0))
            })
        }
        "^/[A-Za-z0-9._~/-]{0,511}$" => {
            text.starts_with('/') && made_of(&text.to_ascii_lowercase(), 1..=512, "._~/-")
        }
        "^[!#-\\[\\]-~]{1,512}$" => {
            (1..=512).contains(&text.len())
                && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
        }
        _ => false,
    }
}

//! JSON out: the only place that writes it, so that every answer is spelt alike.

use crate::json::Value;
use crate::limits;

/// Writes the members of one object.
pub struct ObjectWriter {
    text: String,
}

impl Default for ObjectWriter {
    fn default() -> Self {
        Self { text: String::from("{") }
    }
}

impl ObjectWriter {
    pub fn new() -> Self {
        Self::default()
    }

    /// `json` must be a JSON text already.
    pub fn raw(&mut self, name: &str, json: &str) -> &mut Self {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        push_string(&mut self.text, name);
        self.text.push(':');
        self.text.push_str(json);
        self
    }

    pub fn string(&mut self, name: &str, value: &str) -> &mut Self {
        self.raw(name, &string(value))
    }

    pub fn optional(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.string(name, value),
            None => self,
        }
    }

    pub fn strings<T: AsRef<str>>(&mut self, name: &str, values: &[T]) -> &mut Self {
        self.raw(name, &strings(values))
    }

    pub fn number(&mut self, name: &str, value: f64) -> &mut Self {
        self.raw(name, &number(value))
    }

    pub fn flag(&mut self, name: &str, value: bool) -> &mut Self {
        self.raw(name, if value { "true" } else { "false" })
    }

    pub fn finish(&mut self) -> String {
        self.text.push('}');
        std::mem::take(&mut self.text)
    }
}

/// What a call that is at fault answers; `path` is a JSON Pointer to the fault.
pub fn error(code: &str, path: Option<&str>, message: &str) -> String {
    let fault =
        ObjectWriter::new().string("code", code).optional("path", path).string("message", message).finish();
    ObjectWriter::new().raw("error", &fault).finish()
}

/// A JSON array of JSON texts.
pub fn array<T: AsRef<str>>(items: &[T]) -> String {
    let mut text = String::from("[");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(item.as_ref());
    }
    text.push(']');
    text
}

/// A JSON array of strings.
pub fn strings<T: AsRef<str>>(values: &[T]) -> String {
    let items: Vec<String> = values.iter().map(|value| string(value.as_ref())).collect();
    array(&items)
}

/// A JSON string.
pub fn string(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    push_string(&mut text, value);
    text
}

/// A JSON number: without a fraction where it has none, and with an exponent where it would be long, so that a value
/// written again is not much longer than it came in.
pub fn number(value: f64) -> String {
    if value != 0.0 && !(1e-6..1e21).contains(&value.abs()) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

/// A parsed value, written again.
pub fn value(value: &Value<'_>) -> String {
    match value {
        Value::Array(items) => array(&items.iter().map(self::value).collect::<Vec<_>>()),
        Value::Bool(flag) => flag.to_string(),
        Value::Null => String::from("null"),
        Value::Number(float) => number(*float),
        Value::Object(object) => {
            let mut json = ObjectWriter::new();
            for (name, member) in object.iter() {
                json.raw(name, &self::value(member));
            }
            json.finish()
        }
        Value::String(text) => string(text),
    }
}

/// What anybody may have written, for one line of a log: not long, and nothing in it that moves a cursor.
pub fn visible(text: &str) -> String {
    let cut: String = text
        .chars()
        .take(limits::QUOTED_BYTES)
        .map(|letter| match letter {
            ' '..='~' => letter.to_string(),
            _ => letter.escape_unicode().to_string(),
        })
        .collect();
    if text.chars().nth(limits::QUOTED_BYTES).is_none() { cut } else { format!("{cut}...") }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn push_string(text: &mut String, value: &str) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            // The short forms: what is written is never longer than what was read.
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\u{0}'..='\u{1f}' => text.push_str(&format!("\\u{:04x}", u32::from(letter))),
            _ => text.push(letter),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_short() {
        for (value, text) in [
            (0.0, "0"),
            (1e20, "100000000000000000000"),
            (1e21, "1e21"),
            (-1.5e300, "-1.5e300"),
            (0.000_001, "0.000001"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(number(value), text);
            assert_eq!(text.parse(), Ok(value));
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let odd = "quote \" backslash \\ control \u{1} line \n tab \t \u{2028} \u{1f600}";
        let text =
            ObjectWriter::new().string("a", odd).number("n", 1_700_000_000.0).number("f", 0.5).finish();
        let (_, object) = crate::json::parse_object(text.as_bytes()).unwrap_or_default();
        assert_eq!(object.get("a").and_then(Value::as_str), Some(odd));
        assert!(text.ends_with(",\"n\":1700000000,\"f\":0.5}"), "{text}");
    }

    #[test]
    fn a_number_is_never_much_longer_than_it_was() {
        for (value, expected) in [
            (0.0, "0"),
            (1.7e9, "1700000000"),
            (1e20, "100000000000000000000"),
            (1e21, "1e21"),
            (-1e308, "-1e308"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (5e-324, "5e-324"),
            (0.1, "0.1"),
        ] {
            assert_eq!(number(value), expected);
            assert_eq!(number(value).parse(), Ok(value));
        }
    }

    #[test]
    fn a_string_is_never_longer_than_it_was() {
        let shortest = "\\b\\f\\n\\r\\t\\\"\\\\\\u0001\\u001f";
        let document = format!("{{\"a\":\"{shortest}\"}}");
        let (_, object) = crate::json::parse_object(document.as_bytes()).unwrap_or_default();
        assert_eq!(
            string(object.get("a").and_then(Value::as_str).unwrap_or_default()),
            format!("\"{shortest}\"")
        );
    }
}

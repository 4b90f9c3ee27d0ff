//! Strict JSON (RFC 8259, RFC 7493): one document means one thing in every language, so duplicate names, lone
//! surrogates, a byte order mark, overflowing numbers and deep nesting are refused, not repaired.

use std::borrow::Cow;

use crate::limits;

/// A parsed value that borrows from its document.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Array(Vec<Value<'a>>),
    Bool(bool),
    Null,
    Number(f64),
    Object(Object<'a>),
    String(Cow<'a, str>),
}

impl<'a> Value<'a> {
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The strings of an array that holds nothing else.
    pub fn as_strings(&self) -> Option<Vec<&str>> {
        match self {
            Value::Array(items) => items.iter().map(Value::as_str).collect(),
            _ => None,
        }
    }
}

/// An object; its names are distinct.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl<'a> Object<'a> {
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.members.iter().map(|(name, value)| (name.as_ref(), value))
    }
}

/// Why a document was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonError {
    ByteOrderMark,
    DuplicateName,
    InvalidUtf8,
    LoneSurrogate,
    NotAnObject,
    NumberOutOfRange,
    Syntax,
    TooDeep,
}

impl JsonError {
    /// The fixed word that details carry.
    pub fn reason(self) -> &'static str {
        match self {
            JsonError::ByteOrderMark => "byte_order_mark",
            JsonError::DuplicateName => "duplicate_name",
            JsonError::InvalidUtf8 => "invalid_utf8",
            JsonError::LoneSurrogate => "lone_surrogate",
            JsonError::NotAnObject => "not_an_object",
            JsonError::NumberOutOfRange => "number_out_of_range",
            JsonError::Syntax => "not_json",
            JsonError::TooDeep => "too_deep",
        }
    }
}

/// Parses a document that must be one object, and returns it with its text.
pub fn parse_object(document: &[u8]) -> Result<(&str, Object<'_>), JsonError> {
    parse_located(document).map_err(|(error, _)| error)
}

/// The same; an error comes with a JSON Pointer to the value, or the duplicate, that it is in.
pub fn parse_located(document: &[u8]) -> Result<(&str, Object<'_>), (JsonError, String)> {
    if document.starts_with(b"\xef\xbb\xbf") {
        return Err((JsonError::ByteOrderMark, String::new()));
    }
    let text = std::str::from_utf8(document).map_err(|_| (JsonError::InvalidUtf8, String::new()))?;
    let mut parser = Parser { text, at: 0, depth: 0, place: String::new() };
    match parser.document() {
        Ok(object) => Ok((text, object)),
        Err(error) => Err((error, parser.place)),
    }
}

/// A name as it stands in a JSON Pointer (RFC 6901 section 3).
pub fn pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// Filled from the inside out when an error passes.
    place: String,
}

impl<'a> Parser<'a> {
    fn document(&mut self) -> Result<Object<'a>, JsonError> {
        self.space();
        let value = self.value()?;
        self.space();
        match value {
            _ if self.at != self.text.len() => Err(JsonError::Syntax),
            Value::Object(object) => Ok(object),
            _ => Err(JsonError::NotAnObject),
        }
    }

    /// The value of a member or an item; an error in it stands there.
    fn value_at(&mut self, name: impl FnOnce() -> String) -> Result<Value<'a>, JsonError> {
        let value = self.value();
        if value.is_err() {
            self.stands_at(&name());
        }
        value
    }

    fn stands_at(&mut self, name: &str) {
        self.place = format!("/{name}{}", self.place);
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() != Some(byte) {
            return Err(JsonError::Syntax);
        }
        self.at += 1;
        Ok(())
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<Value<'a>, JsonError> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(Value::String),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    fn nested(
        &mut self,
        parse: fn(&mut Self) -> Result<Value<'a>, JsonError>,
    ) -> Result<Value<'a>, JsonError> {
        if self.depth == limits::JSON_DEPTH {
            return Err(JsonError::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        let value = parse(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value<'a>, JsonError> {
        let mut members = Vec::new();
        self.items(b'}', |parser| {
            let name = parser.string()?;
            parser.space();
            parser.take(b':')?;
            parser.space();
            let value = parser.value_at(|| pointer(&name))?;
            members.push((name, value));
            Ok(())
        })?;
        if let Some(name) = duplicate(&members) {
            self.stands_at(&pointer(name));
            return Err(JsonError::DuplicateName);
        }
        Ok(Value::Object(Object { members }))
    }

    fn array(&mut self) -> Result<Value<'a>, JsonError> {
        let mut items = Vec::new();
        self.items(b']', |parser| {
            let value = parser.value_at(|| items.len().to_string())?;
            items.push(value);
            Ok(())
        })?;
        Ok(Value::Array(items))
    }

    /// Comma-separated items up to `end`, the opening bracket being read already.
    fn items(
        &mut self,
        end: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.space();
        if self.peek() == Some(end) {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            item(self)?;
            self.space();
            if self.peek() == Some(end) {
                self.at += 1;
                return Ok(());
            }
            self.take(b',')?;
        }
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, JsonError> {
        if !self.rest().starts_with(word) {
            return Err(JsonError::Syntax);
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<f64, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.digits()? {
            (b'0', count) if count > 1 => return Err(JsonError::Syntax),
            _ => {}
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let number = self.slice(start, self.at).parse::<f64>();
        match number {
            Ok(number) if number.is_finite() => Ok(number),
            Ok(_) => Err(JsonError::NumberOutOfRange),
            Err(_) => Err(JsonError::Syntax),
        }
    }

    /// One or more digits: the first of them and how many.
    fn digits(&mut self) -> Result<(u8, usize), JsonError> {
        let start = self.at;
        let first = self.peek().filter(u8::is_ascii_digit).ok_or(JsonError::Syntax)?;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok((first, self.at - start))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.take(b'"')?;
        let mut text = Cow::Borrowed("");
        let mut start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    append(&mut text, self.slice(start, self.at));
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    append(&mut text, self.slice(start, self.at));
                    self.at += 1;
                    text.to_mut().push(self.escape()?);
                    start = self.at;
                }
                Some(0x20..) => self.at += 1,
                _ => return Err(JsonError::Syntax),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let letter = self.peek().ok_or(JsonError::Syntax)?;
        self.at += 1;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode()?,
            _ => return Err(JsonError::Syntax),
        })
    }

    fn unicode(&mut self) -> Result<char, JsonError> {
        let high = self.hex4()?;
        if !(0xd800..0xe000).contains(&high) {
            return char::from_u32(high).ok_or(JsonError::Syntax);
        }
        if high >= 0xdc00 || !self.rest().starts_with("\\u") {
            return Err(JsonError::LoneSurrogate);
        }
        self.at += 2;
        let low = self.hex4()?;
        if !(0xdc00..0xe000).contains(&low) {
            return Err(JsonError::LoneSurrogate);
        }
        char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)).ok_or(JsonError::Syntax)
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            value = value << 4 | digit.ok_or(JsonError::Syntax)?;
            self.at += 1;
        }
        Ok(value)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }
}

fn append<'a>(text: &mut Cow<'a, str>, run: &'a str) {
    if text.is_empty() {
        *text = Cow::Borrowed(run);
    } else if !run.is_empty() {
        text.to_mut().push_str(run);
    }
}

/// Sorting keeps a hostile object of ten thousand names from costing their square.
fn duplicate<'m>(members: &'m [(Cow<'_, str>, Value<'_>)]) -> Option<&'m str> {
    let mut names = members.iter().map(|(name, _)| name.as_ref());
    if members.len() <= 16 {
        let stood = |index| members.iter().take(index);
        return names
            .enumerate()
            .find(|(index, name)| stood(*index).any(|(other, _)| other == name))
            .map(|(_, name)| name);
    }
    let mut names: Vec<&str> = names.by_ref().collect();
    names.sort_unstable();
    names.windows(2).find_map(|pair| matches!(pair, [a, b] if a == b).then(|| pair.first().copied())?)
}

#[cfg(test)]
mod tests;

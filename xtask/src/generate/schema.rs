//! The part of JSON Schema that `docs/abi.schema.json` uses, as the generators read it.

use serde_json::{Map, Value};

use crate::fault::{Fault, Outcome};

/// The definitions, in the order of the file.
pub struct Schema {
    definitions: Map<String, Value>,
}

/// A type, as both languages can express it.
pub enum Type {
    Any,
    Text,
    Number,
    Integer,
    Flag,
    Literal(Vec<String>),
    Named(String),
    List(Box<Type>),
    Mapping(Box<Type>),
    Object(Vec<Member>),
    Either(Vec<Type>),
    Null,
}

/// A member of an object.
pub struct Member {
    pub name: String,
    pub text: Option<String>,
    pub kind: Type,
    pub required: bool,
}

/// A named definition.
pub struct Definition {
    pub name: String,
    pub text: String,
    pub kind: Type,
}

impl Schema {
    pub fn parse(text: &str) -> Outcome<Self> {
        let malformed = |error: &dyn std::fmt::Display| Fault::failed(format!("the schema: {error}"));
        let document: Value = serde_json::from_str(text).map_err(|error| malformed(&error))?;
        match document.get("$defs") {
            Some(Value::Object(definitions)) => Ok(Self { definitions: definitions.clone() }),
            _ => Err(malformed(&"`$defs` is missing")),
        }
    }

    pub fn definitions(&self) -> impl Iterator<Item = Definition> + '_ {
        self.definitions.iter().map(|(name, value)| Definition {
            name: name.clone(),
            text: text_of(value).unwrap_or_default(),
            kind: kind_of(value),
        })
    }

    /// The members of an object definition; none for any other name.
    pub fn members(&self, name: &str) -> Vec<Member> {
        match self.definitions.get(name).map(kind_of) {
            Some(Type::Object(members)) => members,
            _ => Vec::new(),
        }
    }
}

fn text_of(value: &Value) -> Option<String> {
    value.get("description").and_then(Value::as_str).map(str::to_owned)
}

fn kind_of(value: &Value) -> Type {
    if let Some(name) = value.get("$ref").and_then(Value::as_str) {
        return Type::Named(name.rsplit('/').next().unwrap_or_default().to_owned());
    }
    if let Some(constant) = value.get("const") {
        return Type::Literal(vec![constant.to_string()]);
    }
    if let Some(values) = value.get("enum").and_then(Value::as_array) {
        return Type::Literal(values.iter().map(Value::to_string).collect());
    }
    for word in ["anyOf", "oneOf"] {
        if let Some(values) = value.get(word).and_then(Value::as_array) {
            return Type::Either(values.iter().map(kind_of).collect());
        }
    }
    match value.get("type").and_then(Value::as_str) {
        Some("string") => Type::Text,
        Some("number") => Type::Number,
        Some("integer") => Type::Integer,
        Some("boolean") => Type::Flag,
        Some("null") => Type::Null,
        Some("array") => Type::List(Box::new(value.get("items").map_or(Type::Any, kind_of))),
        Some("object") => object_of(value),
        _ => Type::Any,
    }
}

fn object_of(value: &Value) -> Type {
    let Some(properties) = value.get("properties").and_then(Value::as_object) else {
        return Type::Mapping(Box::new(value.get("additionalProperties").map_or(Type::Any, kind_of)));
    };
    let required = value.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|item| item == name));
    let member = |(name, value): (&String, &Value)| Member {
        name: name.clone(),
        text: text_of(value),
        kind: kind_of(value),
        required: is_required(name),
    };
    Type::Object(properties.iter().map(member).collect())
}

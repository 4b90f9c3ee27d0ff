//! `host-python/src/fuzefront_authn/_generated.py`.

use serde_json::Value;

use super::schema::{Definition, Member, Schema, Type};
use super::{FIXED, NOTICE};

/// Definitions that are written as something else than a type of the same name.
const OTHERWISE: [&str; 3] = ["ClaimNames", "IssuerPolicy", "Policy"];

const WIDTH: usize = 100;

const HEAD: &str = r#"
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Optional, TypedDict, Union

if TYPE_CHECKING:
    from typing_extensions import NotRequired
"#;

pub fn write(schema: &Schema, about: &Value) -> String {
    let mut out = format!("\"\"\"{NOTICE}\"\"\"\n");
    out.push_str(&HEAD.replace(
        "import Any, Literal, Optional, TypedDict",
        "import TYPE_CHECKING, Any, Literal, Optional, TypedDict",
    ));
    let (names, objects): (Vec<Definition>, Vec<Definition>) = schema
        .definitions()
        .filter(|definition| !OTHERWISE.contains(&definition.name.as_str()))
        .partition(|definition| matches!(definition.kind, Type::Literal(_)));
    names.iter().for_each(|definition| alias(&mut out, definition));
    constants(&mut out, about);
    let (objects, unions): (Vec<Definition>, Vec<Definition>) =
        objects.into_iter().partition(|definition| matches!(definition.kind, Type::Object(_)));
    objects.iter().for_each(|definition| class(&mut out, definition));
    out.push('\n');
    unions.iter().for_each(|definition| alias(&mut out, definition));
    options(&mut out, schema);
    out
}

fn alias(out: &mut String, definition: &Definition) {
    let one_line = format!("\n{} = {}\n", definition.name, type_of(&definition.kind));
    if one_line.len() <= WIDTH + 2 {
        out.push_str(&one_line);
    } else {
        let (outer, parts) = match &definition.kind {
            Type::Literal(values) => ("Literal", values.clone()),
            Type::Either(kinds) => ("Union", kinds.iter().map(type_of).collect()),
            other => ("Optional", vec![type_of(other)]),
        };
        out.push_str(&format!("\n{} = {outer}[\n", definition.name));
        parts.iter().for_each(|part| out.push_str(&format!("    {part},\n")));
        out.push_str("]\n");
    }
    doc(out, &definition.text, "");
}

fn constants(out: &mut String, about: &Value) {
    let of = |name: &str| about.get(name).cloned().unwrap_or_default();
    out.push_str(&format!("\nABI = {}\n", of("abi")));
    out.push_str("\nCODES: dict[str, dict[str, Any]] = {\n");
    for row in of("codes").as_array().into_iter().flatten() {
        let code = row.get("code").cloned().unwrap_or_default();
        let member = |name: &str| row.get(name).map(|value| entry(name, value));
        let members: String = ["status", "message", "challenge"].into_iter().filter_map(member).collect();
        out.push_str(&format!("    {code}: {{\n{members}    }},\n"));
    }
    out.push_str("}\n");
    doc(out, "Status, public text and challenge (RFC 6750 section 3) of every code.", "");
    out.push_str("\nOPERATIONS = {\n");
    for row in of("operations").as_array().into_iter().flatten() {
        let name = row.get("operation").cloned().unwrap_or_default();
        let number = row.get("number").cloned().unwrap_or_default();
        out.push_str(&format!("    {name}: {number},\n"));
    }
    out.push_str("}\n\nLIMITS = {\n");
    for (name, value) in of("limits").as_object().into_iter().flatten() {
        out.push_str(&format!("    \"{name}\": {value},\n"));
    }
    out.push_str("}\n");
    doc(out, "Bytes, counts and seconds, as the module keeps them.", "");
}

/// One member of a code's row, in the form that ruff gives it.
fn entry(name: &str, value: &Value) -> String {
    let literal = match value {
        Value::String(text) if text.contains('"') && !text.contains('\'') => format!("'{text}'"),
        other => other.to_string(),
    };
    format!("        \"{name}\": {literal},\n")
}

fn class(out: &mut String, definition: &Definition) {
    let Type::Object(members) = &definition.kind else { return };
    let name = &definition.name;
    if members.iter().any(|member| member.name == "from") {
        // `from` is a keyword, so that only the functional form can name it.
        out.push_str(&format!("\n\n{name} = TypedDict(\n    \"{name}\",\n    {{\n"));
        for member in members {
            out.push_str(&format!(
                "        \"{}\": {},\n",
                member.name,
                type_of(&member.kind).replace("KeyState", "\"KeyState\"")
            ));
        }
        out.push_str("    },\n)\n");
        return doc(out, &definition.text, "");
    }
    out.push_str(&format!("\n\nclass {name}(TypedDict):\n"));
    doc(out, &definition.text, "    ");
    out.push('\n');
    for member in members {
        let kind = type_of(&member.kind);
        let kind = if member.required { kind } else { format!("NotRequired[{kind}]") };
        out.push_str(&format!("    {}: {kind}\n", member.name));
        if let Some(text) = &member.text {
            doc(out, text, "    ");
        }
    }
}

fn options(out: &mut String, schema: &Schema) {
    let (fixed, free): (Vec<Member>, Vec<Member>) =
        schema.members("IssuerPolicy").into_iter().partition(|member| FIXED.contains(&member.name.as_str()));
    out.push_str("\n\nclass ContractOptions(TypedDict, total=False):\n");
    out.push_str(
        "    \"\"\"What one app may ask for beside its contract, or instead of what that says.\"\"\"\n\n",
    );
    free.iter().for_each(|member| option(out, member));
    out.push_str("\n\nclass IssuerOptions(ContractOptions, total=False):\n");
    out.push_str("    \"\"\"One entry of `issuers`. `issuer` and `audience` must be given.\"\"\"\n\n");
    fixed.iter().for_each(|member| option(out, member));
}

fn option(out: &mut String, member: &Member) {
    let kind = match (member.name.as_str(), &member.kind) {
        ("secret", _) => String::from("Union[bytes, str]"),
        ("claims", _) => String::from("Mapping[str, str]"),
        ("kinds" | "algorithms", _) => String::from("Sequence[str]"),
        ("issuer" | "audience", _) => String::from("Union[str, Sequence[str], None]"),
        (_, kind) => type_of(kind),
    };
    out.push_str(&format!("    {}: {kind}\n", member.name));
    if let Some(text) = &member.text {
        doc(out, text, "    ");
    }
}

/// A docstring, in as many lines as it takes.
fn doc(out: &mut String, text: &str, indent: &str) {
    let line = format!("{indent}\"\"\"{text}\"\"\"\n");
    if line.len() <= WIDTH + 1 {
        return out.push_str(&line);
    }
    let mut row = format!("{indent}\"\"\"");
    let mut first = true;
    for word in text.split(' ') {
        if row.len() + 1 + word.len() > WIDTH {
            out.push_str(&format!("{row}\n"));
            row = indent.to_owned();
            first = true;
        }
        if !first {
            row.push(' ');
        }
        row.push_str(word);
        first = false;
    }
    out.push_str(&format!("{row}\n{indent}\"\"\"\n"));
}

fn type_of(kind: &Type) -> String {
    match kind {
        Type::Any => String::from("Any"),
        Type::Text => String::from("str"),
        Type::Number => String::from("float"),
        Type::Integer => String::from("int"),
        Type::Flag => String::from("bool"),
        Type::Null => String::from("None"),
        Type::Named(name) => name.clone(),
        Type::Literal(values) => {
            format!("Literal[{}]", values.join(", ").replace("true", "True").replace("false", "False"))
        }
        Type::List(item) => format!("Sequence[{}]", type_of(item)),
        Type::Mapping(item) => format!("Mapping[str, {}]", type_of(item)),
        Type::Object(_) => String::from("Mapping[str, Any]"),
        Type::Either(kinds) => match kinds.as_slice() {
            [one, Type::Null] => format!("Optional[{}]", type_of(one)),
            kinds => format!("Union[{}]", kinds.iter().map(type_of).collect::<Vec<_>>().join(", ")),
        },
    }
}

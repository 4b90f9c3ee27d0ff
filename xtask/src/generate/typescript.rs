//! `host-node/src/generated.ts`.

use serde_json::Value;

use super::schema::{Definition, Member, Schema, Type};
use super::{FIXED, KEY_SOURCE, NOTICE};

/// Definitions that are written as something else than a type of the same name.
const OTHERWISE: [&str; 4] = ["AuthErrorCode", "ClaimNames", "IssuerPolicy", "Policy"];

const WIDTH: usize = 120;

pub fn write(schema: &Schema, about: &Value) -> String {
    let mut out = format!("// {NOTICE}\n");
    constants(&mut out, about);
    out.push_str("\n/** The closed list of codes. */\nexport type AuthErrorCode = keyof typeof CODES\n");
    for definition in schema.definitions() {
        if !OTHERWISE.contains(&definition.name.as_str()) {
            definition_of(&mut out, &definition);
        }
    }
    options(&mut out, schema);
    out
}

fn constants(out: &mut String, about: &Value) {
    let of = |name: &str| about.get(name).cloned().unwrap_or_default();
    out.push_str(&format!("\nexport const ABI = {}\n", quoted(&of("abi"))));
    out.push_str("\n/** Status, public text and challenge (RFC 6750 section 3) of every code. */\nexport const CODES = {\n");
    for row in of("codes").as_array().into_iter().flatten() {
        let member = |name: &str| row.get(name).map(|value| format!("    {name}: {},\n", quoted(value)));
        let members: String = ["status", "message", "challenge"].into_iter().filter_map(member).collect();
        out.push_str(&format!("  {}: {{\n{members}  }},\n", word(row.get("code"))));
    }
    out.push_str("} as const\n\nexport const OPERATION = {\n");
    for row in of("operations").as_array().into_iter().flatten() {
        let number = row.get("number").cloned().unwrap_or_default();
        out.push_str(&format!("  {}: {number},\n", word(row.get("operation"))));
    }
    out.push_str("} as const\n\n/** Bytes, counts and seconds, as the module keeps them. */\nexport const LIMITS = {\n");
    for (name, value) in of("limits").as_object().into_iter().flatten() {
        out.push_str(&format!("  {name}: {value},\n"));
    }
    out.push_str("} as const\n");
}

fn definition_of(out: &mut String, definition: &Definition) {
    out.push('\n');
    comment(out, &definition.text, "");
    match &definition.kind {
        Type::Object(members) => {
            out.push_str(&format!("export interface {} {{\n", definition.name));
            for member in members {
                if let Some(text) = &member.text {
                    comment(out, text, "  ");
                }
                let mark = if member.required { "" } else { "?" };
                out.push_str(&format!("  readonly {}{mark}: {}\n", member.name, type_of(&member.kind)));
            }
            out.push_str("}\n");
        }
        kind => {
            let line = format!("export type {} = {}", definition.name, type_of(kind));
            if line.len() <= WIDTH {
                out.push_str(&line);
            } else {
                let parts = parts_of(kind).join("\n  | ");
                out.push_str(&format!("export type {} =\n  | {parts}", definition.name));
            }
            out.push('\n');
        }
    }
}

fn options(out: &mut String, schema: &Schema) {
    interface(
        out,
        "ClaimNames",
        "Names of the top-level claims that make the identity. Defaults: `sub` (legacy: \
        `userId`), `tenantId`, `roles`, `email`.",
        &schema.members("ClaimNames"),
    );
    let (source, rest): (Vec<Member>, Vec<Member>) = schema
        .members("IssuerPolicy")
        .into_iter()
        .filter(|member| !FIXED.contains(&member.name.as_str()))
        .partition(|member| KEY_SOURCE.contains(&member.name.as_str()));
    interface(out, "KeySourceOptions", "Where the keys of an issuer come from.", &source);
    interface(out, "EntryOptions", "Options that every issuer entry may have.", &rest);
    table(
        out,
        "ENTRY_OPTIONS",
        "The options of an issuer entry, and what a policy calls them.",
        schema,
        "IssuerPolicy",
    );
    table(
        out,
        "COMMON_OPTIONS",
        "The options beside the entries, and what a policy calls them.",
        schema,
        "Policy",
    );
}

fn interface(out: &mut String, name: &str, text: &str, members: &[Member]) {
    out.push('\n');
    comment(out, text, "");
    out.push_str(&format!("export interface {name} {{\n"));
    for member in members {
        if let Some(text) = &member.text {
            comment(out, text, "  ");
        }
        let kind = if member.name == "keys" { String::from("JwkSet") } else { type_of(&member.kind) };
        out.push_str(&format!("  readonly {}?: {kind} | undefined\n", camel(&member.name)));
    }
    out.push_str("}\n");
    if members.iter().any(|member| member.name == "keys") {
        out.push_str("\n/** A JWK Set (RFC 7517 section 5). */\nexport interface JwkSet {\n  readonly keys: readonly object[]\n}\n");
    }
}

fn table(out: &mut String, name: &str, text: &str, schema: &Schema, of: &str) {
    out.push('\n');
    comment(out, text, "");
    out.push_str(&format!("export const {name} = {{\n"));
    let mut names: Vec<String> = schema.members(of).into_iter().map(|member| member.name).collect();
    names.retain(|name| name != "issuers");
    names.sort();
    for name in names {
        out.push_str(&format!("  {}: '{name}',\n", camel(&name)));
    }
    out.push_str("} as const\n");
}

fn comment(out: &mut String, text: &str, indent: &str) {
    let line = format!("{indent}/** {text} */\n");
    if line.len() <= WIDTH + 1 {
        return out.push_str(&line);
    }
    out.push_str(&format!("{indent}/**\n"));
    let mut row = format!("{indent} *");
    for word in text.split(' ') {
        if row.len() + 1 + word.len() > WIDTH {
            out.push_str(&format!("{row}\n"));
            row = format!("{indent} *");
        }
        row.push_str(&format!(" {word}"));
    }
    out.push_str(&format!("{row}\n{indent} */\n"));
}

fn type_of(kind: &Type) -> String {
    match kind {
        Type::Any => String::from("unknown"),
        Type::Text => String::from("string"),
        Type::Number | Type::Integer => String::from("number"),
        Type::Flag => String::from("boolean"),
        Type::Null => String::from("null"),
        Type::Named(name) => name.clone(),
        Type::Literal(_) | Type::Either(_) => parts_of(kind).join(" | "),
        Type::List(item) => match **item {
            Type::Literal(_) | Type::Either(_) => format!("readonly ({})[]", type_of(item)),
            _ => format!("readonly {}[]", type_of(item)),
        },
        Type::Mapping(item) => format!("Readonly<Record<string, {}>>", type_of(item)),
        Type::Object(members) => {
            let member = |member: &Member| {
                let mark = if member.required { "" } else { "?" };
                format!("readonly {}{mark}: {}", member.name, type_of(&member.kind))
            };
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join("; "))
        }
    }
}

fn parts_of(kind: &Type) -> Vec<String> {
    match kind {
        Type::Literal(values) => values.iter().map(|value| value.replace('"', "'")).collect(),
        Type::Either(kinds) => kinds.iter().map(type_of).collect(),
        other => vec![type_of(other)],
    }
}

/// A string in single quotes, as prettier has them; anything else as JSON.
fn quoted(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        other => other.to_string(),
    }
}

fn word(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}

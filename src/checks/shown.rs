//! What a trace shows of a check beside its outcome: which claim, what passes, what was found. The signature is never shown.

use crate::json::Value;
use crate::key::KeySet;
use crate::pipeline::{Keys, Run};
use crate::policy::IssuerPolicy;
use crate::rejection::Details;
use crate::writer::{self, ObjectWriter};

#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) claim: Option<String>,
    /// JSON.
    pub(crate) expected: Option<String>,
    pub(crate) found: Found,
}

/// JSON, by where it was found.
#[derive(Default)]
pub(crate) enum Found {
    /// Not in a claim.
    Anyway(String),
    /// Shown where it is asked for.
    InClaim(String),
    #[default]
    Nothing,
}

impl Shown {
    /// What the issuer entry tells; nothing where there is none.
    pub(super) fn by_entry(run: &Run<'_>, show: impl Fn(&IssuerPolicy) -> Self) -> Self {
        run.entry.map_or_else(Self::default, |entry| show(entry.policy))
    }

    /// A claim, with what is found there.
    pub(super) fn claim(name: &str, run: &Run<'_>) -> Self {
        let value = run.claims.as_ref().and_then(|claims| claims.get(name));
        let found = value.map_or(Found::Nothing, |value| Found::InClaim(writer::value(value)));
        Self { claim: Some(name.to_owned()), expected: None, found }
    }

    /// A header parameter, with what is found there.
    pub(super) fn parameter(name: &str, run: &Run<'_>) -> Self {
        let value = run.header.as_ref().and_then(|header| header.get(name));
        Self { claim: Some(name.to_owned()), ..Self::default() }.found(value.map(writer::value))
    }

    pub(super) fn expected(self, json: String) -> Self {
        Self { expected: Some(json), ..self }
    }

    pub(super) fn found(self, json: Option<String>) -> Self {
        Self { found: json.map_or(Found::Nothing, Found::Anyway), ..self }
    }

    /// What a failure says of itself goes first where it names one claim of several, and last else.
    pub(crate) fn or(self, details: &Details) -> Self {
        let named = details.claim.as_ref().filter(|name| self.claim.as_ref() != Some(*name));
        let in_claim = details.actual.clone().map_or(Found::Nothing, Found::InClaim);
        Self {
            found: match self.found {
                Found::Nothing => in_claim,
                found => found,
            },
            claim: named.cloned().or(self.claim),
            expected: self.expected.or_else(|| details.expected.clone()),
        }
    }
}

/// An object of one member.
pub(super) fn member(name: &str, json: String) -> String {
    ObjectWriter::new().raw(name, &json).finish()
}

/// The latest moment that is not in the future, with the leeway worked in.
pub(super) fn at_most(run: &Run<'_>, policy: &IssuerPolicy) -> String {
    member("at_most", writer::number(run.now.seconds() + f64::from(policy.leeway)))
}

/// Each of them once.
pub(super) fn all<'s>(items: impl IntoIterator<Item = &'s String>) -> String {
    let mut distinct: Vec<&String> = Vec::new();
    for item in items {
        if !distinct.contains(&item) {
            distinct.push(item);
        }
    }
    writer::strings(&distinct)
}

pub(super) fn header_parameters(run: &Run<'_>) -> Option<String> {
    let header = run.header.as_ref()?;
    let mut json = ObjectWriter::new();
    for name in ["alg", "kid", "typ"] {
        if let Some(value) = header.get(name) {
            json.raw(name, &writer::value(value));
        }
    }
    Some(json.finish())
}

pub(super) fn key_set(keys: &Keys<'_>) -> String {
    let mut json = ObjectWriter::new();
    json.string("state", keys.state.name()).string("generation", keys.generation);
    if let Some(set) = keys.set {
        json.raw("keys", &set.keys.len().to_string());
    }
    json.finish()
}

/// The ids of the keys that take the token's algorithm; `null` for a key without one.
pub(super) fn key_ids(run: &Run<'_>, set: &KeySet) -> Option<String> {
    let algorithm = run.algorithm?;
    let fitting = set.keys.iter().filter(|key| key.accepts(algorithm));
    let ids = fitting.map(|key| key.kid.as_deref().map_or_else(|| "null".to_owned(), writer::string));
    Some(writer::array(&ids.collect::<Vec<_>>()))
}

/// Those of the names that the token has; no values.
pub(super) fn present(run: &Run<'_>, names: &[String]) -> Option<String> {
    let claims = run.claims.as_ref()?;
    let has = |name: &&String| !matches!(claims.get(name), None | Some(Value::Null));
    Some(writer::strings(&names.iter().filter(has).collect::<Vec<_>>()))
}

pub(super) fn claim_values(run: &Run<'_>, rules: &[(String, Vec<String>)]) -> Shown {
    let (mut expected, mut found) = (ObjectWriter::new(), ObjectWriter::new());
    for (name, allowed) in rules {
        expected.strings(name, allowed);
        if let Some(value) = run.claims.as_ref().and_then(|claims| claims.get(name)) {
            found.raw(name, &writer::value(value));
        }
    }
    Shown { claim: None, expected: Some(expected.finish()), found: Found::InClaim(found.finish()) }
}

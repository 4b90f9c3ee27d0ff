//! What a trace shows of a step beside its outcome: which claim, what passes, what was found. The signature is never shown.

use crate::json::Value;
use crate::key::KeySet;
use crate::limits;
use crate::pipeline::{Input, Keys, Run};
use crate::policy::IssuerPolicy;
use crate::step::Step;
use crate::token::TokenForm;
use crate::verdict::Details;
use crate::writer::{self, ObjectWriter};

#[derive(Default)]
pub(super) struct Shown {
    pub(super) claim: Option<String>,
    /// JSON.
    pub(super) expected: Option<String>,
    pub(super) found: Found,
}

/// JSON, by where it was found.
#[derive(Default)]
pub(super) enum Found {
    /// Not in a claim.
    Anyway(String),
    /// Shown where it is asked for.
    InClaim(String),
    #[default]
    Nothing,
}

impl Shown {
    pub(super) fn new(step: Step, run: &Run<'_>) -> Self {
        match step {
            Step::Credentials if matches!(run.input, Input::Authorization(_)) => {
                Self::default().expected(writer::string("Bearer <token>"))
            }
            Step::Size => Self::default()
                .expected(one("at_most", limits::TOKEN_BYTES.to_string()))
                .found(run.token.map(|token| token.len().to_string())),
            Step::Form => Self::default()
                .expected(writer::string(TokenForm::Jws.name()))
                .found(run.token.map(|token| writer::string(TokenForm::of(token).name()))),
            Step::HeaderParameters => Self::default().found(header_parameters(run)),
            Step::Type => {
                let types = run.policy.issuers.iter().flat_map(|entry| &entry.types);
                Self::parameter("typ", run).expected(set(types))
            }
            Step::Issuer => {
                let names = run.policy.issuers.iter().flat_map(|entry| &entry.names);
                Self::claim("iss", run).expected(set(names))
            }
            Step::LogoutToken => Self { claim: Some("events".to_owned()), ..Self::default() },
            Step::KeySet => Self::default().found(run.keys.as_ref().map(keys)),
            _ => run.entry.map_or_else(Self::default, |entry| Self::by_entry(step, run, entry.policy)),
        }
    }

    /// The steps whose rules stand in the issuer entry.
    fn by_entry(step: Step, run: &Run<'_>, policy: &IssuerPolicy) -> Self {
        let (now, leeway) = (run.now.seconds(), f64::from(policy.leeway));
        match step {
            Step::IssuerType => Self::parameter("typ", run).expected(set(&policy.types)),
            Step::Algorithm => {
                let names: Vec<&str> = policy.algorithms.iter().map(|algorithm| algorithm.name()).collect();
                Self::parameter("alg", run).expected(writer::strings(&names))
            }
            Step::Key => match run.keys.as_ref().and_then(|keys| keys.set) {
                Some(set) => Self { expected: key_ids(run, set), ..Self::parameter("kid", run) },
                None => Self::default(),
            },
            Step::Expiry => Self::claim("exp", run).expected(one("after", writer::number(now - leeway))),
            Step::NotBefore => Self::claim("nbf", run).expected(one("at_most", writer::number(now + leeway))),
            Step::IssuedAt => Self::claim("iat", run).expected(one("at_most", writer::number(now + leeway))),
            Step::Age => {
                let oldest = now - leeway - f64::from(policy.max_age.unwrap_or_default());
                Self::claim("iat", run).expected(one("at_least", writer::number(oldest)))
            }
            Step::Audience => Self::claim("aud", run).expected(set(policy.audience.iter().flatten())),
            Step::AuthorizedParty => {
                let name = run.claims.as_ref().map_or("azp", |claims| claims.party_claim());
                Self::claim(name, run).expected(set(policy.authorized_parties.iter().flatten()))
            }
            Step::RequiredClaims => Self::default()
                .expected(writer::strings(&policy.required_claims))
                .found(present(run, &policy.required_claims)),
            Step::ClaimValues => claim_values(run, &policy.claim_values),
            Step::Kind => Self::default()
                .expected(writer::strings(&policy.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>()))
                .found(run.claims.as_ref().map(|claims| writer::string(claims.kind(policy).name()))),
            Step::Scopes => Self::claim("scope", run).expected(set(&policy.required_scopes)),
            Step::Subject => Self::claim(&policy.claims.subject, run),
            _ => Self::default(),
        }
    }

    /// A claim, with what is found there.
    fn claim(name: &str, run: &Run<'_>) -> Self {
        let value = run.claims.as_ref().and_then(|claims| claims.get(name));
        let found = value.map_or(Found::Nothing, |value| Found::InClaim(writer::value(value)));
        Self { claim: Some(name.to_owned()), expected: None, found }
    }

    /// A header parameter, with what is found there.
    fn parameter(name: &str, run: &Run<'_>) -> Self {
        let value = run.header.as_ref().and_then(|header| header.get(name));
        Self { claim: Some(name.to_owned()), ..Self::default() }.found(value.map(writer::value))
    }

    fn expected(self, json: String) -> Self {
        Self { expected: Some(json), ..self }
    }

    fn found(self, json: Option<String>) -> Self {
        Self { found: json.map_or(Found::Nothing, Found::Anyway), ..self }
    }

    /// What a failure says of itself goes first where it names one claim of several, and last else.
    pub(super) fn or(self, details: &Details) -> Self {
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
fn one(name: &str, json: String) -> String {
    ObjectWriter::new().raw(name, &json).finish()
}

fn set<'s>(items: impl IntoIterator<Item = &'s String>) -> String {
    let mut distinct: Vec<&String> = Vec::new();
    for item in items {
        if !distinct.contains(&item) {
            distinct.push(item);
        }
    }
    writer::strings(&distinct)
}

fn header_parameters(run: &Run<'_>) -> Option<String> {
    let header = run.header.as_ref()?;
    let mut json = ObjectWriter::new();
    for name in ["alg", "kid", "typ"] {
        if let Some(value) = header.get(name) {
            json.raw(name, &writer::value(value));
        }
    }
    Some(json.finish())
}

fn keys(keys: &Keys<'_>) -> String {
    let mut json = ObjectWriter::new();
    json.string("state", keys.state.name()).number("generation", f64::from(keys.generation));
    if let Some(set) = keys.set {
        json.raw("keys", &set.keys.len().to_string());
    }
    json.finish()
}

/// The ids of the keys that take the token's algorithm; `null` for a key without one.
fn key_ids(run: &Run<'_>, set: &KeySet) -> Option<String> {
    let algorithm = run.algorithm?;
    let fitting = set.keys.iter().filter(|key| key.accepts(algorithm));
    let ids = fitting.map(|key| key.kid.as_deref().map_or_else(|| "null".to_owned(), writer::string));
    Some(writer::array(&ids.collect::<Vec<_>>()))
}

/// Those of the names that the token has; no values.
fn present(run: &Run<'_>, names: &[String]) -> Option<String> {
    let claims = run.claims.as_ref()?;
    let has = |name: &&String| !matches!(claims.get(name), None | Some(Value::Null));
    Some(writer::strings(&names.iter().filter(has).collect::<Vec<_>>()))
}

fn claim_values(run: &Run<'_>, rules: &[(String, Vec<String>)]) -> Shown {
    let (mut expected, mut found) = (ObjectWriter::new(), ObjectWriter::new());
    for (name, allowed) in rules {
        expected.strings(name, allowed);
        if let Some(value) = run.claims.as_ref().and_then(|claims| claims.get(name)) {
            found.raw(name, &writer::value(value));
        }
    }
    Shown { claim: None, expected: Some(expected.finish()), found: Found::InClaim(found.finish()) }
}

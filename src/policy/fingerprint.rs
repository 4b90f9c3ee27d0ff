//! The canonical form of a policy: every default spelt out, every set sorted, no secret in it.

use super::{IssuerPolicy, KeySource, Policy};
use crate::algorithm::Algorithm;
use crate::signature::sha256;
use crate::writer::{self, ObjectWriter};

impl Policy {
    /// SHA-256 (hexadecimal) over the canonical form: defaults filled in, sets sorted, secrets left out. Equal
    /// policies have equal fingerprints in every host.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        writer::hex(&sha256(canonical(self).as_bytes()))
    }
}

fn canonical(policy: &Policy) -> String {
    let mut issuers: Vec<String> = policy.issuers.iter().map(issuer).collect();
    issuers.sort_unstable();
    ObjectWriter::new()
        .strings("insecure_hosts", &sorted(&policy.insecure_hosts))
        .raw("issuers", &writer::array(&issuers))
        .finish()
}

fn issuer(policy: &IssuerPolicy) -> String {
    let mut json = ObjectWriter::new();
    // The first name is not like the others: without `jwks_uri` its host is asked for the keys.
    json.strings("issuer", &sorted(&policy.names));
    if matches!(policy.source, KeySource::Discovery) {
        json.optional("discovery", policy.names.first().map(String::as_str));
    }
    list(&mut json, "audience", policy.audience.as_deref());
    json.string("mode", policy.mode.name());
    let algorithms: Vec<&str> =
        policy.algorithms.iter().map(|algorithm| Algorithm::name(*algorithm)).collect();
    json.strings("algorithms", &algorithms).string("source", policy.source.name());
    match &policy.source {
        KeySource::JwksUri(uri) => json.string("jwks_uri", uri),
        KeySource::Static(set) => json.strings("keys", &set.names()),
        KeySource::Discovery | KeySource::Secret(_) => &mut json,
    };
    json.strings("types", &policy.types).number("leeway", f64::from(policy.leeway));
    if let Some(seconds) = policy.max_age {
        json.number("max_age", f64::from(seconds));
    }
    json.number("stale_cap", f64::from(policy.stale_cap))
        .strings("required_claims", &sorted(&policy.required_claims))
        .raw("claim_values", &claim_values(policy))
        .strings("required_scopes", &sorted(&policy.required_scopes));
    list(&mut json, "authorized_parties", policy.authorized_parties.as_deref());
    let kinds: Vec<&str> = policy.kinds.iter().map(|kind| kind.name()).collect();
    let claims = ObjectWriter::new()
        .string("subject", &policy.claims.subject)
        .string("tenant", &policy.claims.tenant)
        .string("roles", &policy.claims.roles)
        .string("email", &policy.claims.email)
        .finish();
    json.strings("kinds", &kinds)
        .strings("machine_clients", &sorted(&policy.machine_clients))
        .raw("claims", &claims)
        .finish()
}

fn claim_values(policy: &IssuerPolicy) -> String {
    let mut json = ObjectWriter::new();
    for (name, values) in &policy.claim_values {
        json.strings(name, &sorted(values));
    }
    json.finish()
}

fn list(json: &mut ObjectWriter, name: &str, values: Option<&[String]>) {
    match values {
        Some(values) => json.strings(name, &sorted(values)),
        None => json.raw(name, "null"),
    };
}

fn sorted(values: &[String]) -> Vec<&str> {
    let mut values: Vec<&str> = values.iter().map(String::as_str).collect();
    values.sort_unstable();
    values
}

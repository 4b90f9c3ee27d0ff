//! The policy by itself: what in it is risky, or wider than meant.

use super::catalogue::policy as rows;
use super::difference;
use super::finding::{Evidence, Findings};
use authn::limits;
use authn::policy::{IssuerPolicy, KeySource, Mode, Policy};
use authn::url;
use authn::writer;

pub(super) fn examine(policy: &Policy, findings: &mut Findings) {
    for (index, entry) in policy.issuers.iter().enumerate() {
        one_entry(&format!("/issuers/{index}"), entry, findings);
    }
    shared_audiences(policy, findings);
}

fn one_entry(place: &str, entry: &IssuerPolicy, findings: &mut Findings) {
    let mut evidence = Evidence::new();
    evidence.texts("issuer", &entry.names);
    if entry.mode == Mode::LegacyHs256 {
        findings.add(&rows::LEGACY_ENTRY, place, &[], &mut evidence);
    }
    if entry.leeway > limits::LEEWAY_DEFAULT {
        let mut evidence = Evidence::new();
        let leeway = f64::from(entry.leeway);
        evidence.number("leeway", leeway);
        findings.add(&rows::LEEWAY_WIDE, place, &[&writer::number(leeway)], &mut evidence);
    }
    let address = match &entry.source {
        KeySource::Static(set) => {
            let mut evidence = Evidence::new();
            evidence.texts("issuer", &entry.names).count("keys", set.keys.len());
            findings.add(&rows::STATIC_KEYS, place, &[], &mut evidence);
            return;
        }
        KeySource::Secret(_) => return,
        KeySource::JwksUri(uri) => uri.as_str(),
        KeySource::Discovery => entry.names.first().map(String::as_str).unwrap_or_default(),
    };
    // Without a list of insecure hosts only loopback passes, where nobody sits on the way.
    if address.starts_with("http:") && !url::is_fetchable(address, &[]) {
        let mut evidence = Evidence::new();
        evidence.text("url", address).optional("origin", difference::origin(address));
        findings.add(&rows::INSECURE_KEY_URL, place, &[address], &mut evidence);
    }
}

fn shared_audiences(policy: &Policy, findings: &mut Findings) {
    let mut named: Vec<&str> = Vec::new();
    let holders = |audience: &str| -> Vec<String> {
        let holds = |entry: &&IssuerPolicy| {
            entry.audience.as_ref().is_some_and(|list| list.iter().any(|name| name == audience))
        };
        let entries = policy.issuers.iter().enumerate().filter(|(_, entry)| holds(entry));
        entries.map(|(index, _)| format!("/issuers/{index}")).collect()
    };
    for audience in policy.issuers.iter().flat_map(|entry| entry.audience.iter().flatten()) {
        let entries = holders(audience);
        if entries.len() > 1 && !named.contains(&audience.as_str()) {
            named.push(audience);
            let mut evidence = Evidence::new();
            evidence.text("audience", audience).texts("entries", &entries);
            findings.add(&rows::AUDIENCE_IN_SEVERAL_ENTRIES, "/issuers", &[audience], &mut evidence);
        }
    }
}

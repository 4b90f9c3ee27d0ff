//! `aud` against the policy, and against the client that the token was issued to.

use super::{SUBJECT, Seen};
use crate::doctor::catalogue::token as rows;
use crate::doctor::finding::{Evidence, Findings};
use authn::json::Value;
use authn::policy::{IssuerPolicy, Kind};

pub(super) fn examine(seen: &Seen<'_>, entry: Option<&IssuerPolicy>, findings: &mut Findings) {
    let found = match seen.claim("aud") {
        Some(Value::String(audience)) => vec![audience.as_ref()],
        Some(value) => value.as_strings().unwrap_or_default(),
        None => Vec::new(),
    };
    let azp = seen.text("azp");
    let stranger = azp.filter(|azp| !found.is_empty() && !found.contains(azp));
    let rewritten = stranger.is_some_and(|azp| !entry.is_some_and(|entry| is_awaited(entry, azp)));
    let mut evidence = Evidence::new();
    evidence.texts("aud", &found);
    if found.len() > 1 {
        let mut evidence = Evidence::new();
        evidence.texts("aud", &found);
        findings.add(&rows::AUDIENCE_IS_LIST, SUBJECT, &[&found.len().to_string()], &mut evidence);
    }
    if rewritten {
        let mut evidence = Evidence::new();
        evidence.texts("aud", &found).flag("azp_in_aud", false);
        findings.add(&rows::AUDIENCE_REWRITTEN, SUBJECT, &[], &mut evidence);
    }
    let Some((entry, allowed)) = entry.and_then(|entry| Some((entry, entry.audience.as_ref()?))) else {
        return;
    };
    evidence.texts("accepted", allowed);
    match found.iter().find(|audience| allowed.iter().any(|name| name == *audience)) {
        None => {
            let shown = if found.is_empty() { String::from("nobody") } else { found.join(", ") };
            findings.add(&rows::AUDIENCE_NOT_ACCEPTED, SUBJECT, &[&shown], &mut evidence);
        }
        Some(audience) if stranger.is_some() && !limits_callers(entry) => {
            findings.add(&rows::AUDIENCE_SHARED, SUBJECT, &[audience], &mut evidence);
        }
        Some(_) => {}
    }
}

/// A client that calls another app carries that app's audience (clause 11.3), and agents one that they share and a
/// claim of their own (11.4): well, where the policy awaits just that.
fn is_awaited(entry: &IssuerPolicy, azp: &str) -> bool {
    let mut listed = entry.authorized_parties.iter().flatten().chain(&entry.machine_clients);
    let by_claim = !entry.required_claims.is_empty() || !entry.claim_values.is_empty();
    listed.any(|name| name == azp) || by_claim && is_for_machines(entry)
}

fn limits_callers(entry: &IssuerPolicy) -> bool {
    entry.authorized_parties.is_some() || is_for_machines(entry) && !entry.claim_values.is_empty()
}

fn is_for_machines(entry: &IssuerPolicy) -> bool {
    entry.kinds == [Kind::Machine]
}

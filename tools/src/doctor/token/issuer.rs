//! `iss` against what the policy accepts.

use super::{SUBJECT, Seen};
use crate::doctor::case::Case;
use crate::doctor::catalogue::{discovery, token as rows};
use crate::doctor::difference;
use crate::doctor::finding::{Evidence, Findings};

pub(super) fn examine(case: &Case<'_>, seen: &Seen<'_>, findings: &mut Findings) {
    let entries = case.policy.into_iter().flat_map(|policy| &policy.issuers);
    let Some(issuer) = seen.issuer() else {
        let expected = entries.clone().any(|entry| entry.names.is_empty());
        missing(seen, expected, findings);
        return;
    };
    let names: Vec<&str> = entries.flat_map(|entry| &entry.names).map(String::as_str).collect();
    if names.contains(&issuer) {
        return;
    }
    let Some(difference) = difference::nearest(&names, issuer) else {
        return;
    };
    let (row, expected) = if difference.is_root() {
        (&discovery::GLOBAL_ISSUER_MODE, issuer)
    } else {
        (difference.row(), difference.expected)
    };
    findings.add(row, SUBJECT, &[expected, issuer], difference.evidence("token").texts("accepted", &names));
}

fn missing(seen: &Seen<'_>, expected: bool, findings: &mut Findings) {
    if expected && seen.claim("iss").is_none() {
        return;
    }
    let mut evidence = Evidence::new();
    let alg = seen.header_text("alg");
    evidence.optional("alg", alg);
    if seen.is_symmetric() {
        findings.add(&rows::TOKEN_IS_SESSION, SUBJECT, &[alg.unwrap_or_default()], &mut evidence);
    } else {
        findings.add(&rows::TOKEN_WITHOUT_ISSUER, SUBJECT, &[], &mut evidence);
    }
}

//! The token's key and signature, against the keys that the issuer publishes.

use super::{SUBJECT, Seen};
use crate::doctor::case::{Case, Document};
use crate::doctor::catalogue::token as rows;
use crate::doctor::finding::{Evidence, Findings};
use authn::Algorithm;
use authn::json::Value;
use authn::key::{Key, KeySet};
use authn::limits;
use authn::policy::{IssuerPolicy, KeySource};
use authn::token::{Parts, check_parts, signing_input};

pub(super) fn examine(
    case: &Case<'_>,
    seen: &Seen<'_>,
    entry: Option<&IssuerPolicy>,
    findings: &mut Findings,
) {
    if seen.is_symmetric() {
        return;
    }
    let kid = seen.header_text("kid");
    let alg = seen.header_text("alg");
    if kid.is_none() {
        let mut evidence = Evidence::new();
        findings.add(&rows::TOKEN_WITHOUT_KID, SUBJECT, &[], evidence.optional("alg", alg));
    }
    let Some((set, kids)) = keys(case, seen, entry) else {
        return;
    };
    if let Some(kid) = kid.filter(|kid| !kids.is_empty() && !kids.iter().any(|other| other == kid)) {
        let mut evidence = Evidence::new();
        evidence.text("kid", kid).texts("published", &kids);
        findings.add(&rows::KID_NOT_IN_SET, SUBJECT, &[kid], &mut evidence);
    }
    if let Some(algorithm) = alg.and_then(Algorithm::from_name) {
        verify(case, &set, kid, algorithm, findings);
    }
}

/// The usable keys, and the ids of all entries.
fn keys(case: &Case<'_>, seen: &Seen<'_>, entry: Option<&IssuerPolicy>) -> Option<(KeySet, Vec<String>)> {
    if let Some(KeySource::Static(set)) = entry.map(|entry| &entry.source) {
        let kids = set.keys.iter().filter_map(|key| key.kid.clone());
        let skipped = set.skipped.iter().filter_map(|skipped| skipped.kid.clone());
        return Some((set.clone(), kids.chain(skipped).collect()));
    }
    let document = case.key_set(case.target_of(seen.issuer()?)?)?;
    let set = KeySet::from_object(document.content.as_ref().ok()?).ok()?;
    Some((set, kids(document)))
}

fn kids(document: &Document<'_>) -> Vec<String> {
    let Some(Value::Array(entries)) = document.get("keys") else {
        return Vec::new();
    };
    let kid = |entry: &Value<'_>| match entry {
        Value::Object(jwk) => jwk.get("kid").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    entries.iter().filter_map(kid).collect()
}

/// The token and its signature, if a verifier could read it.
fn signed<'d>(case: &Case<'d>) -> Option<(&'d [u8], Vec<u8>)> {
    let token = case.token?.as_bytes();
    let parts = Parts::decode(token);
    check_parts(&parts).ok()?;
    Some((token, parts.signature?))
}

fn verify(case: &Case<'_>, set: &KeySet, kid: Option<&str>, algorithm: Algorithm, findings: &mut Findings) {
    let Some((token, signature)) = signed(case) else {
        return;
    };
    let fits = |key: &&Key| key.accepts(algorithm) && (kid.is_none() || key.kid.as_deref() == kid);
    let candidates: Vec<&Key> = set.keys.iter().filter(fits).take(limits::KEY_CANDIDATES).collect();
    let Some(first) = candidates.first() else {
        return;
    };
    let good = candidates.iter().find(|key| key.public.verify(algorithm, signing_input(token), &signature));
    let (row, key) = match good {
        Some(key) => (&rows::SIGNATURE_HOLDS, key),
        None => (&rows::SIGNATURE_FAILS, first),
    };
    let name = key.kid.as_deref().unwrap_or("without kid");
    let mut evidence = Evidence::new();
    evidence.text("alg", algorithm.name()).optional("kid", key.kid.as_deref());
    findings.add(row, SUBJECT, &[name], &mut evidence);
}

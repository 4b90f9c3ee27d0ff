//! The keys that an issuer publishes, entry by entry.

use super::case::{Case, Document};
use super::catalogue::key_set as rows;
use super::certificate;
use super::finding::{Evidence, Findings, duration};
use super::request::What;
use authn::base64url;
use authn::json::{Object, Value};
use authn::key::{KeySet, Skipped};
use authn::limits;

/// Members that hold a secret (RFC 7518 sections 6.2.2, 6.3.2, 6.4).
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

pub(super) fn examine(case: &Case<'_>, findings: &mut Findings) {
    for document in case.documents.iter().filter(|document| document.fetched.what == What::KeySet) {
        if let Ok(object) = &document.content {
            one_set(case, document.fetched.place(), object, findings);
        }
    }
}

/// How many entries are for signatures, whether they can be used or not.
pub(super) fn signing_entries(document: &Document<'_>) -> Option<usize> {
    match document.content.as_ref().ok()?.get("keys") {
        None => Some(0),
        Some(Value::Array(entries)) => Some(entries.iter().filter(|entry| !is_for_encryption(entry)).count()),
        Some(_) => None,
    }
}

pub(super) fn is_for_encryption(entry: &Value<'_>) -> bool {
    matches!(entry, Value::Object(jwk) if jwk.get("use").and_then(Value::as_str) == Some("enc"))
}

fn one_set(case: &Case<'_>, place: &str, object: &Object<'_>, findings: &mut Findings) {
    let set = match KeySet::from_object(object) {
        Ok(set) => set,
        Err(reason) => {
            let mut evidence = Evidence::new();
            evidence.text("reason", reason);
            findings.add(&rows::KEY_SET_MALFORMED, place, &[place, reason], &mut evidence);
            return;
        }
    };
    let Some(Value::Array(entries)) = object.get("keys") else {
        return;
    };
    for (index, entry) in entries.iter().enumerate() {
        let skipped = set.skipped.iter().find(|skipped| skipped.index == index);
        let Value::Object(jwk) = entry else {
            unusable(place, &Entry { index, kid: None }, skipped, findings);
            continue;
        };
        let kid = jwk.get("kid").and_then(Value::as_str);
        let entry = Entry { index, kid };
        material(place, &entry, jwk, skipped, findings);
        dates(case, place, &entry, jwk, findings);
    }
    as_a_whole(place, entries, &set, findings);
}

/// Which entry a finding is on.
struct Entry<'j> {
    index: usize,
    kid: Option<&'j str>,
}

impl Entry<'_> {
    fn name(&self) -> String {
        self.kid.map_or_else(|| format!("number {}", self.index + 1), str::to_owned)
    }

    fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::new();
        evidence.count("index", self.index).optional("kid", self.kid);
        evidence
    }
}

fn material(
    place: &str,
    entry: &Entry<'_>,
    jwk: &Object<'_>,
    skipped: Option<&Skipped>,
    findings: &mut Findings,
) {
    let secret: Vec<&str> = SECRET_MEMBERS.into_iter().filter(|name| jwk.get(name).is_some()).collect();
    if !secret.is_empty() {
        let mut evidence = entry.evidence();
        evidence.texts("members", &secret);
        findings.add(&rows::PRIVATE_KEY_PUBLISHED, place, &[&entry.name()], &mut evidence);
        return;
    }
    match skipped.map(|skipped| skipped.reason) {
        Some(reason @ ("rsa_too_small" | "rsa_bad_exponent")) => {
            let modulus = jwk.get("n").and_then(Value::as_str);
            let bits = modulus.and_then(|text| base64url::decode(text.as_bytes())).map_or(0, |n| bits(&n));
            let mut evidence = entry.evidence();
            evidence.text("reason", reason).count("bits", bits);
            findings.add(&rows::WEAK_KEY, place, &[&entry.name(), reason, &bits.to_string()], &mut evidence);
        }
        Some("use_is_not_sig") if jwk.get("use").and_then(Value::as_str) == Some("enc") => {}
        _ => unusable(place, entry, skipped, findings),
    }
}

fn unusable(place: &str, entry: &Entry<'_>, skipped: Option<&Skipped>, findings: &mut Findings) {
    let Some(reason) = skipped.map(|skipped| skipped.reason) else {
        return;
    };
    let row = if reason.starts_with("unsupported_") { &rows::KEY_UNSUPPORTED } else { &rows::KEY_UNUSABLE };
    let mut evidence = entry.evidence();
    evidence.text("reason", reason);
    findings.add(row, place, &[&entry.name(), reason], &mut evidence);
}

fn bits(modulus: &[u8]) -> usize {
    let zeros = modulus.first().map_or(0, |first| usize::try_from(first.leading_zeros()).unwrap_or_default());
    modulus.len().saturating_mul(8).saturating_sub(zeros)
}

fn dates(case: &Case<'_>, place: &str, entry: &Entry<'_>, jwk: &Object<'_>, findings: &mut Findings) {
    let mut evidence = entry.evidence();
    let (row, seconds) = match certificate::of_key(jwk) {
        None => return,
        Some(None) => (&rows::CERTIFICATE_UNREADABLE, 0.0),
        Some(Some(validity)) => {
            evidence.number("not_before", validity.not_before).number("not_after", validity.not_after);
            let (since, left) =
                (case.now.seconds() - validity.not_before, validity.not_after - case.now.seconds());
            if left <= 0.0 {
                (&rows::CERTIFICATE_EXPIRED, -left)
            } else if since < 0.0 {
                (&rows::CERTIFICATE_NOT_YET_VALID, -since)
            } else if left < limits::CERTIFICATE_EXPIRING {
                (&rows::CERTIFICATE_EXPIRING, left)
            } else {
                return;
            }
        }
    };
    findings.add(row, place, &[&entry.name(), &duration(seconds)], &mut evidence);
}

fn as_a_whole(place: &str, entries: &[Value<'_>], set: &KeySet, findings: &mut Findings) {
    let signing = entries.iter().filter(|entry| !is_for_encryption(entry)).count();
    if set.keys.is_empty() && signing > 0 {
        let mut evidence = Evidence::new();
        let reasons: Vec<&str> = set.skipped.iter().map(|skipped| skipped.reason).collect();
        evidence.count("entries", entries.len()).texts("reasons", &reasons);
        findings.add(&rows::NO_USABLE_KEY, place, &[&entries.len().to_string()], &mut evidence);
    }
    if set.keys.len() > 1 && set.keys.iter().any(|key| key.kid.is_none()) {
        let mut evidence = Evidence::new();
        evidence.count("signing_keys", set.keys.len());
        findings.add(&rows::KEY_WITHOUT_KID, place, &[], &mut evidence);
    }
    duplicates(place, entries, findings);
}

fn duplicates(place: &str, entries: &[Value<'_>], findings: &mut Findings) {
    let named: Vec<(&str, bool)> = entries
        .iter()
        .filter_map(|entry| match entry {
            Value::Object(jwk) => Some((jwk.get("kid")?.as_str()?, is_for_encryption(entry))),
            _ => None,
        })
        .collect();
    for (index, (kid, _)) in named.iter().enumerate() {
        let seen_before = named.iter().take(index).any(|(other, _)| other == kid);
        let count =
            |encryption| named.iter().filter(|(other, enc)| other == kid && *enc == encryption).count();
        let row = match (count(false), count(true)) {
            _ if seen_before => continue,
            (0, _) | (1, 0) => continue,
            (1, _) => &rows::DUPLICATE_KID_WITH_ENCRYPTION,
            (_, _) => &rows::DUPLICATE_KID,
        };
        let mut evidence = Evidence::new();
        evidence.text("kid", kid).count("signing_keys", count(false)).count("encryption_keys", count(true));
        findings.add(row, place, &[kid], &mut evidence);
    }
}

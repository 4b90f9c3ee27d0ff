//! What an issuer says of itself: its name, where its keys are, how it signs.

use super::case::{Case, Document, Target};
use super::catalogue::discovery as rows;
use super::difference::{self, Difference};
use super::finding::{Evidence, Findings};
use super::key_set;
use super::request::What;
use authn::Algorithm;
use authn::json::Value;
use authn::url;

pub(super) fn examine(case: &Case<'_>, target: &Target<'_>, findings: &mut Findings) {
    names(case, target, findings);
    alias(case, target, findings);
    if let Some(document) = case.discovery(target).filter(|document| document.content.is_ok()) {
        address_of_keys(case, target, document, findings);
        algorithms(target, document, findings);
    }
    signing_key(case, target, findings);
    encryption(case, target, findings);
}

/// `issuer`, byte for byte (OpenID Connect Discovery 1.0 section 4.3).
fn names(case: &Case<'_>, target: &Target<'_>, findings: &mut Findings) {
    let mut found: Vec<&str> = Vec::new();
    for (asked, document) in case.discoveries(target).filter(|(_, document)| document.content.is_ok()) {
        let subject = asked.unwrap_or_else(|| target.subject());
        let Some(issuer) = document.text("issuer") else {
            incomplete(subject, "issuer", findings);
            continue;
        };
        if !found.contains(&issuer) {
            found.push(issuer);
        }
        let must_equal = target.relies_on_discovery() && asked == target.names.first().copied();
        let listed = target.names.contains(&issuer) && !must_equal;
        if let Some(asked) = asked.filter(|asked| *asked != issuer && !listed) {
            mismatch(asked, issuer, document.fetched.url, findings);
        }
    }
    if found.len() > 1 && found.iter().any(|issuer| !target.names.contains(issuer)) {
        let mut evidence = Evidence::new();
        evidence.texts("accepted", &target.names).texts("found", &found);
        findings.add(&rows::SEVERAL_ISSUERS, target.subject(), &[], &mut evidence);
    }
}

fn mismatch(asked: &str, found: &str, address: Option<&str>, findings: &mut Findings) {
    let difference = Difference::new(asked, found);
    let is_root_there = || {
        let there = address.and_then(difference::origin);
        !difference::is_root(asked) && difference::is_root(found) && there == difference::origin(found)
    };
    let mut evidence = difference.evidence("discovery");
    if difference.is_root() || is_root_there() {
        findings.add(&rows::GLOBAL_ISSUER_MODE, asked, &[found], &mut evidence);
    } else if difference.is_hidden_scheme() {
        findings.add(&rows::FORWARDED_PROTO_MISSING, asked, &[found], &mut evidence);
    } else {
        findings.add(difference.row(), asked, &[asked, found], &mut evidence);
    }
}

/// What the issuer calls itself at the host that the keys come from.
fn alias(case: &Case<'_>, target: &Target<'_>, findings: &mut Findings) {
    let Some(alias) = target.alias() else {
        return;
    };
    let address = url::discovery(&alias);
    let at_alias = case.documents.iter().find(|document| {
        document.fetched.what == What::Discovery && document.fetched.url == Some(address.as_str())
    });
    if let Some(issuer) = at_alias.and_then(|document| document.text("issuer"))
        && !target.names.contains(&issuer)
    {
        let mut evidence = Evidence::new();
        evidence.text("url", &address).text("found", issuer).texts("accepted", &target.names);
        findings.add(&rows::KEYS_HOST_HAS_OTHER_ISSUER, target.subject(), &[issuer], &mut evidence);
    }
}

fn incomplete(subject: &str, member: &str, findings: &mut Findings) {
    let mut evidence = Evidence::new();
    evidence.text("missing", member);
    findings.add(&rows::DISCOVERY_INCOMPLETE, subject, &[member], &mut evidence);
}

fn address_of_keys(case: &Case<'_>, target: &Target<'_>, document: &Document<'_>, findings: &mut Findings) {
    let subject = target.subject();
    let Some(advertised) = document.text("jwks_uri") else {
        if target.relies_on_discovery() {
            incomplete(subject, "jwks_uri", findings);
        }
        return;
    };
    let mut evidence = Evidence::new();
    evidence.text("jwks_uri", advertised);
    match target.jwks_uri {
        None if !url::is_fetchable(advertised, case.insecure_hosts()) => {
            findings.add(&rows::INSECURE_JWKS_URI, subject, &[advertised], &mut evidence);
        }
        Some(configured) if difference::path(configured) != difference::path(advertised) => {
            evidence.text("configured", configured);
            findings.add(&rows::JWKS_URI_DIFFERS, subject, &[configured, advertised], &mut evidence);
        }
        _ => {}
    }
}

const SIGNING: &str = "id_token_signing_alg_values_supported";

fn is_symmetric(name: &&str) -> bool {
    name.starts_with("HS")
}

fn algorithms(target: &Target<'_>, document: &Document<'_>, findings: &mut Findings) {
    let offered = document.texts(SIGNING);
    let (symmetric, public): (Vec<&str>, Vec<&str>) = offered.iter().partition(|name| is_symmetric(name));
    let evidence = |allowed: &[&str]| {
        let mut evidence = Evidence::new();
        evidence.texts(SIGNING, &offered).texts("allowed", allowed);
        evidence
    };
    let subject = target.subject();
    if public.is_empty() {
        return;
    }
    if !symmetric.is_empty() {
        let row = &rows::SYMMETRIC_ALGORITHM_OFFERED;
        findings.add(row, subject, &[&symmetric.join(", ")], &mut evidence(&[]));
    }
    let Some(policy) = target.policy else {
        return;
    };
    let allowed: Vec<&str> = policy.algorithms.iter().map(|algorithm| Algorithm::name(*algorithm)).collect();
    let foreign: Vec<&str> = public.iter().copied().filter(|name| !allowed.contains(name)).collect();
    if foreign.len() == public.len() {
        findings.add(&rows::ALGORITHMS_DO_NOT_MEET, subject, &[&foreign.join(", ")], &mut evidence(&allowed));
    } else if !foreign.is_empty() {
        findings.add(&rows::ALGORITHM_NOT_ALLOWED, subject, &[&foreign.join(", ")], &mut evidence(&allowed));
    } else if allowed.iter().any(|name| !public.contains(name)) {
        findings.add(&rows::ALGORITHMS_WIDER_THAN_ISSUER, subject, &[], &mut evidence(&allowed));
    }
}

/// Three marks of a provider without a signing key, any of which is enough.
fn signing_key(case: &Case<'_>, target: &Target<'_>, findings: &mut Findings) {
    let mut signs: Vec<&str> = Vec::new();
    let mut evidence = Evidence::new();
    let offered = case.discovery(target).map(|document| document.texts(SIGNING)).unwrap_or_default();
    if !offered.is_empty() && offered.iter().all(is_symmetric) {
        signs.push("its discovery document offers HS256 alone");
        evidence.texts(SIGNING, &offered);
    }
    let keys = case.key_set(target).and_then(key_set::signing_entries);
    if keys == Some(0) {
        signs.push("its key set holds no key for signatures");
        evidence.count("signing_keys", 0);
    }
    // Anyone can put the name of an issuer that has a key on a token signed with a secret.
    let seen = case.seen.filter(|seen| seen.issuer().is_some_and(|issuer| target.names.contains(&issuer)));
    let seen = seen.filter(|_| keys.is_none_or(|keys| keys == 0));
    if let Some(seen) = seen.filter(|seen| seen.is_symmetric() && seen.header("kid").is_none()) {
        signs.push("its token is signed with a shared secret and names no key");
        evidence.optional("token_alg", seen.header_text("alg"));
    }
    if !signs.is_empty() {
        evidence.texts("signs", &signs);
        findings.add(&rows::NO_SIGNING_KEY, target.subject(), &[&signs.join("; ")], &mut evidence);
    }
}

/// Not if a token of this issuer shows that it is signed only.
fn encryption(case: &Case<'_>, target: &Target<'_>, findings: &mut Findings) {
    let mut evidence = Evidence::new();
    let mut offered = false;
    const MEMBER: &str = "id_token_encryption_alg_values_supported";
    if let Some(list) = case.discovery(target).and_then(|document| document.get(MEMBER)) {
        let names = list.as_strings().unwrap_or_default();
        offered = !names.is_empty();
        evidence.texts(MEMBER, &names);
    }
    if let Some(Value::Array(entries)) = case.key_set(target).and_then(|document| document.get("keys")) {
        let count = entries.iter().filter(|entry| key_set::is_for_encryption(entry)).count();
        offered |= count > 0;
        evidence.count("encryption_keys", count);
    }
    let signed_only =
        case.seen.and_then(|seen| seen.issuer()).is_some_and(|issuer| target.names.contains(&issuer));
    if offered && !signed_only {
        findings.add(&rows::ENCRYPTION_OFFERED, target.subject(), &[], &mut evidence);
    }
}

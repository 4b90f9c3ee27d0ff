//! The real verdict: the verifier itself, given the documents that were fetched.

use super::case::{Case, Target};
use super::catalogue::token as rows;
use super::finding::{Evidence, Findings};
use super::token::SUBJECT;
use authn::Offer;
use authn::Rejection;
use authn::Verdict;
use authn::Verifier;

/// Adds the verdict on the token; `false` if there is a token and no verdict.
pub(super) fn examine(case: &Case<'_>, findings: &mut Findings) -> bool {
    let Some(token) = case.token else {
        return true;
    };
    let Some(policy) = case.policy else {
        if case.seen.is_some() {
            not_judged("no policy was given", findings);
        }
        return false;
    };
    let mut verifier = Verifier::new(policy.clone());
    for target in &case.targets {
        offer(&mut verifier, case, target);
    }
    match verifier.verify(token.as_bytes(), case.now) {
        Verdict::Accepted(accepted) => {
            let mut evidence = Evidence::new();
            evidence.text("alg", accepted.token.alg).text("kind", accepted.token.kind.name());
            findings.add(&rows::TOKEN_ACCEPTED, SUBJECT, &[], &mut evidence);
        }
        Verdict::Rejected(rejection) => rejected(&rejection, findings),
        Verdict::KeysNeeded(_) => {
            not_judged("the keys of its issuer were not looked at", findings);
            return false;
        }
    }
    true
}

/// As a host would: the discovery document before the key set, and failures told.
fn offer(verifier: &mut Verifier, case: &Case<'_>, target: &Target<'_>) {
    let (index, now) = (target.index, case.now);
    if let Some(document) = case.discovery(target).filter(|_| target.relies_on_discovery()) {
        let body = document.fetched.body.unwrap_or_default().as_bytes();
        if document.content.is_err() {
            verifier.fetch_failed(index, now, None, 0.0);
            return;
        }
        if let Some(Offer::Refused(_)) = verifier.offer_discovery(index, body, now, 0.0) {
            return;
        }
    }
    if let Some(document) = case.key_set(target) {
        let body = document.fetched.body.unwrap_or_default().as_bytes();
        match document.content {
            Ok(_) => drop(verifier.offer_keys(index, body, now, None, 0.0)),
            Err(_) => verifier.fetch_failed(index, now, None, 0.0),
        }
    }
}

fn rejected(rejection: &Rejection, findings: &mut Findings) {
    let code = rejection.code;
    let details = &rejection.details;
    let status = code.status().to_string();
    let mut evidence = Evidence::new();
    evidence
        .text("code", code.name())
        .number("status", f64::from(code.status()))
        .optional("part", details.part)
        .optional("reason", details.reason)
        .optional("claim", details.claim.as_deref());
    let shown = match (details.reason, &details.claim) {
        (Some(reason), Some(claim)) => format!("{} ({claim}: {reason})", code.name()),
        (Some(word), None) => format!("{} ({word})", code.name()),
        (None, Some(claim)) => format!("{} ({claim})", code.name()),
        (None, None) => code.name().to_owned(),
    };
    findings.add(&rows::TOKEN_REJECTED, SUBJECT, &[&shown, &status], &mut evidence);
}

fn not_judged(reason: &str, findings: &mut Findings) {
    findings.add(&rows::TOKEN_NOT_JUDGED, SUBJECT, &[reason], Evidence::new().text("reason", reason));
}

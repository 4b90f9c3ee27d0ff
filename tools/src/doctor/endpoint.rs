//! Did an answer come, how fast, was it JSON, and what did its clock say?

use super::calendar;
use super::case::{Case, Document, Unread};
use super::catalogue::discovery as discovery_rows;
use super::catalogue::endpoint as rows;
use super::difference;
use super::finding::{Evidence, Findings, Row, duration};
use super::request::{Fetched, What};
use authn::limits;
use authn::policy::Mode;
use authn::writer;

pub(super) fn examine(case: &Case<'_>, findings: &mut Findings) {
    for (index, document) in case.documents.iter().enumerate() {
        // Keys decide over verdicts always, a discovery document where no `jwks_uri` is set.
        let relied_on = document.fetched.what != What::Discovery
            || case.targets.iter().any(|target| target.relies_on(index));
        match &document.content {
            Err(unread) if relied_on => {
                failed(document, *unread, findings);
            }
            Err(unread) => {
                let fetched = document.fetched;
                let mut evidence = evidence_of(fetched);
                let reason = word(fetched, *unread);
                findings.add(
                    &rows::OTHER_NAME_UNREADABLE,
                    fetched.place(),
                    &[fetched.place(), &reason],
                    &mut evidence,
                );
            }
            Ok(_) => answered(document, findings),
        }
    }
    clock(case, findings);
}

fn failed(document: &Document<'_>, unread: Unread, findings: &mut Findings) {
    let fetched = document.fetched;
    let page_without_fault = fetched.what == What::Page && fetched.error.is_none();
    if page_without_fault {
        return;
    }
    let (row, value) = cause(fetched, unread);
    let place = fetched.place();
    let first = if row.id == discovery_rows::GLOBAL_ISSUER_MODE.id { issuer_of(fetched) } else { None };
    findings.add(row, place, &[first.unwrap_or(place), &value], &mut evidence_of(fetched));
}

/// The row, and the second value of its text.
fn cause(fetched: &Fetched<'_>, unread: Unread) -> (&'static Row, String) {
    let value = word(fetched, unread);
    let status = fetched.status.unwrap_or_default();
    let row = match unread {
        Unread::Html => &rows::BODY_IS_HTML,
        Unread::NotJson(_) => &rows::BODY_IS_NOT_JSON,
        Unread::TooLarge => &rows::BODY_TOO_LARGE,
        Unread::Status if (300.0..400.0).contains(&status) => return redirected(fetched),
        Unread::Status if status == 404.0 && fetched.what == What::Discovery => return not_found(fetched),
        Unread::Status => &rows::ENDPOINT_STATUS,
        Unread::Failed => match fetched.error {
            Some("dns") => &rows::ENDPOINT_NOT_RESOLVED,
            Some("redirect") => return redirected(fetched),
            Some("refused") => &rows::ENDPOINT_REFUSED,
            Some("timeout") => &rows::ENDPOINT_TIMEOUT,
            Some("tls") => &rows::ENDPOINT_TLS_FAILED,
            _ => &rows::ENDPOINT_NETWORK_ERROR,
        },
    };
    (row, value)
}

/// A query may carry state of a login: it is left out.
fn redirected(fetched: &Fetched<'_>) -> (&'static Row, String) {
    let location = fetched.location.and_then(|location| location.split(['?', '#']).next());
    (&rows::ENDPOINT_REDIRECTS, location.unwrap_or("another address").to_owned())
}

/// At the root of a host, it is the mark of a global issuer.
fn not_found(fetched: &Fetched<'_>) -> (&'static Row, String) {
    let is_root = issuer_of(fetched).is_some_and(difference::is_root);
    let row =
        if is_root { &discovery_rows::GLOBAL_ISSUER_MODE } else { &discovery_rows::DISCOVERY_NOT_FOUND };
    (row, String::new())
}

fn issuer_of<'f>(fetched: &Fetched<'f>) -> Option<&'f str> {
    fetched.issuer.or_else(|| fetched.url?.strip_suffix(".well-known/openid-configuration"))
}

fn word(fetched: &Fetched<'_>, unread: Unread) -> String {
    match unread {
        Unread::Failed => fetched.error.unwrap_or_default().to_owned(),
        Unread::Html => String::from("html"),
        Unread::NotJson(error) => error.reason().to_owned(),
        Unread::Status => writer::number(fetched.status.unwrap_or_default()),
        Unread::TooLarge => String::from("too_large"),
    }
}

fn evidence_of(fetched: &Fetched<'_>) -> Evidence {
    let mut evidence = Evidence::new();
    evidence.optional("url", fetched.url).optional("error", fetched.error);
    if let Some(status) = fetched.status {
        evidence.number("status", status);
    }
    if let Some(location) = fetched.location.and_then(|location| location.split(['?', '#']).next()) {
        evidence.text("location", location);
    }
    if let Some(seconds) = fetched.elapsed {
        evidence.number("elapsed", seconds);
    }
    evidence
}

fn answered(document: &Document<'_>, findings: &mut Findings) {
    let fetched = document.fetched;
    if fetched.what == What::Page {
        return;
    }
    let place = fetched.place();
    let slow = match fetched.elapsed {
        Some(seconds) if seconds > f64::from(limits::FETCH_TIMEOUT) => {
            Some((&rows::ENDPOINT_TOO_SLOW, seconds))
        }
        Some(seconds) if seconds > limits::FETCH_SLOW => Some((&rows::ENDPOINT_SLOW, seconds)),
        _ => None,
    };
    if let Some((row, seconds)) = slow {
        findings.add(row, place, &[place, &duration(seconds)], &mut evidence_of(fetched));
    }
    if fetched.cors == Some(None) {
        findings.add(&rows::CORS_MISSING, place, &[place], &mut evidence_of(fetched));
    }
}

/// The clock that differs most. What the fetch took, and the header's whole seconds, are no difference. Of several
/// answers of one host the latest counts: since the others, later rounds have gone by.
fn clock(case: &Case<'_>, findings: &mut Findings) {
    let mut worst: Option<(f64, f64, &Fetched<'_>)> = None;
    let dated = || {
        let fetched = case.documents.iter().map(|document| document.fetched);
        let issuers = fetched.filter(|fetched| fetched.what != What::Page);
        issuers.filter_map(|fetched| Some((calendar::http_date(fetched.date?)?, fetched)))
    };
    let host = |fetched: &Fetched<'_>| fetched.url.and_then(difference::origin).map(str::to_owned);
    for (date, fetched) in dated() {
        if dated().any(|(later, other)| later > date && host(other) == host(fetched)) {
            continue;
        }
        let offset = date - case.now.seconds();
        let beyond = offset.abs() - fetched.elapsed.unwrap_or_default() - 1.0;
        if worst.is_none_or(|(most, _, _)| beyond > most) {
            worst = Some((beyond, offset, fetched));
        }
    }
    let Some((beyond, offset, fetched)) = worst else {
        return;
    };
    let leeway = f64::from(smallest_leeway(case));
    let row = if beyond > leeway.max(limits::CLOCK_DIFFERENCE) {
        &rows::CLOCK_BEYOND_LEEWAY
    } else if beyond > limits::CLOCK_DIFFERENCE {
        &rows::CLOCK_DIFFERS
    } else {
        return;
    };
    let mut evidence = Evidence::new();
    evidence
        .optional("date", fetched.date)
        .number("now", case.now.seconds())
        .number("offset", offset)
        .number("leeway", leeway);
    let place = fetched.place();
    findings.add(row, place, &[place, &duration(offset), &writer::number(leeway)], &mut evidence);
}

fn smallest_leeway(case: &Case<'_>) -> u32 {
    let entries = case.policy.into_iter().flat_map(|policy| &policy.issuers);
    let federated = entries.filter(|entry| entry.mode == Mode::FederatedJwks).map(|entry| entry.leeway);
    federated.min().unwrap_or(limits::LEEWAY_DEFAULT)
}

//! Contract, environment and options laid over each other: the policy of one app.

use super::model::{App, Contract, Environment, Issuer};
use super::options::{Options, merge};
use crate::json::Object;
use crate::policy::Policy;
use crate::strict::Fault;
use crate::writer::{self, ObjectWriter};

/// Members of `tokens`, each of which an issuer may override.
pub(super) const TOKEN_MEMBERS: [&str; 4] = ["algorithms", "claims", "leeway", "types"];

/// Members of an app that enter its policy as they are.
const APP_MEMBERS: [&str; 7] = [
    "authorized_parties",
    "claim_values",
    "kinds",
    "machine_clients",
    "max_age",
    "required_claims",
    "required_scopes",
];

/// The policy of an app, as `Policy::from_json` takes it.
pub(super) fn policy(
    contract: &Contract<'_>,
    environment: &Environment<'_>,
    app: &App<'_>,
    options: &Options<'_>,
) -> Result<String, Fault> {
    for (member, list) in [("issuers", &app.issuers), ("audience", &app.audience)] {
        if list.is_empty() {
            let status = app.status_in(environment).name();
            let message =
                format!("is empty: not known yet for an app that is {status}, so there is no policy");
            return Err(Fault { path: format!("/apps/{}/{member}", app.name), message });
        }
    }
    let entries: Vec<String> = contract
        .issuers_of(app)
        .into_iter()
        .map(|issuer| entry(contract, environment, Some(issuer), Some(app), Some(options)))
        .collect();
    let policy = document(options.insecure_hosts(), &entries);
    match Policy::from_json(policy.as_bytes()) {
        Ok(_) => Ok(policy),
        // Contract and options are right by themselves: together they are too much.
        Err(error) => {
            let place = error.path.splitn(4, '/').nth(3).unwrap_or_default();
            Err(Fault { path: format!("/options/{place}"), message: error.message })
        }
    }
}

/// Every issuer, every app, and every app with its issuers makes a policy in every environment.
pub(super) fn check(contract: &Contract<'_>) -> Result<(), Fault> {
    for environment in &contract.environments {
        for issuer in &contract.issuers {
            let entry = entry(contract, environment, Some(issuer), None, None);
            probe(environment, &[entry], |member, rest| place_in_issuer(environment, issuer, member, rest))?;
        }
        for app in &contract.apps {
            let alone = entry(contract, environment, None, Some(app), None);
            probe(environment, &[alone], |member, rest| format!("/apps/{}/{member}{rest}", app.name))?;
            let entries: Vec<String> = contract
                .issuers_of(app)
                .into_iter()
                .map(|issuer| entry(contract, environment, Some(issuer), Some(app), None))
                .collect();
            if !entries.is_empty() {
                // What is left to go wrong: two of them are one issuer.
                probe(environment, &entries, |_, _| format!("/apps/{}/issuers", app.name))?;
            }
        }
    }
    Ok(())
}

/// Reads a policy of these entries; `place` turns a member of an entry, and what stands behind it, into a pointer into
/// the contract.
fn probe(
    environment: &Environment<'_>,
    entries: &[String],
    place: impl Fn(&str, &str) -> String,
) -> Result<(), Fault> {
    let Err(error) = Policy::from_json(document(&environment.insecure_hosts, entries).as_bytes()) else {
        return Ok(());
    };
    let mut parts = error.path.splitn(4, '/').skip(3);
    let behind = parts.next().unwrap_or_default();
    let end = behind.find('/').unwrap_or(behind.len());
    let (member, rest) = behind.split_at_checked(end).unwrap_or((behind, ""));
    Err(Fault { path: place(member, rest), message: error.message })
}

fn place_in_issuer(environment: &Environment<'_>, issuer: &Issuer<'_>, member: &str, rest: &str) -> String {
    let host = format!("/environments/{}/hosts/{}", environment.name, issuer.host);
    match member {
        "jwks_uri" if environment.host(issuer.host).is_some_and(|host| host.keys.is_some()) => {
            format!("{host}/keys")
        }
        "issuer" | "jwks_uri" => format!("{host}/issuer/0"),
        _ if issuer.members.get(member).is_some() => format!("/issuers/{}/{member}{rest}", issuer.name),
        _ => format!("/tokens/{member}{rest}"),
    }
}

fn document(insecure_hosts: &[String], entries: &[String]) -> String {
    ObjectWriter::new()
        .strings("insecure_hosts", insecure_hosts)
        .raw("issuers", &writer::array(entries))
        .finish()
}

/// One issuer entry. Without an issuer, or without an app, what they would say is left to stand-ins.
fn entry(
    contract: &Contract<'_>,
    environment: &Environment<'_>,
    issuer: Option<&Issuer<'_>>,
    app: Option<&App<'_>>,
    options: Option<&Options<'_>>,
) -> String {
    let empty = Object::default();
    let option = |name: &str| options.and_then(|options| options.get(name));
    let mut json = ObjectWriter::new();
    match issuer {
        Some(issuer) => {
            json.strings("issuer", &names(environment, issuer));
        }
        None => {
            json.string("issuer", "https://issuer.invalid/");
        }
    }
    match app.filter(|app| !app.audience.is_empty()) {
        Some(app) => json.strings("audience", &app.audience),
        None => json.string("audience", "any"),
    };
    match (option("keys"), option("jwks_uri"), issuer.and_then(|issuer| jwks_uri(environment, issuer))) {
        (Some(keys), _, _) => json.raw("keys", &writer::value(keys)),
        (None, Some(uri), _) => json.raw("jwks_uri", &writer::value(uri)),
        (None, None, uri) => json.optional("jwks_uri", uri.as_deref()),
    };
    let of_issuer = issuer.map_or(&empty, |issuer| issuer.members);
    let of_app = app.map_or(&empty, |app| app.members);
    let tokens = |name: &str| of_issuer.get(name).or_else(|| issuer.and(contract.tokens.get(name)));
    let members = TOKEN_MEMBERS
        .into_iter()
        .map(|name| (name, tokens(name)))
        .chain([("stale_cap", of_issuer.get("stale_cap"))])
        .chain(APP_MEMBERS.into_iter().map(|name| (name, of_app.get(name))));
    for (name, value) in members {
        if let Some(text) = merge(name, value, option(name)) {
            json.raw(name, &text);
        }
    }
    json.finish()
}

fn names(environment: &Environment<'_>, issuer: &Issuer<'_>) -> Vec<String> {
    let origins = environment.host(issuer.host).map(|host| host.issuer.as_slice()).unwrap_or_default();
    origins.iter().map(|origin| format!("{origin}{}", issuer.path)).collect()
}

fn jwks_uri(environment: &Environment<'_>, issuer: &Issuer<'_>) -> Option<String> {
    let host = environment.host(issuer.host)?;
    let origin = host.keys.or_else(|| host.issuer.first().map(String::as_str))?;
    Some(format!("{origin}{}", issuer.jwks_path?))
}

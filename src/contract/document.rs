//! The contract document, read strictly and checked as a whole: what is returned can be trusted to make policies.

use super::model::{App, Contract, Environment, Host, Issuer, Status};
use super::shape::{self, NO_LABEL, NO_ORIGIN};
use super::{overlay, references};
use crate::json::{Object, Value};
use crate::limits;
use crate::strict::{Fault, Fields};

/// The major version that is read (clause 15.5).
const MAJOR: &str = "1";

const MEMBERS: [&str; 10] = [
    "$schema",
    "apps",
    "environments",
    "error_body",
    "issuers",
    "name",
    "note",
    "tokens",
    "user_key",
    "version",
];

const ENVIRONMENT_MEMBERS: [&str; 3] = ["hosts", "insecure_hosts", "status"];

const HOST_MEMBERS: [&str; 2] = ["issuer", "keys"];

const ISSUER_MEMBERS: [&str; 10] = [
    "algorithms",
    "claims",
    "directory",
    "host",
    "jwks_path",
    "leeway",
    "note",
    "path",
    "stale_cap",
    "types",
];

const APP_MEMBERS: [&str; 13] = [
    "audience",
    "authorized_parties",
    "claim_values",
    "client_id",
    "issuers",
    "kinds",
    "machine_clients",
    "max_age",
    "note",
    "required_claims",
    "required_scopes",
    "status",
    "title",
];

pub(super) fn read<'j>(document: &'j Object<'j>) -> Result<Contract<'j>, Fault> {
    let fields = Fields { object: document, path: String::new() };
    // Before the members, since a newer major version has others.
    let version = read_version(&fields)?;
    fields.only(&MEMBERS)?;
    fields.string("$schema")?;
    fields.string("note")?;
    shape::check_lengths(document, "")?;
    check_fixed(&fields, "error_body", &["error", "code"])?;
    check_fixed(&fields, "user_key", &["iss", "sub"])?;
    let name = match fields.string("name")? {
        Some(name) if shape::is_label(name) => name,
        Some(_) => return fields.fault("name", NO_LABEL),
        None => return fields.fault("name", "is missing"),
    };
    let Some(tokens) = fields.object("tokens")? else {
        return fields.fault("tokens", "is missing");
    };
    tokens.only(&overlay::TOKEN_MEMBERS)?;
    if tokens.object.get("algorithms").is_none() {
        return tokens.fault("algorithms", "is missing");
    }
    let most = limits::CONTRACT_ENVIRONMENTS;
    let contract = Contract {
        name,
        version,
        tokens: tokens.object,
        environments: named(&fields, "environments", 1, most, read_environment)?,
        issuers: named(&fields, "issuers", 0, limits::CONTRACT_ITEMS, read_issuer)?,
        apps: named(&fields, "apps", 1, limits::CONTRACT_ITEMS, read_app)?,
    };
    references::check(&contract)?;
    overlay::check(&contract)?;
    Ok(contract)
}

fn read_version<'j>(fields: &Fields<'j>) -> Result<&'j str, Fault> {
    let Some(version) = fields.string("version")? else {
        return fields.fault("version", "is missing");
    };
    let is_whole = |part: &str| {
        (part == "0" || !part.starts_with('0'))
            && (1..=9).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<&str> = version.split('.').collect();
    match parts.as_slice() {
        [major, minor, patch] if [major, minor, patch].into_iter().all(|part| is_whole(part)) => {
            if *major == MAJOR {
                return Ok(version);
            }
            fields
                .fault("version", &format!("is `{version}`; this verifier reads major version {MAJOR} only"))
        }
        _ => fields.fault("version", "is not of the form `1.0.0`"),
    }
}

fn read_environment<'j>(name: &'j str, fields: &Fields<'j>) -> Result<Environment<'j>, Fault> {
    fields.only(&ENVIRONMENT_MEMBERS)?;
    let mut statuses = Vec::new();
    if let Some(overrides) = fields.object("status")? {
        for (app, _) in overrides.object.iter() {
            statuses.push((app, read_status(&overrides, app)?));
        }
    }
    Ok(Environment {
        name,
        hosts: named(fields, "hosts", 1, limits::CONTRACT_ENVIRONMENTS, read_host)?,
        insecure_hosts: fields.strings("insecure_hosts")?.unwrap_or_default(),
        statuses,
    })
}

fn read_host<'j>(label: &'j str, fields: &Fields<'j>) -> Result<Host<'j>, Fault> {
    fields.only(&HOST_MEMBERS)?;
    let issuer = match fields.filled("issuer")? {
        Some(origins) if origins.len() <= limits::CONTRACT_ENVIRONMENTS => origins,
        Some(_) => return fields.fault("issuer", "is not a list of 1 to 8 origins"),
        None => return fields.fault("issuer", "is missing"),
    };
    for (index, origin) in issuer.iter().enumerate() {
        if !shape::is_origin(origin) {
            return fields.item_fault("issuer", index, NO_ORIGIN);
        }
    }
    match fields.string("keys")? {
        Some(origin) if !shape::is_origin(origin) => fields.fault("keys", NO_ORIGIN),
        keys => Ok(Host { label, issuer, keys }),
    }
}

fn read_issuer<'j>(name: &'j str, fields: &Fields<'j>) -> Result<Issuer<'j>, Fault> {
    fields.only(&ISSUER_MEMBERS)?;
    fields.string("note")?;
    let label = |member: &str| match fields.string(member)? {
        Some(label) if shape::is_label(label) => Ok(label),
        Some(_) => fields.fault(member, NO_LABEL),
        None => fields.fault(member, "is missing"),
    };
    let path = |member: &str| match fields.string(member)? {
        Some(path) if !shape::is_path(path) => fields.fault(member, "is not a path such as `/o/app/`"),
        path => Ok(path),
    };
    label("directory")?;
    let host = label("host")?;
    match (path("path")?, path("jwks_path")?) {
        (None, _) => fields.fault("path", "is missing"),
        (Some(path), jwks_path) => Ok(Issuer { name, host, path, jwks_path, members: fields.object }),
    }
}

fn read_app<'j>(name: &'j str, fields: &Fields<'j>) -> Result<App<'j>, Fault> {
    fields.only(&APP_MEMBERS)?;
    fields.string("note")?;
    fields.string("title")?;
    let client_id = match fields.object.get("client_id") {
        Some(Value::Null) => None,
        Some(Value::String(id)) if id.is_empty() => return fields.fault("client_id", "is empty"),
        Some(_) => fields.string("client_id")?,
        None => return fields.fault("client_id", "is missing; it is null where the issuer generates it"),
    };
    let list = |member: &str| match fields.strings(member)? {
        Some(list) => Ok(list),
        None => fields.fault(member, "is missing; it is empty as long as it is not known"),
    };
    let issuers = list("issuers")?;
    if issuers.len() > limits::APP_ISSUERS {
        return fields.fault("issuers", "names more than 4 issuers");
    }
    Ok(App {
        name,
        client_id,
        audience: list("audience")?,
        issuers,
        status: read_status(fields, "status")?,
        members: fields.object,
    })
}

fn read_status(fields: &Fields<'_>, member: &str) -> Result<Status, Fault> {
    let Some(word) = fields.object.get(member) else {
        return fields.fault(member, "is missing");
    };
    match Status::ALL.into_iter().find(|status| word.as_str() == Some(status.name())) {
        Some(status) => Ok(status),
        None => fields.fault(member, &format!("is none of {}", Status::ALL.map(Status::name).join(", "))),
    }
}

/// The members of an object of named objects.
fn named<'j, T>(
    fields: &Fields<'j>,
    member: &str,
    least: usize,
    most: usize,
    read: impl Fn(&'j str, &Fields<'j>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let Some(list) = fields.object(member)? else {
        return fields.fault(member, "is missing");
    };
    let mut items = Vec::new();
    for (name, value) in list.object.iter() {
        if !shape::is_label(name) {
            return list.fault(name, NO_LABEL);
        }
        let Value::Object(object) = value else {
            return list.fault(name, "is not an object");
        };
        items.push(read(name, &Fields { object, path: list.place(name) })?);
    }
    if (least..=most).contains(&items.len()) {
        Ok(items)
    } else {
        fields.fault(member, &format!("has not {least} to {most} members"))
    }
}

fn check_fixed(fields: &Fields<'_>, member: &str, words: &[&str]) -> Result<(), Fault> {
    match fields.object.get(member) {
        None => fields.fault(member, "is missing"),
        Some(value) if value.as_strings().as_deref() == Some(words) => Ok(()),
        Some(_) => fields.fault(member, &format!("is not the list {}", words.join(", "))),
    }
}

//! What a deployment adds to the contract, or replaces in it; never issuer, audience or algorithms.

use super::model::{App, Environment};
use crate::json::{Object, Value};
use crate::policy::Policy;
use crate::strict::{Fault, Fields};
use crate::writer::{self, ObjectWriter};

const FIXED: [&str; 5] = ["algorithms", "audience", "issuer", "mode", "secret"];

const MEMBERS: [&str; 14] = [
    "authorized_parties",
    "claim_values",
    "claims",
    "insecure_hosts",
    "jwks_uri",
    "keys",
    "kinds",
    "leeway",
    "machine_clients",
    "max_age",
    "required_claims",
    "required_scopes",
    "stale_cap",
    "types",
];

/// Options that are good by themselves.
pub(super) struct Options<'j> {
    members: &'j Object<'j>,
    insecure_hosts: Vec<String>,
}

impl<'j> Options<'j> {
    pub(super) fn read(
        members: &'j Object<'j>,
        app: &App<'_>,
        environment: &Environment<'_>,
    ) -> Result<Self, Fault> {
        let fields = Fields { object: members, path: String::from("/options") };
        if let Some(name) = FIXED.into_iter().find(|name| members.get(name).is_some()) {
            return fields.fault(name, "is fixed by the contract, and no option");
        }
        fields.only(&MEMBERS)?;
        for name in ["jwks_uri", "keys"] {
            if members.get(name).is_some() && app.issuers.len() > 1 {
                return fields.fault(name, "is for apps with one issuer; this one has several");
            }
        }
        let mut insecure_hosts = fields.strings("insecure_hosts")?.unwrap_or_default();
        insecure_hosts.extend(environment.insecure_hosts.iter().cloned());
        let options = Self { members, insecure_hosts };
        match Policy::from_json(options.alone().as_bytes()) {
            Ok(_) => Ok(options),
            Err(error) => Err(Fault { path: place(&error.path), message: error.message }),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value<'j>> {
        self.members.get(name)
    }

    /// The hosts of the environment among them.
    pub(super) fn insecure_hosts(&self) -> &[String] {
        &self.insecure_hosts
    }

    /// A policy of nothing else, which shows whether the options are right.
    fn alone(&self) -> String {
        let mut entry = ObjectWriter::new();
        entry.string("issuer", "https://issuer.invalid/").string("audience", "any");
        for (name, value) in self.members.iter().filter(|(name, _)| *name != "insecure_hosts") {
            entry.raw(name, &writer::value(value));
        }
        ObjectWriter::new()
            .strings("insecure_hosts", &self.insecure_hosts)
            .raw("issuers", &writer::array(&[entry.finish()]))
            .finish()
    }
}

/// Where a fault of [`Options::alone`] stands in the request.
fn place(path: &str) -> String {
    let member = path.strip_prefix("/issuers/0").unwrap_or(path);
    format!("/options{member}")
}

/// What the contract says and what the options say, as one: claims are asked for in addition, claim names and
/// values are put beside each other, all else is replaced.
pub(super) fn merge(name: &str, contract: Option<&Value<'_>>, option: Option<&Value<'_>>) -> Option<String> {
    match (contract, option, name) {
        (None, None, _) => None,
        (Some(Value::Object(base)), Some(Value::Object(more)), "claims" | "claim_values") => {
            let mut json = ObjectWriter::new();
            for (member, value) in
                base.iter().filter(|(member, _)| more.get(member).is_none()).chain(more.iter())
            {
                json.raw(member, &writer::value(value));
            }
            Some(json.finish())
        }
        (Some(Value::Array(base)), Some(Value::Array(more)), "required_claims" | "required_scopes") => {
            let more = more.iter().filter(|item| !base.contains(item));
            Some(writer::array(&base.iter().chain(more).map(writer::value).collect::<Vec<_>>()))
        }
        (_, Some(value), _) | (Some(value), None, _) => Some(writer::value(value)),
    }
}

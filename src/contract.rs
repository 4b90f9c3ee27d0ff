//! The family contract document → the policy of one app (`docs/contract/v1.md`, `docs/abi.md` "Contract").

mod document;
mod model;
mod options;
mod overlay;
mod references;
mod shape;

use crate::json::{self, JsonError, Object, Value};
use crate::limits;
use crate::strict::{Fault, Fields};
use crate::writer::{self, ObjectWriter};

use model::{App, Contract, Environment, Status};
use options::Options;

const REQUEST_MEMBERS: [&str; 4] = ["app", "contract", "environment", "options"];

const LONGEST_PATH: usize = limits::MESSAGE_BYTES / 8;

/// Checks a contract, or makes the policy of one app; the answer is JSON.
pub(crate) fn answer(request: &[u8]) -> String {
    match read(request) {
        Ok(answer) if answer.len() <= limits::MESSAGE_BYTES => answer,
        Ok(_) => refusal(&too_long("the policy", limits::MESSAGE_BYTES)),
        Err(fault) if fault.path.len() <= LONGEST_PATH => refusal(&fault),
        Err(_) => refusal(&too_long("the path of the faulty member", LONGEST_PATH)),
    }
}

fn read(request: &[u8]) -> Result<String, Fault> {
    if request.len() > limits::CONTRACT_BYTES {
        return Err(too_long("the contract, with the options,", limits::CONTRACT_BYTES));
    }
    let (_, object) = json::parse_located(request).map_err(|(error, place)| not_strict(error, &place))?;
    let fields = Fields { object: &object, path: String::new() };
    fields.only(&REQUEST_MEMBERS)?;
    let contract = match object.get("contract") {
        Some(Value::Object(document)) => document::read(document)?,
        Some(_) => return Err(whole("the contract is not a JSON object")),
        None => return fields.fault("contract", "is missing"),
    };
    let environment = choose_environment(&fields, &contract)?;
    let Some(name) = fields.string("app")? else {
        return match object.get("options") {
            Some(_) => fields.fault("options", "have no meaning without `app`"),
            None => Ok(ObjectWriter::new().raw("contract", &summary(&contract, environment)).finish()),
        };
    };
    let app = choose_app(&fields, &contract, name)?;
    let Some(environment) = environment.or_else(|| contract.only_environment()) else {
        let known: Vec<&str> = contract.environments.iter().map(|environment| environment.name).collect();
        return fields.fault("environment", &format!("is missing; known are {}", known.join(", ")));
    };
    let empty = Object::default();
    let given = fields.object("options")?.map_or(&empty, |options| options.object);
    let options = Options::read(given, app, environment)?;
    let policy = overlay::policy(&contract, environment, app, &options)?;
    let mut json = ObjectWriter::new();
    json.raw("contract", &summary(&contract, Some(environment)))
        .string("app", app.name)
        .string("environment", environment.name)
        .raw("policy", &policy);
    Ok(json.optional("warning", warning(app, environment).as_deref()).finish())
}

fn choose_environment<'c, 'j>(
    fields: &Fields<'_>,
    contract: &'c Contract<'j>,
) -> Result<Option<&'c Environment<'j>>, Fault> {
    let Some(name) = fields.string("environment")? else {
        return Ok(None);
    };
    match contract.environments.iter().find(|environment| environment.name == name) {
        Some(environment) => Ok(Some(environment)),
        None => {
            let known: Vec<&str> = contract.environments.iter().map(|environment| environment.name).collect();
            fields.fault(
                "environment",
                &format!("is no environment of the contract; known are {}", known.join(", ")),
            )
        }
    }
}

fn choose_app<'c, 'j>(
    fields: &Fields<'_>,
    contract: &'c Contract<'j>,
    name: &str,
) -> Result<&'c App<'j>, Fault> {
    match contract.apps.iter().find(|app| app.name == name) {
        Some(app) => Ok(app),
        None => {
            let known: Vec<&str> = contract.apps.iter().map(|app| app.name).collect();
            fields.fault("app", &format!("is no app of the contract; known are {}", known.join(", ")))
        }
    }
}

/// What the contract is, and its apps with their status in `environment`.
fn summary(contract: &Contract<'_>, environment: Option<&Environment<'_>>) -> String {
    let environments: Vec<&str> = contract.environments.iter().map(|environment| environment.name).collect();
    let apps: Vec<String> = contract
        .apps
        .iter()
        .map(|app| {
            let status = environment.map_or(app.status, |environment| app.status_in(environment));
            ObjectWriter::new()
                .string("app", app.name)
                .raw("client_id", &app.client_id.map_or(String::from("null"), writer::string))
                .strings("audience", &app.audience)
                .string("status", status.name())
                .finish()
        })
        .collect();
    ObjectWriter::new()
        .string("name", contract.name)
        .string("version", contract.version)
        .strings("environments", &environments)
        .raw("apps", &writer::array(&apps))
        .finish()
}

/// Why tokens of this app may all be refused, although its policy is right.
fn warning(app: &App<'_>, environment: &Environment<'_>) -> Option<String> {
    let (app, status, environment) = (app.name, app.status_in(environment), environment.name);
    match status {
        Status::Active => None,
        Status::Deprecated => {
            Some(format!("`{app}` is deprecated: the next major version of the contract lacks it"))
        }
        Status::Planned => Some(format!(
            "the client of `{app}` is only planned in `{environment}`: no token of it exists yet"
        )),
        Status::Symmetric => Some(format!(
            "the issuer of `{app}` has no signing key in `{environment}`: its tokens are HS256 and all refused"
        )),
    }
}

/// The contract stands in the request as its author wrote it, so that what is no JSON is mostly the contract.
fn not_strict(error: JsonError, place: &str) -> Fault {
    let what = match error {
        JsonError::ByteOrderMark => "begins with a byte order mark",
        JsonError::DuplicateName => "is there twice",
        JsonError::InvalidUtf8 => "is not UTF-8",
        JsonError::LoneSurrogate => "holds one half of a surrogate pair, which is no character",
        JsonError::NotAnObject => return whole("the request is not a JSON object"),
        JsonError::NumberOutOfRange => "is a number out of range",
        JsonError::Syntax => "is not JSON",
        JsonError::TooDeep => "nests too deep: more than 32 levels with the request",
    };
    let path = place.strip_prefix("/contract").filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let path = path.unwrap_or(place);
    let subject = if path.is_empty() { "the contract " } else { "" };
    Fault { path: path.to_owned(), message: format!("{subject}{what} ({})", error.reason()) }
}

fn too_long(what: &str, most: usize) -> Fault {
    whole(&format!("{what} is longer than {most} bytes"))
}

fn whole(message: &str) -> Fault {
    Fault { path: String::new(), message: message.to_owned() }
}

fn refusal(fault: &Fault) -> String {
    writer::error("INVALID_CONTRACT", Some(&fault.path), &fault.message)
}

#[cfg(test)]
mod tests;

//! JSON → what is to be diagnosed. Unknown members are refused by their path: a misspelt one would be a check that
//! silently did not happen.

use authn::Fault as PolicyError;
use authn::UnixTime;
use authn::json::{Object, Value};
use authn::limits;
use authn::policy::Policy;
use authn::writer;

const MEMBERS: [&str; 4] = ["fetched", "now", "policy", "token"];

const FETCHED_MEMBERS: [&str; 11] =
    ["body", "cors", "csp", "date", "elapsed", "error", "issuer", "location", "status", "url", "what"];

const ERRORS: [&str; 7] = ["dns", "network", "redirect", "refused", "timeout", "tls", "too_large"];

pub(super) struct Request<'r> {
    pub(super) now: UnixTime,
    pub(super) policy: Option<Policy>,
    pub(super) token: Option<&'r str>,
    pub(super) fetched: Vec<Fetched<'r>>,
}

/// What one fetch brought, or what somebody pasted.
pub(super) struct Fetched<'r> {
    pub(super) what: What,
    pub(super) issuer: Option<&'r str>,
    pub(super) url: Option<&'r str>,
    pub(super) status: Option<f64>,
    pub(super) error: Option<&'r str>,
    pub(super) body: Option<&'r str>,
    pub(super) elapsed: Option<f64>,
    pub(super) date: Option<&'r str>,
    /// `Some(None)`: the host looked, and there was no such header.
    pub(super) cors: Option<Option<&'r str>>,
    pub(super) csp: Option<&'r str>,
    pub(super) location: Option<&'r str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Discovery,
    KeySet,
    Page,
}

/// Why a request is not one.
pub(super) enum Fault {
    Call(String),
    Policy(PolicyError),
}

impl<'r> Request<'r> {
    pub(super) fn read(object: &'r Object<'r>) -> Result<Self, Fault> {
        let fields = Fields { object, path: String::new() };
        fields.only(&MEMBERS)?;
        let now = fields.seconds("now")?.and_then(UnixTime::from_seconds);
        let Some(now) = now else {
            return fields.fault("now", "is missing; give seconds since the epoch");
        };
        let policy = match object.get("policy") {
            None | Some(Value::Null) => None,
            Some(value) => Some(Policy::from_json(writer::value(value).as_bytes()).map_err(Fault::Policy)?),
        };
        Ok(Self { now, policy, token: fields.string("token")?, fetched: read_all(&fields)? })
    }
}

impl Fetched<'_> {
    /// What findings on it are about.
    pub(super) fn place(&self) -> &str {
        self.url.or(self.issuer).unwrap_or(match self.what {
            What::Discovery => "discovery document",
            What::KeySet => "key set",
            What::Page => "page",
        })
    }

    /// Pasted: nobody says where it is from.
    pub(super) fn is_of_nowhere(&self) -> bool {
        self.url.is_none() && self.issuer.is_none()
    }
}

fn read_all<'r>(fields: &Fields<'r>) -> Result<Vec<Fetched<'r>>, Fault> {
    let items = match fields.object.get("fetched") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(items)) if items.len() <= limits::FETCHED => items,
        Some(_) => return fields.fault("fetched", "is not a list of at most 128 objects"),
    };
    let mut list = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let Value::Object(object) = item else {
            return fields.fault(&format!("fetched/{index}"), "is not an object");
        };
        list.push(read_fetched(&Fields { object, path: format!("/fetched/{index}") })?);
    }
    Ok(list)
}

fn read_fetched<'r>(fields: &Fields<'r>) -> Result<Fetched<'r>, Fault> {
    fields.only(&FETCHED_MEMBERS)?;
    let what = match fields.string("what")? {
        Some("discovery") => What::Discovery,
        Some("key_set") => What::KeySet,
        Some("page") => What::Page,
        _ => return fields.fault("what", "is none of discovery, key_set, page"),
    };
    let fetched = Fetched {
        what,
        issuer: fields.string("issuer")?,
        url: fields.string("url")?,
        status: fields.seconds("status")?,
        error: fields.string("error")?,
        body: fields.string("body")?,
        elapsed: fields.seconds("elapsed")?,
        date: fields.string("date")?,
        cors: match fields.object.get("cors") {
            None => None,
            Some(_) => Some(fields.string("cors")?),
        },
        csp: fields.string("csp")?,
        location: fields.string("location")?,
    };
    if fetched.error.is_some_and(|error| !ERRORS.contains(&error)) {
        return fields.fault("error", &format!("is none of {}", ERRORS.join(", ")));
    }
    if fetched.error.is_some() && fetched.body.is_some() {
        return fields.fault("body", "stands beside an error");
    }
    let answered = fetched.status.is_some() || fetched.error.is_some() || fetched.body.is_some();
    if what != What::Page && !answered {
        return fields.fault("status", "is missing, and neither body nor error is there");
    }
    Ok(fetched)
}

/// The members of one object, and where it stands. `null` is the same as left out.
struct Fields<'r> {
    object: &'r Object<'r>,
    path: String,
}

impl<'r> Fields<'r> {
    fn fault<T>(&self, name: &str, message: &str) -> Result<T, Fault> {
        Err(Fault::Call(format!("`{}/{name}` {message}", self.path)))
    }

    fn only(&self, known: &[&str]) -> Result<(), Fault> {
        for (name, _) in self.object.iter() {
            if !known.contains(&name) {
                let pointer = super::finding::quote(&authn::json::pointer(name));
                return self
                    .fault(&pointer, &format!("is an unknown member; known are {}", known.join(", ")));
            }
        }
        Ok(())
    }

    fn string(&self, name: &str) -> Result<Option<&'r str>, Fault> {
        match self.object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => self.fault(name, "is not a string"),
        }
    }

    /// A number that is not negative; seconds, or a status.
    fn seconds(&self, name: &str) -> Result<Option<f64>, Fault> {
        match self.object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) if *number >= 0.0 => Ok(Some(*number)),
            Some(_) => self.fault(name, "is not a number of 0 or more"),
        }
    }
}

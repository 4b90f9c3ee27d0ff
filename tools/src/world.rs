//! The world as the tools see it: arguments, and facts that a host has found so far. A fact that is not there yet ends the
//! run with what is needed; the host finds it and runs the whole again, so that every run is a function of its message.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One message of a host.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct World {
    /// The command line without the program, or what a doctor of the library is asked.
    #[serde(default)]
    pub(crate) arguments: Vec<String>,
    /// Of the variables that the tools look at, those that are set.
    #[serde(default)]
    pub(crate) environment: BTreeMap<String, String>,
    /// Which streams are terminals.
    #[serde(default)]
    pub(crate) terminal: Terminal,
    /// What the library's doctor is asked, instead of a command line.
    pub(crate) doctor: Option<Symptoms>,
    /// What came of the needs so far, in their order.
    #[serde(default)]
    pub(crate) facts: Vec<Value>,
    #[serde(skip)]
    used: Cell<usize>,
}

/// Which streams are terminals.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Terminal {
    /// Standard input.
    pub(crate) stdin: bool,
    /// Standard output.
    pub(crate) stdout: bool,
}

/// What the library's doctor is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Symptoms {
    /// The text of a policy.
    pub(crate) policy: Option<String>,
    pub(crate) token: Option<String>,
    /// The text of a discovery document that is at hand.
    pub(crate) discovery: Option<String>,
    /// The text of a key set that is at hand.
    pub(crate) key_set: Option<String>,
    /// The URL of a page that loads the verifier.
    pub(crate) page: Option<String>,
    /// Whether nothing may be fetched.
    pub(crate) offline: bool,
}

/// What a host does to find a fact.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Effect {
    /// Calls one operation of `authn.wasm` (`docs/abi.md`): `{"answer": text}`, or `{"error": text}` for a trap.
    Ask { operation: u32, verifier: u32, issuer: u32, flags: u32, attempt: u32, now: f64, payload: String },
    /// GETs a URL, without following redirects: the facts of `docs/abi.md`, "Bringing keys", with the `body` in base64url.
    Fetch {
        url: String,
        headers: BTreeMap<&'static str, &'static str>,
        report: Vec<&'static str>,
        timeout: u32,
        max_bytes: usize,
        /// `ok`, `any` or `none`, as the body is wanted.
        body: &'static str,
    },
    /// Reads the clock: `{"now": seconds since the Unix epoch}`.
    Now,
    /// Tells what is installed: `{"contract": text, "module_sha256": …}`.
    Package,
    /// Reads a file as UTF-8 with replacements: `{"text": …}`, or `{"error": "ENOENT"}`.
    Read { path: String },
    /// Reads standard input, as `Read`.
    Stdin,
}

/// Why a run ends before its output.
#[derive(Debug, PartialEq)]
pub(crate) enum Stop {
    /// These facts are not known yet.
    Needs(Vec<Effect>),
    /// The command line is at fault; `json` is the refusal of `authn.wasm`, if it was the one.
    Usage { message: String, json: Option<String> },
    /// No answer is possible, and the token is not to blame.
    Broken(String),
}

pub(crate) type Known<T> = Result<T, Stop>;

impl Stop {
    pub(crate) fn usage<T>(message: impl Into<String>) -> Known<T> {
        Err(Self::Usage { message: message.into(), json: None })
    }
}

impl World {
    /// The fact that an effect brings.
    pub(crate) fn fact(&self, effect: Effect) -> Known<&Value> {
        self.facts(vec![effect]).and_then(|facts| match facts.first() {
            Some(fact) => Ok(*fact),
            None => Err(Stop::Broken(String::from("a fact is missing"))),
        })
    }

    /// The facts that several effects bring, which a host may find at once.
    pub(crate) fn facts(&self, effects: Vec<Effect>) -> Known<Vec<&Value>> {
        let from = self.used.get();
        let end = from + effects.len();
        match self.facts.get(from..end) {
            Some(facts) => {
                self.used.set(end);
                Ok(facts.iter().collect())
            }
            None => Err(Stop::Needs(effects)),
        }
    }
}

//! The interface for every host: one message in, one JSON object out (`docs/abi.md`). All meaning lies one layer down;
//! the exports of the module, over this, are in `abi/exports.rs`.

#[cfg(all(target_arch = "wasm32", feature = "module"))]
mod exports;

use std::collections::BTreeMap;

use crate::algorithm::Algorithm;
use crate::checks::CHECKS;
use crate::code::Code;
use crate::conversation::Store;
use crate::explain::Values;
use crate::inspect::inspect;
use crate::keyring::Offer;
use crate::pipeline::Input;
use crate::policy::Policy;
use crate::strict::Fault;
use crate::time::UnixTime;
use crate::verifier::Verifier;
use crate::writer::{self, ObjectWriter};
use crate::{contract, fetched, key, keyring, limits, signature};

/// The version of the interface.
const ABI: (u32, u32) = (2, 0);

/// Every operation, in the order of its number.
pub const OPERATIONS: [&str; 12] = [
    "about", "open", "close", "verify", "explain", "inspect", "fetch", "told", "abandon", "status",
    "restore", "contract",
];

/// The verifiers that one host opened, each under a handle that is never used twice.
#[derive(Debug, Default)]
pub struct Registry {
    verifiers: BTreeMap<u32, Verifier>,
    last: u32,
}

/// The head of a message, for those who write one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Head {
    /// Index into [`OPERATIONS`].
    pub operation: u32,
    /// The handle that `open` gave.
    pub verifier: u32,
    /// Index of an issuer entry in the policy.
    pub issuer: u32,
    /// A sum of flags of the operation.
    pub flags: u32,
    /// Seconds since the Unix epoch.
    pub now: f64,
    /// A random number in [0, 1).
    pub jitter: f64,
    /// How often this was asked for this token before.
    pub attempt: u32,
}

impl Head {
    /// The head of an operation, all else 0; of none that there is if it has no such name.
    #[must_use]
    pub fn of(operation: &str) -> Self {
        let number = OPERATIONS.iter().position(|name| *name == operation).unwrap_or(OPERATIONS.len());
        Self { operation: u32::try_from(number).unwrap_or(u32::MAX), ..Self::default() }
    }

    /// The whole message, as [`Registry::call`] and the module take it.
    #[must_use]
    pub fn message(&self, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let words = |words: [u32; 4]| words.map(u32::to_le_bytes).concat();
        let mut message = words([self.operation, self.verifier, self.issuer, self.flags]);
        message.extend([self.now, self.jitter].map(f64::to_le_bytes).concat());
        message.extend([self.attempt, length].map(u32::to_le_bytes).concat());
        message.extend(payload);
        message
    }
}

/// The head of a call, read, and its payload.
struct Call<'c> {
    operation: &'static str,
    verifier: u32,
    issuer: usize,
    flags: u32,
    now: UnixTime,
    jitter: f64,
    attempt: u32,
    payload: &'c [u8],
}

/// Why a call is refused: a bug in the host, or a policy at fault.
enum Refusal {
    Call(String),
    Policy(Fault),
}

type Answered = Result<String, Refusal>;

impl Registry {
    /// No verifiers yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers one message: a head of 40 bytes and a payload, as laid down in `docs/abi.md`. The answer is one JSON object
    /// that is never longer than the buffer of the module.
    pub fn call(&mut self, message: &[u8]) -> String {
        match Call::read(message).and_then(|call| self.answer(&call)) {
            Ok(answer) => answer,
            Err(Refusal::Call(message)) => invalid_call(&message),
            Err(Refusal::Policy(fault)) => writer::error("INVALID_POLICY", Some(&fault.path), &fault.message),
        }
    }

    fn answer(&mut self, call: &Call<'_>) -> Answered {
        match call.operation {
            "about" => Ok(about()),
            "open" => self.opened(call),
            "close" => {
                let closed = self.verifiers.remove(&call.verifier).is_some();
                Ok(ObjectWriter::new().flag("closed", closed).finish())
            }
            "verify" => self.verified(call),
            "explain" => self.explained(call),
            "inspect" => Ok(inspect(call.payload).to_json()),
            "fetch" => self.fetching(call),
            "told" => self.after_told(call),
            "abandon" => self.abandoned(call),
            "status" => {
                let verifier = self.verifier(call)?;
                let mut json = ObjectWriter::new();
                verifier.write_status(call.now, &mut json);
                verifier.write_events(None, call.now, &mut json);
                Ok(json.finish())
            }
            "restore" => self.restored(call),
            _ => Ok(contract::answer(call.payload)),
        }
    }

    fn opened(&mut self, call: &Call<'_>) -> Answered {
        let [events] = call.flags()?;
        if self.verifiers.len() >= limits::VERIFIERS {
            return refused("32 verifiers are open in this instance already; close one");
        }
        let policy = Policy::from_json(call.payload).map_err(Refusal::Policy)?;
        let Some(handle) = self.last.checked_add(1) else {
            return refused("no handle is left");
        };
        let answer = opened_json(handle, &policy);
        let mut verifier = Verifier::new(policy);
        if events {
            verifier.watch(call.now);
        }
        self.last = handle;
        self.verifiers.insert(handle, verifier);
        Ok(answer)
    }

    fn verified(&mut self, call: &Call<'_>) -> Answered {
        let [header] = call.flags()?;
        let verifier = self.verifier(call)?;
        let verdict = verifier.judge(call.input(header), call.now, call.may_fetch());
        let mut json = ObjectWriter::new();
        verdict.write(&mut json);
        verifier.write_events(Some((&verdict, call.attempt == 0)), call.now, &mut json);
        Ok(json.finish())
    }

    fn explained(&mut self, call: &Call<'_>) -> Answered {
        let [header, values] = call.flags()?;
        let values = if values { Values::Shown } else { Values::Hidden };
        let trace = self.verifier(call)?.trace(call.input(header), call.now, call.may_fetch(), values);
        Ok(trace.to_json())
    }

    fn fetching(&mut self, call: &Call<'_>) -> Answered {
        let store = match call.flags()? {
            [false, false] => Store::Absent,
            [true, false] => Store::Plain,
            [true, true] => Store::Locking,
            [false, true] => return refused("flag 2 (it can lock) needs flag 1 (there is a store)"),
        };
        let verifier = self.verifier(call)?;
        let Some(step) = verifier.fetch(call.issuer, store, call.now, call.jitter) else {
            return refused(NO_ISSUER);
        };
        let mut json = ObjectWriter::new();
        step.write(&mut json);
        verifier.write_events(None, call.now, &mut json);
        Ok(json.finish())
    }

    fn after_told(&mut self, call: &Call<'_>) -> Answered {
        let verifier = self.verifier(call)?;
        match verifier.told(call.issuer, call.payload, call.now, call.jitter) {
            None => refused("no conversation is open for this issuer index"),
            Some(Err(fault)) => refused(&format!("{} {}", fault.path, fault.message)),
            Some(Ok(step)) => {
                let mut json = ObjectWriter::new();
                step.write(&mut json);
                verifier.write_events(None, call.now, &mut json);
                Ok(json.finish())
            }
        }
    }

    fn abandoned(&mut self, call: &Call<'_>) -> Answered {
        let verifier = self.verifier(call)?;
        let abandoned = verifier.abandon(call.issuer, call.now);
        let mut json = ObjectWriter::new();
        json.flag("abandoned", abandoned.is_some()).optional("unlock", abandoned.flatten().as_deref());
        if call.now != UnixTime::EPOCH {
            verifier.write_events(None, call.now, &mut json);
        }
        Ok(json.finish())
    }

    fn restored(&mut self, call: &Call<'_>) -> Answered {
        let verifier = self.verifier(call)?;
        let (issuer, offer) = verifier.restore(call.payload, call.now, call.jitter);
        let mut json = ObjectWriter::new();
        let reason = if let Offer::Refused(reason) = offer { Some(reason) } else { None };
        json.string("result", if reason.is_none() { "stored" } else { "refused" });
        if let Some(issuer) = issuer {
            json.raw("issuer", &issuer.to_string());
            json.optional("generation", verifier.generation(issuer).filter(|_| reason.is_none()));
        }
        json.optional("reason", reason);
        verifier.write_events(None, call.now, &mut json);
        Ok(json.finish())
    }

    fn verifier(&mut self, call: &Call<'_>) -> Result<&mut Verifier, Refusal> {
        let found = self.verifiers.get_mut(&call.verifier);
        found.ok_or_else(|| Refusal::Call(format!("no verifier is open under the handle {}", call.verifier)))
    }
}

const NO_ISSUER: &str = "the policy of this verifier has no issuer entry of this index";

impl<'c> Call<'c> {
    fn read(message: &'c [u8]) -> Result<Self, Refusal> {
        let word = |at: usize| message.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let double = |at: usize| message.get(at..at + 8)?.try_into().ok().map(f64::from_le_bytes);
        let fields = (word(0), word(4), word(8), word(12), double(16), double(24), word(32), word(36));
        let (
            Some(operation),
            Some(verifier),
            Some(issuer),
            Some(flags),
            Some(now),
            Some(jitter),
            Some(attempt),
            Some(length),
        ) = fields
        else {
            return refused("the message is shorter than its head of 40 bytes");
        };
        let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let end = index(length).checked_add(limits::HEAD_BYTES);
        let Some(payload) = end.and_then(|end| message.get(limits::HEAD_BYTES..end)) else {
            return refused("the length of the payload goes beyond the buffer");
        };
        let Some(operation) = OPERATIONS.get(index(operation)) else {
            return refused(&format!("there is no operation {operation}"));
        };
        let Some(now) = UnixTime::from_seconds(now) else {
            return refused("the time is negative or not finite");
        };
        if !(0.0..1.0).contains(&jitter) {
            return refused("the jitter is not a number from 0 to below 1");
        }
        Ok(Self { operation, verifier, issuer: index(issuer), flags, now, jitter, attempt, payload })
    }

    /// The lowest `N` flags; all others must be off.
    fn flags<const N: usize>(&self) -> Result<[bool; N], Refusal> {
        let mut rest = self.flags;
        let flags = [(); N].map(|()| {
            let flag = rest & 1 == 1;
            rest >>= 1;
            flag
        });
        if rest == 0 { Ok(flags) } else { refused(&format!("`{}` knows no such flag", self.operation)) }
    }

    fn input(&self, header: bool) -> Input<'c> {
        if header { Input::Authorization(self.payload) } else { Input::Token(self.payload) }
    }

    fn may_fetch(&self) -> bool {
        self.attempt < limits::ATTEMPTS - 1
    }
}

fn refused<T>(message: &str) -> Result<T, Refusal> {
    Err(Refusal::Call(message.to_owned()))
}

fn invalid_call(message: &str) -> String {
    writer::error("INVALID_CALL", None, message)
}

fn opened_json(handle: u32, policy: &Policy) -> String {
    let entry = |(names, keys): (&[String], &str)| {
        ObjectWriter::new().strings("issuer", names).string("keys", keys).finish()
    };
    ObjectWriter::new()
        .number("verifier", f64::from(handle))
        .string("fingerprint", &policy.fingerprint())
        .raw("issuers", &writer::array(&policy.sources().map(entry).collect::<Vec<_>>()))
        .finish()
}

/// Name, versions, and everything that has a closed list.
fn about() -> String {
    let numbered = |(number, name): (usize, &&str)| {
        ObjectWriter::new().string("operation", name).raw("number", &number.to_string()).finish()
    };
    let operations: Vec<String> = OPERATIONS.iter().enumerate().map(numbered).collect();
    let codes = Code::ALL.map(|code| {
        ObjectWriter::new()
            .string("code", code.name())
            .number("status", f64::from(code.status()))
            .string("message", code.message())
            .optional("challenge", code.challenge(&[]).as_deref())
            .finish()
    });
    let checks = CHECKS
        .each_ref()
        .map(|check| ObjectWriter::new().string("check", check.name).string("clause", check.clause).finish());
    let of_keys = signature::KeyError::ALL.map(signature::KeyError::reason);
    let mut key_reasons: Vec<&str> = key::REASONS.into_iter().chain(of_keys).collect();
    key_reasons.sort_unstable();
    let of_hosts = fetched::ERRORS.map(|(word, _)| word);
    let mut fetch_reasons: Vec<&str> = keyring::REFUSALS.into_iter().chain(of_hosts).collect();
    fetch_reasons.sort_unstable();
    fetch_reasons.dedup();
    let (major, minor) = ABI;
    ObjectWriter::new()
        .string("name", env!("CARGO_PKG_NAME"))
        .string("version", env!("CARGO_PKG_VERSION"))
        .string("abi", &format!("{major}.{minor}"))
        .raw("operations", &writer::array(&operations))
        .raw("codes", &writer::array(&codes))
        .strings("algorithms", &Algorithm::ALL.map(Algorithm::name))
        .strings("key_reasons", &key_reasons)
        .strings("fetch_reasons", &fetch_reasons)
        .raw("checks", &writer::array(&checks))
        .raw("limits", &limits_json())
        .finish()
}

fn limits_json() -> String {
    let (least, most) = limits::BACKGROUND_SLEEP;
    ObjectWriter::new()
        .raw("attempts", &limits::ATTEMPTS.to_string())
        .raw("background_least", &least.to_string())
        .raw("background_most", &most.to_string())
        .raw("background_retry", &limits::BACKGROUND_RETRY.to_string())
        .raw("fetch_timeout", &limits::FETCH_TIMEOUT.to_string())
        .raw("fetch_wait", &limits::FETCH_WAIT.to_string())
        .raw("head_bytes", &limits::HEAD_BYTES.to_string())
        .raw("json_depth", &limits::JSON_DEPTH.to_string())
        .raw("key_candidates", &limits::KEY_CANDIDATES.to_string())
        .raw("key_set_bytes", &limits::KEY_SET_BYTES.to_string())
        .raw("keys", &limits::KEYS.to_string())
        .raw("leeway", &limits::LEEWAY.to_string())
        .raw("message_bytes", &limits::MESSAGE_BYTES.to_string())
        .raw("rsa_max_bits", &limits::RSA_MAX_BITS.to_string())
        .raw("rsa_min_bits", &limits::RSA_MIN_BITS.to_string())
        .raw("token_bytes", &limits::TOKEN_BYTES.to_string())
        .raw("verifiers", &limits::VERIFIERS.to_string())
        .finish()
}

//! What is asked of `authn.wasm`: every verdict comes from there. Operation numbers and limits are those of its catalogue.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value, json};

use super::line::Line;
use super::policy;
use crate::world::{Effect, Known, Stop, World};

/// `flags` of `explain`: show what was found in claims.
pub(super) const VALUES: u32 = 2;

/// The verifier's module, by way of the host.
pub(super) struct Module<'w> {
    world: &'w World,
    about: Value,
}

/// An answer of the module, as it came and read.
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) value: Value,
}

/// A final answer on a token, and why keys could not be had.
pub(super) struct Judged {
    pub(super) answer: Answer,
    pub(super) outage: Option<String>,
}

#[derive(Clone, Copy, Default)]
struct Head {
    verifier: u32,
    issuer: u32,
    flags: u32,
    attempt: u32,
    now: f64,
}

impl<'w> Module<'w> {
    /// Asks for the catalogue.
    pub(super) fn of(world: &'w World) -> Known<Self> {
        let about = ask_number(world, 0, Head::default(), b"")?.value;
        Ok(Self { world, about })
    }

    pub(super) fn about(&self, name: &str) -> &str {
        self.about.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn version_line(&self) -> String {
        format!("{} {} (ABI {})\n", self.about("name"), self.about("version"), self.about("abi"))
    }

    pub(super) fn inspect(&self, token: &str) -> Known<Answer> {
        self.ask("inspect", Head::default(), self.cut(token))
    }

    pub(super) fn contract(&self, request: &str) -> Known<Answer> {
        if request.len() > self.room() {
            return Ok(refused("INVALID_CONTRACT", "the contract is too large"));
        }
        self.ask("contract", Head::default(), request.as_bytes())
    }

    /// The final answer of `verify` or `explain` on a token; keys are fetched where they are wanted.
    pub(super) fn judge(
        &self,
        line: &Line,
        policy: &str,
        operation: &str,
        flags: u32,
        now: f64,
        token: &str,
    ) -> Known<Judged> {
        let opened = if policy.len() > self.room() {
            refused("INVALID_POLICY", "the policy is too large")
        } else {
            self.ask("open", Head::default(), policy.as_bytes())?
        };
        if let Some(error) = opened.value.get("error") {
            return Err(policy::refused(line, error, &opened.text));
        }
        let verifier = number(&opened.value, "verifier");
        let last =
            self.about.pointer("/limits/attempts").and_then(Value::as_u64).unwrap_or(1).saturating_sub(1);
        let last = u32::try_from(last).unwrap_or_default();
        let mut outage = None;
        let mut attempt = 0;
        loop {
            let head = Head { verifier, flags, attempt, now, ..Head::default() };
            let answer = self.ask(operation, head, self.cut(token))?;
            let verdict = verdict_of(&answer.value);
            if verdict.get("verdict").and_then(Value::as_str) != Some("keys_needed") || attempt >= last {
                return Ok(Judged { answer, outage });
            }
            let head = Head { issuer: number(verdict, "issuer"), ..head };
            attempt = if self.bring_keys(head, &mut outage)? { attempt + 1 } else { last };
        }
    }

    /// The conversation that brings keys (`docs/abi.md`); whether one could begin.
    fn bring_keys(&self, head: Head, outage: &mut Option<String>) -> Known<bool> {
        let head = Head { flags: 0, attempt: 0, ..head };
        let mut step = self.ask("fetch", head, b"")?.value;
        let mut begun = false;
        while let Some(effect) = fetch_of(&step) {
            begun = true;
            let url = step.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
            let fact = self.world.fact(effect)?;
            step = self.ask("told", head, &told(fact))?.value;
            *outage =
                step.get("message").and_then(Value::as_str).map(|message| format!("`{url}`: {message}"));
        }
        Ok(begun)
    }

    /// The longest payload, bytes.
    fn room(&self) -> usize {
        let limit =
            |name: &str| self.about.pointer(&format!("/limits/{name}")).and_then(Value::as_u64).unwrap_or(0);
        usize::try_from(limit("message_bytes").saturating_sub(limit("head_bytes"))).unwrap_or_default()
    }

    /// A token that does not fit is cut: what is left is longer than any that is read, so that the module says so.
    fn cut<'t>(&self, token: &'t str) -> &'t [u8] {
        token.as_bytes().get(..self.room()).unwrap_or(token.as_bytes())
    }

    fn ask(&self, operation: &str, head: Head, payload: &[u8]) -> Known<Answer> {
        let rows =
            self.about.get("operations").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let row = rows.iter().find(|row| row.get("operation").and_then(Value::as_str) == Some(operation));
        match row {
            Some(row) => ask_number(self.world, number(row, "number"), head, payload),
            None => Err(Stop::Broken(format!("authn.wasm has no operation `{operation}`"))),
        }
    }
}

/// What the module would say of a message that it has no room for.
fn refused(code: &str, message: &str) -> Answer {
    let value = json!({ "error": { "code": code, "path": "", "message": message } });
    Answer { text: value.to_string(), value }
}

/// The verdict in an answer of `verify` or `explain`.
pub(super) fn verdict_of(answer: &Value) -> &Value {
    answer.get("verdict").filter(|verdict| verdict.is_object()).unwrap_or(answer)
}

fn ask_number(world: &World, operation: u32, head: Head, payload: &[u8]) -> Known<Answer> {
    let Head { verifier, issuer, flags, attempt, now } = head;
    let payload = BASE64URL_NOPAD.encode(payload);
    let fact = world.fact(Effect::Ask { operation, verifier, issuer, flags, attempt, now, payload })?;
    let Some(text) = fact.get("answer").and_then(Value::as_str) else {
        let error = fact.get("error").and_then(Value::as_str).unwrap_or("authn.wasm does not answer");
        return Err(Stop::Broken(error.to_owned()));
    };
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.pointer("/error/code").and_then(Value::as_str) == Some("INVALID_CALL") => {
            Err(Stop::Broken(value.pointer("/error/message").map(Value::to_string).unwrap_or_default()))
        }
        Ok(value) => Ok(Answer { text: text.to_owned(), value }),
        Err(_) => Err(Stop::Broken(String::from("the answer of authn.wasm is not JSON"))),
    }
}

fn fetch_of(step: &Value) -> Option<Effect> {
    if step.get("do").and_then(Value::as_str) != Some("fetch") {
        return None;
    }
    Some(Effect::Fetch {
        url: step.get("url")?.as_str()?.to_owned(),
        headers: std::iter::once(("accept", "application/json")).collect(),
        report: vec!["age", "cache-control", "date", "retry-after"],
        timeout: number(step, "timeout"),
        max_bytes: usize::try_from(step.get("max_bytes")?.as_u64()?).ok()?,
        body: "ok",
    })
}

/// What the module is told of a fetch: the facts in one line, and the body behind it.
fn told(fact: &Value) -> Vec<u8> {
    let mut facts: Map<String, Value> = fact.as_object().cloned().unwrap_or_default();
    let body = facts.remove("body").and_then(|body| BASE64URL_NOPAD.decode(body.as_str()?.as_bytes()).ok());
    let mut message = Value::Object(facts).to_string().into_bytes();
    message.push(b'\n');
    message.extend(body.unwrap_or_default());
    message
}

fn number(value: &Value, name: &str) -> u32 {
    value.get(name).and_then(Value::as_f64).map_or(0, |number| {
        #[expect(clippy::as_conversions, reason = "clamped to the range of the type")]
        let whole = number.clamp(0.0, f64::from(u32::MAX)) as u32;
        whole
    })
}

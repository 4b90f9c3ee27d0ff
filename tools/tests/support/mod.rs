//! A host of the tools without a world: files, addresses, a clock and the verifier are given. The verifier is the crate
//! itself, which answers as `authn.wasm` does.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

pub const NOW: u64 = 1_700_000_000;

/// What a command line finds.
#[derive(Clone, Default)]
pub struct World {
    pub files: BTreeMap<String, Vec<u8>>,
    pub environment: BTreeMap<&'static str, String>,
    pub stdin: Option<Vec<u8>>,
    pub terminal: bool,
    /// By address: status, headers and body; any other address refuses the connection.
    pub pages: BTreeMap<String, (u16, Value, Vec<u8>)>,
}

/// What it printed.
#[derive(Debug, PartialEq)]
pub struct Printed {
    pub code: u64,
    pub stdout: String,
    pub stderr: String,
}

impl World {
    /// Runs one command line to its end.
    pub fn run(&self, arguments: &[&str]) -> Printed {
        let asked = json!({
            "arguments": arguments,
            "environment": self.environment,
            "terminal": { "stdin": self.stdin.is_none(), "stdout": self.terminal },
        });
        let done = self.ask(&asked);
        let text = |name: &str| done.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let code = done.get("code").and_then(Value::as_u64).unwrap_or(99);
        Printed { code, stdout: text("stdout"), stderr: text("stderr") }
    }

    /// What the tools answer to a message; a call that they do not understand ends the test.
    pub fn ask(&self, asked: &Value) -> Value {
        let mut verifier = authn::Registry::new();
        let mut facts: Vec<Value> = Vec::new();
        for _ in 0..64 {
            let mut message = asked.clone();
            message["facts"] = json!(facts);
            let answer: Value =
                serde_json::from_str(&authn_tools::call(message.to_string().as_bytes())).unwrap_or_default();
            if let Some(done) = answer.get("done") {
                return done.clone();
            }
            let needs = answer.get("needs").and_then(Value::as_array).cloned().unwrap_or_default();
            assert!(!needs.is_empty(), "{answer}");
            facts.extend(needs.iter().map(|need| self.fact(need, &mut verifier)));
        }
        panic!("the tools did not end");
    }

    fn fact(&self, need: &Value, verifier: &mut authn::Registry) -> Value {
        let text = |name: &str| need.get(name).and_then(Value::as_str).unwrap_or_default();
        let lossy = |bytes: &[u8]| json!({ "text": String::from_utf8_lossy(bytes) });
        match text("do") {
            "ask" => json!({ "answer": verifier.call(&message(need)) }),
            "fetch" => match self.pages.get(text("url")) {
                Some((status, headers, body)) => json!({
                    "status": status, "headers": headers, "redirected": false, "elapsed": 0.25,
                    "body": BASE64URL_NOPAD.encode(body),
                }),
                None => json!({ "error": "refused", "elapsed": 0.25 }),
            },
            "now" => json!({ "now": NOW }),
            "package" => {
                json!({ "contract": include_str!("../../../docs/contract/fuzefront.v1.json"), "module_sha256": "00" })
            }
            "read" => self.files.get(text("path")).map_or(json!({ "error": "ENOENT" }), |bytes| lossy(bytes)),
            "stdin" => lossy(self.stdin.as_deref().unwrap_or_default()),
            other => panic!("an unknown effect `{other}`"),
        }
    }
}

/// The message of `docs/abi.md`: a head of 40 bytes and the payload.
fn message(need: &Value) -> Vec<u8> {
    let number = |name: &str| need.get(name).and_then(Value::as_u64).unwrap_or_default();
    let word = |name: &str| u32::try_from(number(name)).unwrap_or_default().to_le_bytes();
    let payload = need.get("payload").and_then(Value::as_str).unwrap_or_default();
    let payload = BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap_or_default();
    let now = need.get("now").and_then(Value::as_f64).unwrap_or_default();
    let length = u32::try_from(payload.len()).unwrap_or_default();
    let mut message = Vec::new();
    for name in ["operation", "verifier", "issuer", "flags"] {
        message.extend(word(name));
    }
    message.extend(now.to_le_bytes());
    message.extend(0.5_f64.to_le_bytes());
    message.extend(word("attempt"));
    message.extend(length.to_le_bytes());
    message.extend(payload);
    message
}

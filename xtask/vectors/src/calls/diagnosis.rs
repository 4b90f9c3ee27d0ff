//! The doctor: every finding, each with the whole list that its request gets, in order.

mod discovery;
mod endpoint;
mod key_set;
mod policy;
mod request;
mod token;

use serde_json::{Value, json};

use super::model::Stage;
use crate::keys::Key;
use crate::mint::{Token, by, good};
use crate::model::{self, with};

pub fn stage() -> Stage {
    let mut stage = Stage::new("diagnosis", "diagnose", authn_tools::diagnose);
    request::cases(&mut stage);
    policy::cases(&mut stage);
    endpoint::cases(&mut stage);
    discovery::cases(&mut stage);
    key_set::cases(&mut stage);
    token::cases(&mut stage);
    stage
}

const ISSUER: &str = "https://id.example/";
const DISCOVERY: &str = "https://id.example/.well-known/openid-configuration";
const KEYS: &str = "https://id.example/jwks/";

impl Stage {
    /// A case whose answer has exactly these findings, in this order, and wants nothing more.
    fn finds(&mut self, name: &str, comment: &str, request: &Value, ids: &[&str]) -> &mut Self {
        self.case(name, comment, request.to_string()).each("/findings", "id", ids).is("/wanted", json!([]))
    }

    /// Evidence of the first finding.
    fn shows(&mut self, member: &str, value: impl Into<Value>) -> &mut Self {
        self.is(&format!("/findings/0/evidence/{member}"), value)
    }
}

/// A request about a set-up without fault, with `members` changed; `"<absent>"` removes one.
fn sound(members: Value) -> Value {
    let mut request = json!({
        "now": model::T,
        "policy": entry(json!({})),
        "fetched": [document(json!({})), keys(&[key()])],
    });
    for (name, value) in members.as_object().expect("members are an object") {
        request = with(request, name, value.clone());
    }
    request
}

/// The same with a token.
fn bearing(token: &str) -> Value {
    sound(json!({ "token": token }))
}

/// A policy that leaves nothing to remark, with members of its entry changed.
fn entry(members: Value) -> Value {
    let mut all = json!({ "jwks_uri": "<absent>", "algorithms": ["RS256"] });
    for (name, value) in members.as_object().expect("members are an object") {
        all[name] = value.clone();
    }
    model::policy(all)
}

/// The fetched discovery document, with members of the document changed.
fn document(members: Value) -> Value {
    document_at(ISSUER, DISCOVERY, members)
}

fn document_at(issuer: &str, url: &str, members: Value) -> Value {
    let mut body = json!({
        "issuer": ISSUER,
        "jwks_uri": KEYS,
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    for (name, value) in members.as_object().expect("members are an object") {
        body = with(body, name, value.clone());
    }
    json!({
        "what": "discovery", "issuer": issuer, "url": url, "status": 200, "body": body.to_string(),
        "elapsed": 0.2, "date": "Tue, 14 Nov 2023 22:13:20 GMT", "cors": "*", "csp": null, "location": null,
    })
}

/// The fetched key set.
fn keys(entries: &[Value]) -> Value {
    keys_body(&json!({ "keys": entries }).to_string())
}

fn keys_body(body: &str) -> Value {
    json!({ "what": "key_set", "issuer": ISSUER, "url": KEYS, "status": 200, "body": body, "elapsed": 0.2 })
}

/// The key of the issuer as Authentik publishes it.
fn key() -> Value {
    with(Key::Rsa2048A.jwk(), "alg", "RS256")
}

/// An access token of the issuer, as Authentik mints it.
fn access() -> Token {
    good().claim("azp", "keys-app").claim("uid", "u1")
}

/// A token signed with a shared secret.
fn session() -> Token {
    by(Key::Secret).without_header("kid")
}

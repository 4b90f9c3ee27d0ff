//! Tokens. jwt-simple mints what it mints the same way every time (RSA PKCS#1 v1.5 and HMAC with a plain header); the
//! rest, and everything it refuses to make, is put together here from raw bytes.

use jwt_simple::prelude::*;
use serde_json::{Map, Value, json};

use crate::keys::{self, Key};
use crate::model::T;

/// A token to be.
#[derive(Clone)]
pub struct Token {
    pub header: Map<String, Value>,
    pub claims: Map<String, Value>,
    pub key: Key,
}

/// The token most cases start from: RS256, valid for an hour, of a person.
pub fn good() -> Token {
    by(Key::Rsa2048A)
}

/// The same, signed by another key.
pub fn by(key: Key) -> Token {
    let header = json!({ "alg": key.algorithm(), "kid": key.kid(), "typ": "JWT" });
    let claims = json!({
        "iss": "https://id.example/",
        "sub": "user-1",
        "aud": "keys-app",
        "iat": T - 60,
        "exp": T + 3600,
    });
    let object = |value: Value| value.as_object().cloned().expect("an object");
    Token { header: object(header), claims: object(claims), key }
}

/// A token of the legacy issuer as the family's older services mint it.
pub fn legacy() -> Token {
    let mut token = by(Key::Secret).without_header("kid");
    let claims = json!({ "userId": "user-1", "sessionId": "session-1", "iat": T - 60, "exp": T + 3600 });
    token.claims = claims.as_object().cloned().expect("an object");
    token
}

impl Token {
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    pub fn without_header(mut self, name: &str) -> Self {
        self.header.shift_remove(name);
        self
    }

    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.claims.shift_remove(name);
        self
    }

    /// Another algorithm of the same key.
    pub fn alg(self, name: &str) -> Self {
        self.header("alg", name)
    }

    /// Header and claims as JSON texts, for cases that spoil one of them.
    pub fn texts(&self) -> (String, String) {
        (Value::from(self.header.clone()).to_string(), Value::from(self.claims.clone()).to_string())
    }

    /// The compact form, signed.
    pub fn mint(&self) -> String {
        let (header, payload) = self.texts();
        let raw = self.raw(header.as_bytes(), payload.as_bytes());
        if let Some(minted) = self.by_jwt_simple() {
            assert_eq!(minted, raw, "jwt-simple and the signer here make the same token");
        }
        raw
    }

    /// Signs these bytes as header and payload.
    pub fn raw(&self, header: &[u8], payload: &[u8]) -> String {
        let input = format!("{}.{}", keys::encode(header), keys::encode(payload));
        self.sign_input(&input)
    }

    /// Signs with another payload text, the header being as it is.
    pub fn payload(&self, payload: impl AsRef<[u8]>) -> String {
        self.raw(self.texts().0.as_bytes(), payload.as_ref())
    }

    /// Signs with another header text, the claims being as they are.
    pub fn header_text(&self, header: impl AsRef<[u8]>) -> String {
        self.raw(header.as_ref(), self.texts().1.as_bytes())
    }

    /// Signs an encoded header and payload.
    pub fn sign_input(&self, input: &str) -> String {
        let algorithm = self.header.get("alg").and_then(Value::as_str).expect("alg is a string");
        format!("{input}.{}", keys::encode(&self.key.sign(algorithm, input.as_bytes())))
    }

    /// `None` where jwt-simple writes another header or signs at random.
    fn by_jwt_simple(&self) -> Option<String> {
        let names: Vec<&str> = self.header.keys().map(String::as_str).collect();
        if names != ["alg", "kid", "typ"] {
            return None;
        }
        let kid = self.header.get("kid")?.as_str()?;
        let typ = self.header.get("typ")?.as_str()?.to_owned();
        let options = HeaderOptions { content_type: None, signature_type: Some(typ) };
        let minted = match self.header.get("alg")?.as_str()? {
            "RS256" => RS256KeyPair::from_jwk(self.key.file())
                .ok()?
                .with_key_id(kid)
                .sign_with_options(self.jwt_claims(), &options),
            "RS384" => RS384KeyPair::from_jwk(self.key.file())
                .ok()?
                .with_key_id(kid)
                .sign_with_options(self.jwt_claims(), &options),
            "RS512" => RS512KeyPair::from_jwk(self.key.file())
                .ok()?
                .with_key_id(kid)
                .sign_with_options(self.jwt_claims(), &options),
            "HS256" => HS256Key::from_bytes(&self.key.seed())
                .with_key_id(kid)
                .authenticate_with_options(self.jwt_claims(), &options),
            _ => return None,
        };
        Some(minted.expect("jwt-simple signs a plain token"))
    }

    /// Every claim as a custom one, so that jwt-simple adds no time of its own.
    fn jwt_claims(&self) -> JWTClaims<Map<String, Value>> {
        let mut claims = Claims::with_custom_claims(self.claims.clone(), Duration::from_secs(1));
        claims.issued_at = None;
        claims.expires_at = None;
        claims.invalid_before = None;
        claims
    }
}

/// The three parts of a compact token.
pub fn parts(token: &str) -> [String; 3] {
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts.try_into().expect("three parts")
}

/// The token with its signature bytes changed.
pub fn resign(token: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
    let [header, payload, signature] = parts(token);
    format!("{header}.{payload}.{}", keys::encode(&change(keys::decode(&signature))))
}

//! The test keys. RSA keys are files, the others grow from their name; anyone can sign with any of them.

use base64ct::{Base64UrlUnpadded, Encoding};
use ed25519_dalek::Signer as _;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::rsa::{Hash, PrivateKey};

/// The test keys; the lower-case name with hyphens is the `kid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Ed25519A,
    P256A,
    P256B,
    P384A,
    P521A,
    Rsa2040,
    Rsa2048A,
    Rsa2048B,
    Rsa2048E3,
    Rsa4096,
    Rsa8192,
    Rsa8200,
    /// Of the legacy issuer.
    Secret,
}

pub fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

pub fn decode(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text).expect("test data is base64url")
}

impl Key {
    pub fn kid(self) -> &'static str {
        match self {
            Key::Ed25519A => "ed25519-a",
            Key::P256A => "p256-a",
            Key::P256B => "p256-b",
            Key::P384A => "p384-a",
            Key::P521A => "p521-a",
            Key::Rsa2040 => "rsa-2040",
            Key::Rsa2048A => "rsa-2048-a",
            Key::Rsa2048B => "rsa-2048-b",
            Key::Rsa2048E3 => "rsa-2048-e3",
            Key::Rsa4096 => "rsa-4096",
            Key::Rsa8192 => "rsa-8192",
            Key::Rsa8200 => "rsa-8200",
            Key::Secret => "secret",
        }
    }

    /// The algorithm it signs with unless told otherwise.
    pub fn algorithm(self) -> &'static str {
        match self {
            Key::Ed25519A => "EdDSA",
            Key::P256A | Key::P256B => "ES256",
            Key::P384A => "ES384",
            Key::P521A => "ES512",
            Key::Secret => "HS256",
            _ => "RS256",
        }
    }

    /// The bytes of the shared secret; for the others the seed they grow from.
    pub fn seed(self) -> [u8; 32] {
        Sha256::digest(format!("fuzefront-authn test key {}", self.kid())).into()
    }

    /// The public key as an issuer publishes it, without `alg`.
    pub fn jwk(self) -> Value {
        let mut jwk = self.material();
        let members = jwk.as_object_mut().expect("a JWK is an object");
        members.insert("kid".into(), json!(self.kid()));
        members.insert("use".into(), json!("sig"));
        jwk
    }

    /// Its private JWK file, RSA only.
    pub fn file(self) -> &'static str {
        match self {
            Key::Rsa2040 => include_str!("../../../tests/vectors/keys/rsa-2040.json"),
            Key::Rsa2048A => include_str!("../../../tests/vectors/keys/rsa-2048-a.json"),
            Key::Rsa2048B => include_str!("../../../tests/vectors/keys/rsa-2048-b.json"),
            Key::Rsa2048E3 => include_str!("../../../tests/vectors/keys/rsa-2048-e3.json"),
            Key::Rsa4096 => include_str!("../../../tests/vectors/keys/rsa-4096.json"),
            Key::Rsa8192 => include_str!("../../../tests/vectors/keys/rsa-8192.json"),
            Key::Rsa8200 => include_str!("../../../tests/vectors/keys/rsa-8200.json"),
            _ => panic!("only RSA keys are files"),
        }
    }

    /// The private RSA key.
    pub fn rsa(self) -> PrivateKey {
        let jwk: Value = serde_json::from_str(self.file()).expect("a key file is JSON");
        let member = |name: &str| decode(jwk[name].as_str().expect("a key file is a JWK"));
        PrivateKey { n: member("n"), d: member("d") }
    }

    /// Signs as `algorithm` says; always the same bytes for the same input.
    pub fn sign(self, algorithm: &str, input: &[u8]) -> Vec<u8> {
        match algorithm {
            "RS256" => self.rsa().sign_pkcs1(Hash::Sha256, input),
            "RS384" => self.rsa().sign_pkcs1(Hash::Sha384, input),
            "RS512" => self.rsa().sign_pkcs1(Hash::Sha512, input),
            "PS256" => self.rsa().sign_pss(Hash::Sha256, 32, input),
            "PS384" => self.rsa().sign_pss(Hash::Sha384, 48, input),
            "PS512" => self.rsa().sign_pss(Hash::Sha512, 64, input),
            // RFC 6979: the nonce comes from key and message.
            "ES256" => {
                let signature: p256::ecdsa::Signature = self.p256().sign(input);
                signature.to_bytes().to_vec()
            }
            "ES384" => {
                let signature: p384::ecdsa::Signature = self.p384().sign(input);
                signature.to_bytes().to_vec()
            }
            "ES512" => {
                let signature: p521::ecdsa::Signature = self.p521().sign(input);
                signature.to_bytes().to_vec()
            }
            "EdDSA" => ed25519_dalek::SigningKey::from_bytes(&self.seed()).sign(input).to_vec(),
            "HS256" => hmac(&self.seed(), input),
            other => panic!("no key signs as {other}"),
        }
    }

    pub fn p256(self) -> p256::ecdsa::SigningKey {
        p256::ecdsa::SigningKey::from_slice(&self.seed()).expect("the seed is a scalar")
    }

    fn p384(self) -> p384::ecdsa::SigningKey {
        let seed = [vec![0; 16], self.seed().to_vec()].concat();
        p384::ecdsa::SigningKey::from_slice(&seed).expect("the seed is a scalar")
    }

    fn p521(self) -> p521::ecdsa::SigningKey {
        let seed = [vec![0; 34], self.seed().to_vec()].concat();
        p521::ecdsa::SigningKey::from_slice(&seed).expect("the seed is a scalar")
    }

    fn material(self) -> Value {
        match self {
            Key::Ed25519A => {
                let key = ed25519_dalek::SigningKey::from_bytes(&self.seed()).verifying_key();
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(key.as_bytes()) })
            }
            Key::P256A | Key::P256B => {
                ec("P-256", self.p256().verifying_key().to_sec1_point(false).as_bytes())
            }
            Key::P384A => ec("P-384", self.p384().verifying_key().to_sec1_point(false).as_bytes()),
            Key::P521A => ec("P-521", self.p521().verifying_key().to_sec1_point(false).as_bytes()),
            Key::Secret => json!({ "kty": "oct", "k": encode(&self.seed()) }),
            _ => {
                let jwk: Value = serde_json::from_str(self.file()).expect("a key file is JSON");
                json!({ "kty": "RSA", "n": jwk["n"], "e": jwk["e"] })
            }
        }
    }
}

/// HMAC with SHA-256 under any secret.
pub fn hmac(secret: &[u8], input: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes any length");
    mac.chain_update(input).finalize().into_bytes().to_vec()
}

fn ec(curve: &str, point: &[u8]) -> Value {
    let (x, y) = point[1..].split_at(point.len() / 2);
    json!({ "kty": "EC", "crv": curve, "x": encode(x), "y": encode(y) })
}

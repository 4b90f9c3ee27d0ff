//! JWK Set (RFC 7517) → typed public keys, prepared once. An entry that cannot be used is skipped with a recorded
//! reason and never spoils its neighbours.

use crate::algorithm::{Algorithm, KeyKind};
use crate::base64url;
use crate::code::Code;
use crate::json::{self, Object, Value};
use crate::limits;
use crate::signature::{self, PublicKey};
use crate::writer::{self, ObjectWriter};

/// Reasons for skipping an entry that are not faults of the key material itself.
pub const REASONS: [&str; 12] = [
    "alg_does_not_fit",
    "bad_member",
    "key_ops_without_verify",
    "kid_too_long",
    "missing_member",
    "not_an_object",
    "private_key",
    "symmetric_key",
    "unsupported_alg",
    "unsupported_crv",
    "unsupported_kty",
    "use_is_not_sig",
];

/// The usable keys of a set, and why the others are not.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    pub keys: Vec<Key>,
    pub skipped: Vec<Skipped>,
}

/// One usable key.
#[derive(Clone, Debug)]
pub struct Key {
    pub kid: Option<String>,
    pub algorithm: Option<Algorithm>,
    pub public: PublicKey,
    /// RFC 7638.
    pub thumbprint: [u8; 32],
}

/// One entry that was passed over.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    pub index: usize,
    pub kid: Option<String>,
    pub reason: &'static str,
}

/// Which keys of a set may verify a token.
pub enum Choice<'k> {
    Keys(Vec<&'k PublicKey>),
    Refused(Code, &'static str),
    /// The set lacks it; a newer set may have it.
    Unknown(&'static str),
}

impl Key {
    /// Whether this key may verify a signature of that algorithm (RFC 8725 section 3.1).
    pub fn accepts(&self, algorithm: Algorithm) -> bool {
        algorithm.accepts(self.public.kind()) && self.algorithm.is_none_or(|own| own == algorithm)
    }

    /// Identifies the key in fingerprints and generations.
    pub fn name(&self) -> String {
        let algorithm = self.algorithm.map_or("", Algorithm::name);
        format!("{} {algorithm} {}", writer::hex(&self.thumbprint), self.kid.as_deref().unwrap_or_default())
    }
}

impl Skipped {
    /// A `kid` that would take more room than it may is left out: control characters have six letters each.
    pub fn to_json(&self) -> String {
        let kid = self.kid.as_deref().filter(|kid| writer::string(kid).len() <= limits::KID_BYTES + 2);
        ObjectWriter::new()
            .raw("index", &self.index.to_string())
            .optional("kid", kid)
            .string("reason", self.reason)
            .finish()
    }
}

impl KeySet {
    /// Reads the bytes of a key set. A set without `keys` is an empty one (Authentik answers `{}` when a provider
    /// has no signing key); an error leaves whatever was there in force.
    pub fn parse(body: &[u8]) -> Result<Self, &'static str> {
        if body.len() > limits::KEY_SET_BYTES {
            return Err("too_large");
        }
        let (_, object) = json::parse_object(body).map_err(|error| match error {
            json::JsonError::NotAnObject => "not_an_object",
            _ => "not_json",
        })?;
        Self::from_object(&object)
    }

    /// Reads a key set that stands inside another document.
    pub fn from_object(object: &Object<'_>) -> Result<Self, &'static str> {
        let entries = match object.get("keys") {
            None => return Ok(Self::default()),
            Some(Value::Array(entries)) => entries,
            Some(_) => return Err("keys_not_an_array"),
        };
        if entries.len() > limits::KEYS {
            return Err("too_many_keys");
        }
        let mut set = Self::default();
        for (index, entry) in entries.iter().enumerate() {
            match read_key(entry) {
                Ok(key) => set.keys.push(key),
                Err((kid, reason)) => set.skipped.push(Skipped { index, kid, reason }),
            }
        }
        Ok(set)
    }

    /// The keys that may verify a token: by `kid`, purpose and kind (RFC 7515 section 4.1.4, RFC 8725 section 3.1).
    /// Entries whose purpose or kind is wrong were skipped when the set was read.
    pub fn choose(&self, kid: Option<&str>, algorithm: Algorithm) -> Choice<'_> {
        match kid {
            Some(kid) => by_kid(self, kid, algorithm),
            None => without_kid(self, algorithm),
        }
    }

    /// What tells one generation of keys from another, in no particular order of the document.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.keys.iter().map(Key::name).collect();
        names.sort_unstable();
        names
    }

    pub fn skipped_json(&self) -> String {
        writer::array(&self.skipped.iter().map(Skipped::to_json).collect::<Vec<_>>())
    }
}

type Refusal = (Option<String>, &'static str);

fn read_key(entry: &Value<'_>) -> Result<Key, Refusal> {
    let Value::Object(jwk) = entry else {
        return Err((None, "not_an_object"));
    };
    let kid = match jwk.get("kid") {
        None => None,
        Some(Value::String(kid)) if kid.len() > limits::KID_BYTES => return Err((None, "kid_too_long")),
        Some(Value::String(kid)) => Some(kid.to_string()),
        Some(_) => return Err((None, "bad_member")),
    };
    let algorithm = match check_purpose(jwk) {
        Ok(algorithm) => algorithm,
        Err(reason) => return Err((kid, reason)),
    };
    match read_material(jwk) {
        Ok((public, _)) if algorithm.is_some_and(|own| !own.accepts(public.kind())) => {
            Err((kid, "alg_does_not_fit"))
        }
        Ok((public, thumbprint)) => Ok(Key { kid, algorithm, public, thumbprint }),
        Err(reason) => Err((kid, reason)),
    }
}

/// `use`, `key_ops` and `alg` (RFC 7517 sections 4.2 to 4.4).
fn check_purpose(jwk: &Object<'_>) -> Result<Option<Algorithm>, &'static str> {
    match jwk.get("use") {
        None => {}
        Some(Value::String(purpose)) if purpose == "sig" => {}
        Some(_) => return Err("use_is_not_sig"),
    }
    if let Some(operations) = jwk.get("key_ops")
        && !operations.as_strings().is_some_and(|names| names.contains(&"verify"))
    {
        return Err("key_ops_without_verify");
    }
    match jwk.get("alg") {
        None => Ok(None),
        Some(Value::String(name)) => match Algorithm::from_name(name) {
            Some(algorithm) if !algorithm.is_symmetric() => Ok(Some(algorithm)),
            _ => Err("unsupported_alg"),
        },
        Some(_) => Err("bad_member"),
    }
}

/// The public key and its thumbprint (RFC 7518 section 6, RFC 8037 section 2, RFC 7638).
fn read_material(jwk: &Object<'_>) -> Result<(PublicKey, [u8; 32]), &'static str> {
    let kty = text(jwk, "kty")?;
    if kty == "oct" {
        return Err("symmetric_key");
    }
    if jwk.get("d").is_some() {
        // Whoever reads the set can sign: the key proves nothing any more.
        return Err("private_key");
    }
    let (public, members): (_, &[&str]) = match kty {
        "RSA" => (PublicKey::rsa(&bytes(jwk, "n")?, &bytes(jwk, "e")?), &["e", "kty", "n"]),
        "EC" => {
            let curve = match text(jwk, "crv")? {
                "P-256" => KeyKind::P256,
                "P-384" => KeyKind::P384,
                "P-521" => KeyKind::P521,
                _ => return Err("unsupported_crv"),
            };
            (PublicKey::ec(curve, &bytes(jwk, "x")?, &bytes(jwk, "y")?), &["crv", "kty", "x", "y"])
        }
        "OKP" if text(jwk, "crv")? != "Ed25519" => return Err("unsupported_crv"),
        "OKP" => (PublicKey::ed25519(&bytes(jwk, "x")?), &["crv", "kty", "x"]),
        _ => return Err("unsupported_kty"),
    };
    let public = public.map_err(|error| error.reason())?;
    let mut canonical = ObjectWriter::new();
    for name in members {
        canonical.string(name, text(jwk, name)?);
    }
    Ok((public, signature::sha256(canonical.finish().as_bytes())))
}

fn text<'j>(jwk: &'j Object<'_>, name: &str) -> Result<&'j str, &'static str> {
    match jwk.get(name) {
        None => Err("missing_member"),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err("bad_member"),
    }
}

fn bytes(jwk: &Object<'_>, name: &str) -> Result<Vec<u8>, &'static str> {
    base64url::decode(text(jwk, name)?.as_bytes()).ok_or("bad_member")
}

fn by_kid<'k>(set: &'k KeySet, kid: &str, algorithm: Algorithm) -> Choice<'k> {
    let named = || set.keys.iter().filter(|key| key.kid.as_deref() == Some(kid));
    let fitting = named().filter(|key| key.accepts(algorithm));
    let candidates: Vec<&PublicKey> = fitting.take(limits::KEY_CANDIDATES).map(|key| &key.public).collect();
    if !candidates.is_empty() {
        return Choice::Keys(candidates);
    }
    if named().next().is_some() {
        return Choice::Refused(Code::UnsuitableKey, "alg_does_not_fit");
    }
    match set.skipped.iter().find(|skipped| skipped.kid.as_deref() == Some(kid)) {
        Some(skipped) => Choice::Refused(Code::UnsuitableKey, skipped.reason),
        None => Choice::Unknown(absent(set, "no_such_kid")),
    }
}

/// Without a `kid` only a key that fits alone is chosen.
fn without_kid(set: &KeySet, algorithm: Algorithm) -> Choice<'_> {
    let mut keys = set.keys.iter().filter(|key: &&Key| key.accepts(algorithm));
    match (keys.next(), keys.next()) {
        (Some(key), None) => Choice::Keys(vec![&key.public]),
        (Some(_), Some(_)) => Choice::Refused(Code::UnknownKey, "no_kid_and_several_keys_fit"),
        (None, _) => Choice::Unknown(absent(set, "no_kid_and_no_key_fits")),
    }
}

fn absent(set: &KeySet, reason: &'static str) -> &'static str {
    if set.keys.is_empty() { "issuer_has_no_signing_key" } else { reason }
}

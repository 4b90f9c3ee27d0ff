//! A second opinion: jwt-simple, set up as its documentation says, one verifier per issuer entry.

use std::collections::HashSet;

use base64ct::{Base64UrlUnpadded, Encoding};
use jwt_simple::prelude::*;
use serde_json::{Map, Value};

use crate::vectors::{Case, Group};

/// `Err` says why jwt-simple refuses.
pub fn verdict(group: &Group, case: &Case) -> Result<(), String> {
    let text = std::str::from_utf8(&case.input).map_err(|_| "not text".to_owned())?;
    let token = if case.is_token { text } else { text.strip_prefix("Bearer ").ok_or("no bearer token")? };
    let metadata = Token::decode_metadata(token).map_err(|error| error.to_string())?;
    let entries = group.policy["issuers"].as_array().unwrap();
    let mut refusal = "no issuer entry".to_owned();
    for (index, entry) in entries.iter().enumerate() {
        for key in keys(group, index, entry, metadata.key_id()) {
            match verify(token, metadata.algorithm(), &key, entry, case.now) {
                Ok(()) => return Ok(()),
                Err(error) => refusal = error,
            }
        }
    }
    Err(refusal)
}

/// The keys of an entry with the token's key id, or all of them where it has none.
fn keys(group: &Group, index: usize, entry: &Value, kid: Option<&str>) -> Vec<Value> {
    if let Some(secret) = entry.get("secret") {
        return vec![secret.clone()];
    }
    let stored = group
        .calls
        .iter()
        .filter(|call| call.answer["outcome"] == "stored" && usize::try_from(call.issuer) == Ok(index));
    let body = |payload: &[u8]| {
        let end = payload.iter().position(|byte| *byte == b'\n')?;
        serde_json::from_slice::<Value>(payload.get(end + 1..)?).ok()
    };
    let offered = stored.filter_map(|call| body(&call.payload)).next_back();
    let set = entry.get("keys").cloned().or(offered).unwrap_or_default();
    let named = |key: &Value| kid.is_none_or(|kid| key["kid"] == kid);
    set["keys"].as_array().into_iter().flatten().filter(|key| named(key)).cloned().collect()
}

fn verify(token: &str, algorithm: &str, key: &Value, entry: &Value, now: f64) -> Result<(), String> {
    if let Some(allowed) = entry["algorithms"].as_array()
        && !allowed.iter().any(|name| name == algorithm)
    {
        return Err("algorithm not allowed".to_owned());
    }
    let options = Some(options(entry, now));
    let jwk = key.to_string();
    type Claims = Map<String, Value>;
    macro_rules! by {
        ($key:ty) => {
            <$key>::from_jwk(&jwk).and_then(|key| key.verify_token::<Claims>(token, options)).map(drop)
        };
    }
    let legacy = entry["mode"] == "legacy-hs256";
    let result = match algorithm {
        "HS256" if legacy => {
            let secret = Base64UrlUnpadded::decode_vec(key.as_str().unwrap()).unwrap();
            HS256Key::from_bytes(&secret).verify_token::<Claims>(token, options).map(drop)
        }
        _ if legacy => return Err("algorithm not allowed".to_owned()),
        "RS256" => by!(RS256PublicKey),
        "RS384" => by!(RS384PublicKey),
        "RS512" => by!(RS512PublicKey),
        "PS256" => by!(PS256PublicKey),
        "PS384" => by!(PS384PublicKey),
        "PS512" => by!(PS512PublicKey),
        "ES256" => by!(ES256PublicKey),
        "ES384" => by!(ES384PublicKey),
        "EdDSA" => by!(Ed25519PublicKey),
        _ => return Err("algorithm not supported".to_owned()),
    };
    result.map_err(|error| error.to_string())
}

fn options(entry: &Value, now: f64) -> VerificationOptions {
    let default_leeway = if entry["mode"] == "legacy-hs256" { 0 } else { 60 };
    let seconds = |value: &Value| value.as_u64().map(Duration::from_secs);
    // The library counts whole seconds.
    let now: u64 = format!("{:.0}", now.floor()).parse().unwrap();
    VerificationOptions {
        allowed_issuers: strings(&entry["issuer"]),
        allowed_audiences: strings(&entry["audience"]),
        time_tolerance: seconds(&entry["leeway"]).or(Some(Duration::from_secs(default_leeway))),
        max_validity: seconds(&entry["max_age"]),
        artificial_time: Some(UnixTimeStamp::from_secs(now)),
        ..Default::default()
    }
}

fn strings(value: &Value) -> Option<HashSet<String>> {
    match value {
        Value::String(text) => Some(HashSet::from([text.clone()])),
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        _ => None,
    }
}

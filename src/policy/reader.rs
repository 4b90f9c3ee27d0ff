//! JSON → [`Policy`]. Unknown members are refused by name: a silently ignored typo would be a hole.

use super::{ClaimNames, IssuerPolicy, KeySource, Kind, Mode, Policy, media_type};
use crate::algorithm::Algorithm;
use crate::base64url;
use crate::json::{self, Object, Value};
use crate::key::KeySet;
use crate::limits;
use crate::signature::PublicKey;
use crate::strict::{Fault, Fields};
use crate::url;
use crate::writer;

const POLICY_MEMBERS: [&str; 2] = ["insecure_hosts", "issuers"];

const ISSUER_MEMBERS: [&str; 18] = [
    "algorithms",
    "audience",
    "authorized_parties",
    "claim_values",
    "claims",
    "issuer",
    "jwks_uri",
    "keys",
    "kinds",
    "leeway",
    "machine_clients",
    "max_age",
    "mode",
    "required_claims",
    "required_scopes",
    "secret",
    "stale_cap",
    "types",
];

const CLAIM_MEMBERS: [&str; 4] = ["email", "roles", "subject", "tenant"];

impl Policy {
    /// Reads a policy; its shape is laid down in `docs/abi.md`.
    ///
    /// # Errors
    ///
    /// [`Fault`] with the place of the first fault: unknown members, missing issuer or audience, values out
    /// of their bounds.
    pub fn from_json(document: &[u8]) -> Result<Self, Fault> {
        read(document)
    }
}

fn read(document: &[u8]) -> Result<Policy, Fault> {
    let (_, object) = json::parse_object(document).map_err(|error| Fault {
        path: String::new(),
        message: format!("not a strict JSON object ({})", error.reason()),
    })?;
    let fields = Fields { object: &object, path: String::new() };
    fields.only(&POLICY_MEMBERS)?;
    let insecure_hosts = fields.strings("insecure_hosts")?.unwrap_or_default();
    let entries = match object.get("issuers") {
        Some(Value::Array(entries)) if entries.is_empty() => return fields.fault("issuers", "is empty"),
        Some(Value::Array(entries)) if entries.len() <= limits::ISSUERS => entries,
        Some(_) => return fields.fault("issuers", "is not a list of 1 to 16 issuer entries"),
        None => return fields.fault("issuers", "is missing"),
    };
    let mut issuers: Vec<IssuerPolicy> = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let path = format!("/issuers/{index}");
        let Value::Object(object) = entry else {
            return Err(Fault { path, message: String::from("is not an object") });
        };
        let fields = Fields { object, path };
        let issuer = read_issuer(&fields, &insecure_hosts)?;
        if issuers.iter().any(|other| overlap(other, &issuer)) {
            return fields.fault("issuer", "names an issuer that stands in an earlier entry already");
        }
        issuers.push(issuer);
    }
    let names: Vec<&String> = issuers.iter().flat_map(|issuer| &issuer.names).collect();
    if writer::strings(&names).len() > limits::NAMES_BYTES {
        return fields.fault("issuers", "hold names of more than 65536 bytes together, as JSON");
    }
    Ok(Policy { insecure_hosts, issuers })
}

fn overlap(one: &IssuerPolicy, other: &IssuerPolicy) -> bool {
    if one.names.is_empty() || other.names.is_empty() {
        return one.names.is_empty() && other.names.is_empty();
    }
    one.names.iter().any(|name| other.names.contains(name))
}

fn read_issuer(fields: &Fields<'_>, insecure_hosts: &[String]) -> Result<IssuerPolicy, Fault> {
    fields.only(&ISSUER_MEMBERS)?;
    let mode = read_mode(fields)?;
    let legacy = mode == Mode::LegacyHs256;
    let names = read_optional_list(fields, "issuer", legacy)?.unwrap_or_default();
    if names.len() > limits::ISSUER_NAMES {
        return fields.fault("issuer", "lists more than 16 names");
    }
    let audience = read_optional_list(fields, "audience", legacy)?;
    let (default_leeway, default_subject) =
        if legacy { (0, "userId") } else { (limits::LEEWAY_DEFAULT, "sub") };
    Ok(IssuerPolicy {
        source: read_source(fields, mode, names.first().map(String::as_str), insecure_hosts)?,
        names,
        audience,
        mode,
        algorithms: read_algorithms(fields, mode)?,
        types: read_types(fields)?,
        leeway: fields.whole("leeway", 0, limits::LEEWAY)?.unwrap_or(default_leeway),
        max_age: fields.whole("max_age", 1, limits::MAX_AGE)?,
        stale_cap: fields.whole("stale_cap", 0, limits::STALE_CAP_MAX)?.unwrap_or(limits::STALE_CAP_DEFAULT),
        required_claims: fields.strings("required_claims")?.unwrap_or_default(),
        claim_values: read_claim_values(fields)?,
        required_scopes: read_scopes(fields)?,
        authorized_parties: fields.filled("authorized_parties")?,
        kinds: read_kinds(fields)?,
        machine_clients: fields.strings("machine_clients")?.unwrap_or_default(),
        claims: read_claim_names(fields, default_subject)?,
    })
}

fn read_mode(fields: &Fields<'_>) -> Result<Mode, Fault> {
    match fields.string("mode")? {
        None | Some("federated-jwks") => Ok(Mode::FederatedJwks),
        Some("legacy-hs256") => Ok(Mode::LegacyHs256),
        Some(_) => fields.fault("mode", "is neither `federated-jwks` nor `legacy-hs256`"),
    }
}

/// `issuer` and `audience`: switching the check off must be spelt out, and is for legacy tokens only.
fn read_optional_list(fields: &Fields<'_>, name: &str, legacy: bool) -> Result<Option<Vec<String>>, Fault> {
    match fields.object.get(name) {
        None => fields.fault(name, "is missing; name what is accepted"),
        Some(Value::Null) if legacy => Ok(None),
        Some(Value::Null) => fields.fault(name, "may be null in mode `legacy-hs256` only"),
        Some(Value::String(_)) => Ok(fields.name(name)?.map(|text| vec![text.to_owned()])),
        Some(_) => fields.filled(name),
    }
}

fn read_source(
    fields: &Fields<'_>,
    mode: Mode,
    issuer: Option<&str>,
    insecure_hosts: &[String],
) -> Result<KeySource, Fault> {
    if mode == Mode::LegacyHs256 {
        for name in ["jwks_uri", "keys"] {
            if fields.object.get(name).is_some() {
                return fields.fault(name, "has no meaning in mode `legacy-hs256`");
            }
        }
        // Not a name: it may be longer than one.
        let secret = fields.object.get("secret").and_then(Value::as_str);
        let secret = secret.and_then(|text| base64url::decode(text.as_bytes()));
        return match (fields.object.get("secret"), secret) {
            (None, _) => fields.fault("secret", "is missing"),
            (_, None) => fields.fault("secret", "is not base64url without padding"),
            (_, Some(bytes)) => match PublicKey::secret(&bytes) {
                Ok(key) => Ok(KeySource::Secret(key)),
                Err(_) => fields.fault("secret", "is shorter than 32 bytes (RFC 7518 section 3.2)"),
            },
        };
    }
    if fields.object.get("secret").is_some() {
        return fields.fault("secret", "is for mode `legacy-hs256` only");
    }
    match (fields.string("jwks_uri")?, fields.object.get("keys")) {
        (Some(_), Some(_)) => fields.fault("keys", "may not stand together with jwks_uri"),
        (Some(uri), None) if url::is_fetchable(uri, insecure_hosts) => Ok(KeySource::JwksUri(uri.to_owned())),
        (Some(_), None) => fields.fault(
            "jwks_uri",
            "is not an https URL of at most 1024 bytes (http on loopback or insecure_hosts only)",
        ),
        (None, Some(keys)) => read_static(fields, keys),
        (None, None) if issuer.is_some_and(|name| url::is_fetchable(name, insecure_hosts)) => {
            Ok(KeySource::Discovery)
        }
        (None, None) => fields.fault(
            "issuer",
            "begins with a name that is not an https URL, so there is no discovery; give jwks_uri or keys",
        ),
    }
}

fn read_static(fields: &Fields<'_>, keys: &Value<'_>) -> Result<KeySource, Fault> {
    let Value::Object(object) = keys else {
        return fields.fault("keys", "is not a JWK Set object");
    };
    match KeySet::from_object(object) {
        Err(reason) => fields.fault("keys", &format!("is not a JWK Set ({reason})")),
        Ok(set) if set.keys.is_empty() => {
            let reason = set.skipped.first().map_or("no keys", |skipped| skipped.reason);
            fields.fault("keys", &format!("holds no usable key ({reason})"))
        }
        Ok(set) => Ok(KeySource::Static(set)),
    }
}

fn read_algorithms(fields: &Fields<'_>, mode: Mode) -> Result<Vec<Algorithm>, Fault> {
    let legacy = mode == Mode::LegacyHs256;
    let Some(names) = fields.filled("algorithms")? else {
        return Ok(Algorithm::ALL
            .into_iter()
            .filter(|algorithm| algorithm.is_symmetric() == legacy)
            .collect());
    };
    let mut algorithms = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        match Algorithm::from_name(name) {
            None => {
                return fields.item_fault(
                    "algorithms",
                    index,
                    &format!("`{name}` is not an algorithm that is supported"),
                );
            }
            Some(algorithm) if algorithm.is_symmetric() != legacy => {
                return fields.item_fault(
                    "algorithms",
                    index,
                    "HS256 goes with mode `legacy-hs256`, and nothing else does",
                );
            }
            Some(algorithm) => algorithms.push(algorithm),
        }
    }
    algorithms.sort_unstable();
    algorithms.dedup();
    Ok(algorithms)
}

fn read_types(fields: &Fields<'_>) -> Result<Vec<String>, Fault> {
    let types = match fields.object.get("types") {
        None => vec![String::new(), String::from("JWT"), String::from("at+jwt")],
        Some(value) => match value.as_strings() {
            Some(types) if !types.is_empty() && types.len() <= limits::POLICY_ITEMS => {
                types.into_iter().map(str::to_owned).collect()
            }
            _ => return fields.fault("types", "is not a list of strings, or is empty"),
        },
    };
    let same = |name: &String| !name.is_empty() && media_type(name).is_empty();
    if let Some(index) = types.iter().position(same) {
        return fields.item_fault("types", index, "is no media type; `\"\"` stands for an absent `typ`");
    }
    let mut types: Vec<String> = types.iter().map(|name| media_type(name)).collect();
    types.sort_unstable();
    types.dedup();
    Ok(types)
}

fn read_kinds(fields: &Fields<'_>) -> Result<Vec<Kind>, Fault> {
    let Some(names) = fields.filled("kinds")? else {
        return Ok(vec![Kind::Machine, Kind::User]);
    };
    let mut kinds = Vec::new();
    for (index, name) in names.iter().enumerate() {
        kinds.push(match name.as_str() {
            "machine" => Kind::Machine,
            "user" => Kind::User,
            _ => {
                let message = format!("`{name}` is neither `user` nor `machine`");
                return fields.item_fault("kinds", index, &message);
            }
        });
    }
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

/// A scope holds no space (RFC 6749 section 3.3), and goes into a quoted header parameter.
fn read_scopes(fields: &Fields<'_>) -> Result<Vec<String>, Fault> {
    let scopes = fields.strings("required_scopes")?.unwrap_or_default();
    for (index, scope) in scopes.iter().enumerate() {
        if !scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)) {
            return fields.item_fault("required_scopes", index, "is not one scope (RFC 6749 section 3.3)");
        }
    }
    Ok(scopes)
}

fn read_claim_values(fields: &Fields<'_>) -> Result<Vec<(String, Vec<String>)>, Fault> {
    let Some(values) = fields.object("claim_values")? else {
        return Ok(Vec::new());
    };
    let mut list = Vec::new();
    for (name, _) in values.object.iter() {
        if list.len() >= limits::POLICY_ITEMS || name.len() > limits::POLICY_STRING_BYTES {
            return fields.fault("claim_values", "names more than 64 claims, or one of more than 1024 bytes");
        }
        list.push((name.to_owned(), values.filled(name)?.unwrap_or_default()));
    }
    list.sort_unstable();
    Ok(list)
}

fn read_claim_names(fields: &Fields<'_>, default_subject: &str) -> Result<ClaimNames, Fault> {
    let empty = Object::default();
    let names = fields.object("claims")?.unwrap_or_else(|| Fields { object: &empty, path: String::new() });
    names.only(&CLAIM_MEMBERS)?;
    let name = |member, default: &str| Ok(names.name(member)?.unwrap_or(default).to_owned());
    Ok(ClaimNames {
        subject: name("subject", default_subject)?,
        tenant: name("tenant", "tenantId")?,
        roles: name("roles", "roles")?,
        email: name("email", "email")?,
    })
}

//! What a token shows by itself and beside its issuer's documents. Read without proof; only the verdict is one.

mod audience;
mod claims;
mod issuer;
mod signature;

use super::case::Case;
use super::catalogue::token as rows;
use super::finding::{Evidence, Findings};
use authn::Algorithm;
use authn::Code;
use authn::base64url;
use authn::json::{self, Object, Value};
use authn::policy::{IssuerPolicy, presented_type};
use authn::token::{Parts, check_form, check_parts, check_size};
use authn::{Details, Rejection};

/// What findings on the token are about.
pub(super) const SUBJECT: &str = "token";

/// Header and claims as they stand in the token. Unlike the verifier, this reads on where it can.
pub(super) struct Seen<'d> {
    header: Object<'d>,
    claims: Object<'d>,
}

impl<'d> Seen<'d> {
    pub(super) fn new(parts: &'d Parts) -> Option<Self> {
        let (_, header) = json::parse_object(parts.header.as_deref()?).ok()?;
        let (_, claims) = json::parse_object(parts.payload.as_deref()?).ok()?;
        Some(Self { header, claims })
    }

    pub(super) fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    pub(super) fn header(&self, name: &str) -> Option<&Value<'d>> {
        self.header.get(name)
    }

    pub(super) fn header_text(&self, name: &str) -> Option<&str> {
        self.header(name).and_then(Value::as_str)
    }

    pub(super) fn claim(&self, name: &str) -> Option<&Value<'d>> {
        self.claims.get(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.claim(name).and_then(Value::as_str)
    }

    /// Signed with a shared secret.
    pub(super) fn is_symmetric(&self) -> bool {
        self.header_text("alg").is_some_and(|name| name.starts_with("HS"))
    }
}

/// The parts of a signed token; of nothing else.
pub(super) fn decode(token: &str) -> Option<Parts> {
    let token = token.as_bytes();
    check_size(token).and_then(|()| check_form(token)).ok().map(|()| Parts::decode(token))
}

pub(super) fn examine(case: &Case<'_>, findings: &mut Findings) {
    if let Some(token) = case.token {
        form(token, findings);
    }
    let Some(seen) = case.seen else {
        return;
    };
    let entry = entry_of(case, seen);
    issuer::examine(case, seen, findings);
    header(seen, entry, findings);
    kind(seen, entry, findings);
    signature::examine(case, seen, entry, findings);
    claims::examine(case, seen, entry, findings);
    audience::examine(seen, entry, findings);
}

/// The entry that the verifier would pick.
fn entry_of<'c>(case: &Case<'c>, seen: &Seen<'_>) -> Option<&'c IssuerPolicy> {
    let issuer = seen.issuer();
    case.policy?.issuers.iter().find(|entry| match issuer {
        None => entry.names.is_empty(),
        Some(issuer) => entry.names.iter().any(|name| name == issuer),
    })
}

/// Is it a signed token in compact form at all?
fn form(token: &str, findings: &mut Findings) {
    let Some(fault) = fault(token.as_bytes()) else {
        return;
    };
    let Rejection { code, details, .. } = fault;
    let Details { part, reason, claim, .. } = *details;
    let mut evidence = Evidence::new();
    evidence.count("bytes", token.len());
    match (code, reason) {
        (Code::EncryptedToken, _) => {
            let header = token.split('.').next().and_then(|text| base64url::decode(text.as_bytes()));
            let header = header.as_deref().and_then(|bytes| json::parse_object(bytes).ok());
            for name in ["alg", "enc", "typ"] {
                let value = header.as_ref().and_then(|(_, header)| header.get(name)).and_then(Value::as_str);
                evidence.optional(name, value);
            }
            findings.add(&rows::TOKEN_ENCRYPTED, SUBJECT, &[], &mut evidence);
        }
        (Code::TokenTooLarge, _) => {
            findings.add(&rows::TOKEN_TOO_LARGE, SUBJECT, &[&token.len().to_string()], &mut evidence);
        }
        (_, Some("opaque_token")) => findings.add(&rows::TOKEN_OPAQUE, SUBJECT, &[], &mut evidence),
        (_, reason) => {
            let reason = reason.unwrap_or("empty");
            evidence.optional("part", part).text("reason", reason).optional("parameter", claim.as_deref());
            findings.add(&rows::TOKEN_MALFORMED, SUBJECT, &[reason], &mut evidence);
        }
    }
}

/// As the verifier would say it; a header that it refuses is another matter.
fn fault(token: &[u8]) -> Option<Rejection> {
    check_size(token).and_then(|()| check_form(token)).err().or_else(|| {
        let read = check_parts(&Parts::decode(token));
        read.err().filter(|rejection| rejection.code == Code::Malformed)
    })
}

fn header(seen: &Seen<'_>, entry: Option<&IssuerPolicy>, findings: &mut Findings) {
    let brought: Vec<&str> =
        ["jku", "jwk", "x5c", "x5u"].into_iter().filter(|name| seen.header(name).is_some()).collect();
    if !brought.is_empty() {
        let mut evidence = Evidence::new();
        evidence.texts("parameters", &brought);
        findings.add(&rows::HEADER_CARRIES_KEY, SUBJECT, &[&brought.join(", ")], &mut evidence);
    }
    let (Some(name), Some(entry)) = (seen.header_text("alg"), entry) else {
        return;
    };
    if !entry.algorithms.iter().any(|algorithm| algorithm.name() == name) {
        let allowed: Vec<&str> =
            entry.algorithms.iter().map(|algorithm| Algorithm::name(*algorithm)).collect();
        let mut evidence = Evidence::new();
        evidence.text("alg", name).texts("allowed", &allowed);
        findings.add(&rows::TOKEN_ALGORITHM_NOT_ALLOWED, SUBJECT, &[name], &mut evidence);
    }
}

/// `typ` and the claims that give a token's purpose away.
fn kind(seen: &Seen<'_>, entry: Option<&IssuerPolicy>, findings: &mut Findings) {
    let typ = presented_type(seen.header_text("typ"));
    let mut evidence = Evidence::new();
    evidence.text("typ", &typ);
    let logout = match seen.claim("events") {
        Some(Value::Object(events)) => {
            events.get("http://schemas.openid.net/event/backchannel-logout").is_some()
        }
        _ => typ == "logout+jwt",
    };
    if logout {
        findings.add(&rows::TOKEN_IS_LOGOUT_TOKEN, SUBJECT, &[], &mut evidence);
    } else if typ.contains("dpop") {
        findings.add(&rows::TOKEN_IS_DPOP, SUBJECT, &[&typ], &mut evidence);
    } else if let Some(entry) = entry.filter(|entry| !entry.types.contains(&typ)) {
        evidence.texts("accepted", &entry.types);
        let shown = if typ.is_empty() { "none" } else { &typ };
        findings.add(&rows::TOKEN_TYPE_NOT_ACCEPTED, SUBJECT, &[shown], &mut evidence);
    } else {
        id_token(seen, findings);
    }
}

/// Best effort: an issuer may put any claim anywhere.
fn id_token(seen: &Seen<'_>, findings: &mut Findings) {
    let has = |name: &&str| seen.claim(name).is_some();
    let mut signs: Vec<String> = ["at_hash", "c_hash", "s_hash"]
        .iter()
        .filter(|name| has(name))
        .map(|name| format!("has {name}"))
        .collect();
    let access = ["azp", "client_id", "jti", "scope", "uid"];
    if has(&"nonce") && !access.iter().any(has) {
        signs.push(String::from("has nonce, and none of azp, client_id, jti, scope, uid"));
    }
    if !signs.is_empty() {
        let mut evidence = Evidence::new();
        evidence.texts("signs", &signs);
        findings.add(&rows::TOKEN_IS_ID_TOKEN, SUBJECT, &[&signs.join("; ")], &mut evidence);
    }
}

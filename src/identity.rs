//! Claims → Identity: who the token speaks for, in the family's frozen words. Nothing is guessed: a claim of an
//! unexpected type leaves the identity without that right.

use crate::claims::Claims;
use crate::json::Value;
use crate::policy::{IssuerPolicy, Kind, Mode};
use crate::token::Header;
use crate::writer::ObjectWriter;

/// Who an accepted token speaks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The subject claim of the policy (`sub`, or `userId` in legacy mode); never empty. Unique per issuer only.
    pub user_id: String,
    /// `None` is "unresolved", never a wildcard.
    pub tenant_id: Option<String>,
    /// Empty is "unprivileged".
    pub roles: Vec<String>,
    /// The e-mail claim, unverified by itself.
    pub email: Option<String>,
    /// How the token was verified.
    pub auth_mode: Mode,
    /// `iat`, seconds since the epoch.
    pub issued_at: Option<f64>,
    /// `exp`, seconds since the epoch.
    pub expires_at: f64,
    /// `iss`.
    pub issuer: Option<String>,
    /// The payload as it came in, a JSON object.
    pub claims: String,
}

/// What is known of an accepted token itself.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenFacts {
    /// `alg`.
    pub alg: &'static str,
    /// `kid`.
    pub kid: Option<String>,
    /// `typ` as it came in.
    pub typ: Option<String>,
    /// `jti`.
    pub jti: Option<String>,
    /// `sid`.
    pub sid: Option<String>,
    /// `azp`, or `client_id` where there is none.
    pub azp: Option<String>,
    /// The words of `scope` (RFC 8693 section 4.2).
    pub scopes: Vec<String>,
    /// Whether a person or a client is the subject.
    pub kind: Kind,
}

impl Identity {
    pub(crate) fn new(user_id: &str, expires_at: f64, claims: &Claims<'_>, policy: &IssuerPolicy) -> Self {
        let names = &policy.claims;
        Self {
            user_id: user_id.to_owned(),
            tenant_id: claims.text(&names.tenant),
            roles: roles(claims.get(&names.roles)),
            email: claims.text(&names.email),
            auth_mode: policy.mode,
            issued_at: claims.get("iat").and_then(Value::as_number),
            expires_at,
            issuer: claims.text("iss"),
            claims: claims.raw().to_owned(),
        }
    }

    pub(crate) fn to_json(&self) -> String {
        let mut json = ObjectWriter::new();
        json.string("userId", &self.user_id);
        match &self.tenant_id {
            Some(tenant) => json.string("tenantId", tenant),
            None => json.raw("tenantId", "null"),
        };
        json.strings("roles", &self.roles)
            .optional("email", self.email.as_deref())
            .string("authMode", self.auth_mode.name());
        if let Some(seconds) = self.issued_at {
            json.number("issuedAt", seconds);
        }
        json.number("expiresAt", self.expires_at)
            .optional("issuer", self.issuer.as_deref())
            .raw("claims", &self.claims)
            .finish()
    }
}

impl TokenFacts {
    pub(crate) fn new(header: &Header<'_>, claims: &Claims<'_>, kind: Kind) -> Self {
        Self {
            alg: header.algorithm_name(),
            kid: header.kid.as_deref().map(str::to_owned),
            typ: header.typ.as_deref().map(str::to_owned),
            jti: claims.text("jti"),
            sid: claims.text("sid"),
            azp: claims.authorized_party().map(str::to_owned),
            scopes: claims.scopes().iter().map(|&scope| scope.to_owned()).collect(),
            kind,
        }
    }

    pub(crate) fn to_json(&self) -> String {
        ObjectWriter::new()
            .string("alg", self.alg)
            .optional("kid", self.kid.as_deref())
            .optional("typ", self.typ.as_deref())
            .optional("jti", self.jti.as_deref())
            .optional("sid", self.sid.as_deref())
            .optional("azp", self.azp.as_deref())
            .strings("scopes", &self.scopes)
            .string("kind", self.kind.name())
            .finish()
    }
}

/// An array of strings, or one string; anything else grants nothing.
fn roles(claim: Option<&Value<'_>>) -> Vec<String> {
    match claim {
        Some(Value::String(role)) if !role.is_empty() => vec![role.to_string()],
        Some(value) => value.as_strings().unwrap_or_default().into_iter().map(str::to_owned).collect(),
        None => Vec::new(),
    }
}

//! What one app accepts, typed so that a half-filled policy cannot exist. Reading it is in `policy/reader.rs`.

mod fingerprint;
mod reader;

use crate::algorithm::Algorithm;
use crate::key::KeySet;
use crate::signature::PublicKey;

/// What one app accepts: issuers, and for each of them algorithms, audiences, keys and claims.
///
/// ```
/// let policy = authn::Policy::from_json(
///     br#"{"issuers":[{"issuer":"https://id.example/","audience":"keys-app"}]}"#,
/// )?;
/// assert_eq!(policy.fingerprint().len(), 64);
/// # Ok::<(), authn::Fault>(())
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    pub insecure_hosts: Vec<String>,
    pub issuers: Vec<IssuerPolicy>,
}

/// What is accepted from one issuer.
#[derive(Clone, Debug)]
pub struct IssuerPolicy {
    /// Allowed `iss` strings; empty when a token must have none (legacy only).
    pub names: Vec<String>,
    /// Allowed audiences; `None` when not checked (legacy only, spelt out as `null`).
    pub audience: Option<Vec<String>>,
    pub mode: Mode,
    pub algorithms: Vec<Algorithm>,
    pub source: KeySource,
    /// Allowed `typ` values, lower case, without `application/`; empty string for an absent one.
    pub types: Vec<String>,
    pub leeway: u32,
    pub max_age: Option<u32>,
    pub stale_cap: u32,
    pub required_claims: Vec<String>,
    pub claim_values: Vec<(String, Vec<String>)>,
    pub required_scopes: Vec<String>,
    pub authorized_parties: Option<Vec<String>>,
    pub kinds: Vec<Kind>,
    pub machine_clients: Vec<String>,
    pub claims: ClaimNames,
}

/// How tokens of an issuer are verified; the family's frozen words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Public keys that the issuer publishes.
    FederatedJwks,
    /// A secret shared with the issuer; whoever holds it can mint tokens.
    LegacyHs256,
}

impl Mode {
    /// The word used in policies and identities.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FederatedJwks => "federated-jwks",
            Self::LegacyHs256 => "legacy-hs256",
        }
    }
}

/// The kinds of subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A client acting for itself (RFC 6749 section 4.4).
    Machine,
    /// A person, as far as token and policy tell.
    User,
}

impl Kind {
    /// The word used in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::User => "user",
        }
    }
}

/// Where an issuer's keys come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// The discovery document of the first issuer string says.
    Discovery,
    /// This URL.
    JwksUri(String),
    /// A shared secret.
    Secret(PublicKey),
    /// Keys in the policy.
    Static(KeySet),
}

impl KeySource {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::JwksUri(_) => "jwks_uri",
            Self::Secret(_) => "secret",
            Self::Static(_) => "static",
        }
    }
}

/// Which top-level claims the identity is read from.
#[derive(Clone, Debug)]
pub struct ClaimNames {
    pub subject: String,
    pub tenant: String,
    pub roles: String,
    pub email: String,
}

impl Policy {
    /// Names of every entry, and where its keys come from.
    pub fn sources(&self) -> impl Iterator<Item = (&[String], &'static str)> {
        self.issuers.iter().map(|issuer| (issuer.names.as_slice(), issuer.source.name()))
    }
}

/// RFC 7515 section 4.1.9: compared without case, and `application/` may be left out.
pub fn media_type(typ: &str) -> String {
    let typ = typ.to_ascii_lowercase();
    match typ.strip_prefix("application/") {
        Some(rest) if !rest.contains('/') => rest.to_owned(),
        _ => typ,
    }
}

/// The `typ` of a token as an entry's `types` have it: empty when absent. A present one that names nothing becomes what
/// no policy can list.
pub fn presented_type(typ: Option<&str>) -> String {
    match typ.map(media_type) {
        None => String::new(),
        Some(nothing) if nothing.is_empty() => String::from("application/"),
        Some(typ) => typ,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(document: &str) -> (String, String) {
        Policy::from_json(document.as_bytes())
            .map_or_else(|error| (error.path, error.message), |_| Default::default())
    }

    fn entry(members: &str) -> String {
        format!(r#"{{"issuers":[{{"issuer":"https://id.example/","audience":"app",{members}}}]}}"#)
    }

    #[test]
    fn a_fault_is_named_with_its_place() {
        for (document, path, word) in [
            ("", "", "JSON"),
            ("{}", "/issuers", "missing"),
            (r#"{"issuers":[]}"#, "/issuers", "empty"),
            (r#"{"issuers":[{"audience":"a"}]}"#, "/issuers/0/issuer", "missing"),
            (r#"{"issuers":[{"issuer":"https://a/"}]}"#, "/issuers/0/audience", "missing"),
            (r#"{"issuers":[{"issuer":null,"audience":"a"}]}"#, "/issuers/0/issuer", "legacy-hs256"),
            (
                r#"{"issuers":[{"issuer":"https://a/","audience":null}]}"#,
                "/issuers/0/audience",
                "legacy-hs256",
            ),
            (r#"{"issuers":[{"issuer":"https://a/","audience":[]}]}"#, "/issuers/0/audience", "empty"),
            (r#"{"issuers":[{"issuer":"id","audience":"a"}]}"#, "/issuers/0/issuer", "jwks_uri"),
            (r#"{"issuers":[],"isuers":1}"#, "/isuers", "unknown"),
            (&entry(r#""audiense":"b""#), "/issuers/0/audiense", "unknown"),
            (&entry(r#""algorithms":["HS256"]"#), "/issuers/0/algorithms/0", "legacy-hs256"),
            (&entry(r#""algorithms":["none"]"#), "/issuers/0/algorithms/0", "`none`"),
            (&entry(r#""leeway":301"#), "/issuers/0/leeway", "300"),
            (&entry(r#""leeway":1.5"#), "/issuers/0/leeway", "whole"),
            (&entry(r#""leeway":"60""#), "/issuers/0/leeway", "whole"),
            (&entry(r#""secret":"x""#), "/issuers/0/secret", "legacy-hs256"),
            (&entry(r#""mode":"legacy-hs256""#), "/issuers/0/secret", "missing"),
            (&entry(r#""mode":"legacy-hs256","secret":"c2hvcnQ""#), "/issuers/0/secret", "32 bytes"),
            (&entry(r#""jwks_uri":"http://id.example/""#), "/issuers/0/jwks_uri", "https"),
            (&entry(r#""jwks_uri":"https://a/","keys":{"keys":[]}"#), "/issuers/0/keys", "jwks_uri"),
            (&entry(r#""keys":{"keys":[]}"#), "/issuers/0/keys", "no usable key"),
            (&entry(r#""kinds":["robot"]"#), "/issuers/0/kinds/0", "`robot`"),
            (&entry(r#""claims":{"sub":"x"}"#), "/issuers/0/claims/sub", "unknown"),
            (&entry(r#""claim_values":{"tid":[]}"#), "/issuers/0/claim_values/tid", "empty"),
            (&entry(r#""claim_values":{"a/b~c":"x"}"#), "/issuers/0/claim_values/a~1b~0c", "list"),
        ] {
            let (at, message) = fault(document);
            assert_eq!(at, path, "{document}: {message}");
            assert!(message.contains(word), "{document}: {message}");
        }
        let twice =
            r#"{"issuers":[{"issuer":"https://a/","audience":"x"},{"issuer":"https://a/","audience":"y"}]}"#;
        assert_eq!(fault(twice).0, "/issuers/1/issuer");
    }

    #[test]
    fn a_fingerprint_ignores_order_and_spelt_out_defaults() {
        let fingerprint =
            |document: &str| Policy::from_json(document.as_bytes()).map(|policy| policy.fingerprint());
        let short = entry(r#""algorithms":["RS256","ES256"]"#);
        let long = entry(
            r#""leeway":60,"mode":"federated-jwks","algorithms":["ES256","RS256"],"required_claims":[]"#,
        );
        assert_eq!(fingerprint(&short), fingerprint(&long));
        assert_ne!(fingerprint(&short), fingerprint(&entry(r#""leeway":61,"algorithms":["RS256","ES256"]"#)));
    }
}

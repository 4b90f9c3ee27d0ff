//! Where the keys of an issuer come from, and what a discovery document must say.

use super::stored::{KeyState, generation};
use crate::fetched::Document;
use crate::json::{self, Value};
use crate::limits;
use crate::policy::{IssuerPolicy, KeySource};
use crate::url;

#[derive(Clone, Debug)]
pub(super) enum Source {
    Discovery {
        url: String,
        jwks_uri: Option<String>,
    },
    JwksUri(String),
    /// `skipped` as in the status.
    Fixed {
        state: KeyState,
        keys: usize,
        skipped: String,
        generation: String,
    },
}

impl Source {
    pub(super) fn new(policy: &IssuerPolicy) -> Self {
        match &policy.source {
            KeySource::Secret(_) => Self::Fixed {
                state: KeyState::Secret,
                keys: 1,
                skipped: String::from("[]"),
                generation: String::from("secret"),
            },
            KeySource::Static(set) => Self::Fixed {
                state: KeyState::Static,
                keys: set.keys.len(),
                skipped: set.skipped_json(),
                generation: generation(set),
            },
            KeySource::JwksUri(uri) => Self::JwksUri(uri.clone()),
            KeySource::Discovery => {
                let issuer = policy.names.first().map(String::as_str).unwrap_or_default();
                Self::Discovery { url: url::discovery(issuer), jwks_uri: None }
            }
        }
    }

    /// What to fetch next, and from where; nothing where keys are fixed.
    pub(super) fn document(&self) -> Option<(Document, &str)> {
        match self {
            Self::Fixed { .. } => None,
            Self::JwksUri(url) | Self::Discovery { jwks_uri: Some(url), .. } => Some((Document::KeySet, url)),
            Self::Discovery { url, jwks_uri: None } => Some((Document::Discovery, url)),
        }
    }

    /// Where every fetch of the entry begins, whatever discovery led to.
    pub(super) fn begin(&self) -> &str {
        match self {
            Self::Fixed { .. } => "",
            Self::JwksUri(url) | Self::Discovery { url, .. } => url,
        }
    }

    /// Remembers where discovery led to, or forgets it.
    pub(super) fn set_jwks_uri(&mut self, found: Option<String>) {
        if let Self::Discovery { jwks_uri, .. } = self {
            *jwks_uri = found;
        }
    }

    /// The URL of the key set in a discovery document of the issuer of these names.
    ///
    /// # Errors
    /// Why the document is refused, as in `docs/abi.md`, "Offering keys".
    pub(super) fn read_discovery(
        &self,
        body: &[u8],
        names: &[String],
        insecure_hosts: &[String],
    ) -> Result<String, &'static str> {
        if !matches!(self, Self::Discovery { .. }) {
            return Err("not_asked_for");
        }
        if body.len() > limits::KEY_SET_BYTES {
            return Err("too_large");
        }
        let (_, document) = json::parse_object(body).map_err(|error| match error {
            json::JsonError::NotAnObject => "not_an_object",
            _ => "not_json",
        })?;
        // OpenID Connect Discovery 1.0 section 4.3: it must be the issuer that was asked, byte for byte.
        match document.get("issuer") {
            Some(Value::String(name)) if names.first().is_some_and(|first| first == name) => {}
            _ => return Err("issuer_mismatch"),
        }
        match document.get("jwks_uri").and_then(Value::as_str) {
            None => Err("no_jwks_uri"),
            Some(uri) if url::is_fetchable(uri, insecure_hosts) => Ok(uri.to_owned()),
            Some(_) => Err("insecure_url"),
        }
    }
}

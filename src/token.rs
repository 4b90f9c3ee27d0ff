//! Bytes → a parsed, still unverified token: strict compact JWS (RFC 7515 section 7.1). Nothing here is trusted.

use std::borrow::Cow;

use crate::algorithm::Algorithm;
use crate::base64url;
use crate::code::Code;
use crate::json::{self, Object, Value};
use crate::limits;
use crate::rejection::{Details, Rejection};

/// What a token looks like before anything of it is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenForm {
    /// Three parts: a signed token in compact form (RFC 7515 section 7.1).
    Jws,
    /// Five parts: an encrypted token in compact form (RFC 7516 section 7.1).
    Jwe,
    /// No dot in it: an API token or a session id.
    Opaque,
    /// None of these.
    Malformed,
}

impl TokenForm {
    pub fn of(token: &[u8]) -> Self {
        match token.iter().filter(|byte| **byte == b'.').count() {
            2 => Self::Jws,
            4 => Self::Jwe,
            0 if !token.is_empty() && !token.starts_with(b"{") => Self::Opaque,
            _ => Self::Malformed,
        }
    }

    /// The word used in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jws => "jws",
            Self::Jwe => "jwe",
            Self::Opaque => "opaque",
            Self::Malformed => "malformed",
        }
    }
}

/// The decoded parts of a token, `None` where one is not base64url; parsing borrows from them.
pub struct Parts {
    pub header: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
    pub signature: Option<Vec<u8>>,
}

/// The header parameters that are read; keys and URLs that a header may carry (`jwk`, `jku`, `x5c`, `x5u`) are not.
pub struct Header<'p> {
    alg: Cow<'p, str>,
    pub kid: Option<Cow<'p, str>>,
    pub typ: Option<Cow<'p, str>>,
}

impl Header<'_> {
    /// The algorithm, if it is one of the closed list.
    pub fn algorithm(&self) -> Option<Algorithm> {
        Algorithm::from_name(&self.alg)
    }

    /// Its name; empty for one that is not in the list.
    pub fn algorithm_name(&self) -> &'static str {
        self.algorithm().map_or("", Algorithm::name)
    }
}

/// The token in the value of an `Authorization` header (RFC 6750 section 2.1); the scheme is case-insensitive
/// (RFC 9110 section 11.1).
pub fn from_authorization(value: &[u8]) -> Result<&[u8], Rejection> {
    let value = value.trim_ascii();
    let end = value.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(value.len());
    let (scheme, rest) = value.split_at_checked(end).unwrap_or((value, b""));
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        // Two headers that a host joined with a comma: a token among them must not pass unseen.
        return Err(if value.contains(&b',') && contains_bearer(value) {
            Rejection::because(Code::InvalidRequest, "several_credentials")
        } else {
            Rejection::new(Code::NoToken)
        });
    }
    let token = rest.trim_ascii_start();
    if token.is_empty() {
        return Err(Rejection::because(Code::InvalidRequest, "no_credentials"));
    }
    if token.iter().any(|byte| matches!(byte, b' ' | b'\t' | b',')) {
        return Err(Rejection::because(Code::InvalidRequest, "several_credentials"));
    }
    Ok(token)
}

fn contains_bearer(value: &[u8]) -> bool {
    value.split(|byte| *byte == b',').any(|part| {
        let part = part.trim_ascii();
        part.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
    })
}

/// There is a token, and it is not too long.
pub fn check_size(token: &[u8]) -> Result<(), Rejection> {
    if token.is_empty() {
        return Err(Rejection::new(Code::NoToken));
    }
    if token.len() > limits::TOKEN_BYTES {
        return Err(Rejection::new(Code::TokenTooLarge));
    }
    Ok(())
}

/// The token is a signed one in compact form.
pub fn check_form(token: &[u8]) -> Result<(), Rejection> {
    match TokenForm::of(token) {
        TokenForm::Jws => Ok(()),
        TokenForm::Jwe => Err(Rejection::new(Code::EncryptedToken)),
        TokenForm::Opaque => Err(Rejection::because(Code::Malformed, "opaque_token")),
        TokenForm::Malformed if token.starts_with(b"{") => {
            Err(Rejection::because(Code::Malformed, "json_serialization"))
        }
        TokenForm::Malformed => Err(Rejection::because(Code::Malformed, "wrong_number_of_parts")),
    }
}

/// What is signed: everything before the last dot, as it arrived.
pub fn signing_input(token: &[u8]) -> &[u8] {
    let end = token.iter().rposition(|byte| *byte == b'.').unwrap_or_default();
    token.get(..end).unwrap_or_default()
}

impl Parts {
    /// Decodes the first three parts.
    pub fn decode(token: &[u8]) -> Self {
        let mut texts = token.split(|byte| *byte == b'.');
        let mut next = || base64url::decode(texts.next().unwrap_or_default());
        Self { header: next(), payload: next(), signature: next() }
    }

    /// Every part has the one spelling that base64url gives it.
    pub fn check_encoding(&self) -> Result<(), Rejection> {
        for (part, bytes) in
            [("header", &self.header), ("payload", &self.payload), ("signature", &self.signature)]
        {
            if bytes.is_none() {
                return Err(malformed(part, "not_base64url"));
            }
        }
        Ok(())
    }
}

/// Parses a decoded part, which must be one strict JSON object.
pub fn read_object<'p>(part: &'static str, bytes: &'p [u8]) -> Result<(&'p str, Object<'p>), Rejection> {
    json::parse_object(bytes).map_err(|error| malformed(part, error.reason()))
}

/// An extension that must be understood is refused (RFC 7515 section 4.1.11; RFC 7797 section 3).
pub fn check_extensions(header: &Object<'_>) -> Result<(), Rejection> {
    for name in ["crit", "b64"] {
        if header.get(name).is_some() {
            let details = Details { part: Some("header"), ..Details::claim(name) };
            return Err(Rejection::with(Code::UnsupportedHeader, details));
        }
    }
    Ok(())
}

/// Everything that can be wrong with the parts whatever the policy, in the order of the pipeline.
pub fn check_parts(parts: &Parts) -> Result<(), Rejection> {
    parts.check_encoding()?;
    let (_, header) = read_object("header", parts.header.as_deref().unwrap_or_default())?;
    read_object("payload", parts.payload.as_deref().unwrap_or_default())?;
    check_extensions(&header)?;
    Header::read(&header).map(drop)
}

impl<'p> Header<'p> {
    /// The parameters of RFC 7515 section 4.1 that a verifier needs.
    pub fn read(header: &Object<'p>) -> Result<Self, Rejection> {
        let alg = text(header, "alg")?.ok_or_else(|| header_fault("alg", "missing"))?;
        Ok(Self { alg, kid: text(header, "kid")?, typ: text(header, "typ")? })
    }
}

fn text<'p>(header: &Object<'p>, name: &str) -> Result<Option<Cow<'p, str>>, Rejection> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(header_fault(name, "not_a_string")),
    }
}

fn header_fault(name: &str, reason: &'static str) -> Rejection {
    let details = Details { part: Some("header"), reason: Some(reason), ..Details::claim(name) };
    Rejection::with(Code::Malformed, details)
}

fn malformed(part: &'static str, reason: &'static str) -> Rejection {
    Rejection::with(Code::Malformed, Details { part: Some(part), reason: Some(reason), ..Details::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authorization(value: &str) -> Result<String, (Code, Option<&'static str>)> {
        from_authorization(value.as_bytes())
            .map(|token| String::from_utf8_lossy(token).into_owned())
            .map_err(|rejection| (rejection.code, rejection.details.reason))
    }

    #[test]
    fn one_bearer_token_is_read() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c", " Bearer a.b.c "] {
            assert_eq!(authorization(value), Ok(String::from("a.b.c")), "{value}");
        }
    }

    #[test]
    fn no_bearer_credentials_is_not_an_error_of_the_request() {
        for value in ["", " ", "Basic dTpw", "Bearerx a.b.c", "Digest a=\"1\", b=\"2\""] {
            assert_eq!(authorization(value), Err((Code::NoToken, None)), "{value}");
        }
    }

    #[test]
    fn unreadable_or_several_credentials_are() {
        for value in ["Bearer", "Bearer "] {
            assert_eq!(authorization(value), Err((Code::InvalidRequest, Some("no_credentials"))), "{value}");
        }
        for value in ["Bearer a b", "Bearer a.b.c, Bearer d.e.f", "Basic dTpw, Bearer a.b.c", "Bearer a,b"] {
            assert_eq!(
                authorization(value),
                Err((Code::InvalidRequest, Some("several_credentials"))),
                "{value}"
            );
        }
    }
}

//! Bytes → a parsed, still unverified token: strict compact JWS (RFC 7515 section 7.1). Nothing here is trusted.

use std::borrow::Cow;

use crate::algorithm::Algorithm;
use crate::base64url;
use crate::code::Code;
use crate::json::{self, Object, Value};
use crate::limits;
use crate::verdict::{Details, Rejection};

/// The decoded parts of a token; parsing borrows from them.
pub(crate) struct Parts<'t> {
    signing_input: &'t [u8],
    header: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// A parsed token whose signature nobody has checked.
pub(crate) struct UnverifiedToken<'p> {
    pub(crate) header: Header<'p>,
    pub(crate) payload: &'p str,
    pub(crate) claims: Object<'p>,
    pub(crate) signing_input: &'p [u8],
    pub(crate) signature: &'p [u8],
}

/// The header parameters that are read; keys and URLs that a header may carry (`jwk`, `jku`, `x5c`, `x5u`) are not.
pub(crate) struct Header<'p> {
    alg: Cow<'p, str>,
    pub(crate) kid: Option<Cow<'p, str>>,
    pub(crate) typ: Option<Cow<'p, str>>,
}

impl Header<'_> {
    /// The algorithm, if it is one of the closed list.
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        Algorithm::from_name(&self.alg)
    }

    /// Its name; empty for one that is not in the list.
    pub(crate) fn algorithm_name(&self) -> &'static str {
        self.algorithm().map_or("", Algorithm::name)
    }
}

/// The token in the value of an `Authorization` header (RFC 6750 section 2.1); the scheme is case-insensitive
/// (RFC 9110 section 11.1).
pub(crate) fn from_authorization(value: &[u8]) -> Result<&[u8], Rejection> {
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

impl<'t> Parts<'t> {
    /// Classifies the token and decodes its parts.
    pub(crate) fn split(token: &'t [u8]) -> Result<Self, Rejection> {
        if token.is_empty() {
            return Err(Rejection::new(Code::NoToken));
        }
        if token.len() > limits::TOKEN_BYTES {
            return Err(Rejection::new(Code::TokenTooLarge));
        }
        match token.iter().filter(|byte| **byte == b'.').count() {
            2 => {}
            4 => return Err(Rejection::new(Code::EncryptedToken)),
            _ if token.starts_with(b"{") => {
                return Err(Rejection::because(Code::Malformed, "json_serialization"));
            }
            0 => return Err(Rejection::because(Code::Malformed, "opaque_token")),
            _ => return Err(Rejection::because(Code::Malformed, "wrong_number_of_parts")),
        }
        let mut parts = token.split(|byte| *byte == b'.');
        let mut next = |part| {
            let text = parts.next().unwrap_or_default();
            base64url::decode(text).map(|bytes| (text, bytes)).ok_or_else(|| malformed(part, "not_base64url"))
        };
        let (header_text, header) = next("header")?;
        let (payload_text, payload) = next("payload")?;
        let (_, signature) = next("signature")?;
        let signing_input = token.get(..header_text.len() + 1 + payload_text.len()).unwrap_or_default();
        Ok(Self { signing_input, header, payload, signature })
    }

    /// Parses header and payload.
    pub(crate) fn parse(&self) -> Result<UnverifiedToken<'_>, Rejection> {
        let (_, header) =
            json::parse_object(&self.header).map_err(|error| malformed("header", error.reason()))?;
        let (payload, claims) =
            json::parse_object(&self.payload).map_err(|error| malformed("payload", error.reason()))?;
        Ok(UnverifiedToken {
            header: parse_header(&header)?,
            payload,
            claims,
            signing_input: self.signing_input,
            signature: &self.signature,
        })
    }
}

/// RFC 7515 section 4.1. An extension that must be understood is refused (sections 4.1.11; RFC 7797 section 3).
fn parse_header<'p>(header: &Object<'p>) -> Result<Header<'p>, Rejection> {
    for name in ["crit", "b64"] {
        if header.get(name).is_some() {
            let details = Details { part: Some("header"), ..Details::claim(name) };
            return Err(Rejection::with(Code::UnsupportedHeader, details));
        }
    }
    let alg = text(header, "alg")?.ok_or_else(|| header_fault("alg", "missing"))?;
    Ok(Header { alg, kid: text(header, "kid")?, typ: text(header, "typ")? })
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

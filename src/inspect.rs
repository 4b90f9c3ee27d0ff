//! Decodes a token without keys and without a policy. Nothing of it is verified, and type and answer say so.

use crate::rejection::Rejection;
use crate::token::{self, Parts, TokenForm};
use crate::writer::ObjectWriter;

/// What a token says of itself. Nobody has checked any of it: it must never decide anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Unverified {
    /// What it looks like.
    pub form: TokenForm,
    /// Its length.
    pub bytes: usize,
    /// The header as it came in, a JSON object.
    pub header: Option<String>,
    /// The payload as it came in, a JSON object.
    pub claims: Option<String>,
    /// The length of the signature; the signature itself is not kept.
    pub signature_bytes: Option<usize>,
    /// Why something could not be decoded: the first fault that a verifier would find.
    pub fault: Option<Rejection>,
}

/// Decodes a token; a five-part (encrypted) one as far as its header. Longer tokens than a verifier reads are not
/// decoded.
///
/// ```
/// use authn::{TokenForm, inspect};
///
/// let unverified = inspect(b"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.");
/// assert_eq!(unverified.form, TokenForm::Jws);
/// assert_eq!(unverified.claims.as_deref(), Some(r#"{"sub":"a"}"#));
/// assert!(inspect(b"2YotnFZFEjr1zCsicMWpAA").fault.is_some());
/// ```
#[must_use]
pub fn inspect(token: &[u8]) -> Unverified {
    let form = TokenForm::of(token);
    let nothing = Unverified {
        form,
        bytes: token.len(),
        header: None,
        claims: None,
        signature_bytes: None,
        fault: None,
    };
    if let Err(fault) = token::check_size(token) {
        return Unverified { fault: Some(fault), ..nothing };
    }
    match form {
        TokenForm::Jws => signed(&Parts::decode(token), nothing),
        TokenForm::Jwe => encrypted(&Parts::decode(token), nothing),
        TokenForm::Opaque | TokenForm::Malformed => {
            Unverified { fault: token::check_form(token).err(), ..nothing }
        }
    }
}

fn signed(parts: &Parts, nothing: Unverified) -> Unverified {
    let header = object("header", parts.header.as_deref());
    let claims = object("payload", parts.payload.as_deref());
    Unverified {
        signature_bytes: parts.signature.as_ref().map(Vec::len),
        fault: parts.check_encoding().err().or(header.1).or(claims.1),
        header: header.0,
        claims: claims.0,
        ..nothing
    }
}

fn encrypted(parts: &Parts, nothing: Unverified) -> Unverified {
    let (header, fault) = object("header", parts.header.as_deref());
    let encoding = parts.header.is_none().then(|| parts.check_encoding().err()).flatten();
    Unverified { header, fault: encoding.or(fault), ..nothing }
}

/// The text of a part that is a JSON object, or the fault; neither where the part could not be decoded.
fn object(part: &'static str, bytes: Option<&[u8]>) -> (Option<String>, Option<Rejection>) {
    match bytes.map(|bytes| token::read_object(part, bytes)) {
        Some(Ok((text, _))) => (Some(text.to_owned()), None),
        Some(Err(fault)) => (None, Some(fault)),
        None => (None, None),
    }
}

impl Unverified {
    /// The answer as the JSON every host reads; its shape is laid down in `docs/abi.md`, "Inspection".
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = ObjectWriter::new();
        json.raw("unverified", "true").string("form", self.form.name()).raw("bytes", &self.bytes.to_string());
        if let Some(header) = &self.header {
            json.raw("header", header);
        }
        if let Some(claims) = &self.claims {
            json.raw("claims", claims);
        }
        if let Some(bytes) = self.signature_bytes {
            json.raw("signature_bytes", &bytes.to_string());
        }
        if let Some(fault) = &self.fault {
            json.raw("fault", &fault_json(fault));
        }
        json.finish()
    }
}

fn fault_json(fault: &Rejection) -> String {
    ObjectWriter::new()
        .string("code", fault.code.name())
        .optional("part", fault.details.part)
        .optional("reason", fault.details.reason)
        .finish()
}

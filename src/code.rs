//! The closed list of reasons a token, or a request, is refused: code, HTTP status, public text. Eleven of the
//! codes are the family's frozen words; hosts read the whole list from the module and keep no copy.

/// Why a request was refused. Callers branch on this, never on a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The token's `alg` is not in the issuer entry's list (RFC 8725 section 3.1).
    AlgorithmNotAllowed,
    /// The token is a five-part JWE (RFC 7516); only signed tokens are read.
    EncryptedToken,
    /// Now is at or after `exp` plus leeway (RFC 7519 section 4.1.4).
    Expired,
    /// Hosts only: the identity lacks a role or the tenant that a route asks for.
    Forbidden,
    /// The token lacks a scope (RFC 6750 section 3.1).
    InsufficientScope,
    /// No allowed audience is in `aud` (RFC 7519 section 4.1.3).
    InvalidAudience,
    /// A claim has the wrong type or a value the policy does not allow.
    InvalidClaim,
    /// `iss` is not one of the allowed strings (RFC 7519 section 4.1.1).
    InvalidIssuer,
    /// The credentials of the request are unreadable or several (RFC 6750 section 3.1, `invalid_request`).
    InvalidRequest,
    /// No key of the issuer that fits made this signature (RFC 7515 section 5.2).
    InvalidSignature,
    /// The issuer's keys cannot be had at present: an outage, not the token's fault.
    JwksUnavailable,
    /// Not a signed token in compact form (RFC 7515 section 7.1).
    Malformed,
    /// A claim that must be there is absent, null, or an empty subject.
    MissingClaim,
    /// The request carries no bearer token.
    NoToken,
    /// Now is before `nbf`, or `iat` lies in the future (RFC 7519 sections 4.1.5, 4.1.6).
    NotActive,
    /// Hosts only: the revocation store names this token or its session.
    Revoked,
    /// The token is longer than [`crate::limits::TOKEN_BYTES`].
    TokenTooLarge,
    /// The token is older than the policy's maximum age.
    TokenTooOld,
    /// Hosts only, kept from the family's frozen words; this verifier always knows the reason.
    Unknown,
    /// The issuer's current key set has no key with this `kid`.
    UnknownKey,
    /// The key named by the token may not verify it (its use, type, size or algorithm).
    UnsuitableKey,
    /// The header asks for an extension that is not supported (RFC 7515 section 4.1.11, RFC 7797).
    UnsupportedHeader,
    /// Hosts only: a hook or the module failed; an outage, not the token's fault.
    VerifierUnavailable,
    /// `typ`, or the kind of subject, is not one the policy takes (RFC 8725 section 3.11).
    WrongTokenType,
}

impl Code {
    /// Every code, in alphabetical order.
    pub const ALL: [Self; 24] = [
        Self::AlgorithmNotAllowed,
        Self::EncryptedToken,
        Self::Expired,
        Self::Forbidden,
        Self::InsufficientScope,
        Self::InvalidAudience,
        Self::InvalidClaim,
        Self::InvalidIssuer,
        Self::InvalidRequest,
        Self::InvalidSignature,
        Self::JwksUnavailable,
        Self::Malformed,
        Self::MissingClaim,
        Self::NotActive,
        Self::NoToken,
        Self::Revoked,
        Self::TokenTooLarge,
        Self::TokenTooOld,
        Self::Unknown,
        Self::UnknownKey,
        Self::UnsuitableKey,
        Self::UnsupportedHeader,
        Self::VerifierUnavailable,
        Self::WrongTokenType,
    ];

    /// The stable word, such as `EXPIRED`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status (RFC 6750 section 3.1; 503 where the token is not to blame).
    #[must_use]
    pub fn status(self) -> u16 {
        self.row().1
    }

    /// The public text: fixed, without token contents, free of quotes and backslashes.
    #[must_use]
    pub fn message(self) -> &'static str {
        self.row().2
    }

    /// The value of `WWW-Authenticate` (RFC 6750 section 3), where the status asks for one. `scopes` are named
    /// for [`Code::InsufficientScope`].
    #[must_use]
    pub fn challenge(self, scopes: &[String]) -> Option<String> {
        let error = match (self, self.status()) {
            (Self::NoToken, _) => return Some(String::from("Bearer")),
            (Self::InsufficientScope, _) => "insufficient_scope",
            (_, 400) => "invalid_request",
            (_, 401) => "invalid_token",
            _ => return None,
        };
        let mut text = format!("Bearer error=\"{error}\", error_description=\"{}\"", self.message());
        if !scopes.is_empty() {
            text.push_str(&format!(", scope=\"{}\"", scopes.join(" ")));
        }
        Some(text)
    }

    fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::AlgorithmNotAllowed => {
                ("ALGORITHM_NOT_ALLOWED", 401, "the token is signed with an algorithm that is not allowed")
            }
            Self::EncryptedToken => {
                ("ENCRYPTED_TOKEN", 401, "the token is encrypted; a signed token is needed")
            }
            Self::Expired => ("EXPIRED", 401, "the token has expired"),
            Self::Forbidden => ("FORBIDDEN", 403, "the identity may not do this"),
            Self::InsufficientScope => ("INSUFFICIENT_SCOPE", 403, "the token lacks a required scope"),
            Self::InvalidAudience => ("INVALID_AUDIENCE", 401, "the token was issued for another audience"),
            Self::InvalidClaim => {
                ("INVALID_CLAIM", 401, "a claim of the token has a value that is not allowed")
            }
            Self::InvalidIssuer => {
                ("INVALID_ISSUER", 401, "the token comes from an issuer that is not trusted")
            }
            Self::InvalidRequest => {
                ("INVALID_REQUEST", 400, "the request carries unreadable or several credentials")
            }
            Self::InvalidSignature => ("INVALID_SIGNATURE", 401, "the signature of the token does not hold"),
            Self::JwksUnavailable => (
                "JWKS_UNAVAILABLE",
                503,
                "the keys of the issuer are not available at present; try again later",
            ),
            Self::Malformed => ("MALFORMED", 401, "the token is not a well-formed signed token"),
            Self::MissingClaim => ("MISSING_CLAIM", 401, "the token lacks a required claim"),
            Self::NoToken => ("NO_TOKEN", 401, "the request carries no bearer token"),
            Self::NotActive => ("NOT_ACTIVE", 401, "the token is not valid yet"),
            Self::Revoked => ("REVOKED", 401, "the token has been revoked"),
            Self::TokenTooLarge => ("TOKEN_TOO_LARGE", 401, "the token is longer than 16384 bytes"),
            Self::TokenTooOld => ("TOKEN_TOO_OLD", 401, "the token was issued too long ago"),
            Self::Unknown => ("UNKNOWN", 401, "the token was refused"),
            Self::UnknownKey => {
                ("UNKNOWN_KEY", 401, "the token is signed with a key that its issuer does not publish")
            }
            Self::UnsuitableKey => {
                ("UNSUITABLE_KEY", 401, "the key that the token names may not be used to verify it")
            }
            Self::UnsupportedHeader => (
                "UNSUPPORTED_HEADER",
                401,
                "the header of the token asks for an extension that is not supported",
            ),
            Self::VerifierUnavailable => {
                ("VERIFIER_UNAVAILABLE", 503, "the token cannot be verified at present; try again later")
            }
            Self::WrongTokenType => {
                ("WRONG_TOKEN_TYPE", 401, "the token is of a type that is not accepted here")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn names_are_sorted_and_distinct() {
        let names = Code::ALL.map(Code::name);
        assert!(names.windows(2).all(|pair| pair.first() < pair.last()), "{names:?}");
    }

    #[test]
    fn the_frozen_words_stay() {
        let names = Code::ALL.map(Code::name);
        for word in [
            "NO_TOKEN",
            "MALFORMED",
            "INVALID_SIGNATURE",
            "EXPIRED",
            "NOT_ACTIVE",
            "INVALID_ISSUER",
            "INVALID_AUDIENCE",
            "MISSING_CLAIM",
            "JWKS_UNAVAILABLE",
            "VERIFIER_UNAVAILABLE",
            "UNKNOWN",
        ] {
            assert!(names.contains(&word), "{word}");
        }
    }

    #[test]
    fn a_message_fits_into_a_quoted_header_parameter() {
        for code in Code::ALL {
            let message = code.message();
            assert!(
                message.bytes().all(|byte| matches!(byte, 0x20..=0x7e) && !b"\"\\`".contains(&byte)),
                "{message}"
            );
            assert!(!message.ends_with('.') && message.starts_with(char::is_lowercase), "{message}");
        }
    }

    #[test]
    fn an_outage_carries_no_challenge() {
        for code in Code::ALL {
            let challenged = matches!(code.status(), 400 | 401) || code == Code::InsufficientScope;
            assert_eq!(code.challenge(&[]).is_some(), challenged, "{}", code.name());
        }
    }
}

//! The steps of the pipeline in the order they are taken; the first that fails is the verdict (contract, clause 1.7).

/// What came of a step that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// The policy asks for nothing, or the token holds nothing that could be wrong.
    NotAsked(&'static str),
}

/// One check of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One bearer token in the request.
    Credentials,
    /// There is a token, and it is not too long.
    Size,
    /// It has the three parts of a signed token.
    Form,
    /// Its parts are base64url.
    Encoding,
    /// The header is one strict JSON object.
    HeaderJson,
    /// So is the payload.
    PayloadJson,
    /// The header asks for no extension.
    Extensions,
    /// `alg`, `kid` and `typ` are strings.
    HeaderParameters,
    /// Some issuer entry takes the type.
    Type,
    /// It is no logout token.
    LogoutToken,
    /// `iss` picks the issuer entry.
    Issuer,
    /// That entry takes the type.
    IssuerType,
    /// That entry takes the algorithm.
    Algorithm,
    /// The issuer's keys are at hand.
    KeySet,
    /// One of them is the token's.
    Key,
    /// It confirms the signature.
    Signature,
    /// The registered claims have their types.
    ClaimTypes,
    /// `exp`.
    Expiry,
    /// `nbf`.
    NotBefore,
    /// `iat` against the clock.
    IssuedAt,
    /// `iat` against the maximum age.
    Age,
    /// `aud`.
    Audience,
    /// `azp` or `client_id`.
    AuthorizedParty,
    /// Claims that must be there.
    RequiredClaims,
    /// Claims that must have one of the given values.
    ClaimValues,
    /// A person or a client.
    Kind,
    /// Every scope that is asked for.
    Scopes,
    /// Who it is.
    Subject,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 28] = [
        Self::Credentials,
        Self::Size,
        Self::Form,
        Self::Encoding,
        Self::HeaderJson,
        Self::PayloadJson,
        Self::Extensions,
        Self::HeaderParameters,
        Self::Type,
        Self::LogoutToken,
        Self::Issuer,
        Self::IssuerType,
        Self::Algorithm,
        Self::KeySet,
        Self::Key,
        Self::Signature,
        Self::ClaimTypes,
        Self::Expiry,
        Self::NotBefore,
        Self::IssuedAt,
        Self::Age,
        Self::Audience,
        Self::AuthorizedParty,
        Self::RequiredClaims,
        Self::ClaimValues,
        Self::Kind,
        Self::Scopes,
        Self::Subject,
    ];

    /// The word used in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// The clause of the contract (`docs/contract/v1.md`) that asks for it.
    #[must_use]
    pub fn clause(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Credentials => ("credentials", "5.1"),
            Self::Size => ("size", "5.2"),
            Self::Form => ("form", "5.2"),
            Self::Encoding => ("encoding", "5.3"),
            Self::HeaderJson => ("header_json", "5.4"),
            Self::PayloadJson => ("payload_json", "5.4"),
            Self::Extensions => ("extensions", "5.6"),
            Self::HeaderParameters => ("header_parameters", "5.5"),
            Self::Type => ("type", "5.8"),
            Self::LogoutToken => ("logout_token", "5.9"),
            Self::Issuer => ("issuer", "2.2"),
            Self::IssuerType => ("issuer_type", "5.8"),
            Self::Algorithm => ("algorithm", "4.2"),
            Self::KeySet => ("key_set", "8.8"),
            Self::Key => ("key", "8.6"),
            Self::Signature => ("signature", "4.4"),
            Self::ClaimTypes => ("claim_types", "6.1"),
            Self::Expiry => ("expiry", "7.2"),
            Self::NotBefore => ("not_before", "7.3"),
            Self::IssuedAt => ("issued_at", "7.3"),
            Self::Age => ("age", "7.5"),
            Self::Audience => ("audience", "3.2"),
            Self::AuthorizedParty => ("authorized_party", "3.4"),
            Self::RequiredClaims => ("required_claims", "6.3"),
            Self::ClaimValues => ("claim_values", "6.4"),
            Self::Kind => ("kind", "11.2"),
            Self::Scopes => ("scopes", "6.5"),
            Self::Subject => ("subject", "9.1"),
        }
    }
}

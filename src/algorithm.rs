//! The closed list of signature algorithms, and which kind of key fits which. The key's kind fixes the family, so that
//! a public RSA key can never be used as an HMAC secret.

/// A JWS signature algorithm (RFC 7518 §3.1, RFC 8037 §3.1). Anything else, `none` included, has no value of this type.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// ECDSA on P-521 with SHA-512.
    ES512,
    /// Ed25519; of the curves RFC 8037 gives this name to, the only one supported.
    EdDSA,
    /// HMAC with SHA-256.
    HS256,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    PS256,
    /// RSASSA-PSS with SHA-384 and a salt of 48 bytes.
    PS384,
    /// RSASSA-PSS with SHA-512 and a salt of 64 bytes.
    PS512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
}

/// What a prepared key is, independent of who issued it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum KeyKind {
    /// A point on the Edwards form of Curve25519 (RFC 8037 §2).
    Ed25519,
    /// A point on NIST P-256.
    P256,
    /// A point on NIST P-384.
    P384,
    /// A point on NIST P-521.
    P521,
    /// An RSA modulus and public exponent.
    Rsa,
    /// A shared secret.
    Secret,
}

impl Algorithm {
    /// Every algorithm, in alphabetical order of its name.
    pub const ALL: [Algorithm; 11] = [
        Algorithm::ES256,
        Algorithm::ES384,
        Algorithm::ES512,
        Algorithm::EdDSA,
        Algorithm::HS256,
        Algorithm::PS256,
        Algorithm::PS384,
        Algorithm::PS512,
        Algorithm::RS256,
        Algorithm::RS384,
        Algorithm::RS512,
    ];

    /// The algorithm an `alg` value names. Names are case-sensitive (RFC 7515 §4.1.1).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Algorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The `alg` value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::ES256 => "ES256",
            Algorithm::ES384 => "ES384",
            Algorithm::ES512 => "ES512",
            Algorithm::EdDSA => "EdDSA",
            Algorithm::HS256 => "HS256",
            Algorithm::PS256 => "PS256",
            Algorithm::PS384 => "PS384",
            Algorithm::PS512 => "PS512",
            Algorithm::RS256 => "RS256",
            Algorithm::RS384 => "RS384",
            Algorithm::RS512 => "RS512",
        }
    }

    /// Whether signer and verifier share the key.
    #[must_use]
    pub fn is_symmetric(self) -> bool {
        self.key_kind() == KeyKind::Secret
    }

    /// Whether a key of `kind` can verify this algorithm. ECDSA names fix the curve (RFC 7518 §3.4).
    #[must_use]
    pub fn accepts(self, kind: KeyKind) -> bool {
        self.key_kind() == kind
    }

    fn key_kind(self) -> KeyKind {
        match self {
            Algorithm::ES256 => KeyKind::P256,
            Algorithm::ES384 => KeyKind::P384,
            Algorithm::ES512 => KeyKind::P521,
            Algorithm::EdDSA => KeyKind::Ed25519,
            Algorithm::HS256 => KeyKind::Secret,
            Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512
            | Algorithm::RS256
            | Algorithm::RS384
            | Algorithm::RS512 => KeyKind::Rsa,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, KeyKind};

    #[test]
    fn every_name_leads_back_to_its_algorithm() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
        assert!(Algorithm::ALL.is_sorted_by_key(|algorithm| algorithm.name()));
    }

    #[test]
    fn foreign_names_are_no_algorithm() {
        for name in
            ["", "none", "None", "rs256", "RS256 ", "HS384", "HS512", "ES256K", "Ed25519", "RSA-OAEP", "dir"]
        {
            assert_eq!(Algorithm::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn only_hs256_takes_a_secret_and_it_takes_nothing_else() {
        let public = [KeyKind::Ed25519, KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::Rsa];
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.accepts(KeyKind::Secret), algorithm == Algorithm::HS256);
            let fitting = public.into_iter().filter(|kind| algorithm.accepts(*kind)).count();
            assert_eq!(fitting, usize::from(!algorithm.is_symmetric()));
        }
    }
}

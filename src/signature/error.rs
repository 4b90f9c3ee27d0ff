//! Why bytes are not a usable key, and the fixed word for each reason.

/// Why bytes are not a usable key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyError {
    /// A coordinate has not exactly the curve's length, or the curve is none.
    EcBadCoordinate,
    /// The coordinates are no point of the curve.
    EcNotOnCurve,
    /// Not 32 bytes, no canonical point, or a point of low order.
    OkpBadKey,
    /// Even, below 3, above 2^33 - 1, or with leading zeros.
    RsaBadExponent,
    /// Even, empty, or with leading zeros.
    RsaBadModulus,
    /// More than 8192 bits.
    RsaTooLarge,
    /// Fewer than 2048 bits.
    RsaTooSmall,
    /// Fewer than 32 bytes.
    SecretTooShort,
}

impl KeyError {
    /// Every reason, in the order of their words.
    pub const ALL: [KeyError; 8] = [
        KeyError::EcBadCoordinate,
        KeyError::EcNotOnCurve,
        KeyError::OkpBadKey,
        KeyError::RsaBadExponent,
        KeyError::RsaBadModulus,
        KeyError::RsaTooLarge,
        KeyError::RsaTooSmall,
        KeyError::SecretTooShort,
    ];

    /// The fixed word for it.
    pub fn reason(self) -> &'static str {
        match self {
            KeyError::EcBadCoordinate => "ec_bad_coordinate",
            KeyError::EcNotOnCurve => "ec_not_on_curve",
            KeyError::OkpBadKey => "okp_bad_key",
            KeyError::RsaBadExponent => "rsa_bad_exponent",
            KeyError::RsaBadModulus => "rsa_bad_modulus",
            KeyError::RsaTooLarge => "rsa_too_large",
            KeyError::RsaTooSmall => "rsa_too_small",
            KeyError::SecretTooShort => "secret_too_short",
        }
    }
}

//! ECDSA on the three NIST curves (RFC 7518 §3.4). The curve fixes the hash.

use p256::ecdsa::signature::Verifier;

use super::error::KeyError;
use crate::algorithm::KeyKind;

/// The tag of an uncompressed point (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

#[derive(Clone)]
pub enum EcKey {
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
}

impl EcKey {
    pub(super) fn new(curve: KeyKind, x: &[u8], y: &[u8]) -> Result<EcKey, KeyError> {
        let length = coordinate_length(curve)?;
        if x.len() != length || y.len() != length {
            return Err(KeyError::EcBadCoordinate);
        }
        let point = [&[UNCOMPRESSED], x, y].concat();
        // Decoding checks that each coordinate is reduced and the point is on the curve; an uncompressed point is never
        // the one at infinity, and the cofactor is 1.
        let key = match curve {
            KeyKind::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).map(EcKey::P256),
            KeyKind::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(&point).map(EcKey::P384),
            KeyKind::P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(&point).map(EcKey::P521),
            KeyKind::Ed25519 | KeyKind::Rsa | KeyKind::Secret => {
                return Err(KeyError::EcBadCoordinate);
            }
        };
        key.map_err(|_| KeyError::EcNotOnCurve)
    }

    pub(super) fn kind(&self) -> KeyKind {
        match self {
            EcKey::P256(_) => KeyKind::P256,
            EcKey::P384(_) => KeyKind::P384,
            EcKey::P521(_) => KeyKind::P521,
        }
    }

    /// The signature is `r || s`, each of full length, never DER. Both values of `s` are good: RFC 7518 does not ask for
    /// the lower one.
    pub(super) fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        match self {
            EcKey::P256(key) => is_good(key, input, p256::ecdsa::Signature::from_slice(signature)),
            EcKey::P384(key) => is_good(key, input, p384::ecdsa::Signature::from_slice(signature)),
            EcKey::P521(key) => is_good(key, input, p521::ecdsa::Signature::from_slice(signature)),
        }
    }
}

fn coordinate_length(curve: KeyKind) -> Result<usize, KeyError> {
    match curve {
        KeyKind::P256 => Ok(32),
        KeyKind::P384 => Ok(48),
        KeyKind::P521 => Ok(66),
        KeyKind::Ed25519 | KeyKind::Rsa | KeyKind::Secret => Err(KeyError::EcBadCoordinate),
    }
}

fn is_good<S, E>(key: &impl Verifier<S>, input: &[u8], signature: Result<S, E>) -> bool {
    signature.is_ok_and(|signature| key.verify(input, &signature).is_ok())
}

//! Keys prepared once, and the one question asked of them: is this signature good? The only folder that names crypto
//! crates; one file per family, each of which can be given another engine without touching the rest.

mod ecdsa;
mod eddsa;
mod error;
mod hmac;
mod rsa;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof;

use core::fmt;

use sha2::{Digest, Sha256};

use crate::algorithm::{Algorithm, KeyKind};

pub use error::KeyError;

/// A key in the form its family computes with, checked and prepared when it is offered and never again per token.
#[derive(Clone)]
pub enum PublicKey {
    Rsa(rsa::RsaKey),
    Ec(ecdsa::EcKey),
    Ed25519(eddsa::Ed25519Key),
    /// Not public, but used in the same places; it stays behind the same narrow interface.
    Secret(hmac::SecretKey),
}

impl PublicKey {
    /// An RSA key from the big-endian bytes of `n` and `e`, without leading zeros (RFC 7518 §6.3.1, §2 "Base64urlUInt").
    ///
    /// The modulus has 2048 to 8192 bits (RFC 7518 §3.3); the exponent is odd, at least 3 and below 2^33.
    pub fn rsa(n: &[u8], e: &[u8]) -> Result<PublicKey, KeyError> {
        rsa::RsaKey::new(n, e).map(PublicKey::Rsa)
    }

    /// A point on `curve`; both coordinates have the curve's full length (RFC 7518 §6.2.1.2).
    pub fn ec(curve: KeyKind, x: &[u8], y: &[u8]) -> Result<PublicKey, KeyError> {
        ecdsa::EcKey::new(curve, x, y).map(PublicKey::Ec)
    }

    /// The 32 bytes of an Ed25519 public key (RFC 8037 §2): canonical (RFC 8032 §5.1.3) and not of low order.
    pub fn ed25519(x: &[u8]) -> Result<PublicKey, KeyError> {
        eddsa::Ed25519Key::new(x).map(PublicKey::Ed25519)
    }

    /// A shared secret of at least 32 bytes, the length of the hash (RFC 7518 §3.2).
    pub fn secret(bytes: &[u8]) -> Result<PublicKey, KeyError> {
        hmac::SecretKey::new(bytes).map(PublicKey::Secret)
    }

    pub fn kind(&self) -> KeyKind {
        match self {
            PublicKey::Rsa(_) => KeyKind::Rsa,
            PublicKey::Ec(key) => key.kind(),
            PublicKey::Ed25519(_) => KeyKind::Ed25519,
            PublicKey::Secret(_) => KeyKind::Secret,
        }
    }

    /// Whether `signature` over `signing_input` is good under `algorithm`. A key of another kind, or a signature of
    /// another length, is simply not good.
    pub fn verify(&self, algorithm: Algorithm, signing_input: &[u8], signature: &[u8]) -> bool {
        algorithm.accepts(self.kind())
            && match self {
                PublicKey::Rsa(key) => key.verify(algorithm, signing_input, signature),
                PublicKey::Ec(key) => key.verify(signing_input, signature),
                PublicKey::Ed25519(key) => key.verify(signing_input, signature),
                PublicKey::Secret(key) => key.verify(signing_input, signature),
            }
    }
}

/// Shows the kind alone, so that no secret can get into a log.
impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({:?})", self.kind())
    }
}

/// SHA-256, for fingerprints and key thumbprints.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

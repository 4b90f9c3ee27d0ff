//! Ed25519 (RFC 8032 §5.1, RFC 8037 §3.1).

use ed25519_dalek::{Signature, VerifyingKey};

use super::error::KeyError;

#[derive(Clone)]
pub struct Ed25519Key {
    key: VerifyingKey,
}

impl Ed25519Key {
    pub(super) fn new(x: &[u8]) -> Result<Ed25519Key, KeyError> {
        let bytes = x.try_into().map_err(|_| KeyError::OkpBadKey)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::OkpBadKey)?;
        // Decoding tolerates y >= p, which RFC 8032 §5.1.3 refuses: two spellings of one key are two keys to a key set.
        let is_canonical = key.to_edwards().compress().as_bytes() == bytes;
        if is_canonical && !key.is_weak() { Ok(Ed25519Key { key }) } else { Err(KeyError::OkpBadKey) }
    }

    /// Strict: `S` is reduced, `R` is canonical and not of low order, so that nobody can alter a good signature.
    pub(super) fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(input, &signature).is_ok())
    }
}

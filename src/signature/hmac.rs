//! HMAC with SHA-256 (RFC 7518 §3.2).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::error::KeyError;
use crate::limits::SECRET_BYTES;

#[derive(Clone)]
pub struct SecretKey {
    keyed: Hmac<Sha256>,
}

impl SecretKey {
    pub(super) fn new(bytes: &[u8]) -> Result<SecretKey, KeyError> {
        if bytes.len() < SECRET_BYTES {
            return Err(KeyError::SecretTooShort);
        }
        Hmac::new_from_slice(bytes).map(|keyed| SecretKey { keyed }).map_err(|_| KeyError::SecretTooShort)
    }

    /// Compares in constant time, and all 32 bytes: a shorter tag is not good.
    pub(super) fn verify(&self, input: &[u8], tag: &[u8]) -> bool {
        self.keyed.clone().chain_update(input).verify_slice(tag).is_ok()
    }
}

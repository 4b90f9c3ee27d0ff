//! RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017 §8, RFC 7518 §3.3 and §3.5).

use rsa::BoxedUint;
use sha2::{Sha256, Sha384, Sha512};

use super::error::KeyError;
use crate::algorithm::Algorithm;
use crate::limits::{RSA_MAX_BITS, RSA_MIN_BITS};

/// The greatest exponent: verifying costs a squaring per bit of it, so an issuer must not choose it freely.
const MAX_EXPONENT: u64 = (1 << 33) - 1;

#[derive(Clone)]
pub struct RsaKey {
    key: rsa::PublicKey,
}

impl RsaKey {
    pub(super) fn new(n: &[u8], e: &[u8]) -> Result<RsaKey, KeyError> {
        check_modulus(n)?;
        let exponent = exponent(e)?;
        let modulus = BoxedUint::from_be_slice_vartime(n);
        // What is left to refuse is an even modulus.
        rsa::PublicKey::new(modulus, BoxedUint::from(exponent))
            .map(|key| RsaKey { key })
            .map_err(|_| KeyError::RsaBadModulus)
    }

    /// The signature must be exactly as long as the modulus. For PKCS1-v1_5 the whole block is compared, nothing in it
    /// is parsed (Bleichenbacher's forgery, CVE-2006-4339); the PSS salt is as long as the hash (RFC 7518 §3.5).
    pub(super) fn verify(&self, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> bool {
        let result = match algorithm {
            Algorithm::RS256 => self.key.pkcs1v15_verify::<Sha256>(input, signature),
            Algorithm::RS384 => self.key.pkcs1v15_verify::<Sha384>(input, signature),
            Algorithm::RS512 => self.key.pkcs1v15_verify::<Sha512>(input, signature),
            Algorithm::PS256 => self.key.pss_verify::<Sha256>(input, signature),
            Algorithm::PS384 => self.key.pss_verify::<Sha384>(input, signature),
            Algorithm::PS512 => self.key.pss_verify::<Sha512>(input, signature),
            Algorithm::ES256 | Algorithm::ES384 | Algorithm::ES512 | Algorithm::EdDSA | Algorithm::HS256 => {
                return false;
            }
        };
        result.is_ok()
    }
}

/// Size first: nothing is computed with a modulus that is out of bounds.
fn check_modulus(n: &[u8]) -> Result<(), KeyError> {
    let first = *n.first().ok_or(KeyError::RsaBadModulus)?;
    if first == 0 {
        return Err(KeyError::RsaBadModulus);
    }
    let unused = usize::try_from(first.leading_zeros()).unwrap_or_default();
    let bits = n.len().saturating_mul(8).saturating_sub(unused);
    match bits {
        ..RSA_MIN_BITS => Err(KeyError::RsaTooSmall),
        RSA_MIN_BITS..=RSA_MAX_BITS => Ok(()),
        _ => Err(KeyError::RsaTooLarge),
    }
}

fn exponent(e: &[u8]) -> Result<u64, KeyError> {
    if e.first().is_none_or(|first| *first == 0) || e.len() > size_of::<u64>() {
        return Err(KeyError::RsaBadExponent);
    }
    let value = e.iter().fold(0, |value: u64, byte| (value << 8) | u64::from(*byte));
    if (3..=MAX_EXPONENT).contains(&value) && value % 2 == 1 {
        Ok(value)
    } else {
        Err(KeyError::RsaBadExponent)
    }
}

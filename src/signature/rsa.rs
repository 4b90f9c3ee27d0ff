//! RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017 section 8, RFC 7518 sections 3.3 and 3.5): keys, and the blocks that are
//! signed.

mod digits;
mod easing;
mod lanes;
mod modulus;
#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256, Sha384, Sha512};

use self::modulus::Modulus;
use super::error::KeyError;
use crate::algorithm::Algorithm;
use crate::limits::{RSA_MAX_BITS, RSA_MIN_BITS};

/// The greatest exponent: verifying costs a squaring per bit of it, so an issuer must not choose it freely.
const MAX_EXPONENT: u64 = (1 << 33) - 1;

/// DigestInfo without the hash (RFC 8017 section 9.2, note 1).
const SHA256_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];
const SHA384_INFO: [u8; 19] =
    [0x30, 0x41, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2, 5, 0, 4, 0x30];
const SHA512_INFO: [u8; 19] =
    [0x30, 0x51, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 0x40];

#[derive(Clone)]
pub struct RsaKey {
    modulus: Modulus,
    exponent: u64,
    bits: usize,
    length: usize,
}

impl RsaKey {
    pub(super) fn new(n: &[u8], e: &[u8]) -> Result<RsaKey, KeyError> {
        let bits = check_modulus(n)?;
        let exponent = exponent(e)?;
        if n.last().is_none_or(|last| last % 2 == 0) {
            return Err(KeyError::RsaBadModulus);
        }
        Ok(RsaKey { modulus: Modulus::new(n), exponent, bits, length: n.len() })
    }

    /// The signature must be exactly as long as the modulus, and less. For PKCS1-v1_5 the whole block is compared,
    /// nothing in it is parsed (Bleichenbacher's forgery, CVE-2006-4339); the PSS salt is as long as the hash (RFC 7518
    /// section 3.5).
    pub(super) fn verify(&self, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> bool {
        if signature.len() != self.length {
            return false;
        }
        let Some(block) = self.modulus.power(signature, self.exponent) else {
            return false;
        };
        match algorithm {
            Algorithm::RS256 => is_pkcs1(&block, &SHA256_INFO, &Sha256::digest(input)),
            Algorithm::RS384 => is_pkcs1(&block, &SHA384_INFO, &Sha384::digest(input)),
            Algorithm::RS512 => is_pkcs1(&block, &SHA512_INFO, &Sha512::digest(input)),
            Algorithm::PS256 => is_pss::<Sha256>(&block, self.bits, input),
            Algorithm::PS384 => is_pss::<Sha384>(&block, self.bits, input),
            Algorithm::PS512 => is_pss::<Sha512>(&block, self.bits, input),
            Algorithm::ES256 | Algorithm::ES384 | Algorithm::ES512 | Algorithm::EdDSA | Algorithm::HS256 => {
                false
            }
        }
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 section 9.2): 0 1 ff … ff 0 DigestInfo.
fn is_pkcs1(block: &[u8], info: &[u8], hash: &[u8]) -> bool {
    let padding = block.len().saturating_sub(info.len() + hash.len() + 3);
    let expected = [&[0, 1], vec![0xff; padding].as_slice(), &[0], info, hash].concat();
    block == expected
}

/// EMSA-PSS-VERIFY (RFC 8017 section 9.1.2) with the mask function MGF1 and one hash for all.
fn is_pss<H: Digest>(block: &[u8], modulus_bits: usize, input: &[u8]) -> bool {
    let hash_length = <H as Digest>::output_size();
    let bits = modulus_bits - 1;
    // A modulus of 8 k + 1 bits has a byte more than the block.
    let (above, block) = block.split_at(block.len() - bits.div_ceil(8));
    let Some((masked, [tail @ .., trailer])) = block.split_at_checked(block.len() - hash_length - 1) else {
        return false;
    };
    let unused = 8 * masked.len() + 8 * (hash_length + 1) - bits;
    let top = 0xff_u8.checked_shr(u32::try_from(unused).unwrap_or(8)).unwrap_or(0);
    if above.iter().any(|byte| *byte != 0)
        || *trailer != 0xbc
        || masked.first().is_none_or(|first| *first & !top != 0)
    {
        return false;
    }
    let mut data: Vec<u8> = masked.iter().zip(mgf1::<H>(tail)).map(|(byte, mask)| byte ^ mask).collect();
    if let Some(first) = data.first_mut() {
        *first &= top;
    }
    let (padding, salt) = data.split_at(data.len() - hash_length);
    let Some((1, zeros)) = padding.split_last() else {
        return false;
    };
    let expected = H::new().chain_update([0; 8]).chain_update(H::digest(input)).chain_update(salt).finalize();
    zeros.iter().all(|byte| *byte == 0) && expected.as_slice() == tail
}

/// RFC 8017 appendix B.2.1, without end.
fn mgf1<H: Digest>(seed: &[u8]) -> impl Iterator<Item = u8> {
    (0_u32..).flat_map(move |counter| {
        let block = H::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize();
        block.to_vec()
    })
}

/// The number of bits. Size first: nothing is computed with a modulus that is out of bounds.
fn check_modulus(n: &[u8]) -> Result<usize, KeyError> {
    let first = *n.first().ok_or(KeyError::RsaBadModulus)?;
    if first == 0 {
        return Err(KeyError::RsaBadModulus);
    }
    let unused = usize::try_from(first.leading_zeros()).unwrap_or_default();
    let bits = n.len().saturating_mul(8).saturating_sub(unused);
    match bits {
        ..RSA_MIN_BITS => Err(KeyError::RsaTooSmall),
        RSA_MIN_BITS..=RSA_MAX_BITS => Ok(bits),
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

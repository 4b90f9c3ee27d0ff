//! RSA signatures from scratch (RFC 8017), independent of the library under test: a salt that is not random, and key
//! sizes and encodings that libraries refuse to make.

use num_bigint::BigUint;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The hashes RSA algorithms use.
#[derive(Clone, Copy)]
pub enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// A private key as its JWK has it.
#[derive(Clone)]
pub struct PrivateKey {
    pub n: Vec<u8>,
    pub d: Vec<u8>,
}

impl Hash {
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Hash::Sha256 => Sha256::digest(bytes).to_vec(),
            Hash::Sha384 => Sha384::digest(bytes).to_vec(),
            Hash::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn length(self) -> usize {
        self.of(b"").len()
    }

    /// The DER of `DigestInfo` before the hash (RFC 8017 §9.2 note 1).
    fn digest_info(self) -> &'static [u8] {
        match self {
            Hash::Sha256 => b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
            Hash::Sha384 => b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
            Hash::Sha512 => b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
        }
    }
}

impl PrivateKey {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.1).
    pub fn sign_pkcs1(&self, hash: Hash, input: &[u8]) -> Vec<u8> {
        let info = [hash.digest_info(), &hash.of(input)].concat();
        let padding = vec![0xff; self.n.len() - info.len() - 3];
        self.power(&[&[0, 1], padding.as_slice(), &[0], &info].concat())
    }

    /// The same without the NULL in `DigestInfo`, which RFC 8017 §9.2 note 1 does not allow a signer.
    pub fn sign_pkcs1_without_null(&self, input: &[u8]) -> Vec<u8> {
        let info = [
            b"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20".as_slice(),
            &Hash::Sha256.of(input),
        ]
        .concat();
        let padding = vec![0xff; self.n.len() - info.len() - 3];
        self.power(&[&[0, 1], padding.as_slice(), &[0], &info].concat())
    }

    /// RSASSA-PSS (RFC 8017 §8.1.1, §9.1.1) with a salt drawn from the message, so that it is the same every time.
    pub fn sign_pss(&self, hash: Hash, salt_length: usize, input: &[u8]) -> Vec<u8> {
        let bits = BigUint::from_bytes_be(&self.n).bits() - 1;
        let length = usize::try_from(bits.div_ceil(8)).expect("a key of sane size");
        let salt: Vec<u8> = mask(hash, &hash.of(input), salt_length);
        let digest = hash.of(&[&[0; 8], hash.of(input).as_slice(), &salt].concat());
        let zeros = vec![0; length - salt_length - hash.length() - 2];
        let block = [zeros.as_slice(), &[1], &salt].concat();
        let mut masked: Vec<u8> =
            block.iter().zip(mask(hash, &digest, block.len())).map(|(byte, mask)| byte ^ mask).collect();
        let unused = u64::try_from(length).expect("a key of sane size") * 8 - bits;
        if let Some(first) = masked.first_mut() {
            *first &= 0xff >> unused;
        }
        self.power(&[masked, digest, vec![0xbc]].concat())
    }

    /// RSASP1 (RFC 8017 §5.2.1), as long as the modulus.
    fn power(&self, block: &[u8]) -> Vec<u8> {
        let n = BigUint::from_bytes_be(&self.n);
        let bytes = BigUint::from_bytes_be(block).modpow(&BigUint::from_bytes_be(&self.d), &n).to_bytes_be();
        [vec![0; self.n.len() - bytes.len()], bytes].concat()
    }
}

/// MGF1 (RFC 8017 §B.2.1).
fn mask(hash: Hash, seed: &[u8], length: usize) -> Vec<u8> {
    let mut mask: Vec<u8> = Vec::new();
    for counter in 0_u32.. {
        if mask.len() >= length {
            break;
        }
        mask.extend(hash.of(&[seed, &counter.to_be_bytes()].concat()));
    }
    mask.truncate(length);
    mask
}

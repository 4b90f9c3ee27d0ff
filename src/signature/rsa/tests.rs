//! The arithmetic against the `rsa` crate's, on operands drawn at random and on those that fill limbs and columns.
#![expect(clippy::unwrap_used, reason = "a broken fixture must stop the test")]

use rsa::BoxedUint;

use super::modulus::Modulus;

/// Always the same numbers (xorshift): a failure can be repeated.
struct Numbers(u64);

impl Numbers {
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut word = || {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0.to_be_bytes()
        };
        (0..length.div_ceil(8)).flat_map(|_| word()).take(length).collect()
    }
}

/// What the other implementation says: `base`^`exponent` mod `n`.
fn expected(n: &[u8], base: &[u8], exponent: u64) -> Vec<u8> {
    let number = BoxedUint::from_be_slice_vartime(n);
    let key = rsa::PublicKey::new(number, BoxedUint::from(exponent)).unwrap();
    let bits = u32::try_from(n.len() * 8).unwrap();
    let base = BoxedUint::from_be_slice(base, bits.next_multiple_of(64)).unwrap();
    let power = rsa::hazmat::rsa_encrypt(&key, &base).unwrap().to_be_bytes();
    power.split_at(power.len() - n.len()).1.to_vec()
}

/// `bytes` with the lowest bit set and exactly `bits` bits.
fn odd(mut bytes: Vec<u8>, bits: usize) -> Vec<u8> {
    let top = (bits - 1) % 8;
    let first = bytes.first_mut().unwrap();
    *first = *first & ((2_u16 << top) - 1).to_be_bytes()[1] | (1 << top);
    *bytes.last_mut().unwrap() |= 1;
    bytes
}

/// `n` less `by`, which is small.
fn less(n: &[u8], by: u8) -> Vec<u8> {
    let mut bytes = n.to_vec();
    let mut borrow = by;
    for byte in bytes.iter_mut().rev() {
        let (less, below) = byte.overflowing_sub(borrow);
        *byte = less;
        borrow = u8::from(below);
    }
    bytes
}

/// Moduli of so many bits: random, all ones, one bit over a power of two, and limbs at either end of their range.
fn moduli(bits: usize, numbers: &mut Numbers) -> Vec<Vec<u8>> {
    let length = bits.div_ceil(8);
    let limbs = |limb: u128| {
        let chunk = (0..8).fold(0, |chunk: u128, _| (chunk << 13) | limb).to_be_bytes();
        let chunk = chunk.split_at(3).1;
        let whole = chunk.repeat(length.div_ceil(13));
        whole.split_at(whole.len() - length).1.to_vec()
    };
    let all = [numbers.bytes(length), vec![0xff; length], vec![0; length], limbs(0x0fff), limbs(0x1000)];
    all.into_iter().map(|bytes| odd(bytes, bits)).collect()
}

/// Bases below `n`: the ends of the range, limbs at either end of theirs, random.
fn bases(n: &[u8], numbers: &mut Numbers) -> Vec<Vec<u8>> {
    let small = |value: u8| [vec![0; n.len() - 1], vec![value]].concat();
    let mut bases = vec![small(0), small(1), small(2), less(n, 1), less(n, 2)];
    for pattern in moduli(8 * n.len(), numbers) {
        // Without its highest bits it is below any modulus of that many bytes.
        bases.push([&[0], pattern.split_at(1).1].concat());
    }
    bases
}

/// The sizes at which the number of limbs, or the place of the highest bit in its limb, changes; and the usual ones.
const SIZES: [usize; 9] = [2048, 2049, 2050, 2055, 2056, 3072, 4096, 8191, 8192];

#[test]
fn powers_equal_those_of_another_implementation() {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    for bits in SIZES {
        for n in moduli(bits, &mut numbers) {
            let modulus = Modulus::new(&n);
            let exponents: &[u64] = if bits < 3072 { &[3, 17, 65537, (1 << 33) - 1] } else { &[3, 65537] };
            for base in bases(&n, &mut numbers) {
                for exponent in exponents {
                    let ours = modulus.power(&base, *exponent).unwrap();
                    assert!(
                        ours == expected(&n, &base, *exponent),
                        "{bits} bits, {n:x?}, {base:x?}, {exponent}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_base_that_is_not_less_than_the_modulus_is_refused() {
    let mut numbers = Numbers(1);
    for n in moduli(2048, &mut numbers) {
        let modulus = Modulus::new(&n);
        assert!(modulus.power(&less(&n, 1), 3).is_some());
        assert!(modulus.power(&n, 3).is_none());
        assert!(modulus.power(&[0xff; 256], 3).is_none());
        // n is odd: its last byte can be one more, or the one before it.
        let mut above = n.clone();
        let place = if n.ends_with(&[0xff]) { 0 } else { n.len() - 1 };
        *above.get_mut(place).unwrap() |= if place == 0 { 0xff } else { 0xfe };
        assert!(modulus.power(&above, 3).is_none());
    }
}

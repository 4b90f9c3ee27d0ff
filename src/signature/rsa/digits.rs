//! Numbers as digits of 26 bits, lowest first: the form between big-endian bytes and the limbs that are multiplied,
//! and the one in which a value is brought below the modulus.

/// Bits of a digit.
pub(super) const BITS: u32 = 26;
/// The greatest digit.
pub(super) const MASK: i64 = (1 << BITS) - 1;

/// Bytes that make four digits.
const BYTES: usize = 13;

/// `count` digits, a multiple of four; the number has at most 13 bytes for each four.
pub(super) fn from_be_bytes(bytes: &[u8], count: usize) -> Vec<i64> {
    let mut digits = Vec::with_capacity(count);
    for chunk in bytes.rchunks(BYTES) {
        let value = chunk.iter().fold(0, |value: u128, byte| (value << 8) | u128::from(*byte));
        for place in 0..4 {
            digits.push(i64::try_from((value >> (place * BITS)) & 0x03ff_ffff).unwrap_or_default());
        }
    }
    debug_assert!(digits.len() <= count);
    digits.resize(count, 0);
    digits
}

/// The lowest `length` bytes, big-endian.
pub(super) fn to_be_bytes(digits: &[i64], length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    for (chunk, digits) in bytes.rchunks_mut(BYTES).zip(digits.chunks(4)) {
        let value = digits.iter().rev().fold(0, |value, digit| (value << BITS) | unsigned(*digit));
        for (byte, from) in chunk.iter_mut().rev().zip(value.to_le_bytes()) {
            *byte = from;
        }
    }
    bytes
}

/// `digits + other * factor`, each digit between 0 and [`MASK`], and what is left above the highest. Nothing overflows:
/// a digit and a carry have at most 54 bits, a factor at most 28.
pub(super) fn add_multiple(digits: &mut [i64], other: &[i64], factor: i64) -> i64 {
    let mut carry = 0_i64;
    for (digit, other) in digits.iter_mut().zip(other) {
        let sum = digit.wrapping_add(other.wrapping_mul(factor)).wrapping_add(carry);
        *digit = sum & MASK;
        carry = sum >> BITS;
    }
    carry
}

/// `digits` mod `n`, in place; 0 <= `digits` < 2^28 `n`, and `n` has more than three digits.
pub(super) fn reduce(digits: &mut [i64], n: &[i64]) {
    let above = n.iter().rposition(|digit| *digit != 0).unwrap_or_default().saturating_sub(2);
    let top = |number: &[i64]| {
        number.iter().skip(above).rev().fold(0, |value: u128, digit| (value << BITS) | unsigned(*digit))
    };
    // Cut off above 2^52 and rounded down, the quotient is the true one or one less.
    let quotient = top(digits).checked_div(top(n).saturating_add(1)).unwrap_or_default();
    let quotient = i64::try_from(quotient).unwrap_or_default();
    let left = add_multiple(digits, n, quotient.wrapping_neg());
    debug_assert_eq!(left, 0, "the quotient is too great");
    subtract_once(digits, n);
}

/// `digits * 2` mod `n`, in place; `digits` < `n`.
pub(super) fn double(digits: &mut [i64], n: &[i64]) {
    let twice = digits.to_vec();
    let left = add_multiple(digits, &twice, 1);
    debug_assert_eq!(left, 0, "there is room for twice the modulus");
    subtract_once(digits, n);
}

/// Takes `n` off unless `digits` is less.
fn subtract_once(digits: &mut [i64], n: &[i64]) {
    let mut less = digits.to_vec();
    if add_multiple(&mut less, n, -1) == 0 {
        digits.copy_from_slice(&less);
    }
}

pub(super) fn is_less(digits: &[i64], n: &[i64]) -> bool {
    digits.iter().rev().lt(n.iter().rev())
}

fn unsigned(digit: i64) -> u128 {
    u128::try_from(digit).unwrap_or_default()
}

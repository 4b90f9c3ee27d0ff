//! Powers modulo an odd number of 2048 to 8192 bits, by Montgomery's method on short signed limbs. Time depends on the
//! operands: they are public.
//!
//! **Limbs.** A number is L limbs of 13 bits, L a multiple of 8: x = Σ xᵢ 2^(13 i), with |xᵢ| <= 4129. Products are
//! gathered in 2 L columns of 32 bits: column c takes the products of the limbs whose places sum to c. One instruction
//! multiplies eight limbs and adds them in pairs. For that the right operand is kept as entries of two limbs, entry m =
//! (limb m, limb m-1): with limbs 2p and 2p+1 of the left operand in each lane, four entries give four columns.
//!
//! **Modulus.** Not n, but N = k n with k < 2^26 and N = -1 mod 2^26. Two columns are then a digit of the quotient as
//! they stand, without a product by an inverse. R = 2^(13 L) >= 2^30 n > 16 N.
//!
//! **Size of values.** A digit of the quotient is at most 2^25 + 2^12 in size, so the quotient q is below 0.5001 R. For
//! |x|, |y| < N, (x y + q N) / R is below N / 16 + 0.5001 N < 0.57 N: every result may be an operand again, and lies
//! below R / 28.
//!
//! **Columns.** At most 120 products lie in a column before it is eased (`easing.rs`), hence less than 2^31. A carry
//! pass leaves a limb between -4096 and 4095 and adds a carry of at most 2^18 from below; a second pass adds one of at
//! most 33: |limb| <= 4129. A carry out of the highest limb would be a multiple of R, and a value below R / 28 with such
//! limbs below 0.505 R has none.
//!
//! **Half a limb.** Every column starts at 4096. Cutting off 13 bits then gives a limb plus 4096, and the carry rounded
//! to the nearest; the half is taken off once, at last.
//!
//! **Digits.** A digit is the sum of two columns (below 2^31 + 2^44), of at most three products of digits (each below
//! 2^50.1) and of the carry: below 2^52, so 64 bits are plenty and the carry handed on is below 2^26.

use super::digits::{self, MASK};
use super::easing::{self, Easing};
use super::lanes::Lanes;

#[cfg(test)]
mod tests;

/// Bits of a limb.
const LIMB: u32 = 13;
/// Half the range of a limb.
const HALF: i32 = 1 << (LIMB - 1);
const HALVES: Lanes = Lanes::new([HALF; 4]);
const HALVES_16: Lanes = Lanes::new16([4096; 8]);
const LOW: Lanes = Lanes::new([(1 << LIMB) - 1; 4]);
/// Half a limb in both columns of a digit.
const HALF_DIGIT: i64 = (1 << 12) + (1 << 25);

/// The entries of a vector whose first limb is the block's first: the limb below it belongs to the block before.
const FROM_NEAR: Lanes = Lanes::new([0xffff, -1, -1, -1]);
/// The same two entries lower.
const FROM_FAR: Lanes = Lanes::new([0, 0, 0xffff, -1]);

/// Four entries, and the four that start two entries lower.
#[derive(Clone, Copy, Debug)]
struct Entries {
    near: Lanes,
    far: Lanes,
}

/// A number as both operands of a product.
#[derive(Clone, Debug)]
struct Number {
    /// Eight limbs each: the left operand.
    rows: Vec<Lanes>,
    /// The right operand. Limb L-1 stands in entry L too, so there are two vectors more than four limbs each need.
    entries: Vec<Entries>,
}

/// A modulus and what is computed from it once.
#[derive(Clone, Debug)]
pub(super) struct Modulus {
    /// n, digits.
    n: Vec<i64>,
    /// N, digits.
    multiple: Vec<i64>,
    /// N, limbs.
    limbs: Number,
    /// Digits 1 to 3 of N as its limbs have them.
    low: [i64; 3],
    /// R² mod n.
    square_of_r: Number,
    product_easings: Vec<Easing>,
    square_easings: Vec<Easing>,
    /// Bytes of n.
    length: usize,
}

impl Modulus {
    /// `n` is odd, big-endian, without leading zeros, and has 2048 to 8192 bits.
    pub(super) fn new(n: &[u8]) -> Modulus {
        let blocks = (n.len() * 8 + 30).div_ceil(13).div_ceil(8);
        let length = n.len();
        let n = digits::from_be_bytes(n, 4 * blocks);
        let mut multiple = vec![0; n.len()];
        let left = digits::add_multiple(&mut multiple, &n, minus_inverse(n.first().copied().unwrap_or(1)));
        debug_assert!(left == 0 && multiple.first() == Some(&MASK));
        let limbs = Number::from_digits(&multiple);
        let low = limbs.rows.first().map_or([0; 4], |row| row.lanes());
        let low = low.map(digit);
        debug_assert_eq!(low[0], -1);
        let mut modulus = Modulus {
            n,
            multiple,
            limbs,
            low: [low[1], low[2], low[3]],
            square_of_r: Number::zero(blocks),
            product_easings: easing::plan(&easing::product_steps(blocks)),
            square_easings: easing::plan(&easing::square_steps(blocks)),
            length,
        };
        modulus.square_of_r = modulus.compute_square_of_r();
        modulus
    }

    /// `base`^`exponent` mod n in as many bytes as n has, or `None` unless `base` < n. The exponent is odd.
    pub(super) fn power(&self, base: &[u8], exponent: u64) -> Option<Vec<u8>> {
        debug_assert!(exponent % 2 == 1 && exponent > 1 && base.len() <= self.length);
        let base = digits::from_be_bytes(base, self.n.len());
        if !digits::is_less(&base, &self.n) {
            return None;
        }
        let base = Number::from_digits(&base);
        let mut columns = Columns::new(self.blocks());
        let mut times_r = base.clone();
        self.multiply(&mut times_r, &self.square_of_r, &mut columns);
        let mut power = times_r.clone();
        for bit in (1..exponent.ilog2()).rev() {
            self.square(&mut power, &mut columns);
            if (exponent >> bit) & 1 == 1 {
                self.multiply(&mut power, &times_r, &mut columns);
            }
        }
        // The last factor is the base itself, which takes R off.
        self.square(&mut power, &mut columns);
        self.multiply(&mut power, &base, &mut columns);
        Some(digits::to_be_bytes(&self.least(&power), self.length))
    }

    fn blocks(&self) -> usize {
        self.limbs.rows.len()
    }

    /// 2^a R is made by doubling, then squared until a is the number of bits of R.
    fn compute_square_of_r(&self) -> Number {
        let bits_of_r = 104 * self.blocks();
        let squares = bits_of_r.trailing_zeros();
        let mut power = vec![0; self.n.len()];
        let top = 8 * (self.length - 1);
        if let Some(digit) = power.get_mut(top / 26) {
            *digit = 1 << (top % 26);
        }
        for _ in top..bits_of_r + (bits_of_r >> squares) {
            digits::double(&mut power, &self.n);
        }
        let mut power = Number::from_digits(&power);
        let mut columns = Columns::new(self.blocks());
        for _ in 0..squares {
            self.square(&mut power, &mut columns);
        }
        power
    }

    /// x = x y / R mod n.
    fn multiply(&self, x: &mut Number, y: &Number, columns: &mut Columns) {
        columns.clear();
        let mut easings = self.product_easings.iter();
        let mut easing = easings.next();
        for (block, row) in x.rows.iter().enumerate() {
            columns.ease(block, &mut easing, &mut easings);
            let open = columns.groups.get_mut(2 * block..).unwrap_or_default();
            add_rows(open, &y.entries, row.spread(), Entries::ZERO);
        }
        self.reduce(x, columns, easing, easings);
    }

    /// x = x² / R mod n. Each block of eight limbs is multiplied by itself, and twice by all limbs above it.
    fn square(&self, x: &mut Number, columns: &mut Columns) {
        columns.clear();
        let mut easings = self.square_easings.iter();
        let mut easing = easings.next();
        for (block, row) in x.rows.iter().enumerate() {
            columns.ease(block, &mut easing, &mut easings);
            let (Some([own, middle, next, above @ ..]), Some([c0, c1, c2, c3, open @ ..])) =
                (x.entries.get(2 * block..), columns.groups.get_mut(4 * block..))
            else {
                debug_assert!(false, "a block has its entries and columns");
                return;
            };
            let rows = row.spread();
            let own = Entries { near: own.near.and(FROM_NEAR), far: own.far.and(FROM_FAR) };
            let last = Entries { near: next.near.and_not(FROM_NEAR), far: next.far.and_not(FROM_FAR) };
            let first = Entries { near: next.near.and(FROM_NEAR), far: next.far.and(FROM_FAR) };
            let twice = row.double16().spread();
            *c0 = c0.add(products(&rows, own, Entries::ZERO));
            *c1 = c1.add(products(&rows, *middle, own));
            *c2 = c2.add(products(&rows, last, *middle)).add(products(&twice, first, Entries::ZERO));
            *c3 = c3.add(products(&rows, Entries::ZERO, last));
            match above {
                [] => {}
                [second, above @ ..] => {
                    *c3 = c3.add(products(&twice, *second, first));
                    add_rows(open, above, twice, *second);
                }
            }
        }
        self.reduce(x, columns, easing, easings);
    }

    /// x = the columns / R mod n: multiples of N make one block of eight columns after the other zero.
    fn reduce<'e>(
        &self,
        x: &mut Number,
        columns: &mut Columns,
        mut easing: Option<&'e Easing>,
        mut easings: impl Iterator<Item = &'e Easing>,
    ) {
        let blocks = self.blocks();
        let [_, e1, e2, e3, above @ ..] = self.limbs.entries.as_slice() else {
            debug_assert!(false, "a modulus has at least 2048 bits");
            return;
        };
        // The digits have taken the products that belong to the first column but start below it.
        let before = Entries { near: e1.near.and(FROM_NEAR), far: e1.far.and(FROM_NEAR) };
        let first = Entries { near: e2.near.and(FROM_NEAR), far: e2.far.and(FROM_NEAR) };
        let mut quotient = match columns.groups.as_slice() {
            [c0, c1, ..] => self.quotient(*c0, *c1, 0),
            _ => Quotient::default(),
        };
        let mut carry = 0;
        for block in 0..blocks {
            columns.ease(blocks + block, &mut easing, &mut easings);
            let Some([c0, c1, open @ ..]) = columns.groups.get_mut(2 * block + 2..) else {
                debug_assert!(false, "there are twice as many columns as limbs");
                return;
            };
            let rows = quotient.rows;
            *c0 = c0.add(products(&rows, first, before));
            *c1 = c1.add(products(&rows, *e3, *e2));
            carry = quotient.carry;
            // Early, so that the processor works on the next digits beside the rows of these.
            quotient = self.quotient(*c0, *c1, carry);
            add_rows(open, above, rows, *e3);
        }
        let upper = columns.groups.get_mut(2 * blocks..).unwrap_or_default();
        if let Some(lowest) = upper.first_mut() {
            *lowest = lowest.add(Lanes::new([i32::try_from(carry).unwrap_or_default(), 0, 0, 0]));
        }
        x.set(upper);
    }

    /// What makes eight columns zero, with the carry of the columns below.
    #[inline(always)]
    fn quotient(&self, lower: Lanes, upper: Lanes, carry: i64) -> Quotient {
        let [n1, n2, n3] = self.low;
        let [a, b, c, d] = lower.lanes();
        let [e, f, g, h] = upper.lanes();
        // With half a limb in each column: cut off, this is the digit plus half a digit.
        let u0 = plus(two_columns(a, b), carry);
        let q0 = (u0 & MASK).wrapping_sub(HALF_DIGIT);
        let u1 = plus(plus(two_columns(c, d), u0 >> digits::BITS), times(q0, n1));
        let q1 = (u1 & MASK).wrapping_sub(HALF_DIGIT);
        let u2 = plus(plus(two_columns(e, f), u1 >> digits::BITS), plus(times(q0, n2), times(q1, n1)));
        let q2 = (u2 & MASK).wrapping_sub(HALF_DIGIT);
        let products = plus(plus(times(q0, n3), times(q1, n2)), times(q2, n1));
        let u3 = plus(plus(two_columns(g, h), u2 >> digits::BITS), products);
        Quotient { rows: [u0, u1, u2, u3].map(limbs), carry: u3 >> digits::BITS }
    }

    /// The digits of x mod n.
    fn least(&self, x: &Number) -> Vec<i64> {
        // Adding N makes it positive.
        let mut value: Vec<i64> = x.rows.iter().flat_map(|row| row.lanes()).map(digit).collect();
        let left = digits::add_multiple(&mut value, &self.multiple, 1);
        debug_assert_eq!(left, 0, "results are between -N and N");
        digits::reduce(&mut value, &self.n);
        value
    }
}

/// Four digits of a quotient, each as two limbs in all lanes, and what they leave for the next.
struct Quotient {
    rows: [Lanes; 4],
    carry: i64,
}

impl Default for Quotient {
    fn default() -> Quotient {
        Quotient { rows: [Lanes::ZERO; 4], carry: 0 }
    }
}

impl Entries {
    const ZERO: Entries = Entries { near: Lanes::ZERO, far: Lanes::ZERO };
}

impl Number {
    fn zero(blocks: usize) -> Number {
        Number { rows: vec![Lanes::ZERO; blocks], entries: vec![Entries::ZERO; 2 * blocks + 2] }
    }

    /// Digits between 0 and 2^26 - 1, four for each block.
    fn from_digits(digits: &[i64]) -> Number {
        let mut number = Number::zero(digits.len() / 4);
        let columns: Vec<Lanes> = digits
            .chunks_exact(2)
            .map(|pair| {
                let limb = |index: usize, place: u32| {
                    let digit = pair.get(index).copied().unwrap_or_default();
                    i32::try_from((digit >> place) & 0x1fff).unwrap_or_default()
                };
                Lanes::new([limb(0, 0), limb(0, LIMB), limb(1, 0), limb(1, LIMB)]).add(HALVES)
            })
            .collect();
        number.set(&columns);
        number
    }

    /// The columns as limbs, by two carry passes.
    fn set(&mut self, columns: &[Lanes]) {
        debug_assert_eq!(columns.len(), 2 * self.rows.len());
        let mut first = CarryPass::new();
        let mut second = CarryPass::new();
        let (mut below, mut entries_below) = (HALVES_16, Lanes::ZERO);
        let outputs = self.rows.iter_mut().zip(self.entries.chunks_exact_mut(2));
        for (columns, (row, entries)) in columns.chunks_exact(2).zip(outputs) {
            if let ([low, high], [lower, upper]) = (columns, entries) {
                let low = second.next(first.next(*low));
                let high = second.next(first.next(*high));
                let limbs = Lanes::narrow(low, high);
                *row = limbs.sub16(HALVES_16);
                let (even, odd) = Lanes::interleave(*row, limbs.up_one16(below).sub16(HALVES_16));
                *lower = Entries { near: even, far: even.up_two(entries_below) };
                *upper = Entries { near: odd, far: odd.up_two(even) };
                below = limbs;
                entries_below = odd;
            }
        }
        debug_assert_eq!(first.carry() + second.carry(), 0, "the value is too great");
        // Entry L: no limb L, but limb L-1.
        let (even, _) = Lanes::interleave(Lanes::ZERO, HALVES_16.up_one16(below).sub16(HALVES_16));
        if let [.., entry, _] = self.entries.as_mut_slice() {
            *entry = Entries { near: even, far: even.up_two(entries_below) };
        }
    }
}

/// The columns of a product, four in each group.
struct Columns {
    groups: Vec<Lanes>,
}

impl Columns {
    fn new(blocks: usize) -> Columns {
        Columns { groups: vec![HALVES; 4 * blocks] }
    }

    fn clear(&mut self) {
        self.groups.fill(HALVES);
    }

    /// Hands carries on if that is planned before this step.
    #[inline(always)]
    fn ease<'e>(
        &mut self,
        step: usize,
        easing: &mut Option<&'e Easing>,
        rest: &mut impl Iterator<Item = &'e Easing>,
    ) {
        if let Some(due) = easing
            && due.step == step
        {
            let mut pass = CarryPass::new();
            let (groups, above) = self.groups.split_at_mut(due.groups.end);
            for group in groups.iter_mut().skip(due.groups.start) {
                *group = pass.next(*group);
            }
            if let Some(above) = above.first_mut() {
                *above = above.add(Lanes::ZERO.up_one(pass.carries));
            }
            *easing = rest.next();
        }
    }
}

/// One pass over columns from the lowest: each keeps a limb and the carry of the column below.
struct CarryPass {
    carries: Lanes,
}

impl CarryPass {
    fn new() -> CarryPass {
        CarryPass { carries: Lanes::ZERO }
    }

    #[inline(always)]
    fn next(&mut self, columns: Lanes) -> Lanes {
        let carries = columns.shift_right::<LIMB>();
        let eased = columns.and(LOW).add(carries.up_one(self.carries));
        self.carries = carries;
        eased
    }

    /// Out of the highest column.
    fn carry(&self) -> i32 {
        let [.., carry] = self.carries.lanes();
        carry
    }
}

/// Eight rows times all entries: each vector of entries serves two groups of columns.
#[inline(always)]
fn add_rows(columns: &mut [Lanes], entries: &[Entries], rows: [Lanes; 4], mut before: Entries) {
    debug_assert!(columns.len() >= entries.len());
    for (column, entries) in columns.iter_mut().zip(entries) {
        *column = column.add(products(&rows, *entries, before));
        before = *entries;
    }
}

/// Rows 0 to 3 of one block stand for eight limbs; the upper four meet the entries four places lower.
#[inline(always)]
fn products(rows: &[Lanes; 4], entries: Entries, before: Entries) -> Lanes {
    let [r0, r1, r2, r3] = rows;
    let lower = r0.dot(entries.near).add(r1.dot(entries.far));
    lower.add(r2.dot(before.near).add(r3.dot(before.far)))
}

/// Two columns as one digit, not yet cut off.
#[inline(always)]
fn two_columns(low: i32, high: i32) -> i64 {
    i64::from(low).wrapping_add(i64::from(high) << LIMB)
}

/// A digit plus half a digit, above which anything may stand, as two limbs in all lanes.
#[inline(always)]
#[expect(clippy::as_conversions, reason = "26 bits are left")]
fn limbs(digit: i64) -> Lanes {
    let digit = (digit & MASK) as i32;
    Lanes::splat((digit & 0x1fff) | ((digit << 3) & 0x1fff_0000)).sub16(HALVES_16)
}

/// Two limbs, which share a lane, as one digit.
fn digit(lane: i32) -> i64 {
    i64::from(lane << 16 >> 16).wrapping_add(i64::from(lane >> 16) << LIMB)
}

/// Cannot overflow (see the top), so it need not be checked: a checked product of 64 bits is computed in 128.
#[inline(always)]
fn times(a: i64, b: i64) -> i64 {
    debug_assert!(a.checked_mul(b).is_some());
    a.wrapping_mul(b)
}

/// Cannot overflow (see the top).
#[inline(always)]
fn plus(a: i64, b: i64) -> i64 {
    debug_assert!(a.checked_add(b).is_some());
    a.wrapping_add(b)
}

/// -1/n mod 2^26 by Newton's method: each round doubles the right bits, and an odd n is its own inverse mod 8.
fn minus_inverse(n: i64) -> i64 {
    let mut inverse = n;
    for _ in 0..4 {
        inverse = inverse.wrapping_mul(2_i64.wrapping_sub(n.wrapping_mul(inverse))) & MASK;
    }
    inverse.wrapping_neg() & MASK
}

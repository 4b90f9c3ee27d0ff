//! When columns hand their carries on, so that none overflows. The plan depends on the number of limbs alone: it is made
//! by counting, for every step of the arithmetic, how many products of two limbs each column has taken.

use core::ops::Range;

#[cfg(test)]
mod tests;

/// Products that a column may take before it is eased.
pub(super) const CAPACITY: u32 = 120;

/// The greatest size of a limb, after two carry passes.
const LIMB: u32 = 4129;

/// A full column, the half limb that it starts with, and the carry that a quotient leaves (below 2^26, see
/// `modulus.rs`) fit into 31 bits.
const _: () = assert!(CAPACITY * LIMB * LIMB + 4096 + (1 << 26) < 1 << 31);
/// The first carry of a column, which is below 2^31.
const CARRY: u32 = 1 << (31 - 13);
/// The second carry pass meets a limb, a carry and the half limb.
const _: () = assert!((4096 + CARRY + 4096) >> 13 <= LIMB - 4096);
/// What an eased column holds, and the carry that comes up to it: less than the product they count for.
const _: () = assert!(4096 + 2 * CARRY < LIMB * LIMB);
/// The sum that makes a digit of the quotient: two columns, three products of digits, the carry from below.
const _: () = assert!((1 << 31) + (1 << 44) + 3 * DIGIT * DIGIT + (1 << 26) < 1_i64 << 52);
/// The greatest size of a digit: two limbs.
const DIGIT: i64 = 4129 + (4129 << 13);

/// Before the numbered step the carries of the groups go up.
#[derive(Clone, Debug)]
pub(super) struct Easing {
    pub(super) step: usize,
    pub(super) groups: Range<usize>,
}

/// One step: eight rows of limbs are multiplied into groups of four columns.
pub(super) struct Step {
    /// The groups below are finished and may not change.
    open: usize,
    /// To each column of these groups come at most so many products.
    products: Vec<(Range<usize>, u32)>,
}

/// The steps of a product of two numbers of `blocks` times eight limbs, then of its reduction.
pub(super) fn product_steps(blocks: usize) -> Vec<Step> {
    let product =
        (0..blocks).map(|block| Step { open: 0, products: vec![(2 * block..2 * (block + blocks) + 2, 8)] });
    product.chain(reduction_steps(blocks)).collect()
}

/// The steps of a square, then of its reduction: above the block on the diagonal a product counts twice.
pub(super) fn square_steps(blocks: usize) -> Vec<Step> {
    let square = (0..blocks).map(|block| Step {
        open: 0,
        products: vec![(4 * block..4 * block + 4, 8), (4 * block + 2..2 * (block + blocks) + 2, 16)],
    });
    square.chain(reduction_steps(blocks)).collect()
}

fn reduction_steps(blocks: usize) -> impl Iterator<Item = Step> {
    (0..blocks).map(move |block| {
        let open = 2 * block + 2;
        Step { open, products: vec![(open..2 * (block + blocks) + 2, 8)] }
    })
}

/// The easings that keep every column within [`CAPACITY`]. Whenever a column would go past it, all half full ones that would
/// ever do so are eased. An eased column counts for one product, and so does the carry that the column above takes.
pub(super) fn plan(steps: &[Step]) -> Vec<Easing> {
    let groups = steps.len() * 2;
    let mut taken = vec![0_u32; groups];
    let mut to_come = vec![0_u32; groups];
    for step in steps {
        step.each(|group, products| add(&mut to_come, group, products));
    }
    let mut easings = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let mut after = taken.clone();
        step.each(|group, products| add(&mut after, group, products));
        if after.iter().any(|count| *count > CAPACITY) {
            let over: Vec<usize> = (step.open..groups)
                .filter(|group| {
                    sum(&taken, *group) * 2 >= CAPACITY
                        && sum(&taken, *group) + sum(&to_come, *group) > CAPACITY
                })
                .collect();
            let groups = over.first().map_or(0..0, |first| *first..over.last().map_or(0, |last| last + 1));
            for group in groups.clone() {
                if let Some(count) = taken.get_mut(group) {
                    *count = 1;
                }
            }
            add(&mut taken, groups.end, 1);
            easings.push(Easing { step: index, groups });
        }
        step.each(|group, products| {
            add(&mut taken, group, products);
            if let Some(left) = to_come.get_mut(group) {
                *left -= products;
            }
        });
    }
    easings
}

impl Step {
    fn each(&self, mut take: impl FnMut(usize, u32)) {
        for (groups, products) in &self.products {
            groups.clone().for_each(|group| take(group, *products));
        }
    }
}

fn add(counts: &mut [u32], group: usize, products: u32) {
    if let Some(count) = counts.get_mut(group) {
        *count += products;
    }
}

fn sum(counts: &[u32], group: usize) -> u32 {
    counts.get(group).copied().unwrap_or_default()
}

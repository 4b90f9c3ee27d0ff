//! The plan against a count of its own: limb by limb and column by column, as the definition of a product has it.
#![expect(clippy::indexing_slicing, reason = "an index out of bounds must fail the test")]

use super::{CAPACITY, Easing, plan, product_steps, square_steps};

/// Follows the arithmetic and asserts that no column takes more than it may.
struct Count<'a> {
    columns: Vec<u32>,
    most: u32,
    easings: core::slice::Iter<'a, Easing>,
    next: Option<&'a Easing>,
}

impl<'a> Count<'a> {
    fn new(limbs: usize, easings: &'a [Easing]) -> Self {
        let mut easings = easings.iter();
        let next = easings.next();
        Self { columns: vec![0; 2 * limbs], most: 0, easings, next }
    }

    fn ease(&mut self, step: usize, open: usize) {
        if let Some(easing) = self.next.filter(|easing| easing.step == step) {
            let (from, to) = (4 * easing.groups.start, 4 * easing.groups.end);
            assert!(open <= from && from < to && to < self.columns.len(), "{easing:?}");
            self.columns[from..to].fill(1);
            self.columns[to] += 1;
            self.next = self.easings.next();
        }
    }

    fn product(&mut self, column: usize) {
        self.columns[column] += 1;
        self.most = self.most.max(self.columns[column]);
    }

    fn reduce(mut self, limbs: usize) -> u32 {
        for row in 0..limbs {
            if row % 8 == 0 {
                self.ease((limbs + row) / 8, row + 8);
            }
            // What falls into the block's own columns goes into the digits of the quotient.
            let open = (row / 8 + 1) * 8;
            (open..row + limbs).for_each(|column| self.product(column));
        }
        assert!(self.next.is_none(), "an easing that is never due");
        self.most
    }
}

#[test]
fn no_column_takes_more_products_than_it_may() {
    for blocks in 20..=80 {
        let limbs = 8 * blocks;
        let easings = plan(&product_steps(blocks));
        let mut count = Count::new(limbs, &easings);
        for row in 0..limbs {
            if row % 8 == 0 {
                count.ease(row / 8, 0);
            }
            (0..limbs).for_each(|limb| count.product(row + limb));
        }
        let product = count.reduce(limbs);

        let easings = plan(&square_steps(blocks));
        let mut count = Count::new(limbs, &easings);
        for row in 0..limbs {
            if row % 8 == 0 {
                count.ease(row / 8, 0);
            }
            for limb in row..limbs {
                (0..if limb == row { 1 } else { 2 }).for_each(|_| count.product(row + limb));
            }
        }
        let square = count.reduce(limbs);
        assert!(product <= CAPACITY && square <= CAPACITY, "{limbs} limbs: {product}, {square}");
        assert!(product > CAPACITY / 2 && square > CAPACITY / 2, "{limbs} limbs: {product}, {square}");
    }
}

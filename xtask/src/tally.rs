//! Counts: what each test runner reports, summed and shown per row.

use std::fmt;
use std::ops::AddAssign;

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

impl Counts {
    pub const ONE_PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    pub const ONE_FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };
    pub const ONE_SKIPPED: Self = Self { passed: 0, failed: 0, skipped: 1 };

    pub fn total(self) -> usize {
        self.passed + self.failed + self.skipped
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// The rows of the closing table, in the order they were first added to.
#[derive(Default)]
pub struct Table {
    rows: Vec<(String, Counts)>,
}

impl Table {
    pub fn add(&mut self, row: &str, counts: Counts) {
        match self.rows.iter_mut().find(|(name, _)| name == row) {
            Some((_, sum)) => *sum += counts,
            None => self.rows.push((row.to_owned(), counts)),
        }
    }

    pub fn total(&self) -> Counts {
        self.rows.iter().fold(Counts::default(), |mut sum, (_, counts)| {
            sum += *counts;
            sum
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        writeln!(f, "{:width$}  {:>7}  {:>7}  {:>7}", "", "passed", "failed", "skipped")?;
        for (name, counts) in &self.rows {
            let Counts { passed, failed, skipped } = counts;
            writeln!(f, "{name:width$}  {passed:>7}  {failed:>7}  {skipped:>7}")?;
        }
        Ok(())
    }
}

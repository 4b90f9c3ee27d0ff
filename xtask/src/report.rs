//! Reads what test runners print: libtest, `node --test`, pytest, and our own tally lines
//! (`NAME: N passed, N failed, N skipped`).

use crate::tally::Counts;

/// What one runner reported.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The runner's own counts.
    pub counts: Counts,
    /// Tally lines, each with its name.
    pub tallies: Vec<(String, Counts)>,
    /// The reason of each skip that gave one.
    pub skips: Vec<String>,
}

/// Reads the whole output of a runner.
pub fn read(output: &str) -> Report {
    let mut report = Report::default();
    for line in output.lines().map(str::trim) {
        if let Some((name, counts)) = tally(line) {
            report.tallies.push((name, counts));
        } else if let Some(counts) = libtest(line).or_else(|| node(line)).or_else(|| pytest(line)) {
            report.counts += counts;
        } else if let Some(reason) = skip(line) {
            report.skips.push(reason);
        }
    }
    report
}

/// `conformance node: 412 passed, 0 failed, 0 skipped`, perhaps with more behind it.
fn tally(line: &str) -> Option<(String, Counts)> {
    let (name, rest) = line.split_once(": ")?;
    let mut parts = rest.splitn(3, ", ");
    let passed = number_before(parts.next()?, "passed")?;
    let failed = number_before(parts.next()?, "failed")?;
    let (skipped, after) = parts.next()?.split_once(' ')?;
    let skipped = after.starts_with("skipped").then(|| skipped.parse().ok()).flatten()?;
    Some((name.to_owned(), Counts { passed, failed, skipped }))
}

/// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out`
fn libtest(line: &str) -> Option<Counts> {
    let (_, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut counts = Counts::default();
    for part in rest.split("; ") {
        counts.passed += number_before(part, "passed").unwrap_or(0);
        counts.failed += number_before(part, "failed").unwrap_or(0);
        counts.skipped += number_before(part, "ignored").unwrap_or(0);
    }
    Some(counts)
}

/// `# pass 12` of the TAP reporter, `ℹ pass 12` of the other.
fn node(line: &str) -> Option<Counts> {
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
    let (word, number) = rest.split_once(' ')?;
    let number = number.parse().ok()?;
    match word {
        "pass" => Some(Counts { passed: number, ..Counts::default() }),
        "fail" | "cancelled" => Some(Counts { failed: number, ..Counts::default() }),
        "skipped" | "todo" => Some(Counts { skipped: number, ..Counts::default() }),
        _ => None,
    }
}

/// `==== 1 failed, 12 passed, 1 skipped in 0.12s ====`, with or without the frame.
fn pytest(line: &str) -> Option<Counts> {
    let (parts, time) = line.trim_matches(['=', ' ']).rsplit_once(" in ")?;
    if !time.contains('s') || !time.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let mut counts = Counts::default();
    for part in parts.split(", ") {
        let (number, word) = part.split_once(' ')?;
        let number: usize = number.parse().ok()?;
        match word {
            "passed" => counts.passed += number,
            "failed" | "error" | "errors" | "xpassed" => counts.failed += number,
            "skipped" | "xfailed" => counts.skipped += number,
            "warning" | "warnings" | "deselected" => {}
            _ => return None,
        }
    }
    Some(counts)
}

/// The reason in a line that says something was skipped.
fn skip(line: &str) -> Option<String> {
    let reason = if let Some(rest) = line.strip_prefix("skipped: ") {
        rest
    } else if let Some(rest) = line.strip_prefix("SKIPPED [") {
        rest.split_once("] ")?.1
    } else if let Some((_, reason)) = line.split_once(" # SKIP ") {
        reason
    } else if let Some(rest) = line.strip_prefix("﹣ ") {
        rest.split_once(" # ")?.1
    } else {
        let (name, reason) = line.strip_prefix("test ")?.split_once(" ... ignored, ")?;
        return Some(format!("{name}: {reason}"));
    };
    Some(reason.to_owned())
}

fn number_before(text: &str, word: &str) -> Option<usize> {
    text.trim().strip_suffix(word)?.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: usize, failed: usize, skipped: usize) -> Counts {
        Counts { passed, failed, skipped }
    }

    #[test]
    fn libtest_sums_over_binaries() {
        let output = "running 2 tests\ntest a ... ok\ntest b ... ignored, needs a network\n\n\
            test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let report = read(output);
        assert_eq!(report.counts, counts(4, 2, 1));
        assert_eq!(report.skips, ["b: needs a network"]);
    }

    #[test]
    fn node_in_both_reporters() {
        let tap = "ok 1 - a\nok 2 - b # SKIP no browser\n# tests 3\n# suites 0\n# pass 1\n# fail 1\n\
            # cancelled 0\n# skipped 1\n# todo 0\n# duration_ms 31.5\n";
        let spec = "✔ a (1ms)\n﹣ b (0.1ms) # no browser\nℹ tests 3\nℹ pass 1\nℹ fail 1\nℹ skipped 1\n";
        for output in [tap, spec] {
            let report = read(output);
            assert_eq!(report.counts, counts(1, 1, 1));
            assert_eq!(report.skips, ["no browser"]);
        }
    }

    #[test]
    fn pytest_with_and_without_a_frame() {
        let framed = "SKIPPED [1] tests/test_a.py:3: no network\n\
            ==== 1 failed, 12 passed, 1 skipped, 2 warnings, 1 error in 61.12s (0:01:01) ====\n";
        let report = read(framed);
        assert_eq!(report.counts, counts(12, 2, 1));
        assert_eq!(report.skips, ["tests/test_a.py:3: no network"]);
        assert_eq!(read("3 passed in 0.02s").counts, counts(3, 0, 0));
    }

    #[test]
    fn tally_lines_keep_their_name() {
        let report = read("conformance node: 412 passed, 0 failed, 1 skipped\nskipped: x: because\n");
        assert_eq!(report.tallies, [("conformance node".to_owned(), counts(412, 0, 1))]);
        assert_eq!(report.skips, ["x: because"]);
    }

    #[test]
    fn tally_lines_may_go_on() {
        let report = read("conformance python: 1 passed, 0 failed, 0 skipped (SHA-256 ab)\n");
        assert_eq!(report.tallies, [("conformance python".to_owned(), counts(1, 0, 0))]);
    }

    #[test]
    fn prose_counts_nothing() {
        let report = read("compiled in 3s\n# a heading\n1 file changed in 2s\nnote: 3 passed, maybe\n");
        assert_eq!(report, Report::default());
    }
}

//! `cargo xtask test` and `cargo xtask compare`: run their steps one by one and close with one line over all languages.

use std::io::Write as _;
use std::time::Instant;

use crate::fault::{Fault, Outcome};
use crate::report::Report;
use crate::setup;
use crate::suite::{self, Step};
use crate::tally::{Counts, Table};
use crate::tools;

/// How a step ended.
pub enum Ended {
    /// A step that counts nothing is one test.
    Passed,
    Failed(String),
    Skipped(String),
    /// A runner that counts for itself; `trouble` is its output where it failed.
    Counted {
        report: Report,
        trouble: Option<String>,
    },
}

/// Runs all steps, or those of the named groups.
pub fn run(groups: &[&str]) -> Outcome {
    let steps = suite::select(groups)?;
    if groups.is_empty() {
        setup::system_packages();
    }
    take(&steps)
}

/// Runs what is about other libraries.
pub fn compare() -> Outcome {
    take(&suite::beside_others())
}

fn take(steps: &[Step]) -> Outcome {
    demand_tools(steps)?;
    let started = Instant::now();
    let mut closing = Closing::default();
    for step in steps {
        closing.take(step);
    }
    closing.print(started.elapsed().as_secs());
    let total = closing.table.total();
    println!("{total}");
    if total.failed == 0 { Ok(()) } else { Err(Fault::Counted) }
}

/// Names what is missing before anything is run, rather than in the middle.
fn demand_tools(steps: &[Step]) -> Outcome {
    tools::git()?;
    if steps.iter().any(|step| step.needs_hosts()) {
        tools::npm()?;
        tools::python()?;
    }
    Ok(())
}

/// Everything the end of the run repeats.
#[derive(Default)]
struct Closing {
    table: Table,
    skips: Vec<String>,
    failures: Vec<String>,
}

impl Closing {
    fn take(&mut self, step: &Step) {
        print!("{:36} ", step.name);
        // Progress only; a terminal that is gone is no reason to stop.
        let _ = std::io::stdout().flush();
        let started = Instant::now();
        let ended = (step.run)().unwrap_or_else(|fault| Ended::Failed(fault.to_string()));
        let counts = self.count(step, ended);
        println!("{:7.1} s  {counts}", started.elapsed().as_secs_f64());
        if counts.failed > 0 {
            let failure = self.failures.last().map_or("", String::as_str);
            println!("{failure}\n");
        }
    }

    fn count(&mut self, step: &Step, ended: Ended) -> Counts {
        match ended {
            Ended::Passed => self.add(step.row, Counts::ONE_PASSED),
            Ended::Failed(why) => self.fail(step, &why),
            Ended::Skipped(why) => {
                self.skips.push(format!("{}: {why}", step.name));
                self.add(step.row, Counts::ONE_SKIPPED)
            }
            Ended::Counted { report, trouble } => self.count_report(step, report, trouble),
        }
    }

    fn count_report(&mut self, step: &Step, report: Report, trouble: Option<String>) -> Counts {
        let mut counts = self.add(step.row, report.counts);
        for (name, tally) in report.tallies {
            counts += self.add(&name, tally);
        }
        let reasons = report.skips.len();
        self.skips.extend(report.skips.into_iter().map(|reason| format!("{}: {reason}", step.name)));
        if counts.total() == 0 {
            let why = trouble.unwrap_or_else(|| "no test ran".into());
            counts += self.fail(step, &why);
        } else if counts.failed > 0 {
            let why =
                trouble.unwrap_or_else(|| "failures were counted, but the runner says it succeeded".into());
            self.failures.push(format!("{}:\n{why}", step.name));
        } else if let Some(why) = trouble {
            counts += self.fail(step, &why);
        } else if counts.skipped > 0 && reasons == 0 {
            counts += self.fail(step, "tests were skipped without a reason");
        }
        counts
    }

    fn add(&mut self, row: &str, counts: Counts) -> Counts {
        if counts.total() > 0 {
            self.table.add(row, counts);
        }
        counts
    }

    fn fail(&mut self, step: &Step, why: &str) -> Counts {
        self.failures.push(format!("{}:\n{why}", step.name));
        self.add(step.row, Counts::ONE_FAILED)
    }

    fn print(&self, seconds: u64) {
        println!("\n{}", self.table);
        for skip in &self.skips {
            println!("skipped: {skip}");
        }
        for failure in &self.failures {
            println!("failed: {}", failure.lines().next().unwrap_or_default().trim_end_matches(':'));
        }
        println!("{} min {} s", seconds / 60, seconds % 60);
    }
}

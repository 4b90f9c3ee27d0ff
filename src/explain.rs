//! The same checks, leaving a trace of each: what was expected, what was found, what came of it. A trace goes on
//! after a failure as far as there is something to compare; the verdict is the one that `verify` gives.

use crate::checks::{CHECKS, Check, Found, Shown};
use crate::code::Code;
use crate::pipeline::{Checked, Run, Stop};
use crate::rejection::Outcome;
use crate::verdict::Verdict;
use crate::writer::{self, ObjectWriter};

/// Whether a trace shows what was found in claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Names of claims only.
    Hidden,
    /// Their values too.
    Shown,
}

/// A verdict, and what came of every check.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The same as without a trace.
    pub verdict: Verdict,
    /// One for each of [`CHECKS`], in that order.
    pub checks: Vec<Examined>,
}

/// What came of one check.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// Which.
    pub check: &'static Check,
    /// What came of it.
    pub status: Status,
    /// Whether the signature had held before. If not, this says only what the token claims.
    pub verified: bool,
    /// Of a failure: what the verdict would be if this check were the first to fail.
    pub code: Option<Code>,
    /// The part of the token: `header`, `payload` or `signature`.
    pub part: Option<&'static str>,
    /// Of a failure: a fixed word that says more than the code. Of what was not checked: why, in words.
    pub reason: Option<&'static str>,
    /// The claim or header parameter.
    pub claim: Option<String>,
    /// What passes, as JSON; left out where it is longer than 4096 bytes.
    pub expected: Option<String>,
    /// What was found, as JSON.
    pub found: Option<String>,
}

/// What may come of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Checked, and as expected.
    Passed,
    /// Checked, and not as expected.
    Failed,
    /// Keys are needed first.
    Pending,
    /// Nothing to check, or nothing to check it against.
    NotChecked,
}

impl Status {
    /// The word used in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::NotChecked => "not_checked",
        }
    }
}

/// Makes every check.
pub(crate) fn trace(mut run: Run<'_>, values: Values) -> Trace {
    run.goes_on = true;
    let mut verdict = None;
    let mut checks = Vec::with_capacity(CHECKS.len());
    for check in &CHECKS {
        let verified = run.verified;
        let checked = (check.make)(&mut run);
        let shown = (check.show)(&run);
        checks.push(record(check, verified, &checked, shown, verdict.as_ref(), values));
        match checked {
            Err(stop) if verdict.is_none() => verdict = Some(run.stopped(stop)),
            Ok(_) | Err(_) => {}
        }
    }
    Trace { verdict: verdict.unwrap_or_else(|| run.accepted()), checks }
}

fn record(
    check: &'static Check,
    verified: bool,
    checked: &Checked,
    shown: Shown,
    verdict: Option<&Verdict>,
    values: Values,
) -> Examined {
    let blank = Examined {
        check,
        status: Status::Passed,
        verified,
        code: None,
        part: None,
        reason: None,
        claim: None,
        expected: None,
        found: None,
    };
    let not_checked = |reason| Examined { status: Status::NotChecked, reason: Some(reason), ..blank.clone() };
    match checked {
        Ok(Outcome::Passed) => blank.with(shown, values),
        Ok(Outcome::NotAsked(reason)) => not_checked(reason),
        Err(Stop::KeysNeeded(_)) if verdict.is_none() => Examined { status: Status::Pending, ..blank },
        // Everything before the keys passed, so that it is they that are missing.
        Err(Stop::Blocked(_)) if matches!(verdict, Some(Verdict::KeysNeeded(_))) => {
            Examined { status: Status::Pending, ..blank }
        }
        Err(Stop::KeysNeeded(_)) => {
            not_checked("keys would have to be fetched, and are not for a refused token")
        }
        Err(Stop::Blocked(reason)) => not_checked(reason),
        Err(Stop::Rejected(rejection)) => {
            let details = &rejection.details;
            let shown = shown.or(details);
            let (status, code) = (Status::Failed, Some(rejection.code));
            Examined { status, code, part: details.part, reason: details.reason, ..blank }.with(shown, values)
        }
    }
}

impl Examined {
    fn with(self, shown: Shown, values: Values) -> Self {
        let found = match (shown.found, values) {
            (Found::Anyway(json), _) | (Found::InClaim(json), Values::Shown) => Some(json),
            (Found::InClaim(_), Values::Hidden) | (Found::Nothing, _) => None,
        };
        let expected = shown.expected.filter(|json| json.len() <= crate::limits::TRACE_EXPECTED_BYTES);
        Self { claim: shown.claim, expected, found, ..self }
    }

    fn to_json(&self) -> String {
        let mut json = ObjectWriter::new();
        json.string("check", self.check.name)
            .string("clause", self.check.clause)
            .string("status", self.status.name())
            .flag("verified", self.verified)
            .optional("code", self.code.map(Code::name))
            .optional("part", self.part)
            .optional("reason", self.reason)
            .optional("claim", self.claim.as_deref());
        if let Some(expected) = &self.expected {
            json.raw("expected", expected);
        }
        if let Some(found) = &self.found {
            json.raw("found", found);
        }
        json.finish()
    }
}

impl Trace {
    /// The answer as the JSON every host reads; its shape is laid down in `docs/abi.md`, "Trace".
    #[must_use]
    pub fn to_json(&self) -> String {
        let checks: Vec<String> = self.checks.iter().map(Examined::to_json).collect();
        ObjectWriter::new()
            .raw("verdict", &self.verdict.to_json())
            .raw("checks", &writer::array(&checks))
            .finish()
    }
}

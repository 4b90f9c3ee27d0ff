//! The ways a command ends badly: something failed, something is missing on this machine, or it is no command.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// The result of everything that can end a command.
pub type Outcome<T = ()> = Result<T, Fault>;

/// Why a command stopped.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Tests failed and the tally, already printed as the last line, says so; exit code 1.
    Counted,
    /// A check or a child command failed; exit code 1.
    Failed(String),
    /// There is no such command; how they are called, exit code 2.
    Misused(String),
    /// This machine lacks something; one line with the remedy, exit code 2.
    Missing {
        /// What is missing.
        what: String,
        /// What to do about it.
        remedy: String,
    },
}

impl Fault {
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    pub fn missing(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Missing { what: what.into(), remedy: remedy.into() }
    }

    pub fn file(path: &Path, error: &io::Error) -> Self {
        Self::failed(format!("`{}`: {error}", path.display()))
    }

    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Counted | Self::Failed(_) => ExitCode::from(1),
            Self::Misused(_) | Self::Missing { .. } => ExitCode::from(2),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Counted => f.write_str("tests failed"),
            Self::Failed(text) | Self::Misused(text) => f.write_str(text),
            Self::Missing { what, remedy } => write!(f, "missing: {what}; {remedy}"),
        }
    }
}

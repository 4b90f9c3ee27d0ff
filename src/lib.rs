//! One token verifier for a family of apps written in more than one language: strict JWT verdicts, the same
//! everywhere. The core decides; hosts fetch keys and carry tokens. It reads no clock, no network, no randomness.
//!
//! Start with [`Policy::from_json`] and [`Verifier`]; `docs/architecture.md` has the picture.

mod algorithm;
mod base64url;
mod choice;
mod claims;
mod code;
mod contract;
mod diagnosis;
mod door;
mod explain;
mod identity;
mod inspect;
mod json;
mod key;
mod keyring;
mod pipeline;
mod policy;
mod signature;
mod step;
mod time;
mod token;
mod url;
mod verdict;
mod verifier;
mod writer;

pub mod limits;

pub use crate::algorithm::Algorithm;
pub use crate::code::Code;
pub use crate::diagnosis::diagnose;
pub use crate::door::{Form, Session};
pub use crate::explain::{Status, Trace, TraceStep, Values};
pub use crate::identity::{Identity, Kind, TokenFacts};
pub use crate::inspect::{Unverified, inspect};
pub use crate::keyring::Offer;
pub use crate::policy::{Mode, Policy, PolicyError};
pub use crate::step::Step;
pub use crate::time::UnixTime;
pub use crate::token::TokenForm;
pub use crate::verdict::{
    Accepted, Details, Document, Fetch, KeyState, KeysInfo, KeysNeeded, Rejection, Verdict,
};
pub use crate::verifier::Verifier;

/// The examples of the front page, compiled and run with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct FrontPage;

//! One token verifier for a family of apps written in more than one language: strict JWT verdicts, the same
//! everywhere. The core decides; hosts fetch keys and carry tokens. It reads no clock, no network, no randomness.
//!
//! Start with [`Policy::from_json`] and [`Verifier`]; `docs/architecture.md` has the picture.

mod abi;
mod algorithm;
mod base64url;
mod checks;
mod claims;
mod code;
mod contract;
mod conversation;
mod diagnosis;
mod event;
mod explain;
mod fetch;
mod fetched;
mod identity;
mod inspect;
mod json;
mod key;
mod keyring;
mod pipeline;
mod policy;
mod record;
mod rejection;
mod signature;
mod strict;
mod time;
mod token;
mod url;
mod verdict;
mod verifier;
mod writer;

pub mod limits;

pub use crate::abi::{Form, Head, OPERATIONS, Registry};
pub use crate::algorithm::Algorithm;
pub use crate::checks::{CHECKS, Check};
pub use crate::code::Code;
pub use crate::conversation::{Step, Store, Task};
pub use crate::diagnosis::diagnose;
pub use crate::explain::{Examined, Status, Trace, Values};
pub use crate::fetch::{Document, Fetch};
pub use crate::identity::{Identity, TokenFacts};
pub use crate::inspect::{Unverified, inspect};
pub use crate::keyring::{KeyState, Offer};
pub use crate::policy::{Kind, Mode, Policy};
pub use crate::rejection::{Details, Rejection};
pub use crate::strict::Fault;
pub use crate::time::UnixTime;
pub use crate::token::TokenForm;
pub use crate::verdict::{Accepted, KeysInfo, KeysNeeded, Verdict};
pub use crate::verifier::Verifier;

/// The examples of the front page, compiled and run with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct FrontPage;

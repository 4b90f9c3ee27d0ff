//! One token verifier for a family of apps written in more than one language: strict JWT verdicts, the same
//! everywhere. The core decides; hosts fetch keys and carry tokens. It reads no clock, no network, no randomness.
//!
//! Start with [`Policy::from_json`] and [`Verifier`]; `docs/architecture.md` has the picture.

mod abi;
mod algorithm;
mod checks;
mod claims;
mod code;
mod contract;
mod conversation;
mod event;
mod explain;
mod fetched;
mod identity;
mod inspect;
mod keyring;
mod pipeline;
mod record;
mod rejection;
mod verdict;
mod verifier;

pub mod limits;

// What `fuzefront-authn-tools` examines documents with: not an interface, any release may change it.
#[doc(hidden)]
pub mod base64url;
#[doc(hidden)]
pub mod json;
#[doc(hidden)]
pub mod key;
#[doc(hidden)]
pub mod policy;
#[doc(hidden)]
pub mod signature;
#[doc(hidden)]
pub mod strict;
#[doc(hidden)]
pub mod time;
#[doc(hidden)]
pub mod token;
#[doc(hidden)]
pub mod url;
#[doc(hidden)]
pub mod writer;

pub use crate::abi::{Head, OPERATIONS, Registry};
pub use crate::algorithm::Algorithm;
pub use crate::checks::{CHECKS, Check};
pub use crate::code::Code;
pub use crate::conversation::{Step, Store, Task};
pub use crate::explain::{Examined, Status, Trace, Values};
pub use crate::fetched::Document;
pub use crate::identity::{Identity, TokenFacts};
pub use crate::inspect::{Unverified, inspect};
pub use crate::keyring::{KeyState, KeysNeeded, Offer};
pub use crate::policy::{Kind, Mode, Policy};
pub use crate::rejection::{Details, Rejection};
pub use crate::strict::Fault;
pub use crate::time::UnixTime;
pub use crate::token::TokenForm;
pub use crate::verdict::{Accepted, KeysInfo, Verdict};
pub use crate::verifier::Verifier;

/// The examples of the front page, compiled and run with the documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct FrontPage;

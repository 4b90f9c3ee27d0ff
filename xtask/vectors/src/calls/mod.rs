//! Calls that need no verifier (`inspect`, `contract`, and the doctor), one file per stage. Each case states by
//! hand what the answer must hold; the exact answer is recorded from the native core.

mod contract;
mod contract_fault;
mod diagnosis;
mod inspect;
mod model;
mod record;

use authn::{Head, Registry};

pub use record::file;

/// Every stage; the files are named for them.
pub fn all() -> Vec<model::Stage> {
    vec![contract::stage(), inspect::stage()]
}

/// What the doctor, which is not in the verifier's module, is asked.
pub fn doctor() -> model::Stage {
    diagnosis::stage()
}

/// One operation of the core that needs no verifier.
fn core(operation: &str, input: &[u8]) -> String {
    Registry::new().call(&Head::of(operation).message(input))
}

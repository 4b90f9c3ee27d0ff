//! Calls that need no verifier (`authn_inspect`, `authn_contract`, `authn_diagnose`), one file per stage. Each case states by
//! hand what the answer must hold; the exact answer is recorded from the native core.

mod contract;
mod contract_fault;
mod diagnosis;
mod inspect;
mod model;
mod record;

pub use record::file;

/// Every stage; the files are named for them.
pub fn all() -> Vec<model::Stage> {
    vec![contract::stage(), diagnosis::stage(), inspect::stage()]
}

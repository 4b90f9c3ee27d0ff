//! The cases, one file per stage of the pipeline. Each group has its neighbouring good case, so that a refusal shows the
//! one thing that differs.

mod algorithm;
mod audience;
mod encoding;
mod extension;
mod form;
mod identity;
mod issuer;
mod key;
mod key_set;
mod keyring;
mod legacy;
mod policy;
mod rfc;
mod signature;
mod time;
mod typ;

use crate::model::Stage;

/// Every stage; the files are named for them.
pub fn all() -> Vec<Stage> {
    vec![
        algorithm::stage(),
        audience::stage(),
        encoding::stage(),
        form::stage(),
        identity::stage(),
        issuer::stage(),
        key::stage(),
        keyring::stage(),
        legacy::stage(),
        policy::stage(),
        rfc::stage(),
        signature::stage(),
        time::stage(),
        typ::stage(),
    ]
}

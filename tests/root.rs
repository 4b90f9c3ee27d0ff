//! Where the checkout is, for every suite of this package.

use std::path::{Path, PathBuf};

/// The folder that holds all others.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

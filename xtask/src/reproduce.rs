//! Builds a module a second time from a copy of the checkout elsewhere, with another home folder
//! and other target folders: the bytes must be the same (`docs/decisions/0002-module-build.md`).

use std::path::{Path, PathBuf};

#[cfg(unix)]
use crate::fault::Fault;
use crate::fault::Outcome;
use crate::module::{self, Site, Which};
use crate::{toolchain, tools, tree};

/// The module as built elsewhere. Where `AUTHN_RUST_SRC` names an archive, this build uses it, so
/// that two origins of the standard library are compared as well.
pub fn elsewhere(which: Which) -> Outcome<Vec<u8>> {
    let away = Away::make()?;
    let site = Site { root: away.path.join("another").join("checkout"), home: Some(away.path.join("home")) };
    copy_sources(&site.root)?;
    borrow_downloads(&away.path.join("home").join("cargo"))?;
    let archive = std::env::var(toolchain::ARCHIVE_VARIABLE).ok().filter(|name| !name.is_empty());
    module::build(which, &site, archive.as_deref()).map(|built| built.bytes)
}

/// A folder outside the checkout, removed at the end.
struct Away {
    path: PathBuf,
}

impl Away {
    fn make() -> Outcome<Self> {
        let path = std::env::temp_dir().join(format!("authn-reproduce-{}", std::process::id()));
        tree::make_folder(&path)?;
        Ok(Self { path })
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        if let Err(fault) = tree::remove_folder(&self.path) {
            eprintln!("{fault}");
        }
    }
}

/// Copies what git tracks or would track, and the lock file.
fn copy_sources(to: &Path) -> Outcome {
    for file in tree::sources()? {
        tree::copy(&tree::root().join(&file), &to.join(&file))?;
    }
    Ok(())
}

/// The second home reads the first one's downloads under a path of its own.
fn borrow_downloads(home: &Path) -> Outcome {
    tree::make_folder(home)?;
    let (from, to) = (tools::cargo_home().join("registry"), home.join("registry"));
    #[cfg(unix)]
    return std::os::unix::fs::symlink(&from, &to).map_err(|error| Fault::file(&to, &error));
    #[cfg(not(unix))]
    return tree::copy_folder(&from, &to);
}

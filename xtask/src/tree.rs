//! The checkout on disk: where things are, and the few file operations the commands share.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::fault::{Fault, Outcome};
use crate::{shell, tools};

/// The root of the checkout this command runs in, which may be another one than it was compiled in.
pub fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// Where generated things go. Never `CARGO_TARGET_DIR`: the module's bytes are made below the root.
pub fn target() -> PathBuf {
    root().join("target")
}

pub fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| Fault::file(path, &error))
}

pub fn read_text(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| Fault::file(path, &error))
}

pub fn write(path: &Path, bytes: &[u8]) -> Outcome {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    fs::write(path, bytes).map_err(|error| Fault::file(path, &error))
}

pub fn make_folder(path: &Path) -> Outcome {
    fs::create_dir_all(path).map_err(|error| Fault::file(path, &error))
}

/// Removes a folder and what is in it; one that is not there is fine.
pub fn remove_folder(path: &Path) -> Outcome {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Fault::file(path, &error)),
        _ => Ok(()),
    }
}

/// Copies a folder as a whole.
pub fn copy_folder(from: &Path, to: &Path) -> Outcome {
    for file in files(from)? {
        copy(&from.join(&file), &to.join(&file))?;
    }
    Ok(())
}

pub fn copy(from: &Path, to: &Path) -> Outcome {
    if let Some(folder) = to.parent() {
        make_folder(folder)?;
    }
    fs::copy(from, to).map_err(|error| Fault::file(from, &error))?;
    Ok(())
}

/// Every file below `folder`, relative to it, sorted.
pub fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(relative) = folders.pop() {
        let path = folder.join(&relative);
        let entries = fs::read_dir(&path).map_err(|error| Fault::file(&path, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Fault::file(&path, &error))?;
            let relative = relative.join(entry.file_name());
            if entry.path().is_dir() { folders.push(relative) } else { found.push(relative) }
        }
    }
    found.sort();
    Ok(found)
}

/// What git tracks or would track, relative to the root; files deleted meanwhile are left out.
pub fn sources() -> Outcome<Vec<String>> {
    let root = root();
    let mut git = tools::git()?;
    git.current_dir(&root).args(["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"]);
    let list = shell::ask(&mut git)
        .ok_or_else(|| Fault::missing("the history of this checkout", "use `git clone`, not an archive"))?;
    Ok(list.lines().filter(|file| root.join(file).is_file()).map(str::to_owned).collect())
}

/// SHA-256 as lower-case hex.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

//! The compiler the module is built with, and the source of its standard library.
//!
//! The library is compiled from source, so that it aborts without panic texts and carries no paths.
//! Cargo mixes the absolute path of that source into the symbols, and so into their order in the
//! module; hence it is always put at one fixed place. Nothing is written beside the compiler unless
//! rustup itself does it.

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::fault::{Fault, Outcome};
use crate::{shell, tree};

/// As in `rust-toolchain.toml`; another compiler makes other bytes.
pub const VERSION: &str = "1.95.0";

/// Names an archive (`.tar.xz`) whose top folder is `library/`.
pub const ARCHIVE_VARIABLE: &str = "AUTHN_RUST_SRC";

/// rustup retries for minutes where packets are dropped instead of refused.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(120);

/// How often a build gives way to others before it gives up.
const LOCK_TRIES: u32 = 10;

/// The same on every machine that has it (`docs/decisions/0002-module-build.md`).
#[cfg(unix)]
const PLACE: &str = "/tmp/fuzefront-authn-rust-1.95.0";

/// The source of the standard library, ready to be compiled.
pub struct Library {
    pub path: PathBuf,
    pub origin: String,
    /// Shared as long as this lives: nobody puts another origin's files there while they are compiled.
    _lock: File,
}

/// Makes the library's source ready at its place. `Missing` says why the module cannot be built here.
pub fn library(forced: Option<&str>) -> Outcome<Library> {
    let version = compiler_version()?;
    if version != VERSION {
        let what = format!("rustc {VERSION} (this is {version})");
        return Err(Fault::missing(what, format!("run `rustup toolchain install {VERSION}`")));
    }
    let folder = place()?;
    let (path, stamp) = (folder.join("library"), folder.join("origin"));
    let source = find(forced)?;
    let origin = source.origin();
    let lock_path = folder.join("lock");
    let lock = File::create(&lock_path).map_err(|error| Fault::file(&lock_path, &error))?;
    let taken = |result: std::io::Result<()>| result.map_err(|error| Fault::file(&lock_path, &error));
    // Between letting go of the whole and sharing it, another build may put its own origin there.
    for _ in 0..LOCK_TRIES {
        taken(lock.lock_shared())?;
        if tree::read_text(&stamp).is_ok_and(|text| text == origin) {
            return Ok(Library { path, origin, _lock: lock });
        }
        taken(lock.unlock())?;
        taken(lock.lock())?;
        if !tree::read_text(&stamp).is_ok_and(|text| text == origin) {
            // The old stamp goes first: half a folder must not pass for a whole one.
            tree::write(&stamp, b"")?;
            tree::remove_folder(&path)?;
            source.put(&path)?;
            tree::write(&stamp, origin.as_bytes())?;
        }
        taken(lock.unlock())?;
    }
    Err(Fault::failed(format!("`{}` is replaced by other builds again and again", path.display())))
}

/// A folder of ours alone: whoever else could write there could choose what is compiled.
#[cfg(unix)]
fn place() -> Outcome<PathBuf> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    let path = PathBuf::from(PLACE);
    if !path.exists() {
        let made = std::fs::DirBuilder::new().mode(0o700).create(&path);
        made.map_err(|error| Fault::file(&path, &error))?;
    }
    let found = path.symlink_metadata().map_err(|error| Fault::file(&path, &error))?;
    let ours = tree::target().metadata().map_err(|error| Fault::file(&path, &error))?.uid();
    if !found.is_dir() || found.uid() != ours || found.mode() & 0o077 != 0 {
        let what = format!("`{PLACE}` as a folder of this user alone");
        return Err(Fault::missing(what, "remove it and run the command again"));
    }
    Ok(path)
}

/// Other systems have no such place; there the bytes may differ from the published ones.
#[cfg(not(unix))]
fn place() -> Outcome<PathBuf> {
    Ok(tree::target().join("toolchain"))
}

fn compiler_version() -> Outcome<String> {
    let answer = shell::ask(Command::new("rustc").arg("--version"));
    let version = answer.as_deref().and_then(|text| text.split(' ').nth(1)).map(str::to_owned);
    version.ok_or_else(|| Fault::missing("`rustc`", "install Rust from https://rustup.rs"))
}

enum Source {
    Archive(PathBuf),
    Folder(PathBuf),
}

impl Source {
    fn origin(&self) -> String {
        match self {
            Self::Archive(path) => format!("rust {VERSION}, archive `{}`", path.display()),
            Self::Folder(path) => format!("rust {VERSION}, folder `{}`", path.display()),
        }
    }

    fn put(&self, path: &Path) -> Outcome {
        match self {
            Self::Archive(archive) => unpack(archive, path),
            Self::Folder(folder) => tree::copy_folder(folder, path),
        }
    }
}

fn find(forced: Option<&str>) -> Outcome<Source> {
    if let Some(archive) = forced {
        return Ok(Source::Archive(PathBuf::from(archive)));
    }
    if let Some(folder) = installed() {
        return Ok(Source::Folder(folder));
    }
    if add_component()
        && let Some(folder) = installed()
    {
        return Ok(Source::Folder(folder));
    }
    if let Some(archive) = env::var_os(ARCHIVE_VARIABLE).filter(|name| !name.is_empty()) {
        return Ok(Source::Archive(PathBuf::from(archive)));
    }
    debian().map(Source::Folder).ok_or_else(|| {
        let what = "the source of Rust's standard library (component `rust-src`)";
        let remedy =
            format!("run `rustup component add rust-src`, or name an archive of it in `{ARCHIVE_VARIABLE}`");
        Fault::missing(what, remedy)
    })
}

fn installed() -> Option<PathBuf> {
    let sysroot = shell::ask(Command::new("rustc").args(["--print", "sysroot"]))?;
    whole(Path::new(&sysroot).join("lib/rustlib/src/rust/library"))
}

fn add_component() -> bool {
    let mut command = Command::new("rustup");
    command.args(["component", "add", "rust-src", "--toolchain", VERSION]);
    shell::run_within(DOWNLOAD_LIMIT, "rust-src", &mut command).is_ok_and(|finished| finished.success)
}

/// Debian's package `rust-src`, if it is of the same version; its folder names the version.
fn debian() -> Option<PathBuf> {
    whole(PathBuf::from(format!("/usr/src/rustc-{VERSION}/library")))
}

/// A folder that has what `-Zbuild-std` needs. Crates may be vendored in it; else cargo fetches them.
fn whole(library: PathBuf) -> Option<PathBuf> {
    (library.join("Cargo.lock").is_file() && library.join("std").is_dir()).then_some(library)
}

fn unpack(archive: &Path, path: &Path) -> Outcome {
    if !archive.is_file() {
        let what = format!("`{}`, the archive of Rust's standard library", archive.display());
        return Err(Fault::missing(what, "name a file that exists"));
    }
    let parent = path.parent().unwrap_or(path);
    tree::make_folder(parent)?;
    let mut command = Command::new("tar");
    command.arg("-xJf").arg(archive).arg("-C").arg(parent);
    shell::must("rust-src", &mut command)?;
    whole(path.to_path_buf()).map(|_| ()).ok_or_else(|| {
        let what = format!("`library/std` in `{}`", archive.display());
        Fault::missing(what, "use an archive whose top folder is `library`")
    })
}

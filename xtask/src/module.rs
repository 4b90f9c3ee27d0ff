//! Compiles the core to one sealed WebAssembly module with the same bytes everywhere
//! (`docs/decisions/0002-module-build.md`).

use std::env;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_encoder::{ExportKind, ExportSection, RawSection};
use wasmparser::{ExternalKind, Parser, Payload};

use crate::fault::{Fault, Outcome};
use crate::toolchain::{self, Library};
use crate::{shell, tools, tree, wasm_opt};

/// What `docs/abi.md` asks of a runtime, and nothing newer.
const FEATURES: &str = "+simd128,+bulk-memory,+sign-ext,+nontrapping-fptoint,+multivalue,+mutable-globals";

/// Bytes. The stack lies below the data, so running over it traps instead of overwriting.
const STACK: u32 = 256 * 1024;

/// Bytes: room for a thousand verifiers with full key sets. Past it a call traps, and the host takes
/// a new instance.
const MEMORY: u32 = 256 * 1024 * 1024;

/// Variables that would change the bytes or where they are written.
const FOREIGN: [&str; 5] = ["CARGO_PROFILE_", "CARGO_BUILD_", "CARGO_TARGET_", "RUSTC_", "RUSTFLAGS"];

/// The modules that ship.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// `authn.wasm`: every verdict comes from it.
    Verifier,
    /// `authn-tools.wasm`: the doctor and the command line.
    Tools,
}

impl Which {
    pub const ALL: [Self; 2] = [Self::Verifier, Self::Tools];

    /// Its file in `pkg/`.
    pub fn file(self) -> &'static str {
        match self {
            Self::Verifier => "authn.wasm",
            Self::Tools => "authn-tools.wasm",
        }
    }

    /// Where the module is committed.
    pub fn path(self) -> PathBuf {
        tree::root().join("pkg").join(self.file())
    }

    /// The package that cargo compiles, and the linker's output.
    fn package(self) -> (&'static str, &'static str) {
        match self {
            Self::Verifier => ("fuzefront-authn", "authn.wasm"),
            Self::Tools => ("fuzefront-authn-tools", "authn_tools.wasm"),
        }
    }
}

/// A checkout to build in, and the home folder to pretend to have.
pub struct Site {
    pub root: PathBuf,
    pub home: Option<PathBuf>,
}

impl Site {
    /// The checkout and the home folder we run in.
    pub fn here() -> Self {
        Self { root: tree::root(), home: None }
    }
}

/// A module that was built on this machine.
pub struct Built {
    pub bytes: Vec<u8>,
    /// Where the source of the standard library came from.
    pub origin: String,
}

/// The module as it ships: optimised, without custom sections, exporting the interface alone.
/// `archive` names a source of the standard library to use instead of the one found. `Missing` says
/// what this machine lacks.
pub fn build(which: Which, site: &Site, archive: Option<&str>) -> Outcome<Built> {
    let library = toolchain::library(archive)?;
    let compiled = compile(which, site, &library, Names::Stripped)?;
    let bytes = seal(&wasm_opt::optimise(&compiled, false)?)?;
    Ok(Built { bytes, origin: library.origin })
}

/// The same code with the names of its functions: only to be looked at, never to be shipped.
pub fn build_named(which: Which, site: &Site) -> Outcome<Vec<u8>> {
    let library = toolchain::library(None)?;
    wasm_opt::optimise(&compile(which, site, &library, Names::Kept)?, true)
}

#[derive(Clone, Copy)]
enum Names {
    Kept,
    Stripped,
}

/// The linker's output.
fn compile(which: Which, site: &Site, library: &Library, names: Names) -> Outcome<Vec<u8>> {
    let (package, output) = which.package();
    let target = site.root.join("target").join("module");
    let mut command = cargo(site.home.as_deref());
    command.current_dir(&site.root).arg("rustc").args(["--locked", "--lib", "--package", package]);
    if which == Which::Verifier {
        command.args(["--features", "module"]);
    }
    command.args(["--crate-type", "cdylib", "--profile", "wasm"]);
    command.args(["--target", "wasm32-unknown-unknown", "-Zbuild-std=std,panic_abort"]);
    command.arg("--target-dir").arg(&target);
    if let Names::Kept = names {
        command.args(["--config", "profile.wasm.strip=false"]);
    }
    command.env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGO_ENCODED_RUSTFLAGS", flags().join("\u{1f}"));
    command.env("__CARGO_TESTS_ONLY_SRC_ROOT", &library.path);
    shell::must("module", &mut command)?;
    tree::read(&target.join("wasm32-unknown-unknown/wasm").join(output))
}

fn flags() -> Vec<String> {
    vec![
        // A panic becomes one trap instruction: no texts, no formatting, no paths.
        "-Zunstable-options".into(),
        "-Cpanic=immediate-abort".into(),
        format!("-Ctarget-feature={FEATURES}"),
        format!("-Clink-arg=-zstack-size={STACK}"),
        format!("-Clink-arg=--max-memory={MEMORY}"),
    ]
}

/// The cargo that runs us, without the user's own settings for compiling.
fn cargo(home: Option<&Path>) -> Command {
    let mut command = tools::cargo();
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if FOREIGN.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    if let Some(home) = home {
        command.env("HOME", home).env("CARGO_HOME", home.join("cargo"));
        command.env("RUSTUP_HOME", tools::rustup_home());
    }
    command
}

/// Drops custom sections and every export that is not in the interface.
pub fn seal(module: &[u8]) -> Outcome<Vec<u8>> {
    let mut sealed = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(|error| malformed(&error))?;
        match &payload {
            Payload::ImportSection(imports) if imports.count() > 0 => {
                return Err(Fault::failed("the module has imports: something in the core reaches out"));
            }
            Payload::ExportSection(exports) => {
                sealed.section(&interface(exports.clone()).map_err(|error| malformed(&error))?);
            }
            Payload::CustomSection(_) => {}
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    let data = bytes_at(module, &range);
                    sealed.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(sealed.finish())
}

fn interface(exports: wasmparser::ExportSectionReader<'_>) -> wasmparser::Result<ExportSection> {
    let mut kept = ExportSection::new();
    for export in exports {
        let export = export?;
        match export.kind {
            ExternalKind::Func if export.name.starts_with("authn_") => {
                kept.export(export.name, ExportKind::Func, export.index);
            }
            ExternalKind::Memory if export.name == "memory" => {
                kept.export(export.name, ExportKind::Memory, export.index);
            }
            _ => {}
        }
    }
    Ok(kept)
}

/// The bytes of `range`, which the parser found inside `module`.
pub fn bytes_at<'a>(module: &'a [u8], range: &Range<u64>) -> &'a [u8] {
    let bound = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    module.get(bound(range.start)..bound(range.end)).unwrap_or_default()
}

fn malformed(error: &wasmparser::BinaryReaderError) -> Fault {
    Fault::failed(format!("the linker's output is not WebAssembly: {error}"))
}

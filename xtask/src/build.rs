//! `cargo xtask build`: makes `pkg/` as a whole.

use crate::fault::{Fault, Outcome};
use crate::{module, package, toolchain, tree};

/// Builds what can be built here; without the toolchain or the network the committed module stays.
pub fn run(archive: Option<&str>) -> Outcome {
    println!("module: compiling the core");
    match module(archive) {
        Ok(built) => {
            built.write()?;
            println!("module: {} bytes, SHA-256 {}", built.bytes.len(), built.digest());
            println!("module: standard library from {}", built.origin);
        }
        Err(Fault::Missing { what, remedy }) if module::path().is_file() => {
            println!("module: the bytecode was NOT rebuilt, the committed one is used");
            println!("module: missing: {what}; {remedy}");
        }
        Err(fault) => return Err(fault),
    }
    println!("package: assembling `pkg/`");
    package::assemble()?;
    println!("package: done");
    Ok(())
}

/// A module that was built on this machine.
pub struct Built {
    pub bytes: Vec<u8>,
    pub origin: String,
}

impl Built {
    pub fn digest(&self) -> String {
        tree::digest(&self.bytes)
    }

    /// Writes the module and its digest into `pkg/`.
    pub fn write(&self) -> Outcome {
        let path = module::path();
        tree::write(&path, &self.bytes)?;
        let line = format!("{}  authn.wasm\n", self.digest());
        tree::write(&path.with_extension("wasm.sha256"), line.as_bytes())
    }
}

/// Builds the module. `Missing` says what this machine lacks for it.
pub fn module(archive: Option<&str>) -> Outcome<Built> {
    let library = toolchain::library(archive)?;
    let bytes = module::build(&library)?;
    Ok(Built { bytes, origin: library.origin })
}

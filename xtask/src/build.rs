//! `cargo xtask build`: makes `pkg/` as a whole.

use crate::fault::{Fault, Outcome};
use crate::module::{self, Built, Site};
use crate::{package, tree};

/// Builds what can be built here; without the toolchain or the network the committed files stay.
pub fn run(archive: Option<&str>) -> Outcome {
    println!("module: compiling the core …");
    match module::build(&Site::here(), archive) {
        Ok(built) => write(&built)?,
        Err(Fault::Missing { what, remedy }) if module::path().is_file() => {
            println!("module: the bytecode was NOT rebuilt, the committed one is used");
            println!("module: missing: {what}; {remedy}");
        }
        Err(fault) => return Err(fault),
    }
    println!("package: assembling `pkg/` …");
    match package::assemble(None) {
        Err(Fault::Missing { what, remedy }) if package::is_committed() => {
            println!("package: the scripts were NOT rebuilt, the committed ones are used");
            println!("package: missing: {what}; {remedy}");
            Ok(())
        }
        other => other,
    }
}

/// Writes the module and its digest into `pkg/`.
fn write(built: &Built) -> Outcome {
    let path = module::path();
    let digest = tree::digest(&built.bytes);
    tree::write(&path, &built.bytes)?;
    tree::write(&path.with_extension("wasm.sha256"), format!("{digest}  authn.wasm\n").as_bytes())?;
    println!("module: {} bytes, SHA-256 {digest}", built.bytes.len());
    println!("module: standard library of {}", built.origin);
    Ok(())
}

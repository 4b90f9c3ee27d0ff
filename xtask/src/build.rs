//! `cargo xtask build`: makes `pkg/` as a whole.

use crate::fault::{Fault, Outcome};
use crate::module::{self, Built, Site, Which};
use crate::{package, tree};

/// Builds what can be built here; without the toolchain or the network the committed files stay.
pub fn run(archive: Option<&str>) -> Outcome {
    for which in Which::ALL {
        println!("{}: compiling …", which.file());
        match module::build(which, &Site::here(), archive) {
            Ok(built) => write(which, &built)?,
            Err(Fault::Missing { what, remedy }) if which.path().is_file() => {
                println!("{}: NOT rebuilt, the committed one is used", which.file());
                println!("{}: missing: {what}; {remedy}", which.file());
            }
            Err(fault) => return Err(fault),
        }
    }
    package::write_notices()?;
    println!("package: assembling `pkg/` …");
    package::assemble(None)
}

/// Writes the module and its digest into `pkg/`.
fn write(which: Which, built: &Built) -> Outcome {
    let (path, file) = (which.path(), which.file());
    let digest = tree::digest(&built.bytes);
    tree::write(&path, &built.bytes)?;
    tree::write(&path.with_extension("wasm.sha256"), format!("{digest}  {file}\n").as_bytes())?;
    println!("{file}: {} bytes, SHA-256 {digest}", built.bytes.len());
    println!("{file}: standard library of {}", built.origin);
    Ok(())
}

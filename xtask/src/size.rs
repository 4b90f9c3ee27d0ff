//! `cargo xtask size`: how large the module is, and where its bytes go.

use std::collections::HashMap;
use std::path::Path;

use wasmparser::{KnownCustom, Name, Parser, Payload};

use crate::fault::{Fault, Outcome};
use crate::module::{self, Site, Which};
use crate::{shell, tools, tree};

/// Rows below this share of the code are summed up as the rest.
const SMALLEST_SHARE: f64 = 0.005;

/// Prints both tables.
pub fn run() -> Outcome {
    compressed(&Which::Verifier.path())?;
    let named = module::build_named(Which::Verifier, &Site::here())?;
    let sections = Sections::read(&named).map_err(|error| Fault::failed(error.to_string()))?;
    println!("\nsections: code {}, data {}, the rest {}", sections.code, sections.data, sections.rest);
    println!(
        "\ncode by crate (a function counts where it was written; inlined code counts where it is used)"
    );
    show(&sections.functions, sections.code, family);
    println!("\nthe largest functions");
    show_largest(&sections.functions);
    Ok(())
}

fn compressed(path: &Path) -> Outcome {
    println!("{:>8}  raw", tree::read(path)?.len());
    let script = "const z=require('zlib'),b=require('fs').readFileSync(process.argv[1]);\
        console.log(z.gzipSync(b,{level:9}).length,z.brotliCompressSync(b).length)";
    let answer = shell::ask(tools::node()?.args(["-e", script]).arg(path));
    let sizes = answer.ok_or_else(|| Fault::failed("`node` cannot compress the module"))?;
    for (size, name) in sizes.split(' ').zip(["gzip -9", "brotli -11"]) {
        println!("{size:>8}  {name}");
    }
    Ok(())
}

/// Sizes in bytes.
#[derive(Default)]
struct Sections {
    code: u64,
    data: u64,
    rest: u64,
    /// Size and readable name of every function.
    functions: Vec<(u64, String)>,
}

impl Sections {
    fn read(module: &[u8]) -> wasmparser::Result<Self> {
        let mut sections = Self::default();
        let mut sizes = Vec::new();
        let mut names = HashMap::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::CodeSectionStart { size, .. } => sections.code = size.into(),
                Payload::CodeSectionEntry(body) => sizes.push(body.range().end - body.range().start),
                Payload::DataSection(reader) => sections.data = reader.range().end - reader.range().start,
                Payload::CustomSection(reader) => {
                    if let KnownCustom::Name(subsections) = reader.as_known() {
                        for subsection in subsections {
                            read_names(subsection?, &mut names)?;
                        }
                    }
                }
                other => {
                    sections.rest += other.as_section().map_or(0, |(_, range)| range.end - range.start);
                }
            }
        }
        // The module has no imports, so functions are numbered as they stand in the code section.
        let named = sizes.into_iter().zip(0_u32..);
        sections.functions =
            named.map(|(size, index)| (size, names.remove(&index).unwrap_or_default())).collect();
        Ok(sections)
    }
}

fn read_names(subsection: Name<'_>, names: &mut HashMap<u32, String>) -> wasmparser::Result<()> {
    if let Name::Function(functions) = subsection {
        for naming in functions {
            let naming = naming?;
            names.insert(naming.index, format!("{:#}", rustc_demangle::demangle(naming.name)));
        }
    }
    Ok(())
}

fn show(functions: &[(u64, String)], whole: u64, family: fn(&str) -> String) {
    let mut sums: HashMap<String, u64> = HashMap::new();
    for (size, name) in functions {
        *sums.entry(family(name)).or_default() += size;
    }
    let mut rows: Vec<(String, u64)> = sums.into_iter().collect();
    rows.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    let mut rest = 0;
    for (name, size) in rows {
        if share(size, whole) < SMALLEST_SHARE { rest += size } else { row(size, whole, &name) }
    }
    row(rest, whole, "the rest");
}

fn row(size: u64, whole: u64, name: &str) {
    println!("{size:>8}  {:>5.1} %  {name}", 100.0 * share(size, whole));
}

fn show_largest(functions: &[(u64, String)]) {
    let mut functions: Vec<&(u64, String)> = functions.iter().collect();
    functions.sort_by(|left, right| right.cmp(left));
    for (size, name) in functions.into_iter().take(15) {
        println!("{size:>8}  {}", name.chars().take(100).collect::<String>());
    }
}

#[expect(clippy::as_conversions, reason = "sizes of one module are far below what a float holds exactly")]
fn share(size: u64, whole: u64) -> f64 {
    size as f64 / whole.max(1) as f64
}

/// The crate, and its first module where the crate is ours: `<rsa::key::T as U>::f` → `rsa`.
fn family(name: &str) -> String {
    let path_character = |one: char| one.is_alphanumeric() || one == '_' || one == ':';
    let mut paths = name.split(|one: char| !path_character(one)).map(|path| path.trim_matches(':'));
    let path = paths.find(|path| path.contains("::")).unwrap_or(name);
    let mut parts = path.split("::");
    match (parts.next(), parts.next()) {
        (Some("authn"), Some(module)) => format!("authn::{module}"),
        (Some(exported), None) if exported.starts_with("authn_") => "authn::abi".into(),
        (Some(name), Some(_)) => name.to_owned(),
        _ => "compiler and allocator".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::family;

    #[test]
    fn families_are_crates() {
        assert_eq!(family("<rsa::key::T as core::ops::Drop>::drop"), "rsa");
        assert_eq!(family("authn::json::Parser::value"), "authn::json");
        assert_eq!(family("authn_call"), "authn::abi");
        assert_eq!(family("memcpy"), "compiler and allocator");
        assert_eq!(family("<[u8] as core::fmt::Debug>::fmt"), "core");
    }
}

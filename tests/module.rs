//! The shipped module is what `docs/abi.md` says: exactly these exports, no imports, nothing that
//! runs by itself, and memory that is bounded.

use std::error::Error;

use sha2::{Digest as _, Sha256};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef, ValType, Validator, WasmFeatures};

const WASM: &[u8] = include_bytes!("../pkg/authn.wasm");
const DIGEST: &str = include_str!("../pkg/authn.wasm.sha256");
const ABI: &str = include_str!("../docs/abi.md");

/// Pages of 64 KiB, as `xtask/src/module.rs` sets it.
const MAXIMUM_PAGES: u64 = 256 * 1024 * 1024 / 65_536;

/// Every function: without parameters, with one `i32` as answer.
const EXPORTS: [&str; 4] = ["authn_abi_version", "authn_buffer", "authn_buffer_size", "authn_call"];

type Tested = Result<(), Box<dyn Error>>;

fn payloads() -> Result<Vec<Payload<'static>>, Box<dyn Error>> {
    Ok(Parser::new(0).parse_all(WASM).collect::<Result<_, _>>()?)
}

#[test]
#[expect(clippy::indexing_slicing, reason = "the validator gave the index, and has no checked access")]
fn exports_are_exactly_the_interface() -> Tested {
    let mut validator = Validator::new();
    let types = validator.validate_all(WASM)?;
    let types = types.as_ref();
    let mut functions = Vec::new();
    let mut others = Vec::new();
    for payload in payloads()? {
        let Payload::ExportSection(exports) = payload else { continue };
        for export in exports {
            let export = export?;
            if export.kind == ExternalKind::Func {
                let signature = types[types.core_function_at(export.index)].unwrap_func();
                assert_eq!(signature.results(), [ValType::I32], "{}", export.name);
                assert_eq!(signature.params(), [], "{}", export.name);
                functions.push(export.name);
            } else {
                others.push((export.name, export.kind));
            }
        }
    }
    functions.sort_unstable();
    assert_eq!(functions, EXPORTS);
    assert_eq!(others, [("memory", ExternalKind::Memory)]);
    Ok(())
}

#[test]
fn the_page_names_every_export() {
    let rows: Vec<&str> = ABI
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .filter(|name| name.starts_with("authn_") || *name == "memory")
        .collect();
    let expected = [EXPORTS.as_slice(), &["memory"]].concat();
    let mut sorted = rows.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
}

#[test]
fn nothing_is_imported_and_nothing_starts_by_itself() -> Tested {
    for payload in payloads()? {
        match payload {
            Payload::ImportSection(imports) => assert_eq!(imports.count(), 0),
            Payload::StartSection { .. } => return Err("a start section".into()),
            _ => {}
        }
    }
    Ok(())
}

#[test]
fn no_section_tells_of_the_machine_it_was_built_on() -> Tested {
    for payload in payloads()? {
        if let Payload::CustomSection(section) = payload {
            return Err(format!("a custom section `{}`", section.name()).into());
        }
    }
    for trace in [&b".cargo"[..], b".rustup", b"/home/", b"library/", b".rs\0"] {
        assert!(!WASM.windows(trace.len()).any(|window| window == trace), "{}", trace.escape_ascii());
    }
    Ok(())
}

#[test]
fn needs_no_newer_runtime_than_the_page_says() -> Tested {
    let features = WasmFeatures::MVP
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SIMD;
    Validator::new_with_features(features).validate_all(WASM)?;
    Ok(())
}

#[test]
fn one_memory_of_its_own_that_is_bounded() -> Tested {
    let mut memories = Vec::new();
    for payload in payloads()? {
        match payload {
            Payload::MemorySection(section) => {
                for memory in section {
                    memories.push(memory?);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    assert!(!matches!(import?.ty, TypeRef::Memory(_)));
                }
            }
            _ => {}
        }
    }
    let [memory] = memories.as_slice() else { return Err("not one memory".into()) };
    assert_eq!(memory.maximum, Some(MAXIMUM_PAGES));
    assert!(!memory.memory64 && !memory.shared);
    // The buffer, the stack and the tables of the curves: an instance is small before its first use.
    assert!(memory.initial < 32, "{} pages", memory.initial);
    Ok(())
}

#[test]
fn the_digest_beside_it_is_its_own() {
    let digest: String = Sha256::digest(WASM).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(DIGEST, format!("{digest}  authn.wasm\n"));
}

//! Mints `tests/vectors/`, or with `--check` compares them with what would be minted. The expected code of every
//! case is stated in `stages/`; the exact verdict is recorded from the native core and must carry that code.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a broken fixture must stop the generator"
)]

mod calls;
mod flags;
mod keys;
mod mint;
mod model;
mod record;
mod rsa;
mod stages;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let check = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => {
            eprintln!("usage: vectors [--check]");
            return ExitCode::from(2);
        }
    };
    let verdicts = stages::all().into_iter().map(|stage| (stage.name.to_owned(), record::file(&stage)));
    let calls = calls::all().into_iter().map(|stage| (format!("calls/{}", stage.name), calls::file(&stage)));
    let doctor = calls::doctor();
    let doctor = [(format!("doctor/{}", doctor.name), calls::file(&doctor))];
    let faults: usize =
        verdicts.chain(calls).chain(doctor).map(|(name, file)| write(&name, file, check)).sum();
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes or compares a file, and counts what is wrong.
fn write(name: &str, file: Result<String, Vec<String>>, check: bool) -> usize {
    match file {
        Ok(text) => usize::from(!put(name, &text, check)),
        Err(contradictions) => {
            for contradiction in &contradictions {
                eprintln!("{contradiction}");
            }
            contradictions.len()
        }
    }
}

/// Writes the file, or says whether it is there already, byte for byte.
fn put(name: &str, text: &str, check: bool) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(format!("{name}.json"));
    let same = fs::read_to_string(&path).is_ok_and(|found| found == text);
    if check && !same {
        eprintln!("tests/vectors/{name}.json is not what `cargo xtask vectors` mints");
        return false;
    }
    if !same {
        fs::write(&path, text).expect("tests/vectors can be written");
    }
    let cases: usize = ["\"answer_sha256\"", "\"open_error\"", "\"verdict_sha256\""]
        .into_iter()
        .map(|member| text.matches(member).count())
        .sum();
    println!("tests/vectors/{name}.json: {cases} cases{}", if same { ", unchanged" } else { "" });
    true
}

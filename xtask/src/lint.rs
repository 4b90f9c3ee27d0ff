//! What must not stand in any file: a lint that no tool has.

use crate::fault::{Fault, Outcome};
use crate::{tools, tree};

/// Paths of somebody's machine, and registries that a lock file would pin its readers to. Written
/// in halves, so that this file may be searched as well.
const FOREIGN: [&str; 6] = [
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
    concat!("/Us", "ers/"),
    concat!("/tmp/", "wt/"),
    concat!("registry.", "npmjs.org"),
    concat!("\"resolved\": \"", "http"),
];

/// Nothing of this machine, or of anybody's, stands in a file of the project.
pub fn words() -> Outcome {
    let mut words: Vec<String> = FOREIGN.map(str::to_owned).into();
    words.extend(own_folders());
    let mut found = Vec::new();
    for file in tree::sources()? {
        let bytes = tree::read(&tree::root().join(&file))?;
        for word in words.iter().filter(|word| contains(&bytes, word.as_bytes())) {
            found.push(format!("`{file}` has `{word}` in it"));
        }
    }
    none(found, "no file names a folder of a machine or a registry")
}

/// The checkout and the folder of cargo's downloads, unless they are too short to mean anything.
fn own_folders() -> Vec<String> {
    let folders = [tree::root(), tools::cargo_home()];
    folders.iter().map(|folder| folder.display().to_string()).filter(|text| text.len() > 8).collect()
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

fn none(found: Vec<String>, rule: &str) -> Outcome {
    if found.is_empty() {
        return Ok(());
    }
    Err(Fault::failed(format!("{}\n{rule}", found.join("\n"))))
}

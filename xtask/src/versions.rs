//! One version for the core and both hosts, as `Cargo.toml` says it.

use crate::fault::{Fault, Outcome};
use crate::tree;

/// Where the version stands besides `Cargo.toml`: the file and the text before the version.
const PLACES: [(&str, &str); 3] = [
    ("pkg/package.json", "\"version\": \""),
    ("host-python/src/fuzefront_authn/_version.py", "__version__ = \""),
    ("CHANGELOG.md", "\n### "),
];

/// Every place says the same version.
pub fn agree() -> Outcome {
    let manifest = tree::read_text(&tree::root().join("Cargo.toml"))?;
    let version = following(&manifest, "[workspace.package]\nversion = \"").unwrap_or_default();
    let mut differing = Vec::new();
    for (file, before) in PLACES {
        let text = tree::read_text(&tree::root().join(file))?;
        let found = following(&text, before).unwrap_or_default();
        if found != version {
            differing.push(format!("`{file}` says `{found}`, `Cargo.toml` says `{version}`"));
        }
    }
    if differing.is_empty() && !version.is_empty() {
        return Ok(());
    }
    Err(Fault::failed(format!("{}\none version for all parts", differing.join("\n"))))
}

/// The version that follows `before`.
fn following<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split(|end: char| end == '"' || end.is_whitespace()).next()
}

#[cfg(test)]
mod tests {
    use super::following;

    #[test]
    fn finds_what_follows() {
        assert_eq!(following("a\n__version__ = \"1.2.3\"\n", "__version__ = \""), Some("1.2.3"));
        assert_eq!(following("# log\n\n### 1.2.3 (a date)\n", "\n### "), Some("1.2.3"));
        assert_eq!(following("nothing", "version = \""), None);
    }
}

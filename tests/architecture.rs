//! The house of the verifier: no circle of files in `src/`, and no arrow that runs up. Imports are read from the sources.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read must stop the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A file by its module path, `keyring/source`; the crate's root is empty.
type Module = String;

/// The floors, from the top: a file may use those of its own floor and of the floors below. A folder goes with its file.
const FLOORS: [&[&str]; 7] = [
    &["abi"],
    &["verifier"],
    &["contract", "conversation", "event", "explain", "inspect"],
    &["checks"],
    &["pipeline", "verdict", "record"],
    &["claims", "identity", "keyring", "token"],
    &[
        "algorithm",
        "base64url",
        "code",
        "fetched",
        "json",
        "key",
        "limits",
        "policy",
        "rejection",
        "signature",
        "strict",
        "time",
        "url",
        "writer",
    ],
];

fn floor(module: &str) -> Option<usize> {
    let root = module.split('/').next().unwrap_or_default();
    FLOORS.iter().position(|floor| floor.contains(&root))
}

fn modules(folder: &Path, prefix: &str, found: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            modules(&path, &format!("{prefix}{name}/"), found);
        } else {
            let module = if name == "mod" {
                prefix.trim_end_matches('/').to_owned()
            } else {
                format!("{prefix}{name}")
            };
            found.insert(module, fs::read_to_string(&path).unwrap());
        }
    }
}

/// The shipped files: no tests, and not the table of contents.
fn sources() -> BTreeMap<Module, String> {
    let mut found = BTreeMap::new();
    modules(&fuzefront_authn_tests::root().join("src"), "", &mut found);
    found.retain(|module, _| {
        module != "lib" && !module.split('/').any(|part| ["tests", "wycheproof"].contains(&part))
    });
    found
}

/// Code alone: no comments, no documentation, no unit tests at the end of the file.
fn code(text: &str) -> String {
    let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = shipped.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// Every path that begins with `crate` or `super`, in `use` with its braces opened.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = code.get(..at).and_then(|before| before.chars().next_back());
            if !before.is_some_and(|letter| letter.is_alphanumeric() || ":_".contains(letter)) {
                open(code.get(at..).unwrap_or_default(), &[], &mut found);
            }
        }
    }
    found
}

/// One path, or the several that its braces hold.
fn open(text: &str, prefix: &[String], found: &mut Vec<Vec<String>>) {
    let end =
        text.find(|letter: char| !letter.is_alphanumeric() && !":_".contains(letter)).unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    let parts = head.split("::").filter(|part| !part.is_empty()).map(str::to_owned);
    let path: Vec<String> = prefix.iter().cloned().chain(parts).collect();
    let Some(inner) = rest.strip_prefix('{').filter(|_| head.ends_with("::") || head.is_empty()) else {
        found.push(path);
        return;
    };
    let mut depth = 0;
    let mut item = String::new();
    for letter in inner.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ => {}
        }
        if letter == ',' && depth == 0 {
            open(item.trim(), &path, found);
            item.clear();
        } else {
            item.push(letter);
        }
    }
    if !item.trim().is_empty() {
        open(item.trim(), &path, found);
    }
}

/// The file that a path from `module` leads to.
fn target(module: &str, path: &[String], all: &BTreeMap<Module, String>) -> Option<Module> {
    let mut at: Vec<&str> = module.split('/').collect();
    let mut rest = path;
    while let Some((first, behind)) = rest.split_first() {
        match first.as_str() {
            "crate" => at.clear(),
            "super" => drop(at.pop()),
            "self" => {}
            _ => break,
        }
        rest = behind;
    }
    at.extend(rest.iter().map(String::as_str));
    while !at.is_empty() {
        let name = at.join("/");
        if all.contains_key(&name) {
            return Some(name);
        }
        at.pop();
    }
    None
}

/// Which files each file uses: by paths from the crate or from above, and its children by their names.
fn arrows(all: &BTreeMap<Module, String>) -> BTreeMap<Module, BTreeSet<Module>> {
    let uses = |module: &Module, text: &String| {
        let code = code(text);
        let mut used: BTreeSet<Module> =
            paths(&code).iter().filter_map(|path| target(module, path, all)).collect();
        let inside = format!("{module}/");
        let children = all.keys().filter_map(|child| Some((child, child.strip_prefix(&inside)?)));
        used.extend(
            children.filter(|(_, name)| code.contains(&format!("{name}::"))).map(|(child, _)| child.clone()),
        );
        used.remove(module);
        used
    };
    all.iter().map(|(module, text)| (module.clone(), uses(module, text))).collect()
}

/// What is left when files that use nothing that is left are taken away again and again: circles, and what leads to them.
fn circles(arrows: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Module> {
    let mut left = arrows.clone();
    loop {
        let before = left.len();
        let names: BTreeSet<Module> = left.keys().cloned().collect();
        left.retain(|_, used| used.iter().any(|module| names.contains(module)));
        if left.len() == before {
            return left.into_keys().collect();
        }
    }
}

#[test]
fn no_file_reaches_itself_and_no_arrow_runs_up() {
    let all = sources();
    let arrows = arrows(&all);
    let count: usize = arrows.values().map(BTreeSet::len).sum();
    assert!(all.len() > 35 && count > 150, "{} files, {count} arrows", all.len());
    assert_eq!(circles(&arrows), Vec::<Module>::new());
    for (module, used) in &arrows {
        let own = floor(module).unwrap_or_else(|| panic_for(module));
        for other in used {
            assert!(floor(other) >= Some(own), "`{module}` uses `{other}`, which stands above it");
        }
    }
}

#[expect(clippy::panic, reason = "says what to do")]
fn panic_for(module: &str) -> ! {
    panic!("`{module}` stands on no floor: add it to `FLOORS`, as low as it can be")
}

#[test]
fn a_circle_and_an_arrow_up_are_found() {
    let file = |text: &str| text.to_owned();
    let all = BTreeMap::from([
        (file("json"), file("use crate::{limits, writer::{self, number as n}};")),
        (
            file("limits"),
            file("// use crate::json\npub const A: usize = 1;\n#[cfg(test)]\nmod tests { use crate::abi; }"),
        ),
        (file("writer"), file("fn a() { crate::keyring::b() }")),
        (file("keyring"), file("mod source;\nuse source::Source;")),
        (file("keyring/source"), file("use super::super::json::Value;")),
    ]);
    let found = arrows(&all);
    let used = |module: &str| found.get(module).cloned().unwrap_or_default().into_iter().collect::<Vec<_>>();
    assert_eq!(used("json"), ["limits", "writer"]);
    assert_eq!(used("limits"), Vec::<Module>::new());
    assert_eq!(used("keyring"), ["keyring/source"]);
    assert_eq!(circles(&found), ["json", "keyring", "keyring/source", "writer"]);
    assert!(floor("keyring") < floor("writer"));
}

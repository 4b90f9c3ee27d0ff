//! The documentation says what the code does: every code and every reason has its place in `docs/errors.md`. And its links
//! lead somewhere.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken vector file must stop the test")]

#[path = "docs/links.rs"]
mod links;

use authn::{CHECKS, Code, Head, Registry};

const ABI: &str = include_str!("../docs/abi.md");
const CONTRACT: &str = include_str!("../docs/contract/v1.md");
const ERRORS: &str = include_str!("../docs/errors.md");

#[test]
fn every_code_has_a_heading_and_every_heading_a_code() {
    let headings: Vec<&str> = ERRORS.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let codes: Vec<&str> = Code::ALL.into_iter().map(Code::name).collect();
    assert_eq!(headings, codes);
}

#[test]
fn every_heading_states_the_status_of_its_code() {
    for code in Code::ALL {
        let heading = format!("## {}\n\n{}", code.name(), code.status());
        assert!(ERRORS.contains(&heading), "{heading}");
    }
}

#[test]
fn every_code_has_causes_a_remedy_and_a_word_on_retrying() {
    let sections: Vec<&str> = ERRORS.split("\n## ").skip(1).collect();
    assert_eq!(sections.len(), Code::ALL.len());
    for section in sections {
        let first = section.lines().nth(2).unwrap_or_default();
        assert!(first.contains("retry") || first.contains("get a new token"), "{first}");
        for part in ["**Causes:** ", "**Do:** "] {
            assert_eq!(section.matches(part).count(), 1, "{part} in {section}");
        }
    }
}

fn about() -> String {
    Registry::new().call(&Head::of("about").message(b""))
}

#[test]
fn every_reason_for_skipping_a_key_is_explained() {
    let about = about();
    let list =
        about.split("\"key_reasons\":[").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
    let reasons: Vec<&str> = list.split(',').map(|word| word.trim_matches('"')).collect();
    assert!(reasons.len() > 10, "{reasons:?}");
    for reason in reasons {
        assert!(ERRORS.contains(&format!("`{reason}`")), "{reason}");
    }
}

#[test]
fn every_reason_in_a_vector_is_explained_with_its_code() {
    let mut seen = 0;
    for file in std::fs::read_dir(fuzefront_authn_tests::root().join("tests/vectors")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vectors: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for case in cases(&vectors) {
            let (Some(code), Some(reason)) =
                (case["verdict"]["code"].as_str(), case["verdict"]["details"]["reason"].as_str())
            else {
                continue;
            };
            let section = ERRORS.split("\n## ").find(|section| section.starts_with(&format!("{code}\n")));
            assert!(section.is_some_and(|text| text.contains(&format!("`{reason}`"))), "{code} {reason}");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

fn cases(vectors: &serde_json::Value) -> impl Iterator<Item = &serde_json::Value> {
    let groups = vectors["groups"].as_array().into_iter().flatten();
    groups.flat_map(|group| group["cases"].as_array().into_iter().flatten())
}

#[test]
fn every_check_has_its_row_and_the_rows_are_in_order() {
    let rows: Vec<(&str, &str)> = ABI
        .lines()
        .skip_while(|line| !line.starts_with("| check | clause |"))
        .skip(2)
        .map_while(|line| line.strip_prefix("| `"))
        .filter_map(|row| row.split_once("` | "))
        .filter_map(|(name, rest)| Some((name, rest.split_once(" | ")?.0)))
        .collect();
    assert_eq!(rows, CHECKS.each_ref().map(|check| (check.name, check.clause)));
}

#[test]
fn every_check_names_a_clause_of_the_contract() {
    for check in &CHECKS {
        let heading = format!("\n### {} ", check.clause);
        assert_eq!(CONTRACT.matches(&heading).count(), 1, "{}: {heading}", check.name);
    }
}

#[test]
fn the_catalogue_lists_the_checks() {
    let about: serde_json::Value = serde_json::from_str(&about()).unwrap_or_default();
    let rows: Vec<(&str, &str)> = about
        .get("checks")
        .and_then(serde_json::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|row| Some((row.get("check")?.as_str()?, row.get("clause")?.as_str()?)))
        .collect();
    assert_eq!(rows, CHECKS.each_ref().map(|check| (check.name, check.clause)));
}

#[test]
fn every_relative_link_leads_somewhere() {
    let root = &fuzefront_authn_tests::root();
    let mut pages: Vec<_> = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "host-node/README.md",
        "host-python/README.md",
    ]
    .map(|name| root.join(name))
    .into();
    pages.extend(
        ["docs", "examples", "tests"].iter().flat_map(|folder| links::pages_below(&root.join(folder))),
    );
    let (dead, seen) = links::dead(root, &pages);
    assert!(seen > 300 && pages.len() > 15, "{seen} links on {} pages", pages.len());
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn a_dead_link_is_found() {
    let page = std::env::temp_dir().join(format!("authn-links-{}.md", std::process::id()));
    let text = "# A `page`: one\n\n[a](.) [b](nothing.md) [c](#a-page-one)\n[d](#nothing) [e](https://id.example/x) `[f](code)`\n\n\
                ```\n# g\n[h](code)\n```\n[i](#g)\n";
    std::fs::write(&page, text).unwrap();
    let (dead, seen) = links::dead(&std::env::temp_dir(), std::slice::from_ref(&page));
    std::fs::remove_file(&page).unwrap();
    let links: Vec<&str> = dead.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!((links, seen), (vec!["nothing.md", "#nothing", "#g"], 5));
}

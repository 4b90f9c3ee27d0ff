//! The contract holds together: every clause of `docs/contract/v1.md` names a proof that exists, every vector belongs to
//! a clause, the instance follows its schema, and the numbers and codes in the text are those of the core.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken document must stop the test")]

#[path = "contract/clauses.rs"]
mod clauses;
#[path = "contract/exceptions.rs"]
mod exceptions;
#[path = "contract/instance.rs"]
mod instance;
#[path = "conformance/schema.rs"]
mod schema;
#[path = "contract/table.rs"]
mod table;

use std::fs;
use std::path::PathBuf;

use authn::{Code, limits};
use sha2::{Digest, Sha256};

const TEXT: &str = include_str!("../docs/contract/v1.md");

fn path(name: &str) -> PathBuf {
    fuzefront_authn_tests::root().join(name)
}

#[test]
fn every_clause_names_a_proof_that_exists() {
    let clauses = clauses::read(TEXT);
    let faults: Vec<String> = clauses.iter().flat_map(|clause| clause.faults(&clauses::vectors())).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn clauses_are_numbered_without_gaps() {
    let clauses = clauses::read(TEXT);
    let sections: Vec<&str> = TEXT.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    for (index, section) in sections.iter().enumerate() {
        assert!(section.starts_with(&format!("{} ", index + 1)), "{section}");
        let inside: Vec<&str> = clauses
            .iter()
            .filter(|clause| clause.number.split('.').next() == Some(&(index + 1).to_string()))
            .map(|clause| clause.number.as_str())
            .collect();
        let expected: Vec<String> =
            (1..=inside.len()).map(|clause| format!("{}.{clause}", index + 1)).collect();
        assert_eq!(inside, expected);
    }
    assert_eq!(sections.len(), 15);
}

/// A verdict that no clause explains is a rule that nobody wrote down.
#[test]
fn every_vector_belongs_to_a_clause() {
    let clauses = clauses::read(TEXT);
    let patterns: Vec<&str> = clauses.iter().flat_map(clauses::Clause::patterns).collect();
    let vectors = clauses::vectors();
    let orphans: Vec<&str> = vectors
        .iter()
        .filter(|vector| vector.is_ruled)
        .map(|vector| vector.id.as_str())
        .filter(|id| !patterns.iter().any(|pattern| clauses::fits(pattern, id)))
        .collect();
    assert!(vectors.len() > 500, "{}", vectors.len());
    assert!(orphans.is_empty(), "{orphans:?}");
}

#[test]
fn a_clause_with_a_broken_proof_is_found() {
    for (proof, words) in [
        ("", "no proof"),
        ("Vectors: `time/nothing-*`", "fits no vector"),
        ("Vectors: time/edge-good", "not in backticks"),
        ("Proof: `tests/nothing.rs`", "does not exist"),
        ("Proof: `tests/docs.rs: no such words`", "does not hold"),
        ("Policy: yes", "too short"),
        ("Hope: `tests/docs.rs`", "unknown kind of proof"),
    ] {
        let text = format!("## 1 One\n\n### 1.1 Clause\n\nIt MUST hold.\n\n{proof}\n");
        let faults = clauses::read(&text)[0].faults(&clauses::vectors()).join("\n");
        assert!(faults.contains(words), "{proof}: {faults}");
    }
}

#[test]
fn every_clause_without_vectors_is_excused_by_a_list() {
    let faults = exceptions::faults(&clauses::read(TEXT), exceptions::ORGANISATIONAL, exceptions::TESTED);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_proof_cannot_be_swapped_for_words_and_no_excuse_outlives_its_need() {
    const VECTORS: &str = "Vectors: `time/edge-good`";
    const FILE: &str = "Proof: `tests/docs.rs`";
    const POLICY: &str = "Policy: words of more than twenty letters.";
    let listed: &[(&str, &str)] = &[("1.1", "a reason of more than twenty letters")];
    for (proof, organisational, tested, words) in [
        (VECTORS, &[][..], &[][..], ""),
        (FILE, &[], listed, ""),
        (POLICY, listed, &[], ""),
        (POLICY, &[], &[], "1.1 has neither vectors nor a test"),
        (POLICY, &[], listed, "1.1 has neither vectors nor a test"),
        (FILE, &[], &[], "1.1 has no vectors"),
        (FILE, listed, &[], "1.1 has a test"),
        (VECTORS, listed, &[], "1.1 has vectors: take it off"),
        (VECTORS, &[], listed, "1.1 has vectors: take it off"),
        (POLICY, listed, listed, "1.1 stands in both lists"),
        (VECTORS, &[("1.2", "a reason of more than twenty letters")], &[], "1.2 is listed, but no clause"),
        (POLICY, &[("1.1", "because")], &[], "1.1 is listed without a reason"),
    ] {
        let clause = clauses::read(&format!("## 1 One\n\n### 1.1 Clause\n\nIt MUST hold.\n\n{proof}\n"));
        let faults = exceptions::faults(&clause, organisational, tested).join("\n");
        assert!(faults.starts_with(words) && faults.is_empty() == words.is_empty(), "{proof}: {faults}");
    }
}

/// `AUTHN_WRITE=1 cargo test --test contract` writes the table anew.
#[test]
fn the_table_of_clauses_is_up_to_date() {
    let table = table::write(&clauses::read(TEXT), &clauses::vectors());
    let path = path("docs/contract/clauses.md");
    if std::env::var_os("AUTHN_WRITE").is_some() {
        fs::write(&path, &table).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, table, "run it once with AUTHN_WRITE=1");
}

#[test]
fn the_closed_list_of_codes_is_that_of_the_core() {
    let clause = TEXT.lines().skip_while(|line| !line.starts_with("### 13.1"));
    let rows = clause.skip_while(|line| !line.starts_with("|---")).skip(1);
    let rows: Vec<&str> = rows.take_while(|line| line.starts_with('|')).collect();
    let expected: Vec<String> = Code::ALL
        .iter()
        .map(|code| format!("| `{}` | {} | {} |", code.name(), code.status(), code.message()))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_numbers_are_those_of_the_core() {
    let clauses = clauses::read(TEXT);
    let range = |least: u32, most: u32| format!("{least} to {most}");
    for (number, text) in [
        ("2.2", range(1, u32::try_from(limits::ISSUERS).unwrap())),
        ("4.5", format!("at least {} bytes", limits::SECRET_BYTES)),
        ("5.2", format!("**{} bytes**", limits::TOKEN_BYTES)),
        ("5.4", format!("at most {} open brackets", limits::JSON_DEPTH)),
        ("6.1", format!("to {},", limits::NUMERIC_DATE)),
        ("7.4", format!("**{} seconds**", limits::LEEWAY_DEFAULT)),
        ("7.4", format!("0 to **{}**", limits::LEEWAY)),
        ("7.5", range(1, limits::MAX_AGE)),
        ("8.3", format!("**{} seconds** over", limits::FETCH_TIMEOUT)),
        ("8.3", format!("**{} bytes**", limits::KEY_SET_BYTES)),
        ("8.3", format!("at most **{} seconds** (at", limits::FETCH_WAIT)),
        ("8.3", format!("most {} once", limits::FETCH_WAIT_FAILING)),
        ("8.3", format!("for **{}** seconds *hangs*", limits::FETCH_HANGS)),
        ("8.3", format!("until {} seconds have passed", limits::FETCH_LOST)),
        ("8.4", format!("more than **{}** entries", limits::KEYS)),
        ("8.5", format!("**{} to {}** bits", limits::RSA_MIN_BITS, limits::RSA_MAX_BITS)),
        ("8.6", format!("first **{}** in", limits::KEY_CANDIDATES)),
        ("8.8", format!("at least {} and at most {} seconds", limits::SOFT_AGE_MIN, limits::SOFT_AGE_MAX)),
        ("8.8", format!("seconds; **{}** where", limits::SOFT_AGE_DEFAULT)),
        ("8.8", format!("**{}** times", limits::HARD_AGE_FACTOR)),
        ("8.8", format!("*Stale cap* is {} seconds", limits::STALE_CAP_DEFAULT)),
        ("8.8", range(0, limits::STALE_CAP_MAX)),
        ("8.8", format!("more than {} seconds ahead", limits::CLOCK_SET_BACK)),
        ("8.8", format!("in the last **{} seconds**", limits::RETRY_AFTER_MAX)),
        ("8.9", format!("at most **{} seconds** ago", limits::UNKNOWN_KEY_SETTLED)),
        ("8.9", format!("**{}** such", limits::UNKNOWN_KEY_FETCHES)),
        ("8.9", format!("every **{} seconds**", limits::UNKNOWN_KEY_PROOF)),
        ("8.9", format!("at most {} seconds old", limits::UNKNOWN_KEY_PROOF)),
        (
            "8.11",
            format!("with {} second instead of {}", limits::BACK_OFF_MAX_EMPTY, limits::UNKNOWN_KEY_SETTLED),
        ),
        ("8.10", format!("{}) seconds, of", limits::BACK_OFF_MAX)),
        ("8.10", format!("{}) seconds, so", limits::BACK_OFF_MAX_EMPTY)),
        ("8.10", format!("up to {} seconds", limits::RETRY_AFTER_MAX)),
    ] {
        let clause = clauses.iter().find(|clause| clause.number == number).unwrap();
        assert!(clause.body.contains(&text), "{number}: {text}");
    }
}

#[test]
fn text_schema_and_instance_have_one_version() {
    let version = instance::family()["version"].as_str().unwrap().to_owned();
    assert!(TEXT.starts_with(&format!("# The token contract, version {version}\n")), "{version}");
    let title = format!("fuzefront-authn-contract-v{}", version.split('.').next().unwrap());
    assert_eq!(instance::schema()["title"], title);
}

/// The changelog's entry of a frozen version holds digests; the files of that version must have them still.
#[test]
fn a_frozen_contract_does_not_change() {
    let changelog = fs::read_to_string(path("CHANGELOG.md")).unwrap();
    let version = instance::family()["version"].as_str().unwrap().to_owned();
    assert_eq!(drift(&changelog, &version), Vec::<String>::new());
    let zeros = "0".repeat(64);
    let entry = format!("### Contract {version}\n\n- `v1.md` {zeros}\n- `contract.schema.json` {zeros}\n");
    let expected =
        ["v1.md has changed", "contract.schema.json has changed", "fuzefront.v1.json has no digest"];
    assert_eq!(drift(&entry, &version), expected);
}

fn drift(changelog: &str, version: &str) -> Vec<String> {
    let heading = format!("### Contract {version}");
    let Some(start) = changelog.lines().position(|line| line == heading) else {
        return Vec::new();
    };
    let entry: Vec<&str> =
        changelog.lines().skip(start + 1).take_while(|line| !line.starts_with('#')).collect();
    ["v1.md", "contract.schema.json", "fuzefront.v1.json"]
        .into_iter()
        .filter_map(|name| {
            let line = entry.iter().find(|line| line.contains(&format!("`{name}`")));
            let digest = Sha256::digest(fs::read(path("docs/contract").join(name)).unwrap());
            let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            match line {
                None => Some(format!("{name} has no digest")),
                Some(line) if line.contains(&digest) => None,
                Some(_) => Some(format!("{name} has changed")),
            }
        })
        .collect()
}

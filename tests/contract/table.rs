//! Clause → proof, as `docs/contract/clauses.md` shows it.

use std::collections::BTreeSet;

use super::clauses::{Clause, Proof, Vector, fits};

const HEAD: &str = "\
# Clauses and their proof

Written by `AUTHN_WRITE=1 cargo test -p fuzefront-authn-tests --test contract`, never by hand. *Answers* are those of the vectors: codes,
`accepted`, `keys_needed` (no verdict before a fetch), `refused` (the policy), or `answered` (a call that is no verdict). Every verdict belongs to a clause.

| clause | proof | answers |
|---|---|---|
";

pub fn write(clauses: &[Clause], vectors: &[Vector]) -> String {
    let rows: Vec<String> = clauses.iter().map(|clause| row(clause, vectors)).collect();
    format!("{HEAD}{}\n", rows.join("\n"))
}

fn row(clause: &Clause, vectors: &[Vector]) -> String {
    let link = format!("[{} {}](v1.md#{})", clause.number, clause.title, anchor(clause));
    let proofs: Vec<String> = clause.proofs.iter().map(proof).collect();
    let answers: BTreeSet<String> = vectors
        .iter()
        .filter(|vector| clause.patterns().any(|pattern| fits(pattern, &vector.id)))
        .map(|vector| format!("`{}`", vector.answer))
        .collect();
    let answers = Vec::from_iter(answers).join(" ");
    format!("| {link} | {} | {answers} |", proofs.join("; "))
}

fn proof(proof: &Proof) -> String {
    match proof {
        Proof::Vectors(patterns) => {
            patterns.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(" ")
        }
        Proof::Files(files) => files.iter().map(|file| self::file(file)).collect::<Vec<_>>().join(", "),
        Proof::Policy(_) => String::from("policy"),
        Proof::Unknown(text) | Proof::Broken(text) => text.clone(),
    }
}

fn file(proof: &str) -> String {
    let (name, words) = proof.split_once(": ").unwrap_or((proof, ""));
    let link = format!("[{name}](../../{name})");
    if words.is_empty() { link } else { format!("{link} “{words}”") }
}

/// As GitHub makes it of a heading.
fn anchor(clause: &Clause) -> String {
    let heading = format!("{} {}", clause.number, clause.title).to_lowercase();
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.collect::<String>().replace(' ', "-")
}

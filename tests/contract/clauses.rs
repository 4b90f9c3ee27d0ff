//! The clauses of the contract's text, and the proofs that they name.

use std::fs;

use serde_json::Value;

/// One clause: its number, title, whole text, and proofs.
pub struct Clause {
    pub number: String,
    pub title: String,
    pub body: String,
    pub proofs: Vec<Proof>,
}

/// How a clause is proved; `Unknown` and `Broken` are faults.
pub enum Proof {
    Vectors(Vec<String>),
    Files(Vec<String>),
    Policy(String),
    Unknown(String),
    Broken(String),
}

/// One vector, and what it answers: a code, `accepted`, `keys_needed`, `refused` for a policy, `answered` for a call.
pub struct Vector {
    pub id: String,
    pub answer: String,
    /// Whether the contract has to explain it: a verdict, or a reading of a contract.
    pub is_ruled: bool,
}

pub fn read(text: &str) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    for paragraph in text.split("\n\n") {
        if let Some(heading) = paragraph.strip_prefix("### ") {
            let (number, title) = heading.split_once(' ').unwrap();
            let (number, title) = (number.to_owned(), title.to_owned());
            clauses.push(Clause { number, title, body: String::new(), proofs: Vec::new() });
        } else if !paragraph.starts_with("## ")
            && let Some(clause) = clauses.last_mut()
        {
            let line = paragraph.trim().replace('\n', " ");
            clause.proofs.extend(proof(&line));
            clause.body.push_str(&line);
            clause.body.push('\n');
        }
    }
    clauses
}

/// A paragraph that begins with one word and a colon is a proof.
fn proof(line: &str) -> Option<Proof> {
    let (kind, rest) = line.split_once(": ")?;
    if kind.is_empty() || !kind.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    Some(match kind {
        "Vectors" => items(rest).map_or(Proof::Broken(line.to_owned()), Proof::Vectors),
        "Proof" => items(rest).map_or(Proof::Broken(line.to_owned()), Proof::Files),
        "Policy" => Proof::Policy(rest.to_owned()),
        _ => Proof::Unknown(kind.to_owned()),
    })
}

/// "`a`, `b`"
fn items(list: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = list.split('`').collect();
    let between = parts.iter().step_by(2);
    let is_list = parts.len() >= 3
        && parts.len() % 2 == 1
        && between.enumerate().all(|(index, text)| match index {
            0 => text.is_empty(),
            _ if index == parts.len() / 2 => text.is_empty(),
            _ => *text == ", ",
        });
    is_list.then(|| parts.iter().skip(1).step_by(2).map(|item| (*item).to_owned()).collect())
}

impl Clause {
    /// The patterns of its vectors.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.proofs.iter().flat_map(|proof| match proof {
            Proof::Vectors(patterns) => patterns.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        })
    }

    pub fn faults(&self, vectors: &[Vector]) -> Vec<String> {
        let mut faults = Vec::new();
        if self.proofs.is_empty() {
            faults.push(String::from("no proof"));
        }
        for proof in &self.proofs {
            match proof {
                Proof::Vectors(patterns) => faults.extend(
                    patterns
                        .iter()
                        .filter(|pattern| !vectors.iter().any(|vector| fits(pattern, &vector.id)))
                        .map(|pattern| format!("`{pattern}` fits no vector")),
                ),
                Proof::Files(files) => faults.extend(files.iter().filter_map(|file| missing(file))),
                Proof::Policy(reason) if reason.len() < 20 => {
                    faults.push(String::from("its policy is too short"))
                }
                Proof::Policy(_) => {}
                Proof::Unknown(kind) => faults.push(format!("unknown kind of proof `{kind}`")),
                Proof::Broken(line) => faults.push(format!("items that are not in backticks: {line}")),
            }
        }
        faults.into_iter().map(|fault| format!("{} {fault}", self.number)).collect()
    }
}

/// `file`, or `file: words that stand in it`.
fn missing(proof: &str) -> Option<String> {
    let (name, words) = proof.split_once(": ").unwrap_or((proof, ""));
    let path = fuzefront_authn_tests::root().join(name);
    match fs::read_to_string(path) {
        Err(_) => Some(format!("`{name}` does not exist")),
        Ok(text) if text.contains(words) => None,
        Ok(_) => Some(format!("`{name}` does not hold `{words}`")),
    }
}

/// Whether an id fits a pattern, in which `*` stands for any characters.
pub fn fits(pattern: &str, id: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == id,
        Some((start, rest)) => id.strip_prefix(start).is_some_and(|behind| {
            (0..=behind.len()).any(|end| behind.get(end..).is_some_and(|behind| fits(rest, behind)))
        }),
    }
}

/// Every vector of `tests/vectors`: verdicts, policies that are refused, and calls.
pub fn vectors() -> Vec<Vector> {
    let groups = documents("tests/vectors").into_iter().flat_map(|file| list(&file["groups"]));
    let calls = ["tests/vectors/calls", "tests/vectors/doctor"].into_iter().flat_map(documents);
    let calls = calls.flat_map(|file| list(&file["cases"]));
    groups.flat_map(|group| of_group(&group)).chain(calls.map(|case| of_call(&case))).collect()
}

fn documents(folder: &str) -> Vec<Value> {
    let folder = fs::read_dir(fuzefront_authn_tests::root().join(folder)).unwrap();
    let paths = folder.map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn vector(value: &Value, answer: &str, is_ruled: bool) -> Vector {
    Vector { id: value["id"].as_str().unwrap().to_owned(), answer: answer.to_owned(), is_ruled }
}

fn of_group(group: &Value) -> Vec<Vector> {
    if group.get("open_error").is_some() {
        return vec![vector(group, "refused", true)];
    }
    let of_case = |case: &Value| {
        let verdict = &case["verdict"];
        vector(case, verdict["code"].as_str().or(verdict["verdict"].as_str()).unwrap(), true)
    };
    group["cases"].as_array().unwrap().iter().map(of_case).collect()
}

fn of_call(case: &Value) -> Vector {
    let is_ruled = case["operation"] == "contract";
    vector(case, case["answer"]["error"]["code"].as_str().unwrap_or("answered"), is_ruled)
}

//! The clauses that no vector proves, each with the reason: a list that a clause enters in review, and leaves by a test.

use super::clauses::{Clause, Proof};

/// What people do or agree on, where no verifier is at hand: `Policy:` alone is enough.
pub const ORGANISATIONAL: &[(&str, &str)] = &[
    ("1.4", "how two services ask each other; neither runs a verifier for it"),
    ("9.3", "linking is code and decision of the app, behind the verdict"),
    ("14.1", "who holds which secret is seen in the settings of a service only"),
    ("14.2", "what an app does without the verifier is seen in its code only"),
    ("15.2", "it speaks of the next version, which there is none of yet"),
    ("15.3", "it speaks of the next version, which there is none of yet"),
    ("15.6", "it speaks of the days between two versions"),
];

/// What a host or the repository does, which no verdict shows: `Proof:` is enough.
pub const TESTED: &[(&str, &str)] = &[
    ("10.3", "the instance must name no claim of groups; a verifier does what the policy says"),
    ("12.3", "the check is a call of the service, made by the host after the verdict"),
    ("13.2", "the body of a response is written by the host"),
    ("13.6", "guards stand behind the verdict, in the host"),
    ("14.7", "logs are written by the host"),
    ("15.4", "it speaks of files in this repository"),
];

/// A clause needs vectors, unless a list excuses it; a list may excuse nothing that is not so (any more).
pub fn faults(clauses: &[Clause], organisational: &[(&str, &str)], tested: &[(&str, &str)]) -> Vec<String> {
    let listed = |list: &[(&str, &str)], number: &str| list.iter().any(|(listed, _)| *listed == number);
    let of_clause = clauses.iter().filter_map(|clause| {
        let excused = (listed(organisational, &clause.number), listed(tested, &clause.number));
        let fault = match (kinds(clause), excused) {
            (_, (true, true)) => "stands in both lists",
            (Kinds { vectors: true, .. }, (false, false)) => return None,
            (Kinds { vectors: false, files: true, .. }, (false, true)) => return None,
            (Kinds { vectors: false, files: false, policy: true }, (true, false)) => return None,
            (Kinds { vectors: true, .. }, _) => "has vectors: take it off the list",
            (Kinds { files: true, .. }, (true, _)) => {
                "has a test: take it off the list of organisational clauses"
            }
            (Kinds { files: true, .. }, _) => "has no vectors",
            _ => "has neither vectors nor a test",
        };
        Some(format!("{} {fault}", clause.number))
    });
    let of_list = organisational.iter().chain(tested).filter_map(|(number, reason)| {
        let known = clauses.iter().any(|clause| clause.number == *number);
        let fault = if known { "is listed without a reason" } else { "is listed, but no clause" };
        (!known || reason.len() < 20).then(|| format!("{number} {fault}"))
    });
    of_clause.chain(of_list).collect()
}

struct Kinds {
    vectors: bool,
    files: bool,
    policy: bool,
}

fn kinds(clause: &Clause) -> Kinds {
    let has = |kind: fn(&Proof) -> bool| clause.proofs.iter().any(kind);
    Kinds {
        vectors: has(|proof| matches!(proof, Proof::Vectors(_))),
        files: has(|proof| matches!(proof, Proof::Files(_))),
        policy: has(|proof| matches!(proof, Proof::Policy(_))),
    }
}

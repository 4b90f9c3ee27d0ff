//! Every check of a token, in the order in which they are made: the first that fails is the verdict (contract, clause
//! 1.7). A row says what the check is called, which clause asks for it, what it checks, and what a trace shows of it.

mod shown;

use crate::claims::Claims;
use crate::limits;
use crate::pipeline::{Checked, Input, Run, passed};
use crate::token::{self, TokenForm};
use crate::writer;
use shown::{all, at_most, claim_values, header_parameters, key_ids, key_set, member, present};

pub(crate) use shown::{Found, Shown};

/// One check.
pub struct Check {
    /// The word used in answers.
    pub name: &'static str,
    /// The clause of the contract (`docs/contract/v1.md`) that asks for it.
    pub clause: &'static str,
    pub(crate) make: fn(&mut Run<'_>) -> Checked,
    pub(crate) show: fn(&Run<'_>) -> Shown,
}

/// The table.
pub static CHECKS: [Check; 28] = [
    // One bearer token in the request.
    Check {
        name: "credentials",
        clause: "5.1",
        make: |run| run.credentials(),
        show: |run| match run.input {
            Input::Authorization(_) => Shown::default().expected(writer::string("Bearer <token>")),
            Input::Token(_) => Shown::default(),
        },
    },
    Check {
        name: "size",
        clause: "5.2",
        make: |run| passed(token::check_size(run.token()?)),
        show: |run| {
            Shown::default()
                .expected(member("at_most", limits::TOKEN_BYTES.to_string()))
                .found(run.token.map(|token| token.len().to_string()))
        },
    },
    // The three parts of a signed token.
    Check {
        name: "form",
        clause: "5.2",
        make: |run| run.form(),
        show: |run| {
            Shown::default()
                .expected(writer::string(TokenForm::Jws.name()))
                .found(run.token.map(|token| writer::string(TokenForm::of(token).name())))
        },
    },
    // Strict base64url.
    Check { name: "encoding", clause: "5.3", make: |run| run.encoding(), show: |_| Shown::default() },
    Check { name: "header_json", clause: "5.4", make: |run| run.header_json(), show: |_| Shown::default() },
    Check { name: "payload_json", clause: "5.4", make: |run| run.payload_json(), show: |_| Shown::default() },
    Check {
        name: "extensions",
        clause: "5.6",
        make: |run| passed(token::check_extensions(run.header()?)),
        show: |_| Shown::default(),
    },
    // `alg`, `kid` and `typ` are strings.
    Check {
        name: "header_parameters",
        clause: "5.5",
        make: |run| run.header_parameters(),
        show: |run| Shown::default().found(header_parameters(run)),
    },
    // `typ` against all entries.
    Check {
        name: "type",
        clause: "5.8",
        make: |run| run.some_entry_takes_the_type(),
        show: |run| {
            Shown::parameter("typ", run).expected(all(run
                .policy
                .issuers
                .iter()
                .flat_map(|entry| &entry.types)))
        },
    },
    Check {
        name: "logout_token",
        clause: "5.9",
        make: |run| run.logout_token(),
        show: |_| Shown { claim: Some(String::from("events")), ..Shown::default() },
    },
    // `iss` picks the issuer entry.
    Check {
        name: "issuer",
        clause: "2.2",
        make: |run| run.issuer(),
        show: |run| {
            Shown::claim("iss", run).expected(all(run.policy.issuers.iter().flat_map(|entry| &entry.names)))
        },
    },
    // `typ` against the entry.
    Check {
        name: "issuer_type",
        clause: "5.8",
        make: |run| run.entry_takes_the_type(),
        show: |run| Shown::by_entry(run, |policy| Shown::parameter("typ", run).expected(all(&policy.types))),
    },
    Check {
        name: "algorithm",
        clause: "4.2",
        make: |run| run.algorithm(),
        show: |run| {
            Shown::by_entry(run, |policy| {
                let names: Vec<&str> = policy.algorithms.iter().map(|algorithm| algorithm.name()).collect();
                Shown::parameter("alg", run).expected(writer::strings(&names))
            })
        },
    },
    // The keys of the issuer are at hand.
    Check {
        name: "key_set",
        clause: "8.8",
        make: |run| run.key_set(),
        show: |run| Shown::default().found(run.keys.as_ref().map(key_set)),
    },
    // One of them is the token's.
    Check {
        name: "key",
        clause: "8.6",
        make: |run| run.key(),
        show: |run| {
            Shown::by_entry(run, |_| match run.keys.as_ref().and_then(|keys| keys.set) {
                Some(set) => Shown { expected: key_ids(run, set), ..Shown::parameter("kid", run) },
                None => Shown::default(),
            })
        },
    },
    Check { name: "signature", clause: "4.4", make: |run| run.signature(), show: |_| Shown::default() },
    Check {
        name: "claim_types",
        clause: "6.1",
        make: |run| passed(run.claims()?.check_types()),
        show: |_| Shown::default(),
    },
    Check {
        name: "expiry",
        clause: "7.2",
        make: |run| run.time("exp", Claims::check_expiry),
        show: |run| {
            Shown::by_entry(run, |policy| {
                let earliest = run.now.seconds() - f64::from(policy.leeway);
                Shown::claim("exp", run).expected(member("after", writer::number(earliest)))
            })
        },
    },
    Check {
        name: "not_before",
        clause: "7.3",
        make: |run| run.time("nbf", Claims::check_not_before),
        show: |run| Shown::by_entry(run, |policy| Shown::claim("nbf", run).expected(at_most(run, policy))),
    },
    Check {
        name: "issued_at",
        clause: "7.3",
        make: |run| run.time("iat", Claims::check_issued_at),
        show: |run| Shown::by_entry(run, |policy| Shown::claim("iat", run).expected(at_most(run, policy))),
    },
    // `iat` against the maximum age.
    Check {
        name: "age",
        clause: "7.5",
        make: |run| run.time("iat", Claims::check_age),
        show: |run| {
            Shown::by_entry(run, |policy| {
                let max_age = f64::from(policy.max_age.unwrap_or_default());
                let oldest = run.now.seconds() - f64::from(policy.leeway) - max_age;
                Shown::claim("iat", run).expected(member("at_least", writer::number(oldest)))
            })
        },
    },
    Check {
        name: "audience",
        clause: "3.2",
        make: |run| run.claim(Claims::check_audience),
        show: |run| {
            Shown::by_entry(run, |policy| {
                Shown::claim("aud", run).expected(all(policy.audience.iter().flatten()))
            })
        },
    },
    // `azp` or `client_id`.
    Check {
        name: "authorized_party",
        clause: "3.4",
        make: |run| run.claim(Claims::check_party),
        show: |run| {
            Shown::by_entry(run, |policy| {
                let name = run.claims.as_ref().map_or("azp", |claims| claims.party_claim());
                Shown::claim(name, run).expected(all(policy.authorized_parties.iter().flatten()))
            })
        },
    },
    Check {
        name: "required_claims",
        clause: "6.3",
        make: |run| run.claim(Claims::check_required),
        show: |run| {
            Shown::by_entry(run, |policy| {
                let names = &policy.required_claims;
                Shown::default().expected(writer::strings(names)).found(present(run, names))
            })
        },
    },
    Check {
        name: "claim_values",
        clause: "6.4",
        make: |run| run.claim(Claims::check_values),
        show: |run| Shown::by_entry(run, |policy| claim_values(run, &policy.claim_values)),
    },
    // A person or a client.
    Check {
        name: "kind",
        clause: "11.2",
        make: |run| run.claim(Claims::check_kind),
        show: |run| {
            Shown::by_entry(run, |policy| {
                let kinds: Vec<&str> = policy.kinds.iter().map(|kind| kind.name()).collect();
                let found = run.claims.as_ref().map(|claims| writer::string(claims.kind(policy).name()));
                Shown::default().expected(writer::strings(&kinds)).found(found)
            })
        },
    },
    Check {
        name: "scopes",
        clause: "6.5",
        make: |run| run.claim(Claims::check_scopes),
        show: |run| {
            Shown::by_entry(run, |policy| Shown::claim("scope", run).expected(all(&policy.required_scopes)))
        },
    },
    Check {
        name: "subject",
        clause: "9.1",
        make: |run| run.claim(Claims::check_subject),
        show: |run| Shown::by_entry(run, |policy| Shown::claim(&policy.claims.subject, run)),
    },
];

impl PartialEq for Check {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Check {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

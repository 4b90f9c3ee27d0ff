//! Policies that are refused when they are opened, each at the place of its fault.

use serde_json::{Value, json};

use crate::keys::encode;
use crate::mint::good;
use crate::model::{ACCEPTED, Stage, entry, legacy, policy, rejected, usual_keys};

pub fn stage() -> Stage {
    let mut stage = Stage::new("policy");
    stage.usual("least", json!({})).case("good", "the usual policy is one", good().mint(), ACCEPTED);
    stage.usual("everything", everything()).case(
        "good",
        "every member given",
        good().claim("azp", "web-client").claim("sid", "s").claim("tid", "t").claim("scope", "read").mint(),
        ACCEPTED,
    );

    let longest = json!({ "issuer": names(16), "audience": ["a".repeat(1024)], "jwks_uri": url(1024) });
    let token = good().claim("iss", "https://id.example/0").claim("aud", "a".repeat(1024));
    stage
        .usual("longest", longest)
        .case("good", "names as long and as many as they may be", token.mint(), ACCEPTED)
        .flags(&["bound"])
        .case(
            "refused",
            "what is too long to be repeated is left out",
            good().mint(),
            rejected("INVALID_ISSUER"),
        )
        .flags(&["bound"]);

    let absent = "<absent>";
    for (id, members, path) in [
        ("unknown-member", json!({ "audiense": "x" }), "/issuers/0/audiense"),
        ("no-issuer", json!({ "issuer": absent }), "/issuers/0/issuer"),
        ("issuer-null", json!({ "issuer": null }), "/issuers/0/issuer"),
        ("issuer-empty-list", json!({ "issuer": [] }), "/issuers/0/issuer"),
        ("no-audience", json!({ "audience": absent }), "/issuers/0/audience"),
        ("audience-null", json!({ "audience": null }), "/issuers/0/audience"),
        ("audience-empty", json!({ "audience": [] }), "/issuers/0/audience"),
        ("mode", json!({ "mode": "trust-me" }), "/issuers/0/mode"),
        ("algorithm-none", json!({ "algorithms": ["none"] }), "/issuers/0/algorithms/0"),
        ("algorithm-hs256", json!({ "algorithms": ["RS256", "HS256"] }), "/issuers/0/algorithms/1"),
        ("leeway-over", json!({ "leeway": 301 }), "/issuers/0/leeway"),
        ("leeway-negative", json!({ "leeway": -1 }), "/issuers/0/leeway"),
        ("leeway-fraction", json!({ "leeway": 0.5 }), "/issuers/0/leeway"),
        ("max-age-zero", json!({ "max_age": 0 }), "/issuers/0/max_age"),
        ("max-age-over", json!({ "max_age": 31_536_001 }), "/issuers/0/max_age"),
        ("http", json!({ "jwks_uri": "http://id.example/jwks" }), "/issuers/0/jwks_uri"),
        ("secret-without-legacy", json!({ "secret": encode(&[7; 32]) }), "/issuers/0/secret"),
        ("keys-and-uri", json!({ "keys": { "keys": usual_keys() } }), "/issuers/0/keys"),
        ("no-usable-key", json!({ "jwks_uri": absent, "keys": { "keys": [] } }), "/issuers/0/keys"),
        ("not-a-url", json!({ "issuer": "fuzefront", "jwks_uri": absent }), "/issuers/0/issuer"),
        ("kind", json!({ "kinds": ["robot"] }), "/issuers/0/kinds/0"),
        ("claim-name", json!({ "claims": { "sub": "uid" } }), "/issuers/0/claims/sub"),
        ("claim-values-empty", json!({ "claim_values": { "tid": [] } }), "/issuers/0/claim_values/tid"),
        ("scope-with-space", json!({ "required_scopes": ["read write"] }), "/issuers/0/required_scopes/0"),
        ("types-empty", json!({ "types": [] }), "/issuers/0/types"),
        ("types-application", json!({ "types": ["application/"] }), "/issuers/0/types/0"),
        ("issuer-empty", json!({ "issuer": "" }), "/issuers/0/issuer"),
        ("issuer-too-long", json!({ "issuer": url(1025) }), "/issuers/0/issuer"),
        ("issuer-too-many", json!({ "issuer": names(17) }), "/issuers/0/issuer"),
        ("audience-empty-string", json!({ "audience": "" }), "/issuers/0/audience"),
        ("audience-too-long", json!({ "audience": ["a".repeat(1025)] }), "/issuers/0/audience/0"),
        ("jwks-uri-too-long", json!({ "jwks_uri": url(1025) }), "/issuers/0/jwks_uri"),
        ("member-too-long", json!({ "/".repeat(1025): 1 }), "/issuers/0"),
        ("claim-values-too-many", json!({ "claim_values": many_claims(65) }), "/issuers/0/claim_values"),
    ] {
        stage.refused(id, policy(members), path);
    }
    for (id, members, path) in [
        ("legacy-no-secret", json!({ "secret": "<absent>" }), "/issuers/0/secret"),
        ("legacy-short-secret", json!({ "secret": encode(&[7; 31]) }), "/issuers/0/secret"),
        ("legacy-rs256", json!({ "algorithms": ["RS256"] }), "/issuers/0/algorithms/0"),
        ("legacy-jwks-uri", json!({ "jwks_uri": "https://id.example/jwks" }), "/issuers/0/jwks_uri"),
    ] {
        stage.refused(id, legacy(members), path);
    }
    for (id, document, path) in [
        ("empty", json!({}), "/issuers"),
        ("no-issuers", json!({ "issuers": [] }), "/issuers"),
        ("unknown-top-member", json!({ "issuers": [entry(json!({}))], "issuer": "x" }), "/issuer"),
        ("issuer-twice", json!({ "issuers": [entry(json!({})), entry(json!({}))] }), "/issuers/1/issuer"),
        ("17-issuers", json!({ "issuers": issuers(17) }), "/issuers"),
    ] {
        stage.refused(id, document, path);
    }
    stage
        .group("16-issuers", json!({ "issuers": issuers(16) }))
        .keys(&usual_keys())
        .case("good", "as many as allowed", good().claim("iss", "https://id-0.example/").mint(), ACCEPTED)
        .flags(&["bound"]);
    stage
}

fn issuers(count: usize) -> Vec<Value> {
    (0..count).map(|n| entry(json!({ "issuer": format!("https://id-{n}.example/") }))).collect()
}

fn everything() -> Value {
    json!({
        "mode": "federated-jwks",
        "algorithms": ["RS256", "ES256"],
        "types": ["JWT"],
        "leeway": 30,
        "max_age": 31_536_000,
        "required_claims": ["sid"],
        "claim_values": { "tid": ["t"] },
        "required_scopes": ["read"],
        "authorized_parties": ["web-client"],
        "kinds": ["user"],
        "machine_clients": ["nightly-job"],
        "claims": { "subject": "sub", "tenant": "tenantId", "roles": "roles", "email": "email" },
    })
}

/// An https URL of that many bytes.
fn url(bytes: usize) -> String {
    format!("{:/<bytes$}", "https://id.example/").replace("///", "/xx")
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("https://id.example/{number}")).collect()
}

fn many_claims(count: usize) -> Value {
    (0..count)
        .map(|number| (format!("claim-{number}"), json!(["x"])))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

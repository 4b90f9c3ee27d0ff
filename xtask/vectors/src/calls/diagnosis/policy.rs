//! Findings on the policy by itself.

use serde_json::json;

use super::{Stage, entry, key, keys, sound};
use crate::model;

pub fn cases(stage: &mut Stage) {
    let legacy = model::legacy(json!({}));
    stage
        .finds(
            "legacy-entry",
            "a shared secret is a bridge",
            &json!({ "now": model::T, "policy": legacy }),
            &["legacy_entry", "healthy"],
        )
        .finds(
            "static-keys",
            "keys in the policy are never fetched",
            &sound(json!({ "policy": entry(json!({ "keys": { "keys": [key()] } })), "fetched": [] })),
            &["static_keys", "healthy"],
        )
        .shows("keys", 1)
        .finds(
            "leeway-wide",
            "more than a minute",
            &sound(json!({ "policy": entry(json!({ "leeway": 120 })) })),
            &["leeway_wide", "healthy"],
        )
        .shows("leeway", 120);
    let mut insecure = entry(json!({ "jwks_uri": "http://id.internal/jwks/" }));
    insecure["insecure_hosts"] = json!(["id.internal"]);
    let mut set = keys(&[key()]);
    set["url"] = json!("http://id.internal/jwks/");
    let discovery = super::document(json!({}));
    let alias = super::document_at(
        "http://id.internal/",
        "http://id.internal/.well-known/openid-configuration",
        json!({}),
    );
    stage
        .finds(
            "insecure-key-url",
            "plain http inside a cluster",
            &sound(json!({ "policy": insecure, "fetched": [discovery, set, alias] })),
            &["insecure_key_url"],
        )
        .shows("url", "http://id.internal/jwks/");
    let mut two = entry(json!({}));
    let mut second = two["issuers"][0].clone();
    second["issuer"] = json!(["https://other.example/"]);
    second["jwks_uri"] = json!("https://id.example/jwks/");
    two["issuers"].as_array_mut().expect("a list").push(second);
    let other = super::document_at(
        "https://other.example/",
        "https://other.example/.well-known/openid-configuration",
        json!({ "issuer": "https://other.example/" }),
    );
    stage
        .finds(
            "audience-in-several-entries",
            "two directories with the same client ids",
            &sound(json!({ "policy": two, "fetched": [super::document(json!({})), other, keys(&[key()])] })),
            &["audience_in_several_entries", "healthy"],
        )
        .shows("entries", json!(["/issuers/0", "/issuers/1"]));
}

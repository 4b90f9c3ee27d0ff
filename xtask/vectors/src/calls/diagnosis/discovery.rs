//! Findings on an issuer and what it says of itself.

use serde_json::{Value, json};

use super::{ISSUER, KEYS, Stage, document, document_at, entry, key, keys, sound};
use crate::keys::Key;
use crate::model::with;

const APP: &str = "https://id.example/application/o/app/";

pub fn cases(stage: &mut Stage) {
    issuers(stage);
    hosts(stage);
    addresses(stage);
    algorithms(stage);
    signing_key(stage);
    encryption(stage);
}

/// The policy expects `expected`; the document there says `found`.
fn says(expected: &str, found: &str) -> Value {
    let base = expected.trim_end_matches('/');
    let url = format!("{base}/.well-known/openid-configuration");
    sound(json!({
        "policy": entry(json!({ "issuer": expected })),
        "fetched": [document_at(expected, &url, json!({ "issuer": found })), with(keys(&[key()]), "issuer", expected)],
    }))
}

fn issuers(stage: &mut Stage) {
    for (name, expected, found, id) in [
        ("slash", "https://id.example/application/o/app", APP, "issuer_slash_differs"),
        ("host", APP, "https://auth.example/application/o/app/", "issuer_host_differs"),
        ("port", APP, "https://id.example:8443/application/o/app/", "issuer_port_differs"),
        ("path", APP, "https://id.example/application/o/other/", "issuer_path_differs"),
        ("root", APP, "https://id.example/", "global_issuer_mode"),
        ("root-bare", APP, "https://id.example", "global_issuer_mode"),
        ("case", APP, "https://id.example/application/o/App/", "issuer_case_differs"),
        ("scheme", APP, "HTTPX://id.example/application/o/app/", "issuer_scheme_differs"),
        ("text", APP, "app", "issuer_differs"),
        ("forwarded-proto", APP, "http://id.example/application/o/app/", "forwarded_proto_missing"),
        ("hidden-letter", ISSUER, "https://id\u{200b}.example/", "issuer_host_differs"),
    ] {
        stage.finds(&format!("issuer-{name}"), "compared byte for byte", &says(expected, found), &[id]);
        stage.is("/findings/0/evidence/where", "discovery");
        stage.is("/findings/0/evidence/expected", expected);
    }
    stage
        .finds(
            "issuer-slash-shown",
            "the place of the difference is marked",
            &says("https://id.example/o/app", "https://id.example/o/app/"),
            &["issuer_slash_differs"],
        )
        .shows("position", 24)
        .shows("differs", json!(["slash"]))
        .shows("shown/2", "                                 ^")
        .shows("there", "expected nothing, found '/'");
}

fn hosts(stage: &mut Stage) {
    let auth = "https://auth.example/";
    let auth_url = "https://auth.example/.well-known/openid-configuration";
    let names = |list: Value| entry(json!({ "issuer": list }));
    let both = |found: &str| {
        json!([document(json!({})), document_at(auth, auth_url, json!({ "issuer": found })), keys(&[key()])])
    };
    stage
        .finds(
            "several-hosts",
            "each host is its own issuer, and all of them are accepted",
            &sound(json!({ "policy": names(json!([ISSUER, auth])), "fetched": both(auth) })),
            &["healthy"],
        )
        .finds(
            "several-issuers",
            "a host says a third name",
            &sound(
                json!({ "policy": names(json!([ISSUER, auth])), "fetched": both("https://admin.example/") }),
            ),
            &["issuer_host_differs", "several_issuers"],
        );
    let internal = "http://id-server:9000/application/o/app/";
    let mut policy = entry(json!({ "issuer": APP, "jwks_uri": format!("{internal}jwks/") }));
    policy["insecure_hosts"] = json!(["id-server:9000"]);
    let well_known = ".well-known/openid-configuration";
    let split = json!([
        document_at(
            APP,
            &format!("{APP}{well_known}"),
            json!({ "issuer": APP, "jwks_uri": format!("{APP}jwks/") })
        ),
        document_at(internal, &format!("{internal}{well_known}"), json!({ "issuer": internal })),
        with(with(keys(&[key()]), "url", format!("{internal}jwks/")), "issuer", APP),
    ]);
    stage
        .finds(
            "keys-host-has-other-issuer",
            "split DNS: keys come from inside the cluster",
            &sound(json!({ "policy": policy, "fetched": split })),
            &["insecure_key_url", "keys_host_has_other_issuer"],
        )
        .is("/findings/1/evidence/found", internal)
        .case(
            "keys-host-wanted",
            "the document is wanted at both hosts",
            sound(json!({ "policy": policy, "fetched": [] })).to_string(),
        )
        .each(
            "/wanted",
            "url",
            &[&format!("{APP}{well_known}"), &format!("{internal}{well_known}"), &format!("{internal}jwks/")],
        );
}

fn addresses(stage: &mut Stage) {
    let at = |members: Value| sound(json!({ "fetched": [document(members), keys(&[key()])] }));
    stage
        .finds(
            "no-issuer",
            "nothing proves whose document it is",
            &at(json!({ "issuer": "<absent>" })),
            &["discovery_incomplete"],
        )
        .finds(
            "no-jwks-uri",
            "nobody knows where the keys are",
            &at(json!({ "jwks_uri": "<absent>" })),
            &["discovery_incomplete"],
        )
        .shows("missing", "jwks_uri")
        .finds(
            "insecure-jwks-uri",
            "a proxy hides the scheme",
            &at(json!({ "jwks_uri": "http://id.example/jwks/" })),
            &["insecure_jwks_uri"],
        );
    let elsewhere = "https://keys.example/o/other/jwks/";
    let mut set = keys(&[key()]);
    set["url"] = json!(elsewhere);
    stage
        .finds(
            "jwks-uri-differs",
            "the configured key set is another one than the issuer's",
            &sound(json!({ "policy": entry(json!({ "jwks_uri": elsewhere })),
                "fetched": [document(json!({})), set,
                    document_at("https://keys.example/", "https://keys.example/.well-known/openid-configuration", json!({}))] })),
            &["jwks_uri_differs"],
        )
        .shows("jwks_uri", KEYS);
}

fn algorithms(stage: &mut Stage) {
    let offering = |names: Value, allowed: Value| {
        sound(json!({
            "policy": entry(json!({ "algorithms": allowed })),
            "fetched": [document(json!({ "id_token_signing_alg_values_supported": names })), keys(&[key()])],
        }))
    };
    stage
        .finds(
            "algorithms-do-not-meet",
            "nothing in common",
            &offering(json!(["ES256"]), json!(["RS256"])),
            &["algorithms_do_not_meet"],
        )
        .finds(
            "algorithm-not-allowed",
            "one of two",
            &offering(json!(["RS256", "ES256"]), json!(["RS256"])),
            &["algorithm_not_allowed", "healthy"],
        )
        .finds(
            "algorithms-wider",
            "more is allowed than is used",
            &offering(json!(["RS256"]), json!(["RS256", "PS256"])),
            &["algorithms_wider_than_issuer", "healthy"],
        )
        .finds(
            "symmetric-algorithm",
            "a shared secret beside a public key",
            &offering(json!(["RS256", "HS256"]), json!(["RS256"])),
            &["symmetric_algorithm_offered", "healthy"],
        );
}

fn signing_key(stage: &mut Stage) {
    let hs256 = json!({ "id_token_signing_alg_values_supported": ["HS256"] });
    stage
        .finds(
            "no-signing-key",
            "a provider without signing key, as Authentik shows it",
            &sound(json!({ "fetched": [document(hs256.clone()), super::keys_body("{}")] })),
            &["no_signing_key"],
        )
        .shows("signing_keys", 0)
        .shows("id_token_signing_alg_values_supported", json!(["HS256"]))
        .finds(
            "no-signing-key-empty-set",
            "an empty list is the same",
            &sound(json!({ "fetched": [document(json!({})), keys(&[])] })),
            &["no_signing_key"],
        )
        .finds(
            "no-signing-key-token",
            "and the token tells it too",
            &sound(json!({ "fetched": [document(hs256), super::keys_body("{}")], "token": super::session().mint() })),
            &["no_signing_key", "token_algorithm_not_allowed", "token_rejected"],
        )
        .shows("token_alg", "HS256")
        .finds(
            "forged-token",
            "a token of another making says nothing of a provider that has a key",
            &sound(json!({ "token": super::session().mint() })),
            &["token_algorithm_not_allowed", "token_rejected"],
        );
}

fn encryption(stage: &mut Stage) {
    let enc = with(with(Key::Rsa2048B.jwk(), "use", "enc"), "alg", "RSA-OAEP-256");
    let set = || keys(&[key(), enc.clone()]);
    stage
        .finds(
            "encryption-key",
            "a key for encryption in the set",
            &sound(json!({ "fetched": [document(json!({})), set()] })),
            &["encryption_offered"],
        )
        .shows("encryption_keys", 1)
        .finds(
            "encryption-in-discovery",
            "the document says so",
            &sound(json!({ "fetched": [document(json!({ "id_token_encryption_alg_values_supported": ["RSA-OAEP-256"] })), keys(&[key()])] })),
            &["encryption_offered"],
        )
        .finds(
            "encryption-not-used",
            "a token that is only signed shows that it is not used",
            &sound(json!({ "fetched": [document(json!({})), set()], "token": super::access().mint() })),
            &["signature_holds", "token_accepted", "healthy"],
        );
}

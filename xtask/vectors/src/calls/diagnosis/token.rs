//! Findings on a token.

use serde_json::{Value, json};

use super::{ISSUER, Stage, access, bearing, document, entry, key, keys, sound};
use crate::keys::{Key, encode};
use crate::mint::{by, parts, resign};
use crate::model::{self, T, with};

const HELD: [&str; 2] = ["token_rejected", "signature_holds"];

pub fn cases(stage: &mut Stage) {
    forms(stage);
    issuers(stage);
    keys_and_signatures(stage);
    types(stage);
    times(stage);
    subjects(stage);
    audiences(stage);
}

fn forms(stage: &mut Stage) {
    let header = encode(br#"{"alg":"RSA-OAEP-256","enc":"A256CBC-HS512","typ":"JWE"}"#);
    let token = access().mint();
    for (name, comment, token, id) in [
        ("encrypted", "five parts", format!("{header}.AAAA.AAAA.AAAA.AAAA"), "token_encrypted"),
        ("opaque", "an API token of the family", format!("ff_live_{}.{}", "a", "b"), "token_malformed"),
        ("opaque-no-dot", "a session id", "2YotnFZFEjr1zCsicMWpAA".into(), "token_opaque"),
        ("cut", "cut while it was copied", parts(&token)[..2].join("."), "token_malformed"),
        ("wrapped", "wrapped into lines", token.replace('.', ".\n"), "token_malformed"),
        ("too-large", "hundreds of groups", format!("{token}{}", "A".repeat(16384)), "token_too_large"),
    ] {
        stage.finds(&format!("token-{name}"), comment, &bearing(&token), &[id, "token_rejected"]);
    }
    stage
        .finds(
            "token-encrypted-shown",
            "its header is no secret",
            &bearing(&format!("{header}.A.A.A.A")),
            &["token_encrypted", "token_rejected"],
        )
        .shows("enc", "A256CBC-HS512")
        .finds(
            "token-malformed-alone",
            "without a policy",
            &json!({ "now": T, "token": "a.b.c" }),
            &["token_malformed"],
        );
}

fn issuers(stage: &mut Stage) {
    let policy = entry(json!({ "issuer": "https://id.example/application/o/app/" }));
    let said = |issuer: &str| {
        let url = "https://id.example/application/o/app/.well-known/openid-configuration";
        let app = "https://id.example/application/o/app/";
        let mut set = keys(&[key()]);
        set["issuer"] = json!(app);
        sound(json!({
            "policy": policy, "token": access().claim("iss", issuer).mint(),
            "fetched": [super::document_at(app, url, json!({ "issuer": app })), set],
        }))
    };
    for (name, issuer, id) in [
        ("slash", "https://id.example/application/o/app", "issuer_slash_differs"),
        ("host", "https://auth.example/application/o/app/", "issuer_host_differs"),
        ("scheme", "http://id.example/application/o/app/", "issuer_scheme_differs"),
        ("port", "https://id.example:8443/application/o/app/", "issuer_port_differs"),
        ("case", "https://ID.example/application/o/app/", "issuer_case_differs"),
        ("path", "https://id.example/application/o/other/", "issuer_path_differs"),
        ("root", "https://id.example/", "global_issuer_mode"),
    ] {
        stage
            .finds(
                &format!("token-issuer-{name}"),
                "what the token names",
                &said(issuer),
                &[id, "token_rejected"],
            )
            .shows("where", "token");
    }
    let none = access().without("iss").mint();
    let old = crate::mint::legacy().mint();
    stage
        .finds(
            "token-without-issuer",
            "nothing says whose keys to use",
            &bearing(&none),
            &["token_without_issuer", "token_rejected"],
        )
        .finds(
            "token-is-session",
            "a session that an app minted for itself",
            &bearing(&old),
            &["token_is_session", "subject_missing", "token_rejected"],
        )
        .finds(
            "token-is-expected-session",
            "the same where the policy has an entry for it",
            &json!({ "now": T, "policy": model::legacy(json!({})), "token": old }),
            &["legacy_entry", "token_accepted", "healthy"],
        );
}

fn keys_and_signatures(stage: &mut Stage) {
    let token = access().mint();
    let [header, _, signature] = parts(&token);
    let [_, payload, _] = parts(&access().claim("sub", "user-2").mint());
    stage
        .finds(
            "kid-not-in-set",
            "a key that was replaced",
            &bearing(&by(Key::Rsa2048B).claim("azp", "keys-app").mint()),
            &["kid_not_in_set", "token_rejected"],
        )
        .shows("published", json!(["rsa-2048-a"]))
        .finds(
            "signature-fails",
            "another payload under an old signature",
            &bearing(&format!("{header}.{payload}.{signature}")),
            &["signature_fails", "token_rejected"],
        )
        .finds(
            "signature-cut",
            "a shorter signature",
            &bearing(&resign(&token, |bytes| bytes[1..].to_vec())),
            &["signature_fails", "token_rejected"],
        )
        .finds(
            "token-without-kid",
            "one key fits, so it passes",
            &bearing(&access().without_header("kid").mint()),
            &["token_without_kid", "signature_holds", "token_accepted"],
        )
        .finds(
            "token-algorithm",
            "an algorithm that the policy does not allow",
            &bearing(&by(Key::P256A).claim("azp", "keys-app").mint()),
            &["token_algorithm_not_allowed", "kid_not_in_set", "token_rejected"],
        )
        .finds(
            "token-none",
            "an unsecured token",
            &bearing(&format!("{}.{payload}.", encode(br#"{"alg":"none","kid":"rsa-2048-a"}"#))),
            &["token_algorithm_not_allowed", "token_rejected"],
        )
        .flags(&["alg_none"])
        .finds(
            "header-carries-key",
            "a key in the header is never used",
            &bearing(&access().header("jwk", json!({ "kty": "RSA" })).mint()),
            &["header_carries_key", "signature_holds", "token_accepted"],
        )
        .shows("parameters", json!(["jwk"]));
    let failed = json!({ "what": "key_set", "issuer": ISSUER, "url": super::KEYS, "error": "timeout" });
    stage
        .finds(
            "token-keys-unavailable",
            "the verdict when the keys cannot be had is 503",
            &sound(json!({ "fetched": [document(json!({})), failed], "token": token })),
            &["endpoint_timeout", "token_rejected"],
        )
        .is("/findings/1/evidence/status", 503)
        .finds(
            "token-static",
            "keys in the policy",
            &sound(json!({
            "policy": entry(json!({ "keys": { "keys": [key()] } })), "fetched": [], "token": token })),
            &["static_keys", "signature_holds", "token_accepted", "healthy"],
        );
}

fn types(stage: &mut Stage) {
    let events = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    let rejected = |id: &'static str| [id, HELD[0], HELD[1]];
    stage
        .finds(
            "token-logout",
            "by its claim",
            &bearing(&access().claim("events", events).mint()),
            &rejected("token_is_logout_token"),
        )
        .finds(
            "token-logout-typ",
            "by its type",
            &bearing(&access().header("typ", "logout+jwt").mint()),
            &rejected("token_is_logout_token"),
        )
        .finds(
            "token-dpop",
            "an ID token bound to a key",
            &bearing(&access().header("typ", "dpop+id_token").mint()),
            &rejected("token_is_dpop"),
        )
        .finds(
            "token-type",
            "another type",
            &bearing(&access().header("typ", "secevent+jwt").mint()),
            &rejected("token_type_not_accepted"),
        )
        .finds(
            "id-token-hash",
            "a hash of another token",
            &bearing(&access().claim("at_hash", "x").mint()),
            &["token_is_id_token", "signature_holds", "token_accepted"],
        )
        .finds(
            "id-token-nonce",
            "a nonce, and nothing that an access token has",
            &bearing(&access().without("azp").without("uid").claim("nonce", "n").mint()),
            &["token_is_id_token", "signature_holds", "token_accepted"],
        )
        .finds(
            "access-token-nonce",
            "Authentik puts the nonce into both",
            &bearing(&access().claim("nonce", "n").mint()),
            &["signature_holds", "token_accepted", "healthy"],
        );
}

fn times(stage: &mut Stage) {
    let rejected = |id: &'static str| [id, HELD[0], HELD[1]];
    let at = |name: &str, value: Value| bearing(&access().claim(name, value).mint());
    stage
        .finds(
            "token-expired",
            "an hour ago",
            &bearing(&access().claim("iat", T - 7200).claim("exp", T - 3600).mint()),
            &rejected("token_expired"),
        )
        .shows("seconds_ago", 3600)
        .finds(
            "token-not-active",
            "from in five minutes",
            &at("nbf", json!(T + 300)),
            &rejected("token_not_active"),
        )
        .shows("claim", "nbf")
        .finds(
            "token-issued-later",
            "a clock is wrong",
            &at("iat", json!(T + 300)),
            &rejected("token_not_active"),
        )
        .shows("claim", "iat")
        .finds(
            "token-without-expiry",
            "for ever",
            &bearing(&access().without("exp").mint()),
            &rejected("token_without_expiry"),
        )
        .finds(
            "token-time-text",
            "a time as text",
            &at("exp", json!("1700003600")),
            &rejected("token_time_malformed"),
        )
        .finds(
            "token-time-huge",
            "beyond the year 9999",
            &at("exp", json!(1e300)),
            &rejected("token_time_malformed"),
        )
        .finds(
            "token-long-lived",
            "a week",
            &at("exp", json!(T - 60 + 604_800)),
            &["token_long_lived", "signature_holds", "token_accepted"],
        )
        .finds(
            "token-a-day",
            "a day is not longer than a day",
            &at("exp", json!(T - 60 + 86_400)),
            &["signature_holds", "token_accepted", "healthy"],
        )
        .flags(&["edge"]);
}

fn subjects(stage: &mut Stage) {
    let accepted = |id: &'static str| [id, "signature_holds", "token_accepted"];
    stage
        .finds(
            "subject-is-email",
            "only the fact is told, never the address",
            &bearing(&access().claim("sub", "alice@id.example").mint()),
            &accepted("subject_is_email"),
        )
        .shows("claim", "sub")
        .finds(
            "subject-missing",
            "an account without an e-mail",
            &bearing(&access().claim("sub", "").mint()),
            &["subject_missing", "token_rejected", "signature_holds"],
        )
        .finds(
            "claim-of-odd-type",
            "text for truth, one string for a list",
            &bearing(&access().claim("email_verified", "true").claim("roles", "admin").mint()),
            &["signature_holds", "claim_of_odd_type", "token_accepted", "healthy"],
        )
        .is("/findings/1/evidence/claims", json!(["email_verified", "roles"]));
}

fn audiences(stage: &mut Stage) {
    let shared = entry(json!({ "audience": "a2a" }));
    let others = entry(json!({ "audience": "a2a", "authorized_parties": ["agent-2"] }));
    let agent_1 = || access().claim("aud", "a2a").claim("azp", "agent-1");
    let rewritten = agent_1().mint();
    let caller = agent_1().claim("sub", "agent-1").claim("repo", "one").claim("scope", "x").mint();
    let machine = json!({
        "authorized_parties": ["agent-1"], "machine_clients": ["agent-1"], "kinds": ["machine"], "required_scopes": ["x"]
    });
    let agent = json!({ "kinds": ["machine"], "claim_values": { "repo": ["one"] } });
    stage
        .finds(
            "audience-not-accepted",
            "a token for another app",
            &bearing(&access().claim("aud", "other-app").claim("azp", "other-app").mint()),
            &["audience_not_accepted", "token_rejected", "signature_holds"],
        )
        .shows("aud", json!(["other-app"]))
        .finds(
            "audience-missing",
            "a token for nobody",
            &bearing(&access().without("aud").mint()),
            &["audience_not_accepted", "token_rejected", "signature_holds"],
        )
        .finds(
            "audience-is-list",
            "for two apps at once",
            &bearing(&access().claim("aud", json!(["keys-app", "other-app"])).mint()),
            &["signature_holds", "audience_is_list", "token_accepted", "healthy"],
        )
        .finds(
            "audience-shared",
            "a constant that several clients share",
            &sound(json!({ "policy": shared, "token": rewritten })),
            &["audience_rewritten", "audience_shared", "signature_holds", "token_accepted"],
        )
        .shows("azp_in_aud", false)
        .finds(
            "audience-rewritten",
            "a client that the list of clients does not name",
            &sound(json!({ "policy": others, "token": rewritten })),
            &["token_rejected", "audience_rewritten", "signature_holds"],
        )
        .finds(
            "audience-rewritten-unknown",
            "nothing says what is awaited",
            &sound(json!({ "policy": "<absent>", "token": rewritten })),
            &["audience_rewritten", "signature_holds", "token_not_judged"],
        );
    for (name, comment, members, token) in [
        (
            "clients",
            "a client that the policy lists",
            json!({ "authorized_parties": ["agent-1"] }),
            &rewritten,
        ),
        ("machines", "a machine set up as the contract says (11.3)", machine, &caller),
        ("agents", "an agent known by a claim (11.4)", agent, &caller),
    ] {
        let policy = entry(with(members, "audience", json!("a2a")));
        stage.finds(
            &format!("audience-awaited-{name}"),
            comment,
            &sound(json!({ "policy": policy, "token": token })),
            &["signature_holds", "token_accepted", "healthy"],
        );
    }
    let unnamed = json!({ "audience": "a2a", "kinds": ["machine"], "required_claims": ["repo"] });
    stage.finds(
        "audience-shared-agents",
        "an agent that has to name itself, and may be any (11.4)",
        &sound(json!({ "policy": entry(unnamed), "token": caller })),
        &["audience_shared", "signature_holds", "token_accepted"],
    );
}

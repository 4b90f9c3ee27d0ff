//! Findings on endpoints, clocks and pages.

use serde_json::{Value, json};

use super::{DISCOVERY, ISSUER, KEYS, Stage, document, entry, key, keys, keys_body, sound};
use crate::model::with;

pub fn cases(stage: &mut Stage) {
    failures(stage);
    statuses(stage);
    bodies(stage);
    times(stage);
    others(stage);
    pages(stage);
}

/// The key set endpoint answered so instead.
fn instead(members: Value) -> Value {
    let mut fetched = json!({ "what": "key_set", "issuer": ISSUER, "url": KEYS });
    for (name, value) in members.as_object().expect("members are an object") {
        fetched[name] = value.clone();
    }
    sound(json!({ "fetched": [document(json!({})), fetched] }))
}

fn failures(stage: &mut Stage) {
    for (error, id) in [
        ("refused", "endpoint_refused"),
        ("dns", "endpoint_not_resolved"),
        ("timeout", "endpoint_timeout"),
        ("tls", "endpoint_tls_failed"),
        ("network", "endpoint_network_error"),
        ("redirect", "endpoint_redirects"),
        ("too_large", "body_too_large"),
    ] {
        stage
            .finds(
                &format!("error-{}", error.replace('_', "-")),
                "no answer",
                &instead(json!({ "error": error })),
                &[id],
            )
            .shows("error", error);
    }
}

fn statuses(stage: &mut Stage) {
    stage
        .finds("status-503", "only 200 is an answer", &instead(json!({ "status": 503, "body": "{}" })), &["endpoint_status"])
        .shows("status", 503)
        .finds(
            "status-302",
            "a redirect; its query is not shown",
            &instead(json!({ "status": 302, "location": "https://login.example/?state=secret" })),
            &["endpoint_redirects"],
        )
        .shows("location", "https://login.example/")
        .finds(
            "discovery-not-found",
            "no such application",
            &sound(json!({
                "policy": entry(json!({ "issuer": "https://id.example/o/app/" })),
                "fetched": [{ "what": "discovery", "issuer": "https://id.example/o/app/", "status": 404,
                    "url": "https://id.example/o/app/.well-known/openid-configuration" }],
            })),
            &["discovery_not_found"],
        )
        .finds(
            "global-issuer-mode",
            "the issuer is the root of its host, and there is no document",
            &sound(json!({ "fetched": [{ "what": "discovery", "issuer": ISSUER, "url": DISCOVERY, "status": 404 }] })),
            &["global_issuer_mode"],
        );
}

fn bodies(stage: &mut Stage) {
    let answered = |body: &str| sound(json!({ "fetched": [document(json!({})), keys_body(body)] }));
    stage
        .finds("body-is-html", "a login page", &answered("\n<!DOCTYPE html><p>Log in"), &["body_is_html"])
        .finds("body-is-not-json", "cut off", &answered("{\"keys\":[{"), &["body_is_not_json"])
        .finds("body-is-a-list", "JSON, but no object", &answered("[]"), &["body_is_not_json"])
        .finds(
            "body-duplicate",
            "read differently by two parsers",
            &answered("{\"keys\":[],\"keys\":[]}"),
            &["body_is_not_json"],
        )
        .finds(
            "body-deep",
            "33 open brackets",
            &answered(&format!("{{\"keys\":{}{}}}", "[".repeat(32), "]".repeat(32))),
            &["body_is_not_json"],
        )
        .flags(&["bound"])
        .finds(
            "body-number",
            "a number no double holds",
            &answered("{\"keys\":[],\"n\":1e400}"),
            &["body_is_not_json"],
        )
        .finds("body-empty", "200 and nothing", &answered(""), &["body_is_not_json"])
        .finds(
            "body-too-large",
            "longer than is looked at",
            &answered(&" ".repeat(65537)),
            &["body_too_large"],
        )
        .flags(&["bound"]);
}

fn times(stage: &mut Stage) {
    let keys_in = |seconds: f64| with(keys(&[key()]), "elapsed", seconds);
    let timed = |keys: Value| sound(json!({ "fetched": [document(json!({})), keys] }));
    let dated =
        |date: &str| sound(json!({ "fetched": [with(document(json!({})), "date", date), keys(&[key()])] }));
    stage
        .finds("slow", "more than a second", &timed(keys_in(1.3)), &["endpoint_slow"])
        .shows("elapsed", json!(1.3))
        .finds("slow-edge", "a second is well", &timed(keys_in(1.0)), &["healthy"])
        .flags(&["edge"])
        .finds("too-slow", "the way out and back in", &timed(keys_in(17.0)), &["endpoint_too_slow"])
        .finds(
            "clock-differs",
            "within the leeway",
            &dated("Tue, 14 Nov 2023 22:13:50 GMT"),
            &["clock_differs"],
        )
        .shows("offset", 30)
        .finds(
            "clock-beyond-leeway",
            "two minutes behind",
            &dated("Tue, 14 Nov 2023 22:11:20 GMT"),
            &["clock_beyond_leeway"],
        )
        .shows("offset", -120)
        .finds(
            "clock-of-an-earlier-round",
            "the latest answer of a host counts",
            &sound(json!({ "fetched": [
                with(document(json!({})), "date", "Tue, 14 Nov 2023 22:13:05 GMT"),
                with(keys(&[key()]), "date", "Tue, 14 Nov 2023 22:13:19 GMT"),
            ] })),
            &["healthy"],
        )
        .finds("clock-unreadable", "no date is no difference", &dated("yesterday"), &["healthy"]);
}

fn others(stage: &mut Stage) {
    let names = json!({ "issuer": [ISSUER, "https://auth.example/"] });
    let other = json!({ "what": "discovery", "issuer": "https://auth.example/", "error": "dns",
        "url": "https://auth.example/.well-known/openid-configuration" });
    stage
        .finds(
            "other-name-unreadable",
            "a second name that is not reachable from here does no harm",
            &sound(
                json!({ "policy": entry(names), "fetched": [document(json!({})), keys(&[key()]), other] }),
            ),
            &["other_name_unreadable", "healthy"],
        )
        .finds(
            "cors-missing",
            "the header was looked for and is not there",
            &sound(json!({ "fetched": [with(document(json!({})), "cors", json!(null)), keys(&[key()])] })),
            &["cors_missing", "healthy"],
        );
}

fn pages(stage: &mut Stage) {
    let page =
        |csp: Value| json!({ "what": "page", "url": "https://app.example/", "status": 200, "csp": csp });
    let with_page =
        |csp: Value| sound(json!({ "fetched": [document(json!({})), keys(&[key()]), page(csp)] }));
    stage
        .finds(
            "csp-blocks-wasm",
            "a policy that forbids WebAssembly",
            &with_page(json!("script-src 'self'; connect-src *")),
            &["csp_blocks_wasm"],
        )
        .shows("directive", "script-src")
        .finds(
            "csp-default-src",
            "default-src stands in for both",
            &with_page(json!("default-src 'self'")),
            &["csp_blocks_wasm", "csp_blocks_issuer"],
        )
        .finds(
            "csp-blocks-issuer",
            "WebAssembly is allowed, the issuer is not",
            &with_page(json!("script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'")),
            &["csp_blocks_issuer"],
        )
        .shows("origin", "https://id.example")
        .finds(
            "csp-allows",
            "both are allowed",
            &with_page(json!(
                "default-src 'self'; script-src 'self' 'unsafe-eval'; connect-src https://id.example"
            )),
            &["healthy"],
        )
        .finds("csp-none", "no policy forbids nothing", &with_page(json!(null)), &["healthy"])
        .finds(
            "csp-second-policy",
            "two headers: both must allow it",
            &with_page(json!("frame-ancestors 'none', script-src 'none'")),
            &["csp_blocks_wasm"],
        );
}

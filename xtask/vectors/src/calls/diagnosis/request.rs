//! The request itself: what is wanted next, nothing wrong, nothing given, too much, and faults of the host.

use serde_json::json;

use super::{DISCOVERY, ISSUER, KEYS, Stage, access, bearing, document, entry, key, keys, sound};
use crate::model::{T, with};

pub fn cases(stage: &mut Stage) {
    rounds(stage);
    pasted(stage);
    bounds(stage);
    faults(stage);
}

fn rounds(stage: &mut Stage) {
    stage
        .finds("healthy", "nothing is wrong, and that is said", &sound(json!({})), &["healthy"])
        .finds(
            "healthy-with-token",
            "a token that is accepted is no fault",
            &bearing(&access().mint()),
            &["signature_holds", "token_accepted", "healthy"],
        )
        .finds("nothing-to-check", "nothing was given", &json!({ "now": T }), &["nothing_to_check"])
        .case("round-1", "first the discovery document", sound(json!({ "fetched": [] })).to_string())
        .is("/findings", json!([]))
        .is("/wanted", json!([{ "what": "discovery", "issuer": ISSUER, "url": DISCOVERY }]))
        .case(
            "round-2",
            "then the key set that it names",
            sound(json!({ "fetched": [document(json!({}))] })).to_string(),
        )
        .is("/findings", json!([]))
        .is("/wanted", json!([{ "what": "key_set", "issuer": ISSUER, "url": KEYS }]))
        .case(
            "round-1-token-alone",
            "without a policy the token says which issuer to look at",
            json!({ "now": T, "token": access().mint() }).to_string(),
        )
        .each("/findings", "id", &["token_not_judged"])
        .is("/wanted/0/url", DISCOVERY)
        .case(
            "round-1-foreign-token",
            "with a policy nothing is fetched from where a token points",
            sound(json!({ "fetched": [], "token": access().claim("iss", "https://evil.example/").mint() }))
                .to_string(),
        )
        .is("/wanted/0/url", DISCOVERY)
        .absent("/wanted/1")
        .case(
            "round-1-insecure-token",
            "and never over plain http",
            json!({ "now": T, "token": access().claim("iss", "http://169.254.169.254/").mint() }).to_string(),
        )
        .is("/wanted", json!([]));
}

fn pasted(stage: &mut Stage) {
    let body = |fetched: serde_json::Value| json!({ "what": fetched["what"], "body": fetched["body"] });
    let documents = json!([body(document(json!({}))), body(keys(&[key()]))]);
    stage
        .finds(
            "pasted",
            "documents of which nobody says where they are from",
            &sound(json!({ "fetched": documents })),
            &["healthy"],
        )
        .finds(
            "pasted-without-policy",
            "documents alone",
            &json!({ "now": T, "fetched": documents }),
            &["healthy"],
        )
        .finds(
            "pasted-with-token",
            "documents and a token: the signature is checked, a verdict needs a policy",
            &json!({ "now": T, "fetched": documents, "token": access().mint() }),
            &["signature_holds", "token_not_judged"],
        );
}

fn bounds(stage: &mut Stage) {
    let down = |index| json!({ "what": "key_set", "url": format!("https://{index}.example/jwks/"), "error": "refused" });
    let fetched: Vec<_> = (0..128).map(down).collect();
    let policy = entry(json!({ "leeway": 300 }));
    stage
        .case(
            "findings-left-out",
            "more findings than an answer holds: the weightiest are kept",
            json!({ "now": T, "policy": policy, "fetched": fetched }).to_string(),
        )
        .is("/findings/0/id", "endpoint_refused")
        .is("/findings/128/id", "findings_left_out")
        .flags(&["bound"]);
}

fn faults(stage: &mut Stage) {
    let fault = |stage: &mut Stage, name: &str, request: serde_json::Value, path: &str| {
        let answer = format!("the fault is at {path}");
        stage.case(name, &answer, request.to_string()).is("/error/code", "INVALID_CALL").absent("/findings");
    };
    fault(stage, "unknown-member", with(sound(json!({})), "tokens", "x"), "/tokens");
    let fetched = with(document(json!({})), "header", "x");
    fault(stage, "unknown-fetched-member", sound(json!({ "fetched": [fetched] })), "/fetched/0/header");
    fault(stage, "no-time", sound(json!({ "now": "<absent>" })), "/now");
    fault(
        stage,
        "bad-error",
        sound(json!({ "fetched": [{ "what": "page", "error": "x" }] })),
        "/fetched/0/error",
    );
    fault(stage, "no-answer", sound(json!({ "fetched": [{ "what": "key_set" }] })), "/fetched/0/status");
    stage
        .case("not-json", "half a request", "{\"now\":")
        .is("/error/code", "INVALID_CALL")
        .case(
            "bad-policy",
            "a policy is refused as `open` does",
            sound(json!({ "policy": entry(json!({ "audience": [] })) })).to_string(),
        )
        .is("/error/code", "INVALID_POLICY")
        .is("/error/path", "/issuers/0/audience");
}

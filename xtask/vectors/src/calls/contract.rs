//! `contract`: the policy of every app of the family's contract, and what contract, environment and options say together.

use serde_json::{Value, json};

use super::contract_fault;
use super::model::Stage;

const FAMILY: &str = include_str!("../../../../docs/contract/fuzefront.v1.json");

pub fn stage() -> Stage {
    let mut stage = Stage::new("contract", "contract", |input| super::core("contract", input));
    family(&mut stage);
    small(&mut stage);
    options(&mut stage);
    contract_fault::cases(&mut stage);
    stage
}

/// The family's contract as it stands in its file, on one line.
fn family_with(more: &str) -> String {
    let contract: String = FAMILY.lines().map(str::trim).collect();
    format!(r#"{{"contract":{contract}{more}}}"#)
}

fn family(stage: &mut Stage) {
    let family: Value = serde_json::from_str(FAMILY).expect("the family's contract is JSON");
    let apps = family["apps"].as_object().expect("apps");
    stage
        .case("family", "the family's contract, checked", family_with(""))
        .is("/contract/name", "fuzefront")
        .is("/contract/version", family["version"].clone())
        .is("/contract/environments", json!(["production", "local"]))
        .each("/contract/apps", "app", &apps.keys().map(String::as_str).collect::<Vec<_>>())
        .absent("/policy")
        .case("family-local", "the local set-up has a key", family_with(r#","environment":"local""#))
        .is("/contract/apps/4/app", "fuzefront")
        .is("/contract/apps/4/status", "active");
    for (environment, origin) in
        [("production", "https://app.fuzefront.com"), ("local", "https://fuzefront.dev.local")]
    {
        for (name, app) in apps {
            let input = family_with(&format!(r#","app":"{name}","environment":"{environment}""#));
            let case = format!("{environment}-{name}");
            if app["issuers"] == json!([]) {
                stage
                    .case(&case, "no issuer of it is known", input)
                    .is("/error/code", "INVALID_CONTRACT")
                    .is("/error/path", format!("/apps/{name}/issuers"));
                continue;
            }
            let issuer = format!("{origin}/application/o/{name}/");
            stage
                .case(&case, "an app of the family", input)
                .is("/app", name.as_str())
                .is("/environment", environment)
                .is("/policy/issuers/0/issuer", json!([issuer]))
                .is("/policy/issuers/0/audience", app["audience"].clone())
                .is("/policy/issuers/0/jwks_uri", format!("{issuer}jwks/"))
                .is("/policy/issuers/0/algorithms", json!(["RS256"]))
                .absent("/policy/issuers/1");
        }
    }
}

/// A contract with everything that a contract can say.
pub fn contract() -> Value {
    json!({
        "name": "small",
        "version": "1.0.0",
        "error_body": ["error", "code"],
        "user_key": ["iss", "sub"],
        "tokens": { "algorithms": ["RS256"], "leeway": 30, "claims": { "tenant": "org" } },
        "environments": {
            "inside": {
                "hosts": {
                    "id": { "issuer": ["https://id.example", "https://old.example"], "keys": "http://id:9000" },
                    "mobile": { "issuer": ["http://127.0.0.1:8000"] }
                },
                "insecure_hosts": ["id:9000"],
                "status": { "mail": "deprecated" }
            },
            "outside": {
                "hosts": {
                    "id": { "issuer": ["https://id.example"] },
                    "mobile": { "issuer": ["https://m.example:8443"] }
                }
            }
        },
        "issuers": {
            "first": { "directory": "staff", "host": "id", "path": "/o/first/", "jwks_path": "/o/first/jwks/" },
            "second": {
                "directory": "guests",
                "host": "mobile",
                "path": "/second",
                "algorithms": ["ES256", "EdDSA"],
                "types": ["at+jwt"],
                "leeway": 0,
                "stale_cap": 60,
                "claims": { "subject": "uid" }
            }
        },
        "apps": {
            "keys": {
                "client_id": "keys-app",
                "audience": ["keys-app"],
                "issuers": ["first", "second"],
                "status": "active",
                "authorized_parties": ["keys-app"],
                "claim_values": { "repo": ["one"] },
                "kinds": ["user"],
                "machine_clients": ["nightly"],
                "max_age": 3600,
                "required_claims": ["sid"],
                "required_scopes": ["read"]
            },
            "mail": { "client_id": "mail-app", "audience": ["mail-app"], "issuers": ["first"], "status": "active" },
            "soon": { "client_id": null, "audience": [], "issuers": ["first"], "status": "planned" }
        }
    })
}

pub fn ask(more: Value) -> String {
    let mut request = more;
    request["contract"] = contract();
    request.to_string()
}

fn small(stage: &mut Stage) {
    stage
        .case("app-two-issuers", "what issuer and app say", ask(json!({ "app": "keys", "environment": "outside" })))
        .is("/policy/insecure_hosts", json!([]))
        .is(
            "/policy/issuers/0",
            json!({
                "issuer": ["https://id.example/o/first/"], "audience": ["keys-app"],
                "jwks_uri": "https://id.example/o/first/jwks/", "algorithms": ["RS256"], "leeway": 30,
                "claims": { "tenant": "org" }, "authorized_parties": ["keys-app"], "claim_values": { "repo": ["one"] },
                "kinds": ["user"], "machine_clients": ["nightly"], "max_age": 3600, "required_claims": ["sid"],
                "required_scopes": ["read"]
            }),
        )
        .is("/policy/issuers/1/issuer", json!(["https://m.example:8443/second"]))
        .is("/policy/issuers/1/algorithms", json!(["ES256", "EdDSA"]))
        .is("/policy/issuers/1/claims", json!({ "subject": "uid" }))
        .is("/policy/issuers/1/leeway", 0)
        .absent("/policy/issuers/1/jwks_uri")
        .absent("/warning")
        .case("app-split-hosts", "keys at another origin", ask(json!({ "app": "keys", "environment": "inside" })))
        .is("/policy/insecure_hosts", json!(["id:9000"]))
        .is("/policy/issuers/0/issuer", json!(["https://id.example/o/first/", "https://old.example/o/first/"]))
        .is("/policy/issuers/0/jwks_uri", "http://id:9000/o/first/jwks/")
        .case("app-deprecated", "the environment says so", ask(json!({ "app": "mail", "environment": "inside" })))
        .is("/contract/apps/1/status", "deprecated")
        .is("/warning", "`mail` is deprecated: the next major version of the contract lacks it")
        .case("app-no-audience", "not known yet", ask(json!({ "app": "soon", "environment": "inside" })))
        .is("/error/path", "/apps/soon/audience");
    let mut one = contract();
    one["environments"].as_object_mut().expect("environments").remove("inside");
    stage
        .case("only-environment", "it needs no name", json!({ "contract": one, "app": "mail" }).to_string())
        .is("/environment", "outside")
        .is("/policy/issuers/0/audience", json!(["mail-app"]));
    let mut minor = contract();
    minor["version"] = json!("1.12.3");
    stage
        .case(
            "newer-minor",
            "read as long as its members are known",
            json!({ "contract": minor }).to_string(),
        )
        .is("/contract/version", "1.12.3");
}

pub fn with_options(app: &str, options: Value) -> String {
    ask(json!({ "app": app, "environment": "outside", "options": options }))
}

fn options(stage: &mut Stage) {
    let replaced = json!({
        "authorized_parties": ["shell"], "kinds": ["machine"], "leeway": 5, "machine_clients": ["shell"], "max_age": 60,
        "stale_cap": 0, "types": ["JWT"]
    });
    stage.case("options-replace", "what a deployment may decide", with_options("keys", replaced.clone()));
    for (name, value) in replaced.as_object().expect("an object") {
        stage.is(&format!("/policy/issuers/0/{name}"), value.clone());
        stage.is(&format!("/policy/issuers/1/{name}"), value.clone());
    }
    let more = json!({
        "claim_values": { "repo": ["two"], "tid": ["x"] }, "claims": { "roles": "groups" }, "required_claims": ["jti", "sid"],
        "required_scopes": ["write"]
    });
    let key = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] });
    stage
        .case("options-add", "more is asked for, never silently less", with_options("keys", more))
        .is("/policy/issuers/0/claim_values", json!({ "repo": ["two"], "tid": ["x"] }))
        .is("/policy/issuers/0/claims", json!({ "tenant": "org", "roles": "groups" }))
        .is("/policy/issuers/1/claims", json!({ "subject": "uid", "roles": "groups" }))
        .is("/policy/issuers/0/required_claims", json!(["sid", "jti"]))
        .is("/policy/issuers/0/required_scopes", json!(["read", "write"]))
        .case(
            "options-key-address",
            "another way to the same issuer",
            with_options("mail", json!({ "jwks_uri": "http://id:1/", "insecure_hosts": ["id:1"] })),
        )
        .is("/policy/insecure_hosts", json!(["id:1"]))
        .is("/policy/issuers/0/jwks_uri", "http://id:1/")
        .case("options-keys", "fixed keys", with_options("mail", json!({ "keys": key.clone() })))
        .is("/policy/issuers/0/keys", key)
        .absent("/policy/issuers/0/jwks_uri");
}

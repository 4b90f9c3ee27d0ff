//! `contract`: every fault of request, contract and options, and where it stands.

use serde_json::{Value, json};

use super::contract::{ask, contract, with_options};
use super::model::Stage;

pub fn cases(stage: &mut Stage) {
    faulty_requests(stage);
    faulty_contracts(stage);
    faulty_origins(stage);
    faulty_entries(stage);
    faulty_options(stage);
}

fn fault(stage: &mut Stage, name: &str, comment: &str, input: impl Into<Vec<u8>>, path: &str) {
    stage
        .case(name, comment, input)
        .is("/error/code", "INVALID_CONTRACT")
        .is("/error/path", path)
        .absent("/contract")
        .absent("/policy");
}

fn faulty_requests(stage: &mut Stage) {
    for (name, comment, input, path) in [
        ("request-not-json", "text", "text".to_owned(), ""),
        ("request-not-an-object", "a list", "[]".to_owned(), ""),
        ("request-duplicate-name", "two contracts", r#"{"contract":{},"contract":{}}"#.to_owned(), ""),
        ("request-empty", "no contract", "{}".to_owned(), "/contract"),
        ("request-no-object", "the contract is text", r#"{"contract":"x"}"#.to_owned(), ""),
        ("request-list", "the contract is a list", r#"{"contract":[]}"#.to_owned(), ""),
        ("request-contract-text", "the contract is no JSON", r#"{"contract":text}"#.to_owned(), ""),
        ("request-contract-cut", "cut in a list", r#"{"contract":{"a":{"b":[1,"#.to_owned(), "/a/b/1"),
        ("request-contract-number", "out of range", r#"{"contract":{"a":[0,1e999]}}"#.to_owned(), "/a/1"),
        (
            "request-contract-duplicate",
            "a member is there twice",
            r#"{"contract":{"a":{"b/c":1,"d":2,"b/c":3}}}"#.to_owned(),
            "/a/b~1c",
        ),
        (
            "request-options-duplicate",
            "an option is there twice",
            r#"{"contract":{},"options":{"leeway":1,"leeway":2}}"#.to_owned(),
            "/options/leeway",
        ),
        ("request-unknown-member", "a slip", ask(json!({ "enviroment": "outside" })), "/enviroment"),
        (
            "request-app-type",
            "an app that is no text",
            ask(json!({ "app": 1, "environment": "inside" })),
            "/app",
        ),
        (
            "request-no-app",
            "an app that is not there",
            ask(json!({ "app": "x", "environment": "inside" })),
            "/app",
        ),
        ("request-no-environment", "there are two", ask(json!({ "app": "keys" })), "/environment"),
        (
            "request-other-environment",
            "one that is not there",
            ask(json!({ "environment": "moon" })),
            "/environment",
        ),
        ("request-lonely-options", "options without an app", ask(json!({ "options": {} })), "/options"),
        (
            "request-options-type",
            "options are a list",
            ask(json!({ "app": "keys", "environment": "inside", "options": [] })),
            "/options",
        ),
    ] {
        fault(stage, name, comment, input, path);
    }
    let long = format!("{{\"contract\":{}{{}}}}", " ".repeat(256 * 1024));
    fault(stage, "request-too-long", "over the bound", long, "");
    stage.flags(&["bound"]);
}

/// The contract with another value at `place`; `null` takes the member away.
fn changed(place: &str, value: Value) -> String {
    let mut contract = contract();
    let (parent, member) = place.rsplit_once('/').expect("a JSON Pointer");
    let member = member.replace("~1", "/").replace("~0", "~");
    let parent = contract.pointer_mut(parent).expect("a place of the contract");
    match parent {
        Value::Object(members) if value.is_null() => drop(members.remove(&member)),
        Value::Object(members) => drop(members.insert(member, value)),
        other => other[member.parse::<usize>().expect("an index")] = value,
    }
    json!({ "contract": contract }).to_string()
}

fn refused(stage: &mut Stage, name: &str, comment: &str, (place, value): (&str, Value), path: &str) {
    fault(stage, &format!("fault-{name}"), comment, changed(place, value), path);
}

fn faulty_contracts(stage: &mut Stage) {
    let items = |count: usize, item: Value| {
        Value::Object((0..count).map(|index| (format!("x{index}"), item.clone())).collect())
    };
    let planned = json!({ "client_id": null, "audience": [], "issuers": [], "status": "planned" });
    for (name, comment, change, path) in [
        ("newer-major", "members unknown, too", ("/version", json!("2.0.0")), "/version"),
        ("older-major", "before the first", ("/version", json!("0.9.0")), "/version"),
        ("version-form", "two numbers", ("/version", json!("1.0")), "/version"),
        ("version-zero", "a leading zero", ("/version", json!("1.00.0")), "/version"),
        ("no-version", "absent", ("/version", Value::Null), "/version"),
        ("unknown-member", "a slip", ("/isuers", json!({})), "/isuers"),
        ("name", "a space", ("/name", json!("the family")), "/name"),
        ("no-name", "absent", ("/name", Value::Null), "/name"),
        ("note-type", "a number", ("/note", json!(1)), "/note"),
        ("note-length", "over the bound", ("/note", json!("x".repeat(2049))), "/note"),
        ("error-body", "another order", ("/error_body", json!(["code", "error"])), "/error_body"),
        ("user-key", "an address", ("/user_key", json!(["email"])), "/user_key"),
        ("no-user-key", "absent", ("/user_key", Value::Null), "/user_key"),
        ("no-tokens", "absent", ("/tokens", Value::Null), "/tokens"),
        ("no-algorithms", "absent", ("/tokens/algorithms", Value::Null), "/tokens/algorithms"),
        ("algorithm-none", "never", ("/tokens/algorithms", json!(["none"])), "/tokens/algorithms/0"),
        (
            "algorithm-hs256",
            "a secret",
            ("/tokens/algorithms", json!(["RS256", "HS256"])),
            "/tokens/algorithms/1",
        ),
        ("leeway", "over the bound", ("/tokens/leeway", json!(301)), "/tokens/leeway"),
        ("claims", "an unknown name", ("/tokens/claims/sub", json!("sub")), "/tokens/claims/sub"),
        ("tokens-member", "what apps say", ("/tokens/kinds", json!(["user"])), "/tokens/kinds"),
        ("no-environments", "none", ("/environments", json!({})), "/environments"),
        (
            "many-environments",
            "over the bound",
            ("/environments", items(9, json!({ "hosts": { "id": { "issuer": ["https://a"] } } }))),
            "/environments",
        ),
        ("environment-name", "a slash", ("/environments/a~1b", json!({})), "/environments/a~1b"),
        ("environment-type", "a list", ("/environments/outside", json!([])), "/environments/outside"),
        ("no-hosts", "absent", ("/environments/outside/hosts", Value::Null), "/environments/outside/hosts"),
        (
            "origin-slash",
            "a path",
            ("/environments/outside/hosts/id/issuer", json!(["https://id.example/"])),
            "/environments/outside/hosts/id/issuer/0",
        ),
        (
            "origin-scheme",
            "another scheme",
            ("/environments/outside/hosts/id/issuer", json!(["ftp://id.example"])),
            "/environments/outside/hosts/id/issuer/0",
        ),
        (
            "origin-http",
            "keys over plain http",
            ("/environments/outside/hosts/id/issuer", json!(["http://id.example"])),
            "/environments/outside/hosts/id/issuer/0",
        ),
        (
            "keys-http",
            "its host is not listed",
            ("/environments/inside/insecure_hosts", json!([])),
            "/environments/inside/hosts/id/keys",
        ),
        (
            "keys-origin",
            "no origin",
            ("/environments/inside/hosts/id/keys", json!("id:9000")),
            "/environments/inside/hosts/id/keys",
        ),
        (
            "no-origin",
            "none",
            ("/environments/outside/hosts/id/issuer", json!([])),
            "/environments/outside/hosts/id/issuer",
        ),
        (
            "status-app",
            "of an app that is not there",
            ("/environments/inside/status/post", json!("active")),
            "/environments/inside/status/post",
        ),
        (
            "status-word",
            "another word",
            ("/environments/inside/status/mail", json!("asleep")),
            "/environments/inside/status/mail",
        ),
        ("many-apps", "over the bound", ("/apps", items(65, planned)), "/apps"),
        ("no-apps", "none", ("/apps", json!({})), "/apps"),
    ] {
        refused(stage, name, comment, change, path);
    }
}

/// What looks like an origin and cannot be reached.
fn faulty_origins(stage: &mut Stage) {
    let long = format!("https://{}.example", "x".repeat(64));
    for (name, comment, origin) in [
        ("port", "over 65535", "https://id.example:99999"),
        ("port-next", "the first that is none", "https://id.example:65536"),
        ("port-zero", "none", "https://id.example:0"),
        ("port-empty", "a colon alone", "https://id.example:"),
        ("dots", "no labels", "https://..."),
        ("no-label", "an empty label", "https://id..example"),
        ("last-dot", "an empty label at the end", "https://id.example."),
        ("hyphen-first", "a label begins with it", "https://-id.example"),
        ("hyphen-last", "a label ends with it", "https://id-.example"),
        ("label-length", "a label of 64", long.as_str()),
    ] {
        let change = ("/environments/outside/hosts/id/issuer", json!([origin]));
        let path = "/environments/outside/hosts/id/issuer/0";
        refused(stage, &format!("origin-{name}"), comment, change, path);
    }
}

fn faulty_entries(stage: &mut Stage) {
    for (name, comment, change, path) in [
        ("issuer-member", "what apps say", ("/issuers/first/kinds", json!(["user"])), "/issuers/first/kinds"),
        ("issuer-host", "in no environment", ("/issuers/first/host", json!("x")), "/issuers/first/host"),
        (
            "issuer-host-somewhere",
            "in one environment only",
            ("/environments/outside/hosts/mobile", Value::Null),
            "/issuers/second/host",
        ),
        ("issuer-directory", "absent", ("/issuers/first/directory", Value::Null), "/issuers/first/directory"),
        ("issuer-path", "no slash in front", ("/issuers/first/path", json!("o/")), "/issuers/first/path"),
        ("issuer-no-path", "absent", ("/issuers/first/path", Value::Null), "/issuers/first/path"),
        (
            "issuer-jwks-path",
            "a query",
            ("/issuers/first/jwks_path", json!("/?x")),
            "/issuers/first/jwks_path",
        ),
        (
            "issuer-algorithm",
            "unknown",
            ("/issuers/second/algorithms", json!(["ES1"])),
            "/issuers/second/algorithms/0",
        ),
        ("issuer-types", "none", ("/issuers/second/types", json!([])), "/issuers/second/types"),
        (
            "issuer-stale-cap",
            "over the bound",
            ("/issuers/second/stale_cap", json!(86401)),
            "/issuers/second/stale_cap",
        ),
        ("app-member", "a secret", ("/apps/keys/secret", json!("x")), "/apps/keys/secret"),
        ("app-status", "another word", ("/apps/keys/status", json!("ready")), "/apps/keys/status"),
        ("app-no-status", "absent", ("/apps/keys/status", Value::Null), "/apps/keys/status"),
        ("app-no-client", "absent", ("/apps/keys/client_id", Value::Null), "/apps/keys/client_id"),
        ("app-client-type", "a number", ("/apps/keys/client_id", json!(1)), "/apps/keys/client_id"),
        ("app-client-empty", "no letters", ("/apps/keys/client_id", json!("")), "/apps/keys/client_id"),
        ("app-no-audience", "absent", ("/apps/keys/audience", Value::Null), "/apps/keys/audience"),
        ("app-audience-empty", "but it is active", ("/apps/keys/audience", json!([])), "/apps/keys/audience"),
        ("app-issuers-empty", "but it is active", ("/apps/keys/issuers", json!([])), "/apps/keys/issuers"),
        ("app-issuer", "not there", ("/apps/keys/issuers/1", json!("third")), "/apps/keys/issuers/1"),
        (
            "app-issuers",
            "over the bound",
            ("/apps/keys/issuers", json!(["a", "b", "c", "d", "e"])),
            "/apps/keys/issuers",
        ),
        (
            "app-active-there",
            "incomplete",
            ("/environments/inside/status/soon", json!("active")),
            "/apps/soon/client_id",
        ),
        ("app-kind", "another word", ("/apps/keys/kinds", json!(["user", "robot"])), "/apps/keys/kinds/1"),
        (
            "app-parties",
            "none",
            ("/apps/keys/authorized_parties", json!([])),
            "/apps/keys/authorized_parties",
        ),
        ("app-values", "none", ("/apps/keys/claim_values/repo", json!([])), "/apps/keys/claim_values/repo"),
        (
            "app-values-pointer",
            "a name with letters that pointers escape",
            ("/apps/keys/claim_values/a~1b~0c", json!("x")),
            "/apps/keys/claim_values/a~1b~0c",
        ),
        (
            "app-scope",
            "two in one",
            ("/apps/keys/required_scopes", json!(["a b"])),
            "/apps/keys/required_scopes/0",
        ),
        ("app-max-age", "zero", ("/apps/keys/max_age", json!(0)), "/apps/keys/max_age"),
        (
            "app-text",
            "over the bound",
            ("/apps/keys/required_claims/0", json!("x".repeat(513))),
            "/apps/keys/required_claims/0",
        ),
    ] {
        refused(stage, name, comment, change, path);
    }
    let mut twice = contract();
    let second = &mut twice["issuers"]["second"];
    second["host"] = json!("id");
    second["path"] = json!("/o/first/");
    fault(
        stage,
        "fault-app-one-issuer-twice",
        "two entries with one string",
        json!({ "contract": twice }).to_string(),
        "/apps/keys/issuers",
    );
}

fn faulty_options(stage: &mut Stage) {
    for (name, comment, app, options, path) in [
        (
            "issuer",
            "fixed by the contract",
            "mail",
            json!({ "issuer": "https://id.example/" }),
            "/options/issuer",
        ),
        ("audience", "fixed by the contract", "mail", json!({ "audience": "x" }), "/options/audience"),
        (
            "algorithms",
            "fixed by the contract",
            "mail",
            json!({ "algorithms": ["ES256"] }),
            "/options/algorithms",
        ),
        ("mode", "fixed by the contract", "mail", json!({ "mode": "legacy-hs256" }), "/options/mode"),
        ("secret", "fixed by the contract", "mail", json!({ "secret": "c2VjcmV0" }), "/options/secret"),
        ("unknown", "a slip", "mail", json!({ "leway": 1 }), "/options/leway"),
        ("leeway", "over the bound", "mail", json!({ "leeway": 301 }), "/options/leeway"),
        ("kind", "another word", "mail", json!({ "kinds": ["user", "robot"] }), "/options/kinds/1"),
        ("claims", "an unknown name", "mail", json!({ "claims": { "sub": "x" } }), "/options/claims/sub"),
        ("jwks-uri", "plain http", "mail", json!({ "jwks_uri": "http://id.example/" }), "/options/jwks_uri"),
        (
            "jwks-uri-several",
            "two issuers",
            "keys",
            json!({ "jwks_uri": "https://id.example/" }),
            "/options/jwks_uri",
        ),
        ("keys-several", "two issuers", "keys", json!({ "keys": { "keys": [] } }), "/options/keys"),
        (
            "keys-and-uri",
            "one of them",
            "mail",
            json!({ "jwks_uri": "https://a/", "keys": {} }),
            "/options/keys",
        ),
        (
            "values-pointer",
            "a name with letters that pointers escape",
            "mail",
            json!({ "claim_values": { "a/b~c": ["x", ""] } }),
            "/options/claim_values/a~1b~0c/1",
        ),
        ("no-usable-key", "an empty set", "mail", json!({ "keys": { "keys": [] } }), "/options/keys"),
        ("insecure-hosts", "text", "mail", json!({ "insecure_hosts": "id" }), "/options/insecure_hosts"),
        (
            "too-many",
            "64 and those of the contract",
            "keys",
            json!({ "required_claims": (0..64).map(|index| format!("c{index}")).collect::<Vec<_>>() }),
            "/options/required_claims",
        ),
    ] {
        fault(stage, &format!("options-{name}"), comment, with_options(app, options), path);
    }
}

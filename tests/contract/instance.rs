//! The family's instance: it follows the schema, the schema refuses what the core refuses, and it says what the text says.

use authn::{Head, Policy, Registry};
use serde_json::{Value, json};

use super::schema::faults;

pub fn family() -> Value {
    serde_json::from_str(include_str!("../../docs/contract/fuzefront.v1.json")).unwrap()
}

pub fn schema() -> Value {
    serde_json::from_str(include_str!("../../docs/contract/contract.schema.json")).unwrap()
}

fn schema_takes(contract: &Value) -> bool {
    let schema = schema();
    let faults = faults(&schema, &schema, contract, "");
    assert!(!faults.iter().any(|fault| fault.contains("not known to this test")), "{faults:?}");
    faults.is_empty()
}

fn ask(request: &Value) -> Value {
    serde_json::from_str(&Registry::new().call(&Head::of("contract").message(request.to_string().as_bytes())))
        .unwrap()
}

fn core_takes(contract: &Value) -> bool {
    ask(&json!({ "contract": contract })).get("error").is_none()
}

#[test]
fn the_instance_follows_the_schema_and_is_read() {
    let schema = schema();
    assert_eq!(faults(&schema, &schema, &family(), ""), Vec::<String>::new());
    assert!(core_takes(&family()));
}

/// Every place of a document, as JSON Pointers.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    let name = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => members.iter().for_each(|(member, value)| {
            let path = format!("{path}/{}", name(member));
            places(value, &path, found);
            found.push(path);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| {
            let path = format!("{path}/{index}");
            places(value, &path, found);
            found.push(path);
        }),
        _ => {}
    }
}

#[test]
fn schema_and_core_refuse_a_stranger_at_every_place() {
    let mut found = Vec::new();
    places(&family(), "", &mut found);
    assert!(found.len() > 200, "{}", found.len());
    for place in found {
        let mut contract = family();
        *contract.pointer_mut(&place).unwrap() = json!({ "No such": 0 });
        assert!(!schema_takes(&contract), "{place}");
        assert!(!core_takes(&contract), "{place}");
    }
}

#[test]
fn what_the_schema_refuses_the_core_refuses() {
    let mut found = Vec::new();
    places(&family(), "", &mut found);
    let mut refused = 0;
    for place in found {
        let mut contract = family();
        let (parent, member) = place.rsplit_once('/').unwrap();
        match contract.pointer_mut(parent).unwrap() {
            Value::Object(members) => drop(members.remove(member)),
            Value::Array(items) => drop(items.remove(member.parse().unwrap())),
            _ => {}
        }
        if !schema_takes(&contract) {
            refused += 1;
            assert!(!core_takes(&contract), "{place}");
        }
    }
    assert!(refused > 50, "{refused}");
}

#[test]
fn values_out_of_their_bounds_are_refused_by_both() {
    for (place, value) in [
        ("/version", json!("2.0.0")),
        ("/version", json!("1.0")),
        ("/environments/local/hosts/platform/issuer/0", json!("https://app.fuzefront.com:99999")),
        ("/environments/local/hosts/platform/issuer/0", json!("https://...")),
        ("/environments/local/hosts/platform/issuer/0", json!("https://app..x")),
        ("/environments/local/hosts/platform/issuer/0", json!("https://app-.x")),
        ("/name", json!("Fuze Front")),
        ("/error_body", json!(["code", "error"])),
        ("/user_key", json!(["email"])),
        ("/tokens/algorithms", json!(["HS256"])),
        ("/tokens/algorithms", json!(["none"])),
        ("/tokens/algorithms", json!([])),
        ("/tokens/types", json!([])),
        ("/tokens/leeway", json!(301)),
        ("/tokens/leeway", json!(-1)),
        ("/tokens/leeway", json!(0.5)),
        ("/tokens/claims/subject", json!("")),
        ("/environments", json!({})),
        ("/environments/local/hosts", json!({})),
        ("/environments/local/hosts/platform/issuer", json!([])),
        ("/environments/local/hosts/platform/issuer/0", json!("https://id.example/")),
        ("/environments/local/hosts/platform/issuer/0", json!("HTTPS://id.example")),
        ("/environments/local/hosts/platform/issuer/0", json!("https://a@id.example")),
        ("/environments/local/hosts/platform/issuer/0", json!("https://id.example:x")),
        ("/environments/local/status/fuzefront", json!("asleep")),
        ("/issuers/grafana/path", json!("o/grafana/")),
        ("/issuers/grafana/jwks_path", json!("/jwks?x")),
        ("/issuers/grafana/host", json!("")),
        ("/apps", json!({})),
        ("/apps/grafana/client_id", json!(null)),
        ("/apps/grafana/client_id", json!("")),
        ("/apps/grafana/audience", json!([])),
        ("/apps/grafana/audience", json!(["x".repeat(513)])),
        ("/apps/grafana/issuers", json!([])),
        ("/apps/grafana/issuers", json!(["airflow", "argocd", "grafana", "litellm", "kafka-ui"])),
        ("/apps/grafana/title", json!("x".repeat(2049))),
        ("/apps/grafana/authorized_parties", json!([])),
        ("/apps/a2a/kinds", json!(["robot"])),
        ("/apps/a2a/required_claims", json!([""])),
    ] {
        let mut contract = family();
        *contract.pointer_mut(place).unwrap() = value.clone();
        assert!(!schema_takes(&contract), "{place} {value}");
        assert!(!core_takes(&contract), "{place} {value}");
    }
}

#[test]
fn an_audience_is_the_client_id_but_for_agents() {
    for (name, app) in family()["apps"].as_object().unwrap() {
        match name.as_str() {
            "a2a" => assert_eq!(app["audience"], json!(["a2a"])),
            "fuzesocial-registration" => assert_eq!(app["audience"], json!([])),
            _ => {
                assert_eq!(app["audience"], json!([app["client_id"]]), "{name}");
                assert_eq!(app["authorized_parties"], json!([app["client_id"]]), "{name}");
            }
        }
    }
    assert_eq!(family()["apps"]["fuzekeys"]["audience"], json!(["fuzekeys-oidc-client"]));
}

#[test]
fn agents_have_to_name_their_repository() {
    assert_eq!(family()["apps"]["a2a"]["required_claims"], json!(["repo"]));
    assert_eq!(family()["apps"]["a2a"]["kinds"], json!(["machine"]));
}

#[test]
fn no_directory_and_no_group_is_a_tenant_or_a_role() {
    let claims = &family()["tokens"]["claims"];
    assert_eq!(
        claims,
        &json!({ "subject": "sub", "tenant": "tenantId", "roles": "roles", "email": "email" })
    );
}

#[test]
fn every_environment_gives_a_policy_with_its_own_issuer() {
    for (environment, origin) in
        [("production", "https://app.fuzefront.com"), ("local", "https://fuzefront.dev.local")]
    {
        for (name, app) in family()["apps"].as_object().unwrap() {
            let request = json!({ "contract": family(), "app": name, "environment": environment });
            let answer = ask(&request);
            if app["issuers"] == json!([]) {
                assert_eq!(answer["error"]["path"], format!("/apps/{name}/issuers"));
                continue;
            }
            assert!(Policy::from_json(answer["policy"].to_string().as_bytes()).is_ok(), "{answer}");
            let entry = &answer["policy"]["issuers"][0];
            assert_eq!(entry["issuer"], json!([format!("{origin}/application/o/{}/", name)]));
            assert_eq!(entry["jwks_uri"], format!("{origin}/application/o/{name}/jwks/"));
            assert_eq!(entry["algorithms"], json!(["RS256"]));
        }
    }
}

#[test]
fn a_status_that_is_not_active_comes_with_a_warning() {
    for (app, environment, words) in [
        ("fuzefront", "production", "no signing key"),
        ("mendys-platform", "local", "no signing key"),
        ("fuzekeys", "production", "only planned"),
    ] {
        let request = json!({ "contract": family(), "app": app, "environment": environment });
        let warning = ask(&request)["warning"].as_str().unwrap_or_default().to_owned();
        assert!(warning.contains(words), "{app}: {warning}");
    }
    let request = json!({ "contract": family(), "app": "grafana", "environment": "production" });
    assert_eq!(ask(&request).get("warning"), None);
}

#[test]
fn another_major_version_is_refused_and_a_newer_minor_read() {
    let mut contract = family();
    contract["version"] = json!("2.0.0");
    assert_eq!(ask(&json!({ "contract": contract }))["error"]["path"], "/version");
    contract["version"] = json!("1.9.0");
    assert!(core_takes(&contract));
    contract["apps"]["grafana"]["colour"] = json!("orange");
    assert_eq!(ask(&json!({ "contract": contract }))["error"]["path"], "/apps/grafana/colour");
}

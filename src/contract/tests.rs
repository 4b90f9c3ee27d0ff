//! Every fault is named with its place; a policy holds what contract, environment and options say.

use super::answer;

const CONTRACT: &str = include_str!("../../docs/contract/fuzefront.v1.json");

/// The family's contract with one text replaced by another.
fn with(from: &str, to: &str) -> String {
    assert!(CONTRACT.contains(from), "{from}");
    CONTRACT.replacen(from, to, 1)
}

fn ask(contract: &str, more: &str) -> String {
    answer(format!(r#"{{"contract":{contract}{more}}}"#).as_bytes())
}

fn fuzekeys(options: &str) -> String {
    ask(CONTRACT, &format!(r#","app":"fuzekeys","environment":"production","options":{options}"#))
}

#[track_caller]
fn assert_fault(answer: &str, path: &str, words: &str) {
    let start = format!(r#"{{"error":{{"code":"INVALID_CONTRACT","path":"{path}","message":""#);
    assert!(answer.starts_with(&start), "{answer}");
    assert!(answer.contains(words), "{answer}");
}

#[track_caller]
fn assert_holds(answer: &str, text: &str) {
    assert!(answer.contains(text), "{text}\n{answer}");
    assert!(!answer.contains("INVALID_CONTRACT"), "{answer}");
}

#[test]
fn a_check_tells_apps_and_their_status() {
    let answer = ask(CONTRACT, "");
    assert_holds(
        &answer,
        r#"{"contract":{"name":"fuzefront","version":"1.0.0","environments":["production","local"],"apps":[{"app":"a2a","client_id":null,"audience":["a2a"],"status":"symmetric"},"#,
    );
    assert_holds(
        &answer,
        r#"{"app":"fuzekeys","client_id":"fuzekeys-oidc-client","audience":["fuzekeys-oidc-client"],"status":"planned"}"#,
    );
    assert!(!answer.contains("policy"), "{answer}");
}

#[test]
fn an_environment_may_raise_a_status() {
    let shell = |status| {
        format!(
            r#""client_id":"fuzefront-oidc-client","audience":["fuzefront-oidc-client"],"status":"{status}""#
        )
    };
    assert_holds(&ask(CONTRACT, r#","environment":"production""#), &shell("symmetric"));
    assert_holds(&ask(CONTRACT, r#","environment":"local""#), &shell("active"));
    let local = ask(CONTRACT, r#","app":"fuzefront","environment":"local""#);
    assert!(!local.contains("warning"), "{local}");
    let production = ask(CONTRACT, r#","app":"fuzefront","environment":"production""#);
    assert_holds(&production, r#""warning":"the issuer of `fuzefront` has no signing key in `production`"#);
}

#[test]
fn the_policy_of_an_app() {
    let policy = concat!(
        r#""app":"fuzekeys","environment":"production","policy":{"insecure_hosts":[],"issuers":[{"#,
        r#""issuer":["https://app.fuzefront.com/application/o/fuzekeys/"],"audience":["fuzekeys-oidc-client"],"#,
        r#""jwks_uri":"https://app.fuzefront.com/application/o/fuzekeys/jwks/","algorithms":["RS256"],"#,
        r#""claims":{"subject":"sub","tenant":"tenantId","roles":"roles","email":"email"},"leeway":60,"#,
        r#""types":["","JWT","at+jwt"],"authorized_parties":["fuzekeys-oidc-client"],"kinds":["user"]}]},"#,
        r#""warning":"the client of `fuzekeys` is only planned in `production`: no token of it exists yet"}"#
    );
    assert_holds(&ask(CONTRACT, r#","app":"fuzekeys","environment":"production""#), policy);
}

#[test]
fn an_only_environment_needs_no_name() {
    let contract = r#"{"name":"least","version":"1.0.0","error_body":["error","code"],"user_key":["iss","sub"],
        "tokens":{"algorithms":["ES256"]},"environments":{"home":{"hosts":{"id":{"issuer":["https://id.example"]}}}},
        "issuers":{"one":{"directory":"all","host":"id","path":"/"}},
        "apps":{"keys":{"client_id":"k","audience":["k"],"issuers":["one"],"status":"active"}}}"#;
    let policy = r#"{"insecure_hosts":[],"issuers":[{"issuer":["https://id.example/"],"audience":["k"],"algorithms":["ES256"]}]}"#;
    assert_holds(
        &ask(contract, r#","app":"keys""#),
        &format!(r#""app":"keys","environment":"home","policy":{policy}}}"#),
    );
}

#[test]
fn a_request_is_read_strictly() {
    assert_fault(&answer(b"[]"), "", "the request is not a JSON object");
    assert_fault(&answer(b"{}"), "/contract", "is missing");
    assert_fault(&answer(br#"{"contract":[]}"#), "", "the contract is not a JSON object");
    assert_fault(&answer(br#"{"contract":{},"apps":1}"#), "/apps", "unknown member");
    assert_fault(&answer(&vec![b' '; crate::limits::CONTRACT_BYTES + 1]), "", "is longer than 262144 bytes");
    assert_fault(
        &ask(CONTRACT, r#","app":"nobody","environment":"local""#),
        "/app",
        "known are a2a, airflow",
    );
    assert_fault(&ask(CONTRACT, r#","app":1,"environment":"local""#), "/app", "is not a string");
    assert_fault(&ask(CONTRACT, r#","app":"grafana""#), "/environment", "known are production, local");
    assert_fault(
        &ask(CONTRACT, r#","environment":"staging""#),
        "/environment",
        "known are production, local",
    );
    assert_fault(&ask(CONTRACT, r#","options":{}"#), "/options", "without `app`");
    assert_fault(
        &ask(CONTRACT, r#","app":"grafana","environment":"local","options":[]"#),
        "/options",
        "is not an object",
    );
}

#[test]
fn an_app_of_which_too_little_is_known_gets_no_policy() {
    for app in ["a2a", "fuzesocial-registration"] {
        let answer = ask(CONTRACT, &format!(r#","app":"{app}","environment":"production""#));
        assert_fault(&answer, &format!("/apps/{app}/issuers"), "an app that is symmetric");
    }
}

#[test]
fn another_major_version_is_refused_before_anything_else() {
    for (version, words) in [
        ("2.0.0", "reads major version 1 only"),
        ("0.9.0", "reads major version 1 only"),
        ("10.0.0", "reads major version 1 only"),
        ("1.0", "is not of the form"),
        ("1.0.0-rc.1", "is not of the form"),
        ("1.00.0", "is not of the form"),
        ("v1.0.0", "is not of the form"),
    ] {
        let contract = with(r#""version": "1.0.0""#, &format!(r#""version": "{version}", "surprise": 1"#));
        assert_fault(&ask(&contract, ""), "/version", words);
    }
    assert_holds(&ask(&with("1.0.0", "1.7.12"), ""), r#""version":"1.7.12""#);
    let newer = with(r#""version": "1.0.0""#, r#""version": "1.7.0", "surprise": 1"#);
    assert_fault(&ask(&newer, ""), "/surprise", "unknown member");
}

#[test]
fn every_fault_of_a_contract_is_named_with_its_place() {
    for (from, to, path, words) in [
        (r#""name": "fuzefront","#, "", "/name", "is missing"),
        (r#""name": "fuzefront""#, r#""name": "FuzeFront""#, "/name", "letters a-z"),
        (r#""version": "1.0.0","#, "", "/version", "is missing"),
        (r#"["error", "code"]"#, r#"["code"]"#, "/error_body", "error, code"),
        (r#"["iss", "sub"]"#, r#"["email"]"#, "/user_key", "iss, sub"),
        (r#""algorithms": ["RS256"],"#, "", "/tokens/algorithms", "is missing"),
        (r#"["RS256"]"#, r#"["RS256","HS256"]"#, "/tokens/algorithms/1", "legacy-hs256"),
        (r#"["RS256"]"#, r#"["none"]"#, "/tokens/algorithms/0", "`none`"),
        (r#""leeway": 60"#, r#""leeway": 301"#, "/tokens/leeway", "0 to 300"),
        (r#""leeway": 60"#, r#""max_age": 60"#, "/tokens/max_age", "unknown member"),
        (r#""subject": "sub""#, r#""sub": "sub""#, "/tokens/claims/sub", "unknown member"),
        (
            "https://app.fuzefront.com",
            "https://app.fuzefront.com/",
            "/environments/production/hosts/platform/issuer/0",
            "is not an origin",
        ),
        (
            "https://app.fuzefront.com",
            "http://app.fuzefront.com",
            "/environments/production/hosts/platform/issuer/0",
            "https",
        ),
        (
            r#"["https://app.fuzefront.com"]"#,
            r#"["https://app.fuzefront.com"], "keys": "http://issuer:9000""#,
            "/environments/production/hosts/platform/keys",
            "https",
        ),
        (
            r#"["https://app.fuzefront.com"]"#,
            "[]",
            "/environments/production/hosts/platform/issuer",
            "is empty",
        ),
        (r#""local": {"#, r#""lo/cal": {"#, "/environments/lo~1cal", "letters a-z"),
        (
            r#"{ "fuzefront": "active" }"#,
            r#"{ "fuzefont": "active" }"#,
            "/environments/local/status/fuzefont",
            "no app",
        ),
        (
            r#"{ "fuzefront": "active" }"#,
            r#"{ "fuzefront": "ok" }"#,
            "/environments/local/status/fuzefront",
            "active,",
        ),
        (
            r#"{ "fuzefront": "active" }"#,
            r#"{ "a2a": "active" }"#,
            "/apps/a2a/client_id",
            "is active in `local`",
        ),
        (r#""host": "platform""#, r#""host": "other""#, "/issuers/airflow/host", "environment `production`"),
        (r#""path": "/application"#, r#""path": "application"#, "/issuers/airflow/path", "is not a path"),
        (r#""path": "/application/o/airflow/","#, "", "/issuers/airflow/path", "is missing"),
        (r#""directory": "fuzefront","#, "", "/issuers/airflow/directory", "is missing"),
        (
            r#""directory": "fuzefront","#,
            r#""directory": "fuzefront", "leeway": -1,"#,
            "/issuers/airflow/leeway",
            "0 to 300",
        ),
        (r#""issuers": ["fuzekeys"]"#, r#""issuers": ["fuzekey"]"#, "/apps/fuzekeys/issuers/0", "no issuer"),
        (r#""issuers": ["airflow"]"#, r#""issuers": []"#, "/apps/airflow/issuers", "is empty"),
        (r#""audience": ["airflow"]"#, r#""audience": []"#, "/apps/airflow/audience", "is empty"),
        (r#""audience": ["airflow"]"#, r#""audience": null"#, "/apps/airflow/audience", "list"),
        (r#""audience": ["airflow"],"#, "", "/apps/airflow/audience", "is missing"),
        (r#""client_id": "airflow","#, "", "/apps/airflow/client_id", "is missing"),
        (r#""client_id": "airflow""#, r#""client_id": null"#, "/apps/airflow/client_id", "is empty"),
        (r#""client_id": "airflow""#, r#""client_id": 1"#, "/apps/airflow/client_id", "is not a string"),
        (r#""status": "planned""#, r#""status": "soon""#, "/apps/fuzekeys/status", "none of active"),
        (r#""status": "planned","#, "", "/apps/fuzekeys/status", "is missing"),
        (r#""kinds": ["user"]"#, r#""kinds": ["robot"]"#, "/apps/fuzekeys/kinds/0", "`robot`"),
        (r#""kinds": ["user"]"#, r#""secret": "x""#, "/apps/fuzekeys/secret", "unknown member"),
        (r#"["repo"]"#, r#"[""]"#, "/apps/a2a/required_claims/0", "is empty"),
        (r#""title": "FuzeKeys""#, r#""title": 1"#, "/apps/fuzekeys/title", "is not a string"),
    ] {
        assert_fault(&ask(&with(from, to), ""), path, words);
    }
}

/// The contract is put into the request as it is written.
#[test]
fn what_is_not_strict_json_is_told_in_words() {
    for (contract, path, message) in [
        ("", "", "the contract is not JSON (not_json)"),
        ("{} {}", "", "the contract is not JSON (not_json)"),
        (r#"{"apps":{"x":{"status":active}}}"#, "/apps/x/status", "is not JSON (not_json)"),
        (r#"{"apps":{},"name":"x","apps":{}}"#, "/apps", "is there twice (duplicate_name)"),
        (r#"{"apps":{"a~/b":{},"a~/b":{}}}"#, "/apps/a~0~1b", "is there twice (duplicate_name)"),
        (r#"{"name":"\ud800"}"#, "/name", "holds one half of a surrogate pair"),
        (r#"{"a":[0,1e999]}"#, "/a/1", "is a number out of range (number_out_of_range)"),
    ] {
        assert_fault(&ask(contract, ""), path, message);
    }
    let many: String = (0..20).map(|index| format!(r#""x{index}":1,"#)).collect();
    assert_fault(&ask(&format!(r#"{{{many}"x7":1}}"#), ""), "/x7", "is there twice");
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    assert_fault(&ask(&deep, ""), &"/0".repeat(31), "nests too deep: more than 32 levels");
    assert_fault(&answer(b"\xef\xbb\xbf{}"), "", "the contract begins with a byte order mark");
    assert_fault(&answer(b"{\"contract\":\"\xff\"}"), "", "the contract is not UTF-8");
    assert_fault(&answer(b"[]"), "", "the request is not a JSON object");
}

#[test]
fn an_origin_can_be_reached() {
    let label = "x".repeat(63);
    let host = |last: usize| [&label, &label, &label, &"y".repeat(last)].map(String::as_str).join(".");
    for origin in [
        "https://a",
        "https://id.example:1",
        "http://127.0.0.1:65535",
        "https://a-b.c1",
        &format!("https://{label}"),
        &format!("https://{}", host(61)),
    ] {
        assert!(super::shape::is_origin(origin), "{origin}");
    }
    for origin in [
        "https://",
        "https://...",
        "https://app..x",
        "https://.a",
        "https://a.",
        "https://-a",
        "https://a.b-",
        "https://a:",
        "https://a:0",
        "https://a:080",
        "https://a:+1",
        "https://a:65536",
        "https://a:99999",
        "https://a:1:2",
        &format!("https://{label}x"),
        &format!("https://{}", host(62)),
    ] {
        assert!(!super::shape::is_origin(origin), "{origin}");
    }
}

#[test]
fn two_names_of_one_issuer_are_two_entries_too_many() {
    let contract = with(r#""path": "/application/o/argocd/","#, r#""path": "/application/o/airflow/","#)
        .replacen(r#""issuers": ["airflow"]"#, r#""issuers": ["airflow", "argocd"]"#, 1);
    assert_fault(&ask(&contract, ""), "/apps/airflow/issuers", "earlier entry");
}

#[test]
fn what_is_too_much_is_refused() {
    let long = "x".repeat(crate::limits::CONTRACT_TEXT + 1);
    assert_fault(
        &ask(&with(r#"["repo"]"#, &format!(r#"["{long}"]"#)), ""),
        "/apps/a2a/required_claims/0",
        "512",
    );
    let note = "x".repeat(crate::limits::CONTRACT_NOTE);
    assert_holds(&ask(&with("FuzeKeys\"", &format!("{note}\"")), ""), "1.0.0");
    assert_fault(&ask(&with("FuzeKeys\"", &format!("x{note}\"")), ""), "/apps/fuzekeys/title", "2048");
    let five = r#""issuers": ["airflow","argocd","grafana","litellm","kafka-ui"]"#;
    assert_fault(&ask(&with(r#""issuers": ["airflow"]"#, five), ""), "/apps/airflow/issuers", "more than 4");
    let apps: String = (0..60)
        .map(|index| {
            format!(r#""x{index}":{{"client_id":null,"audience":[],"issuers":[],"status":"planned"}},"#)
        })
        .collect();
    assert_fault(&ask(&with(r#""apps": {"#, &format!(r#""apps": {{{apps}"#)), ""), "/apps", "1 to 64");
}

/// A number of four characters may have twenty-one in the answer.
#[test]
fn an_answer_that_would_not_fit_into_the_buffer_is_refused() {
    let numbers = vec!["1e20"; 25_000].join(",");
    let key = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;
    let answer = fuzekeys(&format!(r#"{{"keys":{{"keys":[{key},"extra":[{numbers}]}}]}}}}"#));
    assert_fault(&answer, "", "the policy is longer than 524288 bytes");
    let name = "~".repeat(100_000);
    assert_fault(&fuzekeys(&format!(r#"{{"{name}":1}}"#)), "/options", "100000 bytes");
}

#[test]
fn options_replace_what_a_deployment_may_decide() {
    let answer = fuzekeys(
        r#"{"leeway":30,"kinds":["user","machine"],"authorized_parties":["shell"],"types":["at+jwt"],"max_age":600}"#,
    );
    for text in [
        r#""leeway":30,"types":["at+jwt"]"#,
        r#""authorized_parties":["shell"],"kinds":["user","machine"],"max_age":600}"#,
    ] {
        assert_holds(&answer, text);
    }
    let answer = fuzekeys(r#"{"jwks_uri":"http://issuer:9000/jwks/","insecure_hosts":["issuer:9000"]}"#);
    assert_holds(&answer, r#"{"insecure_hosts":["issuer:9000"],"issuers""#);
    assert_holds(&answer, r#""jwks_uri":"http://issuer:9000/jwks/""#);
    let key = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let answer = fuzekeys(&format!(r#"{{"keys":{key}}}"#));
    assert_holds(&answer, &format!(r#""keys":{key}"#));
    assert!(!answer.contains("jwks_uri"), "{answer}");
}

#[test]
fn options_ask_for_more_and_never_silently_for_less() {
    let contract = with(
        r#""kinds": ["user"],"#,
        r#""kinds": ["user"], "required_claims": ["sid"], "claim_values": {"repo": ["a"], "tid": ["x"]},"#,
    );
    let options =
        r#"{"required_claims":["jti","sid"],"claim_values":{"repo":["b"]},"claims":{"tenant":"org"}}"#;
    let answer = ask(&contract, &format!(r#","app":"fuzekeys","environment":"local","options":{options}"#));
    for text in [
        r#""required_claims":["sid","jti"]"#,
        r#""claim_values":{"tid":["x"],"repo":["b"]}"#,
        r#""claims":{"subject":"sub","roles":"roles","email":"email","tenant":"org"}"#,
    ] {
        assert_holds(&answer, text);
    }
}

#[test]
fn faulty_options_are_named_with_their_place() {
    for (options, path, words) in [
        (r#"{"issuer":"https://a/"}"#, "/options/issuer", "fixed by the contract"),
        (r#"{"audience":"a"}"#, "/options/audience", "fixed by the contract"),
        (r#"{"algorithms":["ES256"]}"#, "/options/algorithms", "fixed by the contract"),
        (r#"{"mode":"legacy-hs256"}"#, "/options/mode", "fixed by the contract"),
        (r#"{"secret":"x"}"#, "/options/secret", "fixed by the contract"),
        (r#"{"leway":1}"#, "/options/leway", "unknown member"),
        (r#"{"leeway":301}"#, "/options/leeway", "0 to 300"),
        (r#"{"kinds":["user","robot"]}"#, "/options/kinds/1", "`robot`"),
        (r#"{"required_scopes":["a b"]}"#, "/options/required_scopes/0", "RFC 6749"),
        (r#"{"claims":{"sub":"x"}}"#, "/options/claims/sub", "unknown member"),
        (r#"{"jwks_uri":"http://issuer/jwks"}"#, "/options/jwks_uri", "https"),
        (r#"{"jwks_uri":"https://a/","keys":{"keys":[]}}"#, "/options/keys", "jwks_uri"),
        (r#"{"keys":{"keys":[]}}"#, "/options/keys", "no usable key"),
        (r#"{"insecure_hosts":"x"}"#, "/options/insecure_hosts", "list"),
    ] {
        assert_fault(&fuzekeys(options), path, words);
    }
    let two = with(r#""issuers": ["airflow"]"#, r#""issuers": ["airflow", "argocd"]"#);
    let more = r#","app":"airflow","environment":"local","options":{"jwks_uri":"https://a/"}"#;
    assert_fault(&ask(&two, more), "/options/jwks_uri", "several");
}

#[test]
fn too_much_in_contract_and_options_together_is_refused() {
    let claims =
        |from: usize| (from..from + 40).map(|index| format!(r#""c{index}""#)).collect::<Vec<_>>().join(",");
    let contract = with(r#""kinds": ["user"],"#, &format!(r#""required_claims": [{}],"#, claims(0)));
    let more = format!(
        r#","app":"fuzekeys","environment":"local","options":{{"required_claims":[{}]}}"#,
        claims(40)
    );
    assert_fault(&ask(&contract, &more), "/options/required_claims", "64");
}

#[test]
fn every_app_of_which_enough_is_known_gets_a_policy_everywhere() {
    let summary = ask(CONTRACT, "");
    let names: Vec<&str> =
        summary.split(r#"{"app":""#).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(names.len(), 12);
    for name in names {
        for environment in ["production", "local"] {
            let answer = ask(CONTRACT, &format!(r#","app":"{name}","environment":"{environment}""#));
            let known = !["a2a", "fuzesocial-registration"].contains(&name);
            assert_eq!(answer.contains(r#""policy":{"insecure_hosts":[]"#), known, "{answer}");
        }
    }
}

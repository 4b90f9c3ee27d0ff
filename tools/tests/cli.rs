//! The command line, run without a host: what the documentation shows is what comes out, mistakes are told in one line, and
//! no token is ever printed.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that fails may panic"
)]

mod support;

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use support::{NOW, Printed, World};

const DOCS: &str = include_str!("../../docs/cli.md");
const FRONT_PAGE: &str = include_str!("../../README.md");
const LINES: &str = include_str!("lines.txt");
const ISSUER: [&str; 4] = ["--issuer", "https://id.example/", "--audience", "a"];

/// RFC 8037, appendix A.2.
fn key_set() -> Value {
    json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] })
}

/// A token whose signature is nonsense.
fn unsigned(header: Value, claims: Value) -> String {
    let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}.{}", part(header), part(claims), "A".repeat(86))
}

fn jws() -> String {
    let claims = json!({ "iss": "https://id.example/", "sub": "u", "aud": ["a", "b"], "exp": NOW + 90 });
    unsigned(json!({ "alg": "EdDSA", "typ": "JWT" }), claims)
}

fn odd() -> String {
    let claims = json!({
        "b": 1.5, "2": -5, "\u{1b}[1m": "\u{202e}\u{1f600} \u{ad} tab\t", "exp": NOW - 1, "iat": 1e15,
        "auth_time": "soon", "list": ["one", "", "three"], "nested": { "b": [1, "2"] }, "long": "x".repeat(200),
    });
    unsigned(json!({ "alg": "EdDSA", "typ": "JWT" }), claims)
}

fn files() -> BTreeMap<String, Vec<u8>> {
    let entry = json!({ "issuer": "https://id.example/", "audience": "a", "keys": key_set() });
    let documents: [(&str, Vec<u8>); 18] = [
        ("text", b"not JSON".to_vec()),
        ("list", b"[]".to_vec()),
        ("empty", Vec::new()),
        ("nan", br#"{"keys":NaN}"#.to_vec()),
        ("number", format!(r#"{{"n":1{}}}"#, "0".repeat(5000)).into_bytes()),
        ("deep", format!("{}{}", "[".repeat(3000), "]".repeat(3000)).into_bytes()),
        ("open", vec![b'['; 100_000]),
        ("shallow", vec![b'['; 100]),
        ("broken", format!("{}]\"", r#"{"a":"#.repeat(90)).into_bytes()),
        ("large", format!(r#"{{"a":"{}"}}"#, "x".repeat(600_000)).into_bytes()),
        ("twice", br#"{"name":"a","name":"b"}"#.to_vec()),
        ("keys", key_set().to_string().into_bytes()),
        ("nokeys", br#"{"keys":[]}"#.to_vec()),
        ("bom", format!("\u{feff}{}", key_set()).into_bytes()),
        ("discovery", br#"{"issuer":"https://id.example","jwks_uri":"https://id.example/jwks/"}"#.to_vec()),
        ("policy", json!({ "issuers": [entry] }).to_string().into_bytes()),
        ("token", format!("{}\n", jws()).into_bytes()),
        ("wide", Vec::new()),
    ];
    documents.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

fn world() -> World {
    World { files: files(), ..World::default() }
}

fn at_now<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    arguments.iter().copied().chain(["--now", "1700000000"]).collect()
}

/// The examples of a page: a command line, and what it prints.
fn examples(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("```console\n$ authn ").skip(1);
    let example = |block: &str| {
        let (line, rest) = block.split_once('\n')?;
        Some((line.to_owned(), rest.split_once("```")?.0.to_owned()))
    };
    blocks.filter_map(example).collect()
}

/// The files of the examples: a token of the shared vectors, its key set, and a document of an issuer.
fn example_files() -> BTreeMap<String, Vec<u8>> {
    let vector = |text: &str, id: &str| {
        let file: Value = serde_json::from_str(text).unwrap();
        let groups = file["groups"].as_array().unwrap().clone();
        let group = groups.into_iter().find(|group| {
            group["cases"].as_array().is_some_and(|cases| cases.iter().any(|case| case["id"] == id))
        });
        group.unwrap()
    };
    let input = |group: &Value, id: &str| {
        let cases = group["cases"].as_array().unwrap();
        cases.iter().find(|case| case["id"] == id).unwrap()["input"].as_str().unwrap().as_bytes().to_vec()
    };
    let good = vector(include_str!("../../tests/vectors/identity.json"), "identity/claims-full");
    let other = vector(include_str!("../../tests/vectors/audience.json"), "audience/aud-other");
    BTreeMap::from([
        (String::from("token"), input(&good, "identity/claims-full")),
        (String::from("other.token"), input(&other, "audience/aud-other")),
        (String::from("keys.json"), keys_of(&good)),
        (
            String::from("discovery.json"),
            br#"{"issuer":"https://id.example","jwks_uri":"https://id.example/jwks/"}"#.to_vec(),
        ),
    ])
}

/// The key set that a group of vectors was told.
fn keys_of(group: &Value) -> Vec<u8> {
    let calls = group["calls"].as_array().unwrap();
    let told = calls.iter().find(|call| call["answer"]["outcome"] == "stored").unwrap();
    let (_, keys) = told["payload"].as_str().unwrap().split_once('\n').unwrap();
    keys.as_bytes().to_vec()
}

#[test]
fn the_examples_of_the_pages_are_what_comes_out() {
    let world = World { files: example_files(), ..World::default() };
    let examples: Vec<(String, String)> = [DOCS, FRONT_PAGE].into_iter().flat_map(examples).collect();
    assert!(examples.len() >= 10, "{}", examples.len());
    for (line, expected) in examples {
        let arguments: Vec<&str> = line.split(' ').collect();
        let Printed { stdout, stderr, .. } = world.run(&arguments);
        assert_eq!(stdout + &stderr, expected, "authn {line}");
    }
}

#[test]
fn every_line_ends_in_one_of_four_ways_and_shows_no_token() {
    let (jws, odd) = (jws(), odd());
    let lines: Vec<&str> = LINES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(lines.len() > 120, "{}", lines.len());
    for line in lines {
        for terminal in [false, true] {
            let arguments: Vec<String> = line
                .split(' ')
                .map(|word| word.replace("{jws}", &jws).replace("{odd}", &odd).replace(['{', '}'], ""))
                .collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let Printed { code, stdout, stderr } = World { terminal, ..world() }.run(&arguments);
            assert!(code <= 3, "{line}: {code}");
            assert!(!stdout.contains(&"A".repeat(86)) && !stderr.contains(&jws), "{line}");
            assert_eq!(code == 2, stderr.starts_with("authn: "), "{line}: {stderr}");
            assert!(stderr.lines().count() <= 1, "{line}: {stderr}");
            if line.contains("--json") && !stdout.is_empty() && !line.contains("--json=") {
                assert!(serde_json::from_str::<Value>(&stdout).is_ok(), "{line}: {stdout}");
                assert_eq!(stdout.lines().count(), 1, "{line}");
            }
            assert!(terminal || !stdout.contains('\u{1b}'), "{line}");
        }
    }
}

#[test]
fn what_is_misspelt_is_named_with_what_was_meant() {
    let told = |arguments: &[&str]| world().run(arguments).stderr;
    assert_eq!(
        told(&["verify", "--isuer", "x"]),
        "authn: unknown option `--isuer`; did you mean `--issuer`?\n"
    );
    assert_eq!(told(&["verfy"]), "authn: unknown command `verfy`; did you mean `verify`?\n");
    assert_eq!(told(&["verify", "--colour"]), "authn: unknown option `--colour`; see `authn --help`\n");
    assert!(told(&[&jws()]).starts_with("authn: the first argument is not a command"));
    assert!(!told(&[&format!("--{}", jws())]).contains("ey"));
}

#[test]
fn help_has_every_option_and_each_command_its_examples() {
    let help = world().run(&["--help"]).stdout;
    for command in ["verify", "explain", "inspect", "doctor", "contract", "digest"] {
        let of_command = world().run(&["help", command]).stdout;
        assert!(of_command.contains("Examples\n  authn ") && help.contains(command), "{of_command}");
        assert_eq!(world().run(&[command, "--help"]).stdout, of_command);
        for line in of_command.lines().filter(|line| line.trim_start().starts_with("--")) {
            assert!(help.contains(line), "{line}");
        }
    }
    assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
}

#[test]
fn a_token_comes_from_where_it_is_given_first() {
    let jws = jws();
    let size = |world: World, arguments: &[&str]| -> u64 {
        let answer: Value = serde_json::from_str(&world.run(arguments).stdout).unwrap();
        answer["bytes"].as_u64().unwrap()
    };
    let length = u64::try_from(jws.len()).unwrap();
    let stdin = |text: &str| World { stdin: Some(text.as_bytes().to_vec()), ..world() };
    let variable = |text: &str| BTreeMap::from([("AUTHN_TOKEN", text.to_owned())]);
    assert_eq!(size(stdin(&format!("  Bearer {jws}\r\n")), &["inspect", "--json"]), length);
    assert_eq!(size(stdin(&format!("bearer   {jws}")), &["inspect", "-", "--json"]), length);
    assert_eq!(size(World { environment: variable(&jws), ..stdin("no") }, &["inspect", "--json"]), length);
    assert_eq!(size(World { environment: variable("no"), ..world() }, &["inspect", &jws, "--json"]), length);
    assert_eq!(
        size(
            World { environment: variable("no"), ..world() },
            &["inspect", "--token-file", "token", "--json"]
        ),
        length
    );
    assert_eq!(world().run(&["inspect"]).code, 2);
    let long = stdin(&"x".repeat(600_000)).run(&["inspect"]).stdout;
    assert!(long.contains("600000 bytes, of which"), "{long}");
}

#[test]
fn what_steers_a_terminal_is_escaped_in_both_forms() {
    for more in [vec![], vec!["--json"]] {
        let odd = odd();
        let arguments: Vec<&str> = ["inspect", odd.as_str()].into_iter().chain(more).collect();
        let printed = world().run(&arguments).stdout;
        assert!(
            !printed.chars().any(|letter| matches!(letter, '\u{1b}' | '\u{202e}' | '\u{ad}' | '\t')),
            "{printed}"
        );
        assert!(printed.contains("202e"), "{printed}");
    }
}

/// An issuer that answers with these statuses and bodies.
fn issuer(discovery: (u16, &str), keys: (u16, &str)) -> World {
    let page =
        |(status, body): (u16, &str)| (status, json!({ "retry-after": "7" }), body.as_bytes().to_vec());
    let pages = [
        (String::from("https://id.example/.well-known/openid-configuration"), page(discovery)),
        (String::from("https://id.example/jwks/"), page(keys)),
    ];
    World { pages: pages.into_iter().collect(), ..world() }
}

const DISCOVERY: &str = r#"{"issuer":"https://id.example/","jwks_uri":"https://id.example/jwks/"}"#;

#[test]
fn an_outage_is_told_as_one_in_both_forms_with_its_cause() {
    let jws = jws();
    for (world, word) in [
        (world(), "refused"),
        (issuer((503, ""), (200, "")), "503"),
        (issuer((200, DISCOVERY), (200, "<html>")), "jwks"),
        (issuer((200, r#"{"issuer":"https://id.example","jwks_uri":"https://x/"}"#), (200, "")), "slash"),
    ] {
        let arguments: Vec<&str> = ["verify", jws.as_str()].into_iter().chain(ISSUER).collect();
        let human = world.run(&at_now(&arguments));
        assert_eq!(human.code, 3);
        assert!(human.stdout.starts_with("NO VERDICT  JWKS_UNAVAILABLE"), "{}", human.stdout);
        assert!(human.stdout.contains(word), "{word}: {}", human.stdout);
        let arguments: Vec<&str> = arguments.into_iter().chain(["--json"]).collect();
        let line: Value = serde_json::from_str(&world.run(&at_now(&arguments)).stdout).unwrap();
        assert_eq!(line["outcome"], "no_verdict");
        assert!(line["cause"].as_str().unwrap().contains(word), "{line}");
    }
}

#[test]
fn keys_are_fetched_by_discovery_and_a_wrong_signature_is_the_verdict() {
    let world = issuer((200, DISCOVERY), (200, &key_set().to_string()));
    let jws = jws();
    let arguments: Vec<&str> = ["explain", jws.as_str()].into_iter().chain(ISSUER).collect();
    let Printed { code, stdout, .. } = world.run(&at_now(&arguments));
    assert_eq!(code, 1);
    assert!(stdout.starts_with("REJECTED  INVALID_SIGNATURE"), "{stdout}");
    assert!(stdout.contains("✗ 4.4   signature"), "{stdout}");
}

#[test]
fn a_cause_names_what_was_found() {
    let world = world();
    let cause = |claims: Value, header: Value| {
        let token = unsigned(header, claims);
        let arguments: Vec<&str> =
            ["verify", token.as_str(), "--keys", "keys", "--json"].into_iter().chain(ISSUER).collect();
        let line: Value = serde_json::from_str(&world.run(&at_now(&arguments)).stdout).unwrap();
        format!("{}: {}", line["code"].as_str().unwrap(), line["cause"].as_str().unwrap_or("-"))
    };
    let claims = |issuer: &str| json!({ "iss": issuer, "sub": "u", "aud": "a", "exp": NOW + 90 });
    let header = |alg: &str| json!({ "alg": alg, "typ": "JWT", "kid": "k1" });
    assert_eq!(
        cause(claims("https://x/"), header("EdDSA")),
        "INVALID_ISSUER: `iss` is https://x/ (unverified); https://id.example/ is expected"
    );
    assert!(
        cause(claims("https://id.example/"), header("none"))
            .starts_with("ALGORITHM_NOT_ALLOWED: `alg` is none (unverified); allowed are ES256, ")
    );
    assert_eq!(
        cause(claims("https://id.example/"), header("EdDSA")),
        "INVALID_SIGNATURE: `kid` is k1 (unverified)"
    );
    assert_eq!(
        cause(claims("https://id.example/"), json!({ "alg": "EdDSA", "typ": "dpop+jwt" })),
        "WRONG_TOKEN_TYPE: `typ` is dpop+jwt (unverified)"
    );
}

#[test]
fn plain_http_needs_its_host_named() {
    let jws = jws();
    let policy = ["--issuer", "http://authentik-server:9000/o/", "--audience", "a"];
    let arguments: Vec<&str> = ["verify", jws.as_str()].into_iter().chain(policy).collect();
    let refused = world().run(&arguments);
    assert_eq!(refused.code, 2, "{}", refused.stdout);
    let arguments: Vec<&str> =
        arguments.into_iter().chain(["--insecure-host", "authentik-server:9000"]).collect();
    let taken = world().run(&arguments);
    assert!(taken.stdout.contains("INVALID_ISSUER"), "{}{}", taken.stdout, taken.stderr);
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let jws = jws();
    let coloured = |environment: &[(&'static str, &str)], more: &[&str]| {
        let environment = environment.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let arguments: Vec<&str> =
            ["inspect", jws.as_str()].into_iter().chain(more.iter().copied()).collect();
        World { terminal: true, environment, ..world() }.run(&arguments).stdout.contains('\u{1b}')
    };
    assert!(coloured(&[], &[]) && coloured(&[("NO_COLOR", "")], &[]) && coloured(&[("TERM", "xterm")], &[]));
    assert!(
        !coloured(&[("NO_COLOR", "1")], &[])
            && !coloured(&[("TERM", "dumb")], &[])
            && !coloured(&[], &["--no-color"])
    );
}

#[test]
fn a_message_that_is_none_is_an_error_of_the_host() {
    for message in ["", "{", "[]", r#"{"argumnts":[]}"#] {
        let answer: Value = serde_json::from_str(&authn_tools::call(message.as_bytes())).unwrap();
        assert_eq!(answer["error"]["code"], "INVALID_CALL");
    }
}

#[test]
fn the_doctor_of_a_library_asks_for_what_it_wants_to_see() {
    let policy = json!({ "issuers": [{ "issuer": "https://id.example/", "audience": "a" }] }).to_string();
    let healthy = issuer((200, DISCOVERY), (200, &key_set().to_string()));
    let asked = json!({ "doctor": { "policy": policy } });
    let answer = healthy.ask(&asked);
    assert_eq!(answer["wanted"], json!([]));
    let ids: Vec<&str> =
        answer["findings"].as_array().unwrap().iter().filter_map(|finding| finding["id"].as_str()).collect();
    assert!(!ids.contains(&"endpoint_refused"), "{ids:?}");
    let down = world().ask(&asked);
    assert!(down.to_string().contains("refused"), "{down}");
    let refused = world().ask(&json!({ "doctor": { "policy": "{}" } }));
    assert_eq!(refused["error"]["code"], "INVALID_POLICY");
}

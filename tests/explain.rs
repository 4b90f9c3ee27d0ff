//! What vectors cannot show of a trace: its typed form, and that its answer fits the module's buffer.
#![expect(clippy::indexing_slicing, reason = "members of JSON: what is not there is null")]

use authn::{CHECKS, Head, Policy, Registry, Status, UnixTime, Values, Verdict, Verifier, limits};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

const NOW: f64 = 1_700_000_000.0;

fn token(claims: &Value) -> Vec<u8> {
    let part = |json: &Value| Base64UrlUnpadded::encode_string(json.to_string().as_bytes());
    format!("{}.{}.AA", part(&json!({ "alg": "RS256" })), part(claims)).into_bytes()
}

#[test]
fn the_trace_is_typed_and_its_verdict_is_that_of_verify() -> Result<(), Box<dyn std::error::Error>> {
    let policy = json!({ "issuers": [{ "issuer": "https://id.example/", "audience": "keys-app" }] });
    let verifier = Verifier::new(Policy::from_json(policy.to_string().as_bytes())?);
    let now = UnixTime::from_seconds(NOW).ok_or("a time")?;
    let token = token(&json!({ "iss": "https://id.example/", "aud": "shell", "exp": NOW }));
    let trace = verifier.explain(&token, now, Values::Hidden);
    assert_eq!(trace.verdict, verifier.verify(&token, now));
    assert!(matches!(trace.verdict, Verdict::KeysNeeded(_)));
    assert_eq!(
        trace.checks.iter().map(|row| row.check).collect::<Vec<_>>(),
        CHECKS.iter().collect::<Vec<_>>()
    );
    let audience = trace.checks.iter().find(|row| row.check.name == "audience").ok_or("a step")?;
    assert_eq!((audience.status, audience.verified, &audience.found), (Status::Failed, false, &None));
    assert_eq!(audience.expected.as_deref(), Some(r#"["keys-app"]"#));
    let header = [b"Bearer ".as_slice(), &token].concat();
    let trace = verifier.explain_authorization(&header, now, Values::Shown);
    assert_eq!(trace.verdict, verifier.verify_authorization(&header, now));
    assert_eq!(trace.checks.first().map(|row| row.status), Some(Status::Passed));
    Ok(())
}

/// As many names as a policy can carry, and claims that are longer written out than they came.
#[test]
fn the_longest_answer_fits_the_buffer() -> Result<(), Box<dyn std::error::Error>> {
    let long = |start: String| format!("{start}{}", "x".repeat(limits::POLICY_STRING_BYTES - start.len()));
    let names = |entry: usize| -> Vec<String> {
        (0..3).map(|name| long(format!("https://id.example/{entry}/{name}/"))).collect()
    };
    let values: serde_json::Map<String, Value> =
        (0..60).map(|index| (format!("c{index}"), json!([format!("v{index}")]))).collect();
    let mut issuers: Vec<Value> = (1..limits::ISSUERS)
        .map(|entry| json!({ "issuer": names(entry), "audience": "a", "jwks_uri": "https://id.example/" }))
        .collect();
    issuers.push(json!({
        "issuer": names(0), "audience": long("a".into()), "claim_values": values, "required_claims": ["c0"],
        "authorized_parties": [long("p".into())], "jwks_uri": "https://id.example/",
    }));
    let iss = long("https://id.example/0/0/".into());
    let mut claims = json!({ "iss": iss, "sub": "s", "aud": vec![1e20; 450], "azp": vec![1e20; 400] });
    for index in 0..60 {
        claims.as_object_mut().ok_or("an object")?.insert(format!("c{index}"), json!(vec![1e20; 8]));
    }
    let mut registry = Registry::new();
    let policy = json!({ "issuers": issuers }).to_string();
    let opened: Value = serde_json::from_str(&registry.call(&Head::of("open").message(policy.as_bytes())))?;
    assert_eq!(opened["verifier"], 1, "{opened}");
    let token = token(&claims);
    assert!(token.len() <= limits::TOKEN_BYTES, "{}", token.len());
    let head = Head { verifier: 1, flags: 2, now: NOW, ..Head::of("explain") };
    let answer = registry.call(&head.message(&token));
    assert!(answer.len() <= limits::MESSAGE_BYTES / 2, "{}", answer.len());
    let trace: Value = serde_json::from_str(&answer)?;
    assert_eq!(trace["checks"].as_array().map(Vec::len), Some(CHECKS.len()));
    assert!(answer.contains("\"found\""), "claims are shown");
    Ok(())
}

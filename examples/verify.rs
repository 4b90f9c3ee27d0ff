//! Verifies one token natively: `cargo run --example verify`. The key is the published example key of RFC 8037
//! appendix A, and the time is fixed, so that the outcome is known.

use authn::{Policy, UnixTime, Verdict, Verifier};

const POLICY: &str = r#"{"issuers":[{
  "issuer": "https://id.example/",
  "audience": "keys-app",
  "jwks_uri": "https://id.example/jwks/"
}]}"#;

const KEY_SET: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","use":"sig",
  "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

const TOKEN: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6ImsxIn0\
  .eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUvIiwiYXVkIjoia2V5cy1hcHAiLCJzdWIiOiJ1LTEiLCJleHAiOjE3MDAwMDM2MDB9\
  .tKfNtuq3P9ZjPRwcJRVzGk5JeBZxNuVFUa6dppNkh40DFiTg0d25317OpY9pRLLRvj-njK4CznU_XNzkYGN0Bg";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = UnixTime::from_seconds(1_700_000_000.0).ok_or("not a time")?;
    let mut verifier = Verifier::new(Policy::from_json(POLICY.as_bytes())?);

    // Without keys there is no verdict yet, but the address of the keys: fetching is the host's part.
    let Verdict::KeysNeeded(needed) = verifier.verify(TOKEN.as_bytes(), now) else {
        return Err("a verifier without keys gave a verdict".into());
    };
    let (_, url) = verifier.document(needed.issuer).ok_or("the keys are fixed")?;
    println!("fetch {url} ({})", needed.reason);
    verifier.offer_keys(needed.issuer, KEY_SET.as_bytes(), now, None, 0.5);

    match verifier.verify(TOKEN.as_bytes(), now) {
        Verdict::Accepted(accepted) => println!("accepted: {}", accepted.identity.user_id),
        Verdict::Rejected(rejection) => return Err(rejection.code.name().into()),
        Verdict::KeysNeeded(_) => return Err("the key set did not help".into()),
    }
    Ok(())
}

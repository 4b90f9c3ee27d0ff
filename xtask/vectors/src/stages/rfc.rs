//! The examples of RFC 7515 appendix A, RFC 7520 section 4 and RFC 8037 appendix A, as printed there. Their payloads were
//! not made for an access token, so the verdict is often one on a claim: the signature held then, and the neighbour with
//! one bit of the signature changed shows it.

use serde_json::{Value, json};

use crate::keys::encode;
use crate::mint::{parts, resign};
use crate::model::{ACCEPTED, Expect, Group, Stage, because, policy, rejected};

/// Of RFC 7515 A.1 to A.3 and A.5: `joe`, expiring at 1300819380.
const JOE: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const A1_TAG: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const A1_SECRET: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const A2_MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const A2_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const A3_SIGNATURE: &str =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const A4_TOKEN: &str = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
const RFC8037_TOKEN: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
const RFC7520_PAYLOAD: &str = "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";
const RFC7520_SIGNATURE: &str = "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw";

/// A moment at which `joe`'s token is valid.
const THEN: f64 = 1_300_819_000.0;

pub fn stage() -> Stage {
    let mut stage = Stage::new("rfc");
    let a2_key = json!({ "kty": "RSA", "n": A2_MODULUS, "e": "AQAB" });
    let a3_key = json!({ "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0" });
    let a4_key = json!({ "kty": "EC", "crv": "P-521", "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk", "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2" });
    let ed_key =
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let a1 = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{JOE}.{A1_TAG}");
    let a2 = format!("eyJhbGciOiJSUzI1NiJ9.{JOE}.{A2_SIGNATURE}");
    let a3 = format!("eyJhbGciOiJFUzI1NiJ9.{JOE}.{A3_SIGNATURE}");

    let secret = json!({ "issuer": "joe", "audience": null, "mode": "legacy-hs256", "secret": A1_SECRET });
    let mapped = |mut entry: Value| {
        entry["claims"] = json!({ "subject": "iss" });
        json!({ "issuers": [entry] })
    };
    held(stage.group("7515-a1", mapped(secret.clone())), "HS256", &a1, ACCEPTED);
    held(
        stage.group("7515-a1-subject", json!({ "issuers": [secret] })),
        "HS256, and there is no subject",
        &a1,
        rejected("MISSING_CLAIM"),
    );
    held(
        of_joe(&mut stage, "7515-a2", &a2_key),
        "RS256, and there is no audience",
        &a2,
        rejected("MISSING_CLAIM"),
    );
    held(
        of_joe(&mut stage, "7515-a3", &a3_key),
        "ES256, and there is no audience",
        &a3,
        rejected("MISSING_CLAIM"),
    );
    let now = stage.groups.last_mut().expect("a group");
    now.case("expired", "the same today", a3.as_str(), rejected("EXPIRED")).flags(&["rfc"]);

    of_joe(&mut stage, "7515-a4", &a4_key)
        .case("text", "ES512 over a payload that is no JSON", A4_TOKEN, because("MALFORMED", "not_json"))
        .flags(&["rfc"]);
    of_joe(&mut stage, "7515-a5", &a2_key)
        .case(
            "unsecured",
            "an unsecured JWS",
            format!("eyJhbGciOiJub25lIn0.{JOE}."),
            rejected("ALGORITHM_NOT_ALLOWED"),
        )
        .at(THEN)
        .flags(&["rfc", "alg_none"]);
    let general = json!({
        "payload": JOE,
        "signatures": [
            { "protected": "eyJhbGciOiJSUzI1NiJ9", "header": { "kid": "2010-12-29" }, "signature": A2_SIGNATURE },
            { "protected": "eyJhbGciOiJFUzI1NiJ9", "header": { "kid": "e9bc097a-ce51-4036-9562-d2ade882db0d" }, "signature": A3_SIGNATURE },
        ],
    });
    let flattened = json!({
        "payload": JOE,
        "protected": "eyJhbGciOiJFUzI1NiJ9",
        "header": { "kid": "e9bc097a-ce51-4036-9562-d2ade882db0d" },
        "signature": A3_SIGNATURE,
    });
    of_joe(&mut stage, "7515-a6", &a3_key)
        .case(
            "general",
            "the general JSON serialisation",
            general.to_string(),
            because("MALFORMED", "json_serialization"),
        )
        .flags(&["rfc"])
        .case(
            "flattened",
            "the flattened JSON serialisation (A.7)",
            flattened.to_string(),
            because("MALFORMED", "json_serialization"),
        )
        .flags(&["rfc"]);
    of_joe(&mut stage, "7515-e", &a2_key)
        .case("crit", "the critical extension of appendix E", "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA.", because("MALFORMED", "not_json"))
        .flags(&["rfc", "unknown_extension"])
        .case("crit-joe", "the same header over a JSON payload", format!("eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.{JOE}."), rejected("UNSUPPORTED_HEADER"))
        .flags(&["rfc", "unknown_extension"]);
    let n7520 = "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw";
    let header = encode(br#"{"alg":"PS384","kid":"bilbo.baggins@hobbiton.example"}"#);
    of_joe(&mut stage, "7520-4-2", &json!({ "kty": "RSA", "kid": "bilbo.baggins@hobbiton.example", "use": "sig", "n": n7520, "e": "AQAB" }))
        .case("text", "PS384 over a payload that is no JSON", format!("{header}.{RFC7520_PAYLOAD}.{RFC7520_SIGNATURE}"), because("MALFORMED", "not_json"))
        .flags(&["rfc"]);
    of_joe(&mut stage, "8037-a4", &ed_key)
        .case(
            "text",
            "Ed25519 over a payload that is no JSON",
            RFC8037_TOKEN,
            because("MALFORMED", "not_json"),
        )
        .flags(&["rfc"]);
    rfc8037(&mut stage, &ed_key);
    stage
}

/// The example key of RFC 8037 A.1 (its private half is printed there) over claims, so that the signature counts.
fn rfc8037(stage: &mut Stage, jwk: &Value) {
    use ed25519_dalek::Signer as _;
    let seed: [u8; 32] =
        crate::keys::decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").try_into().expect("32 bytes");
    let input = format!("eyJhbGciOiJFZERTQSJ9.{JOE}");
    let signature = ed25519_dalek::SigningKey::from_bytes(&seed).sign(input.as_bytes()).to_vec();
    let token = format!("{input}.{}", encode(&signature));
    held(of_joe(stage, "8037-a1", jwk), "EdDSA, and there is no audience", &token, rejected("MISSING_CLAIM"));
}

fn of_joe<'s>(stage: &'s mut Stage, id: &str, jwk: &Value) -> &'s mut Group {
    let members = json!({ "issuer": "joe", "jwks_uri": "<absent>", "keys": { "keys": [jwk] } });
    stage.group(id, policy(members))
}

/// The example, and the same with one bit of its signature changed.
fn held(group: &mut Group, comment: &str, token: &str, expect: Expect) {
    let changed = resign(token, |mut bytes| {
        if let Some(first) = bytes.first_mut() {
            *first ^= 1;
        }
        bytes
    });
    debug_assert_eq!(parts(token)[1], parts(&changed)[1]);
    group
        .case("example", comment, token, expect)
        .at(THEN)
        .flags(&["rfc"])
        .case("changed", "one bit of the signature changed", changed, rejected("INVALID_SIGNATURE"))
        .at(THEN)
        .flags(&["rfc"]);
}

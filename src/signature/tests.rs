//! Published examples, and the edges of what a key or a signature may be.
#![expect(clippy::unwrap_used, reason = "a broken fixture must stop the test")]

use base64ct::{Base64UrlUnpadded, Encoding};

use super::{KeyError, PublicKey, sha256};
use crate::algorithm::{Algorithm, KeyKind};

/// The signing inputs of RFC 7515 appendix A share this payload.
const PAYLOAD: &str =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn bytes(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text).unwrap()
}

/// Asserts that the example is good, and that it is not after any one bit of it changed or under another algorithm.
fn assert_example(key: &PublicKey, algorithm: Algorithm, input: &str, signature: &str) {
    let signature = bytes(signature);
    let input = input.as_bytes();
    assert!(key.verify(algorithm, input, &signature));

    for bit in [0, 1, signature.len() * 4 + 3, signature.len() * 8 - 1] {
        let flipped = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let at = bit / 8 % bytes.len();
            *bytes.get_mut(at).unwrap() ^= 1 << (bit % 8);
            bytes
        };
        assert!(!key.verify(algorithm, input, &flipped(&signature)), "bit {bit} of the signature");
        assert!(!key.verify(algorithm, &flipped(input), &signature), "bit {bit} of the input");
    }
    for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
        assert!(!key.verify(other, input, &signature), "{other:?}");
    }
    assert_length_matters(key, algorithm, input, &signature);
}

fn assert_length_matters(key: &PublicKey, algorithm: Algorithm, input: &[u8], signature: &[u8]) {
    assert!(!key.verify(algorithm, input, &[]));
    assert!(!key.verify(algorithm, input, signature.split_last().unwrap().1));
    assert!(!key.verify(algorithm, input, signature.split_first().unwrap().1));
    assert!(!key.verify(algorithm, input, &[signature, &[0]].concat()));
    assert!(!key.verify(algorithm, input, &[&[0], signature].concat()));
    assert!(!key.verify(algorithm, input, &vec![0; signature.len()]));
    assert!(!key.verify(algorithm, input, &vec![0xff; signature.len()]));
}

fn rfc7515_rsa() -> PublicKey {
    let n = bytes(concat!(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SF",
        "d2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo",
        "7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkM",
        "Ls91kzk2PAcDTW9gb54h4FRWyuXpoQ"
    ));
    PublicKey::rsa(&n, &bytes("AQAB")).unwrap()
}

fn rfc7515_p256() -> PublicKey {
    let x = bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
    let y = bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    PublicKey::ec(KeyKind::P256, &x, &y).unwrap()
}

#[test]
fn rfc7515_a1_hs256_is_good() {
    let secret =
        bytes("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    let key = PublicKey::secret(&secret).unwrap();
    let input = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{PAYLOAD}");
    assert_example(&key, Algorithm::HS256, &input, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

#[test]
fn rfc7515_a2_rs256_is_good() {
    let input = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}");
    let signature = concat!(
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdb",
        "F9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383",
        "LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy",
        "wlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    assert_example(&rfc7515_rsa(), Algorithm::RS256, &input, signature);
}

#[test]
fn rfc7515_a3_es256_is_good() {
    let input = format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}");
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    assert_example(&rfc7515_p256(), Algorithm::ES256, &input, signature);
}

#[test]
fn rfc7515_a4_es512_is_good() {
    let x = bytes("AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk");
    let y = bytes("ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2");
    let key = PublicKey::ec(KeyKind::P521, &x, &y).unwrap();
    let signature = concat!(
        "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgo",
        "XD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"
    );
    assert_example(&key, Algorithm::ES512, "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA", signature);
}

#[test]
fn rfc7520_4_2_ps384_is_good() {
    let n = bytes(concat!(
        "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKr",
        "Kb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5l",
        "FHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__",
        "kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw"
    ));
    let key = PublicKey::rsa(&n, &bytes("AQAB")).unwrap();
    let input = concat!(
        "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.",
        "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9h",
        "ZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3",
        "ZXB0IG9mZiB0by4"
    );
    let signature = concat!(
        "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6",
        "_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3",
        "lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6G",
        "YmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw"
    );
    assert_example(&key, Algorithm::PS384, input, signature);
}

#[test]
fn rfc8037_a4_ed25519_is_good() {
    let key = PublicKey::ed25519(&bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")).unwrap();
    let input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_example(&key, Algorithm::EdDSA, input, signature);
}

/// An odd number of `bits` bits.
fn modulus(bits: usize) -> Vec<u8> {
    let mut n = vec![0xff; bits.div_ceil(8)];
    if !bits.is_multiple_of(8) {
        *n.first_mut().unwrap() = (1 << (bits % 8)) - 1;
    }
    n
}

fn rsa_reason(n: &[u8], e: &[u8]) -> Option<KeyError> {
    PublicKey::rsa(n, e).err()
}

#[test]
fn rsa_moduli_are_bounded_and_well_formed() {
    let e = [1, 0, 1];
    for bits in [2048, 2049, 2056, 3072, 4096, 8191, 8192] {
        assert_eq!(rsa_reason(&modulus(bits), &e), None, "{bits}");
    }
    for bits in [1, 512, 1024, 2040, 2047] {
        assert_eq!(rsa_reason(&modulus(bits), &e), Some(KeyError::RsaTooSmall), "{bits}");
    }
    for bits in [8193, 8200, 65536] {
        assert_eq!(rsa_reason(&modulus(bits), &e), Some(KeyError::RsaTooLarge), "{bits}");
    }
    let mut even = modulus(2048);
    *even.last_mut().unwrap() = 0xfe;
    let padded = [vec![0], modulus(2048)].concat();
    for n in [vec![], vec![0], even, padded] {
        assert_eq!(rsa_reason(&n, &e), Some(KeyError::RsaBadModulus));
    }
}

#[test]
fn rsa_exponents_are_odd_and_bounded() {
    let n = modulus(2048);
    for e in [&[3][..], &[17], &[1, 0, 1], &[0xff, 0xff, 0xff, 0xff], &[1, 0xff, 0xff, 0xff, 0xff]] {
        assert_eq!(rsa_reason(&n, e), None, "{e:?}");
    }
    let above = [2, 0, 0, 0, 1];
    let huge = [1; 256];
    for e in [
        &[][..],
        &[0],
        &[1],
        &[2],
        &[4],
        &[1, 0, 0],
        &[0, 3],
        &[0, 1, 0, 1],
        &above,
        &[0xff; 8],
        &[1; 9],
        &huge,
    ] {
        assert_eq!(rsa_reason(&n, e), Some(KeyError::RsaBadExponent), "{e:?}");
    }
}

#[test]
fn ec_points_have_full_length_and_lie_on_their_curve() {
    let x = bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
    let y = bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    let reason = |curve, x: &[u8], y: &[u8]| PublicKey::ec(curve, x, y).err();

    assert_eq!(reason(KeyKind::P256, &x, &y), None);
    assert_eq!(reason(KeyKind::P256, &y, &x), Some(KeyError::EcNotOnCurve));
    assert_eq!(reason(KeyKind::P256, &[0; 32], &[0; 32]), Some(KeyError::EcNotOnCurve));
    // x = p is the zero the field arithmetic would see, spelled otherwise.
    let p = [&[0xff; 4][..], &[0, 0, 0, 1], &[0; 12], &[0xff; 12]].concat();
    assert_eq!(reason(KeyKind::P256, &p, &y), Some(KeyError::EcNotOnCurve));

    let padded = [&[0], x.as_slice()].concat();
    for (x, y) in [(&padded, &y), (&x, &padded), (&vec![], &vec![]), (&bytes("f83O"), &y)] {
        assert_eq!(reason(KeyKind::P256, x, y), Some(KeyError::EcBadCoordinate));
    }
    for curve in [KeyKind::P384, KeyKind::P521, KeyKind::Ed25519, KeyKind::Rsa, KeyKind::Secret] {
        assert_eq!(reason(curve, &x, &y), Some(KeyError::EcBadCoordinate), "{curve:?}");
    }
}

#[test]
fn ed25519_keys_of_low_order_or_in_another_spelling_are_refused() {
    let reason = |x: &[u8]| PublicKey::ed25519(x).err();
    let with_y = |y: u8| [&[y][..], &[0; 31]].concat();
    // y = 0 and y = 1 have order 4 and 1; y = 2 is no point.
    for x in [with_y(0), with_y(1), with_y(2)] {
        assert_eq!(reason(&x), Some(KeyError::OkpBadKey));
    }
    // p + 3 is a second spelling of y = 3, which is a point of large order.
    assert_eq!(reason(&with_y(3)), None);
    let other_spelling = [&[0xf0][..], &[0xff; 30], &[0x7f]].concat();
    assert_eq!(reason(&other_spelling), Some(KeyError::OkpBadKey));
    for length in [0, 31, 33, 57] {
        assert_eq!(reason(&vec![9; length]), Some(KeyError::OkpBadKey), "{length}");
    }
}

#[test]
fn a_secret_has_at_least_the_length_of_the_hash() {
    assert_eq!(PublicKey::secret(&[7; 31]).err(), Some(KeyError::SecretTooShort));
    assert!(PublicKey::secret(&[7; 32]).is_ok());
    assert!(PublicKey::secret(&[7; 200]).is_ok());
}

#[test]
fn debug_output_never_shows_a_secret() {
    let key = PublicKey::secret(b"a secret that is thirty-two bytes").unwrap();
    assert_eq!(format!("{key:?}"), "PublicKey(Secret)");
}

#[test]
fn reasons_are_distinct_and_in_order() {
    assert!(KeyError::ALL.is_sorted_by(|left, right| left.reason() < right.reason()));
}

#[test]
fn sha256_of_the_empty_string_is_the_published_one() {
    assert_eq!(Base64UrlUnpadded::encode_string(&sha256(b"")), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

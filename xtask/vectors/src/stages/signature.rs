//! Step 7: the signature itself.

use p256::ecdsa::Signature;
use serde_json::json;

use crate::keys::{Key, encode};
use crate::mint::{Token, by, good, parts, resign};
use crate::model::{ACCEPTED, Expect, Stage, rejected};
use crate::rsa::Hash;

fn invalid() -> Expect {
    rejected("INVALID_SIGNATURE")
}

pub fn stage() -> Stage {
    let mut stage = Stage::new("signature");
    tampered(&mut stage);
    rsa(&mut stage);
    ecdsa(&mut stage);
    eddsa(&mut stage);
    stage
}

fn tampered(stage: &mut Stage) {
    let token = good().mint();
    let [header, payload, signature] = parts(&token);
    let admin = parts(&good().claim("sub", "admin").mint());
    let other_header = parts(&good().header("x", "y").mint());
    stage
        .usual("tampered", json!({}))
        .case("good", "as it was signed", token.as_str(), ACCEPTED)
        .case(
            "payload",
            "another subject under the same signature",
            format!("{header}.{}.{signature}", admin[1]),
            invalid(),
        )
        .case(
            "header",
            "another header under the same signature",
            format!("{}.{payload}.{signature}", other_header[0]),
            invalid(),
        )
        .case(
            "swapped",
            "the signature of another token",
            format!("{header}.{payload}.{}", admin[2]),
            invalid(),
        )
        .case(
            "foreign-key",
            "signed by a key that the issuer never published",
            {
                let mut forged = good();
                forged.key = Key::Rsa2048B;
                forged.mint()
            },
            invalid(),
        )
        .case(
            "expired-too",
            "a bad signature is named before an expired token",
            format!("{header}.{}.{signature}", parts(&good().claim("exp", 1).mint())[1]),
            invalid(),
        );

    let group = stage.usual("bit", json!({}));
    for (key, algorithm) in every_algorithm() {
        let token = by(key).alg(algorithm).mint();
        let name = algorithm.to_lowercase();
        group.case(
            &name,
            "the last bit of the signature flipped",
            resign(&token, |mut bytes| {
                if let Some(last) = bytes.last_mut() {
                    *last ^= 1;
                }
                bytes
            }),
            invalid(),
        );
        group.case(&format!("{name}-good"), "as it was signed", token, ACCEPTED);
    }
}

fn every_algorithm() -> [(Key, &'static str); 7] {
    [
        (Key::Rsa2048A, "RS384"),
        (Key::Rsa2048A, "RS512"),
        (Key::Rsa2048A, "PS256"),
        (Key::Rsa2048A, "PS512"),
        (Key::P384A, "ES384"),
        (Key::P521A, "ES512"),
        (Key::Ed25519A, "EdDSA"),
    ]
}

/// Signs the usual token by hand.
fn signed(token: &Token, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let (header, payload) = token.texts();
    let input = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()));
    format!("{input}.{}", encode(&sign(input.as_bytes())))
}

fn rsa(stage: &mut Stage) {
    let key = Key::Rsa2048A.rsa();
    let ps256 = good().alg("PS256");
    let group = stage.usual("rsa", json!({}));
    group
        .case("good", "PKCS#1 v1.5", good().mint(), ACCEPTED)
        .case(
            "missing-null",
            "DigestInfo without its NULL (RFC 8017 section 9.2 note 1)",
            signed(&good(), |input| key.sign_pkcs1_without_null(input)),
            invalid(),
        )
        .flags(&["malleable"])
        .case(
            "zero-before",
            "a zero byte before it: the same number",
            resign(&good().mint(), |bytes| [vec![0], bytes].concat()),
            invalid(),
        )
        .flags(&["malleable"])
        .case(
            "zero-behind",
            "a byte more",
            resign(&good().mint(), |bytes| [bytes, vec![0]].concat()),
            invalid(),
        )
        .case(
            "short",
            "a byte less",
            resign(&good().mint(), |mut bytes| {
                bytes.pop();
                bytes
            }),
            invalid(),
        )
        .case(
            "plus-modulus",
            "the number plus the modulus",
            resign(&good().mint(), |bytes| plus(&bytes, &key.n)),
            invalid(),
        )
        .flags(&["malleable"])
        .case("zero", "all zeros", resign(&good().mint(), |bytes| vec![0; bytes.len()]), invalid())
        .case(
            "one",
            "the number one",
            resign(&good().mint(), |bytes| [vec![0; bytes.len() - 1], vec![1]].concat()),
            invalid(),
        )
        .case("pss-good", "a salt as long as the hash (RFC 7518 section 3.5)", ps256.mint(), ACCEPTED);
    for (name, salt) in
        [("pss-no-salt", 0), ("pss-salt-20", 20), ("pss-salt-33", 33), ("pss-longest-salt", 222)]
    {
        let token = signed(&ps256, |input| key.sign_pss(Hash::Sha256, salt, input));
        group.case(name, "good by RFC 8017, but RFC 7518 section 3.5 fixes the length", token, invalid());
    }
}

/// The sum of two big-endian numbers; a byte longer where it carries over.
fn plus(number: &[u8], modulus: &[u8]) -> Vec<u8> {
    (num_bigint::BigUint::from_bytes_be(number) + num_bigint::BigUint::from_bytes_be(modulus)).to_bytes_be()
}

fn ecdsa(stage: &mut Stage) {
    let token = by(Key::P256A).mint();
    let group = stage.usual("ecdsa", json!({}));
    let fixed = |bytes: &[u8]| Signature::from_slice(bytes).expect("a signature of the right length");
    let halves = |r: &[u8], s: &[u8]| [r, s].concat();
    let order = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
        0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    group
        .case("good", "r and s, 32 bytes each", token.as_str(), ACCEPTED)
        .case(
            "other-s",
            "n - s is as good: RFC 7518 does not ask for the lower one",
            resign(&token, |bytes| {
                let signature = fixed(&bytes);
                let (r, s) = (signature.r(), signature.s());
                let other = Signature::from_scalars(*r, -*s).expect("neither is zero");
                other.to_bytes().to_vec()
            }),
            ACCEPTED,
        )
        .flags(&["malleable"])
        .case("der", "ASN.1 DER, as TLS has it", resign(&token, |bytes| der(&bytes)), invalid())
        .case("zeros", "r and s zero", resign(&token, |_| vec![0; 64]), invalid())
        .flags(&["ecdsa_zero"])
        .case("r-zero", "r zero", resign(&token, |bytes| halves(&[0; 32], &bytes[32..])), invalid())
        .flags(&["ecdsa_zero"])
        .case("s-zero", "s zero", resign(&token, |bytes| halves(&bytes[..32], &[0; 32])), invalid())
        .flags(&["ecdsa_zero"])
        .case(
            "orders",
            "r and s the order: zero by another name",
            resign(&token, |_| halves(&order, &order)),
            invalid(),
        )
        .flags(&["ecdsa_zero"])
        .case(
            "ones",
            "r and s one",
            resign(&token, |_| [[vec![0; 31], vec![1]].concat(), [vec![0; 31], vec![1]].concat()].concat()),
            invalid(),
        )
        .case("all-ones", "every bit set", resign(&token, |_| vec![0xff; 64]), invalid())
        .case(
            "short",
            "a byte less",
            resign(&token, |mut bytes| {
                bytes.pop();
                bytes
            }),
            invalid(),
        )
        .case("long", "a byte more", resign(&token, |bytes| [bytes, vec![0]].concat()), invalid())
        .case("swapped", "s before r", resign(&token, |bytes| halves(&bytes[32..], &bytes[..32])), invalid());
}

/// `SEQUENCE { INTEGER r, INTEGER s }`.
fn der(bytes: &[u8]) -> Vec<u8> {
    let integer = |half: &[u8]| {
        let start = half.iter().position(|byte| *byte != 0).unwrap_or(half.len() - 1);
        let sign = if half[start] >= 0x80 { vec![0] } else { vec![] };
        let value = [sign, half[start..].to_vec()].concat();
        [vec![2, u8::try_from(value.len()).expect("at most 33")], value].concat()
    };
    let body = [integer(&bytes[..32]), integer(&bytes[32..])].concat();
    [vec![0x30, u8::try_from(body.len()).expect("at most 70")], body].concat()
}

fn eddsa(stage: &mut Stage) {
    let token = by(Key::Ed25519A).mint();
    // The order of the base point, little-endian (RFC 8032 section 5.1).
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let neutral = [&[1_u8][..], &[0; 31]].concat();
    stage
        .usual("eddsa", json!({}))
        .case("good", "R and S", token.as_str(), ACCEPTED)
        .case(
            "s-plus-order",
            "S plus the order: the same number by another name (RFC 8032 section 5.1.7)",
            resign(&token, |bytes| {
                let mut carry = 0;
                let sum = bytes[32..].iter().zip(order).map(|(left, right)| {
                    let sum = u16::from(*left) + u16::from(right) + carry;
                    carry = sum >> 8;
                    u8::try_from(sum & 0xff).expect("a byte")
                });
                let sum: Vec<u8> = sum.collect();
                [bytes[..32].to_vec(), sum].concat()
            }),
            invalid(),
        )
        .flags(&["malleable"])
        .case(
            "low-order-r",
            "R the neutral point, S zero",
            resign(&token, |_| [neutral.clone(), vec![0; 32]].concat()),
            invalid(),
        )
        .case("zeros", "all zeros", resign(&token, |_| vec![0; 64]), invalid())
        .case(
            "short",
            "a byte less",
            resign(&token, |mut bytes| {
                bytes.pop();
                bytes
            }),
            invalid(),
        )
        .case("long", "a byte more", resign(&token, |bytes| [bytes, vec![0]].concat()), invalid());
}

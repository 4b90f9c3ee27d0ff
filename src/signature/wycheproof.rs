//! Project Wycheproof's vectors: attacks and edge cases seen in other implementations. Where this crate is stricter on
//! purpose the difference is data with a reason, and a difference that never occurs fails the run.
#![expect(clippy::unwrap_used, reason = "a broken fixture must stop the test")]

use wycheproof::{TestResult, ecdsa, eddsa, mac, rsa_pkcs1_verify, rsa_pss_verify};

use super::PublicKey;
use crate::algorithm::{Algorithm, KeyKind};

/// One test of any set.
struct Case<'a> {
    name: String,
    key: &'a Option<PublicKey>,
    algorithm: Algorithm,
    input: &'a [u8],
    signature: &'a [u8],
    expected: TestResult,
    traits: Vec<&'static str>,
}

/// Where this crate decides otherwise than Wycheproof, or what Wycheproof leaves open: the trait of the test, whether the
/// signature is good here, and why.
const DIFFERENCES: [(&str, bool, &str); 6] = [
    (
        "missing NULL",
        false,
        "RFC 8017 §9.2 note 1: the NULL is part of the block, and the whole block is compared",
    ),
    (
        "another mask hash",
        false,
        "RFC 7518 §3.5: the mask generation function uses the hash of the algorithm",
    ),
    ("another salt length", false, "RFC 7518 §3.5: the salt is as long as the hash"),
    (
        "salt changed to the hash's length",
        true,
        "RFC 7518 §3.5: invalid in a set of other salts, but the right one here",
    ),
    ("short secret", false, "RFC 7518 §3.2: a secret is at least as long as the hash"),
    ("short tag", false, "RFC 7518 §3.2: a tag is as long as the hash"),
];

/// The cases so far, and which differences occurred.
#[derive(Default)]
struct Run {
    passed: usize,
    seen: Vec<&'static str>,
}

impl Run {
    fn check(&mut self, case: Case<'_>) {
        let good =
            case.key.as_ref().is_some_and(|key| key.verify(case.algorithm, case.input, case.signature));
        let difference = DIFFERENCES.iter().find(|(name, good, _)| {
            case.traits.contains(name) && *good == (case.expected == TestResult::Invalid)
        });
        let expected = match (case.expected, difference) {
            (_, Some((name, good, _))) => {
                self.seen.push(name);
                *good
            }
            (TestResult::Valid, None) => true,
            (TestResult::Invalid, None) => false,
            (TestResult::Acceptable, None) => panic_on_undecided(&case.name),
        };
        assert_eq!(good, expected, "{}", case.name);
        self.passed += 1;
    }

    /// Asserts that as many tests ran as the sets hold, and that exactly the `differences` occurred.
    fn close(mut self, tests: usize, differences: &[&str]) {
        self.seen.sort_unstable();
        self.seen.dedup();
        assert_eq!(self.seen, differences);
        assert_eq!(self.passed, tests);
    }
}

#[expect(clippy::panic, reason = "a test the vectors leave open must be decided here, by name")]
fn panic_on_undecided(name: &str) -> bool {
    panic!("{name}: acceptable, and no reason here says what this crate does");
}

/// The bytes of a number as a JWK has them (RFC 7518 §2 "Base64urlUInt").
fn unsigned(number: &[u8]) -> Vec<u8> {
    number.iter().copied().skip_while(|byte| *byte == 0).collect()
}

/// The bytes of a coordinate as a JWK has them.
fn coordinate(number: &[u8], length: usize) -> Vec<u8> {
    let number = unsigned(number);
    [vec![0; length.checked_sub(number.len()).unwrap()], number].concat()
}

#[test]
fn rsa_pkcs1_v1_5() {
    use rsa_pkcs1_verify::{TestFlag, TestName, TestSet};
    let sets = [
        (TestName::Rsa2048Sha256, Algorithm::RS256),
        (TestName::Rsa2048Sha384, Algorithm::RS384),
        (TestName::Rsa2048Sha512, Algorithm::RS512),
        (TestName::Rsa3072Sha256, Algorithm::RS256),
        (TestName::Rsa3072Sha384, Algorithm::RS384),
        (TestName::Rsa3072Sha512, Algorithm::RS512),
        (TestName::Rsa4096Sha256, Algorithm::RS256),
        (TestName::Rsa4096Sha384, Algorithm::RS384),
        (TestName::Rsa4096Sha512, Algorithm::RS512),
        (TestName::Rsa8192Sha256, Algorithm::RS256),
        (TestName::Rsa8192Sha384, Algorithm::RS384),
        (TestName::Rsa8192Sha512, Algorithm::RS512),
    ];
    let mut run = Run::default();
    let mut tests = 0;
    for (name, algorithm) in sets {
        let set = TestSet::load(name).unwrap();
        tests += set.number_of_tests;
        for group in set.test_groups {
            let key = PublicKey::rsa(&unsigned(&group.key.n), &unsigned(&group.key.e)).ok();
            for test in group.tests {
                let missing_null = test.flags.contains(&TestFlag::MissingNull);
                run.check(Case {
                    name: format!("{name:?} {}: {}", test.tc_id, test.comment),
                    key: &key,
                    algorithm,
                    input: &test.msg,
                    signature: &test.sig,
                    expected: test.result,
                    traits: missing_null.then_some("missing NULL").into_iter().collect(),
                });
            }
        }
    }
    run.close(tests, &["missing NULL"]);
}

#[test]
fn rsa_pss() {
    use rsa_pss_verify::{TestName, TestSet};
    let sets = [
        (TestName::RsaPss2048Sha256Mgf1SaltLen0, Algorithm::PS256),
        (TestName::RsaPss2048Sha256Mgf1SaltLen32, Algorithm::PS256),
        (TestName::RsaPss2048Sha256Mgf1Sha1_20, Algorithm::PS256),
        (TestName::RsaPss2048Sha384Mgf1SaltLen48, Algorithm::PS384),
        (TestName::RsaPss3072Sha256Mgf1SaltLen32, Algorithm::PS256),
        (TestName::RsaPss4096Sha256Mgf1SaltLen32, Algorithm::PS256),
        (TestName::RsaPss4096Sha384Mgf1SaltLen48, Algorithm::PS384),
        (TestName::RsaPss4096Sha512Mgf1SaltLen32, Algorithm::PS512),
        (TestName::RsaPss4096Sha512Mgf1SaltLen64, Algorithm::PS512),
    ];
    let mut run = Run::default();
    let mut tests = 0;
    for (name, algorithm) in sets {
        let set = TestSet::load(name).unwrap();
        tests += set.number_of_tests;
        for group in set.test_groups {
            let key = PublicKey::rsa(&unsigned(&group.key.n), &unsigned(&group.key.e)).ok();
            let length = hash_length(algorithm);
            let salt = (group.salt_size != length).then_some("another salt length");
            let mask = (group.mgf_hash != Some(group.hash)).then_some("another mask hash");
            for test in group.tests {
                let changed =
                    salt.filter(|_| mask.is_none() && test.comment == format!("s_len changed to {length}"));
                let changed = changed.map(|_| "salt changed to the hash's length");
                run.check(Case {
                    name: format!("{name:?} {}: {}", test.tc_id, test.comment),
                    key: &key,
                    algorithm,
                    input: &test.msg,
                    signature: &test.sig,
                    expected: test.result,
                    traits: mask.into_iter().chain(salt).chain(changed).collect(),
                });
            }
        }
    }
    run.close(tests, &["another mask hash", "another salt length", "salt changed to the hash's length"]);
}

fn hash_length(algorithm: Algorithm) -> usize {
    match algorithm {
        Algorithm::PS384 => 48,
        Algorithm::PS512 => 64,
        _ => 32,
    }
}

#[test]
fn ecdsa_with_fixed_length_signatures() {
    use ecdsa::{TestName, TestSet};
    let sets = [
        (TestName::EcdsaSecp256r1Sha256P1363, KeyKind::P256, 32, Algorithm::ES256),
        (TestName::EcdsaSecp384r1Sha384P1363, KeyKind::P384, 48, Algorithm::ES384),
        (TestName::EcdsaSecp521r1Sha512P1363, KeyKind::P521, 66, Algorithm::ES512),
    ];
    let mut run = Run::default();
    let mut tests = 0;
    for (name, curve, length, algorithm) in sets {
        let set = TestSet::load(name).unwrap();
        tests += set.number_of_tests;
        for group in set.test_groups {
            let x = coordinate(&group.key.affine_x, length);
            let y = coordinate(&group.key.affine_y, length);
            let key = PublicKey::ec(curve, &x, &y).ok();
            for test in group.tests {
                run.check(Case {
                    name: format!("{name:?} {}: {}", test.tc_id, test.comment),
                    key: &key,
                    algorithm,
                    input: &test.msg,
                    signature: &test.sig,
                    expected: test.result,
                    traits: vec![],
                });
            }
        }
    }
    run.close(tests, &[]);
}

#[test]
fn ed25519() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut run = Run::default();
    for group in set.test_groups {
        let key = PublicKey::ed25519(&group.key.pk).ok();
        for test in group.tests {
            run.check(Case {
                name: format!("Ed25519 {}: {}", test.tc_id, test.comment),
                key: &key,
                algorithm: Algorithm::EdDSA,
                input: &test.msg,
                signature: &test.sig,
                expected: test.result,
                traits: vec![],
            });
        }
    }
    run.close(set.number_of_tests, &[]);
}

#[test]
fn hmac_sha256() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let mut run = Run::default();
    for group in set.test_groups {
        let tag = (group.tag_size < 256).then_some("short tag");
        let secret = (group.key_size < 256).then_some("short secret");
        for test in group.tests {
            run.check(Case {
                name: format!("HMAC {}: {}", test.tc_id, test.comment),
                key: &PublicKey::secret(&test.key).ok(),
                algorithm: Algorithm::HS256,
                input: &test.msg,
                signature: &test.tag,
                expected: test.result,
                traits: secret.into_iter().chain(tag).collect(),
            });
        }
    }
    run.close(set.number_of_tests, &["short secret", "short tag"]);
}

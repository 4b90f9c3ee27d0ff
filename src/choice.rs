//! Which keys of a set may verify a token: by `kid`, purpose and kind (RFC 7515 section 4.1.4, RFC 8725 section 3.1).
//! Entries whose purpose or kind is wrong were skipped when the set was read.

use crate::algorithm::Algorithm;
use crate::code::Code;
use crate::key::{Key, KeySet};
use crate::limits;
use crate::signature::PublicKey;

pub(crate) enum Choice<'k> {
    Keys(Vec<&'k PublicKey>),
    Refused(Code, &'static str),
    /// The set lacks it; a newer set may have it.
    Unknown(&'static str),
}

pub(crate) fn choose<'k>(set: &'k KeySet, kid: Option<&str>, algorithm: Algorithm) -> Choice<'k> {
    match kid {
        Some(kid) => by_kid(set, kid, algorithm),
        None => without_kid(set, algorithm),
    }
}

fn by_kid<'k>(set: &'k KeySet, kid: &str, algorithm: Algorithm) -> Choice<'k> {
    let named = || set.keys.iter().filter(|key| key.kid.as_deref() == Some(kid));
    let fitting = named().filter(|key| key.accepts(algorithm));
    let candidates: Vec<&PublicKey> = fitting.take(limits::KEY_CANDIDATES).map(|key| &key.public).collect();
    if !candidates.is_empty() {
        return Choice::Keys(candidates);
    }
    if named().next().is_some() {
        return Choice::Refused(Code::UnsuitableKey, "alg_does_not_fit");
    }
    match set.skipped.iter().find(|skipped| skipped.kid.as_deref() == Some(kid)) {
        Some(skipped) => Choice::Refused(Code::UnsuitableKey, skipped.reason),
        None => Choice::Unknown(absent(set, "no_such_kid")),
    }
}

/// Without a `kid` only a key that fits alone is chosen.
fn without_kid(set: &KeySet, algorithm: Algorithm) -> Choice<'_> {
    let mut keys = set.keys.iter().filter(|key: &&Key| key.accepts(algorithm));
    match (keys.next(), keys.next()) {
        (Some(key), None) => Choice::Keys(vec![&key.public]),
        (Some(_), Some(_)) => Choice::Refused(Code::UnknownKey, "no_kid_and_several_keys_fit"),
        (None, _) => Choice::Unknown(absent(set, "no_kid_and_no_key_fits")),
    }
}

fn absent(set: &KeySet, reason: &'static str) -> &'static str {
    if set.keys.is_empty() { "issuer_has_no_signing_key" } else { reason }
}

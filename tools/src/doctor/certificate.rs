//! How long a certificate in `x5c` is valid: just enough DER (X.690, RFC 5280 section 4.1) to find two dates. The
//! certificate is no trust anchor and nothing else in it is looked at.

use super::calendar::asn1_time;
use authn::base64url;
use authn::json::{Object, Value};
use authn::limits;

/// The moments between which a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Validity {
    pub(super) not_before: f64,
    pub(super) not_after: f64,
}

/// The validity of the first certificate of a key; `Some(None)` if there is one that cannot be read.
pub(super) fn of_key(jwk: &Object<'_>) -> Option<Option<Validity>> {
    let text = match jwk.get("x5c")? {
        Value::Array(chain) => chain.first().and_then(Value::as_str),
        _ => None,
    };
    Some(text.and_then(decode).and_then(|der| validity(&der)))
}

/// RFC 7517 section 4.7: base64, not base64url, with padding.
fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() > limits::CERTIFICATE_BYTES || text.contains(['-', '_']) {
        return None;
    }
    let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    base64url::decode(text.as_bytes())
}

fn validity(der: &[u8]) -> Option<Validity> {
    let (certificate, _) = expect(der, 0x30)?;
    let (mut body, _) = expect(certificate, 0x30)?;
    // The version is left out in version 1; serial number, signature algorithm and issuer follow.
    if body.first() == Some(&0xa0) {
        body = element(body)?.2;
    }
    for tag in [0x02, 0x30, 0x30] {
        body = expect(body, tag)?.1;
    }
    let (dates, _) = expect(body, 0x30)?;
    let (tag, not_before, dates) = element(dates)?;
    let not_before = asn1_time(tag, not_before)?;
    let (tag, not_after, _) = element(dates)?;
    Some(Validity { not_before, not_after: asn1_time(tag, not_after)? })
}

fn expect(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    element(der).filter(|(found, _, _)| *found == tag).map(|(_, content, rest)| (content, rest))
}

/// Tag, content and what follows. Lengths of more than three bytes are refused.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap_or_default();
        let head = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [&head, content].concat()
    }

    fn certificate(version: bool) -> Vec<u8> {
        let dates = [wrap(0x17, b"231114221320Z"), wrap(0x18, b"20231114221321Z")].concat();
        let parts = [
            if version { wrap(0xa0, &[2, 1, 2]) } else { Vec::new() },
            wrap(0x02, &[1]),
            wrap(0x30, &[6, 1, 42]),
            wrap(0x30, &[0; 100]),
            wrap(0x30, &dates),
            wrap(0x30, &[]),
        ];
        wrap(0x30, &wrap(0x30, &parts.concat()))
    }

    #[test]
    fn the_dates_are_found_with_and_without_a_version() {
        let expected = Validity { not_before: 1_700_000_000.0, not_after: 1_700_000_001.0 };
        assert_eq!(validity(&certificate(true)), Some(expected));
        assert_eq!(validity(&certificate(false)), Some(expected));
    }

    #[test]
    fn every_cut_and_every_changed_byte_ends_quietly() {
        let der = certificate(true);
        for end in 0..der.len() {
            assert!(validity(der.get(..end).unwrap_or_default()).is_none(), "{end}");
        }
        for at in 0..der.len() {
            for value in [0, 0x80, 0x83, 0x84, 0xff] {
                let mut changed = der.clone();
                if let Some(byte) = changed.get_mut(at) {
                    *byte = value;
                }
                let _ = validity(&changed);
            }
        }
    }
}

//! Strict base64url without padding (RFC 7515 section 2, RFC 4648 section 5): exactly one spelling for each
//! byte string, so that two different tokens never carry the same content.

/// Decodes, or `None` for padding, white space, `+`, `/`, an impossible length or set trailing bits.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (quads, rest) = text.as_chunks::<4>();
    for &[a, b, c, d] in quads {
        let word = value(a)? << 18 | value(b)? << 12 | value(c)? << 6 | value(d)?;
        let [_, x, y, z] = word.to_be_bytes();
        bytes.extend_from_slice(&[x, y, z]);
    }
    match *rest {
        [] => {}
        [a, b] => {
            let [_, _, x, low] = (value(a)? << 10 | value(b)? << 4).to_be_bytes();
            if low != 0 {
                return None;
            }
            bytes.push(x);
        }
        [a, b, c] => {
            let [_, x, y, low] = (value(a)? << 18 | value(b)? << 12 | value(c)? << 6).to_be_bytes();
            if low != 0 {
                return None;
            }
            bytes.extend_from_slice(&[x, y]);
        }
        _ => return None,
    }
    Some(bytes)
}

fn value(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn every_length_of_a_last_group() {
        assert_eq!(decode(b""), Some(vec![]));
        assert_eq!(decode(b"_w"), Some(vec![0xff]));
        assert_eq!(decode(b"_-8"), Some(vec![0xff, 0xef]));
        assert_eq!(decode(b"-_Aa"), Some(vec![0xfb, 0xf0, 0x1a]));
    }

    #[test]
    fn another_spelling_of_the_same_bytes_is_refused() {
        for text in ["_x", "_w==", "_-9", "_w\n", " _w", "/w", "+-8", "_", "AAAAA", "_w_\u{e9}"] {
            assert_eq!(decode(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn every_single_byte_has_exactly_one_spelling() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut seen = [0_u32; 256];
        for a in alphabet {
            for b in alphabet {
                if let Some(bytes) = decode(&[*a, *b]) {
                    let byte = bytes.first().copied().map(usize::from);
                    if let Some(slot) = byte.and_then(|byte| seen.get_mut(byte)) {
                        *slot += 1;
                    }
                }
            }
        }
        assert_eq!(seen, [1; 256]);
    }
}

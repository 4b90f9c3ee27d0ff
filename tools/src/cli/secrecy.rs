//! What of a command line may not be printed: a token may stand where something else belongs.

/// A file's name that is shorter is never taken for a token: `three.short.parts` are a name, more often than not.
const SHORT: usize = 40;
const LONG: usize = 200;

/// Whether what should be a file's name is rather a token.
pub(super) fn looks_like_token(name: &str) -> bool {
    let length = name.chars().count();
    let compact = name.split('.').count() >= 3 && parts(name).all(|part| part.chars().all(is_base64url));
    length > LONG
        || name.match_indices(['e']).any(|(at, _)| name.get(at..).is_some_and(begins_as_header))
        || (length > SHORT && compact)
}

/// Whether the value of an option is a token, and nothing else.
pub(super) fn is_token(value: &str) -> bool {
    let bare = value
        .get(..6)
        .filter(|scheme| scheme.eq_ignore_ascii_case("bearer"))
        .map_or(value, |_| value.get(6..).unwrap_or_default().trim_start_matches(' '));
    begins_as_header(bare)
        && bare.split('.').count() >= 3
        && parts(bare).all(|part| part.chars().all(is_base64url))
}

/// An option as a message may name it: an unknown one may be a token with a slip before it.
pub(super) fn named(option: &str) -> String {
    let bare = option.trim_start_matches('-');
    let is_option =
        (1..=30).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    if is_option { format!("`{option}`") } else { String::from("in what begins with `-`") }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split('.')
}

fn is_base64url(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

/// RFC 7515 section 3.1: parts in base64url, the first of them a JSON object.
fn begins_as_header(text: &str) -> bool {
    let Some((first, _)) = text.split_once('.') else { return false };
    let object = ["eyA", "eyI", "eyJ", "ew0", "ewk", "ewo"].iter().any(|start| first.starts_with(start));
    object && first.len() >= 8 && first.chars().all(is_base64url)
}

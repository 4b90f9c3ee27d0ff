//! What a host tells of one GET: status, headers, error, duration. Judged here, so that every host finds the same: whether
//! there is a document, how long it is fresh (RFC 9111 section 4.2), when to ask again (RFC 9110 section 10.2.3).

use crate::json::Value;
use crate::limits;
use crate::strict::{Fault, Fields};
use crate::time::{UnixTime, http_date};

/// The documents that a host fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// OpenID Connect Discovery 1.0 section 4.
    Discovery,
    /// JWK Set, RFC 7517 section 5.
    KeySet,
}

impl Document {
    /// The word used in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::KeySet => "key_set",
        }
    }
}

/// The words of a host for a GET that brought no document, and what each means. Any other counts as `network`.
pub(crate) const ERRORS: [(&str, &str); 9] = [
    ("content_encoding", "the body has an encoding that was not asked for"),
    ("dns", "the name of the host was not found"),
    ("network", "the connection failed"),
    ("no_fetch", "this host cannot fetch"),
    ("redirect", "the answer is a redirect, which is not followed"),
    ("refused", "the connection was refused"),
    ("timeout", "no complete answer came in time"),
    ("tls", "the certificate of the server is not trusted, or TLS failed"),
    ("too_large", "the body is longer than 262144 bytes"),
];

/// The headers that are read, lower case.
pub(crate) const HEADERS: [&str; 4] = ["age", "cache-control", "date", "retry-after"];

/// What came of a GET.
#[derive(Debug, PartialEq)]
pub(crate) enum Fetched {
    /// The body is the document; `max_age` is what is left of its freshness, seconds.
    Document { max_age: Option<f64> },
    /// There is none.
    Failed(Failure),
}

/// Why there is no document.
#[derive(Debug, PartialEq)]
pub(crate) struct Failure {
    /// A fixed word, or `http_` and the status.
    pub(crate) error: String,
    /// The same in one line, for a log.
    pub(crate) message: String,
    /// Seconds that the server asks to be left alone.
    pub(crate) retry_after: Option<f64>,
}

/// Judges the facts, which are the members `error`, or `status` and `redirected`, and `headers`.
pub(crate) fn judge(facts: &Fields<'_>, now: UnixTime) -> Result<Fetched, Fault> {
    facts.only(&["elapsed", "error", "headers", "redirected", "status"])?;
    let headers = facts.object("headers")?;
    if let Some(headers) = &headers {
        headers.only(&HEADERS)?;
    }
    let header = |name| match headers.as_ref().map(|headers| (headers, headers.object.get(name))) {
        Some((headers, Some(value))) if *value != Value::Null => {
            headers.string(name).map(Option::unwrap_or_default)
        }
        _ => Ok(""),
    };
    let redirected = facts.flag("redirected")?;
    // The answer of another server says nothing of this one.
    let retry_after = match redirected {
        Some(true) => None,
        _ => retry_after(header("retry-after")?, header("date")?, now),
    };
    let failed =
        |error: String, message: String| Ok(Fetched::Failed(Failure { error, message, retry_after }));
    let by_word = |word: &str| {
        let known = ERRORS.iter().find(|(known, _)| *known == word);
        let (word, message) = known.copied().unwrap_or(("network", "the connection failed"));
        failed(word.to_owned(), message.to_owned())
    };
    if let Some(word) = facts.string("error")? {
        return by_word(word);
    }
    let Some(status) = facts.number("status")? else {
        return facts.fault("status", "is missing, and so is `error`");
    };
    match status {
        // Who does not tell may have followed a redirect; a browser shows one as status 0.
        _ if redirected != Some(false) => by_word("redirect"),
        _ if status == 0.0 || (300.0..400.0).contains(&status) => by_word("redirect"),
        _ if status == 200.0 => {
            Ok(Fetched::Document { max_age: max_age(header("cache-control")?, header("age")?) })
        }
        _ if (100.0..1000.0).contains(&status) && status.fract() == 0.0 => {
            failed(format!("http_{status}"), format!("the server answered with the status {status}"))
        }
        _ => facts.fault("status", "is not a status of HTTP"),
    }
}

/// What is left of `Cache-Control: max-age` after `Age`; nothing of what must not be stored or reused (RFC 9111 section
/// 5.2.2). Read leniently: what cannot be read counts as not given.
fn max_age(cache_control: &str, age: &str) -> Option<f64> {
    let cache_control = cache_control.to_ascii_lowercase();
    let directives = || cache_control.split(',').map(str::trim);
    let forbids = |directive: &str| matches!(last_word(directive), "no-store" | "no-cache");
    if directives().any(forbids) {
        return Some(0.0);
    }
    let given = directives().find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        let value = value.trim();
        let value = value.strip_prefix('"').unwrap_or(value);
        let value = value.strip_suffix('"').unwrap_or(value);
        if last_word(name.trim_end()) == "max-age" { whole(value) } else { None }
    })?;
    Some((given - whole(age.trim()).unwrap_or_default()).max(0.0))
}

fn last_word(text: &str) -> &str {
    text.rsplit([' ', '\t']).next().unwrap_or_default()
}

/// A number of seconds, or a date; that one is counted from the server's own `Date`, as it comes from the server's clock.
fn retry_after(text: &str, date: &str, now: UnixTime) -> Option<f64> {
    let text = text.trim();
    whole(text).or_else(|| {
        let until = http_date(text, now)?;
        Some(until.since(http_date(date.trim(), now).unwrap_or(now)))
    })
}

/// Digits alone. More of them than a date can need stand for the largest (RFC 9111 section 1.2.2).
fn whole(digits: &str) -> Option<f64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().map(|seconds: f64| seconds.min(limits::DELTA_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    const NOW: f64 = 1_700_000_000.0;

    fn judged(facts: &str) -> Result<Fetched, Fault> {
        let (_, object) = json::parse_object(facts.as_bytes()).unwrap_or_default();
        let now = UnixTime::from_seconds(NOW).unwrap_or(UnixTime::EPOCH);
        judge(&Fields { object: &object, path: String::new() }, now)
    }

    fn failure(facts: &str) -> (String, Option<f64>) {
        match judged(facts) {
            Ok(Fetched::Failed(failure)) => (failure.error, failure.retry_after),
            other => (format!("{other:?}"), None),
        }
    }

    fn fresh_for(cache_control: &str, age: &str) -> Option<f64> {
        max_age(cache_control, age)
    }

    #[test]
    fn only_a_200_that_was_not_redirected_is_a_document() {
        let document = Ok(Fetched::Document { max_age: None });
        assert_eq!(judged(r#"{"status":200,"redirected":false}"#), document);
        for (facts, error) in [
            (r#"{"status":200,"redirected":true}"#, "redirect"),
            (r#"{"status":200,"redirected":null}"#, "redirect"),
            (r#"{"status":200}"#, "redirect"),
            (r#"{"status":302,"redirected":false}"#, "redirect"),
            (r#"{"status":0,"redirected":false}"#, "redirect"),
            (r#"{"status":204,"redirected":false}"#, "http_204"),
            (r#"{"status":503,"redirected":false}"#, "http_503"),
            (r#"{"error":"timeout"}"#, "timeout"),
            (r#"{"error":"a word of tomorrow"}"#, "network"),
        ] {
            assert_eq!(failure(facts), (error.to_owned(), None), "{facts}");
        }
        for facts in ["{}", r#"{"status":"200","redirected":false}"#, r#"{"status":99.5,"redirected":false}"#]
        {
            assert!(judged(facts).is_err(), "{facts}");
        }
    }

    #[test]
    fn a_redirected_answer_says_nothing_of_the_issuer_and_a_redirect_does() {
        let facts = |redirected: bool, status: u32| {
            format!(r#"{{"status":{status},"redirected":{redirected},"headers":{{"retry-after":"7"}}}}"#)
        };
        assert_eq!(failure(&facts(true, 200)).1, None);
        assert_eq!(failure(&facts(false, 302)), (String::from("redirect"), Some(7.0)));
        assert_eq!(failure(r#"{"error":"too_large","headers":{"retry-after":"7"}}"#).1, Some(7.0));
    }

    #[test]
    fn freshness_is_read_leniently() {
        for (cache_control, age, expected) in [
            ("", "", None),
            ("max-age=900", "", Some(900.0)),
            ("public, MAX-AGE = \"900\" , immutable", " 100 ", Some(800.0)),
            ("public max-age=60", "", Some(60.0)),
            ("max-age=60", "100", Some(0.0)),
            ("max-age=60", "-100", Some(60.0)),
            ("max-age=60, no-store", "", Some(0.0)),
            ("No-Cache", "", Some(0.0)),
            ("no-cache=\"set-cookie\", max-age=60", "", Some(60.0)),
            ("s-maxage=60", "", None),
            ("x-max-age=60", "", None),
            ("max-age=1.5", "", None),
            ("max-age=-1", "", None),
            ("max-age=", "", None),
            ("max-age=99999999999999999999999", "", Some(limits::DELTA_SECONDS)),
        ] {
            assert_eq!(fresh_for(cache_control, age), expected, "{cache_control} {age}");
        }
    }

    #[test]
    fn retry_after_is_a_number_or_a_date_on_the_clock_of_the_server() {
        let now = UnixTime::from_seconds(NOW).unwrap_or(UnixTime::EPOCH);
        for (text, date, expected) in [
            ("120", "", Some(120.0)),
            (" 120 ", "nonsense", Some(120.0)),
            ("Tue, 14 Nov 2023 22:14:20 GMT", "", Some(60.0)),
            ("Tue, 14 Nov 2023 22:14:20 GMT", "Tue, 14 Nov 2023 22:14:10 GMT", Some(10.0)),
            ("Tue, 14 Nov 2023 22:14:20 GMT", "Tue, 14 Nov 2023 23:14:10 GMT", Some(0.0)),
            ("Tuesday, 14-Nov-23 22:14:20 GMT", "Tue Nov 14 22:14:00 2023", Some(20.0)),
            ("", "", None),
            ("-5", "", None),
            ("1.5", "", None),
            ("soon", "", None),
        ] {
            assert_eq!(retry_after(text, date, now), expected, "{text} {date}");
        }
    }
}

//! Two issuer strings, compared as a verifier does (byte for byte) and shown as a person needs it: what kind of
//! difference, at which character, with a mark under it.

use super::catalogue::discovery as rows;
use super::finding::{Evidence, Row, push_visible};

/// Characters shown on either side of the first difference.
const WINDOW: usize = 72;

/// How two strings that are not equal differ.
pub(super) struct Difference<'s> {
    pub(super) expected: &'s str,
    found: &'s str,
    /// The parts of the URL that differ, the weightiest first.
    pub(super) kinds: Vec<&'static str>,
    position: usize,
}

impl<'s> Difference<'s> {
    pub(super) fn new(expected: &'s str, found: &'s str) -> Self {
        let position = expected.chars().zip(found.chars()).take_while(|(one, other)| one == other).count();
        Self { expected, found, kinds: kinds(expected, found), position }
    }

    /// The finding for the weightiest part.
    pub(super) fn row(&self) -> &'static Row {
        match self.kinds.first().copied() {
            Some("host") => &rows::ISSUER_HOST_DIFFERS,
            Some("scheme") => &rows::ISSUER_SCHEME_DIFFERS,
            Some("port") => &rows::ISSUER_PORT_DIFFERS,
            Some("path") => &rows::ISSUER_PATH_DIFFERS,
            Some("case") => &rows::ISSUER_CASE_DIFFERS,
            Some("slash") => &rows::ISSUER_SLASH_DIFFERS,
            _ => &rows::ISSUER_DIFFERS,
        }
    }

    /// The root of the very host that was expected with a path.
    pub(super) fn is_root(&self) -> bool {
        self.kinds.first() == Some(&"path") && is_root(self.found)
    }

    /// `https` was asked and answers that it is `http`: what a proxy that hides the scheme does.
    pub(super) fn is_hidden_scheme(&self) -> bool {
        self.kinds == ["scheme"] && self.expected.starts_with("https:") && self.found.starts_with("http:")
    }

    /// Both strings, the position, and three lines that show it.
    pub(super) fn evidence(&self, place: &str) -> Evidence {
        let mut evidence = Evidence::new();
        evidence
            .text("where", place)
            .text("expected", self.expected)
            .text("found", self.found)
            .texts("differs", &self.kinds)
            .count("position", self.position)
            .text(
                "there",
                &format!("expected {}, found {}", self.letter(self.expected), self.letter(self.found)),
            )
            .lines("shown", &self.lines());
        evidence
    }

    fn lines(&self) -> [String; 3] {
        let start = self.position.saturating_sub(WINDOW);
        let shown = |text: &str, take: usize| {
            let mut line = String::from(if start > 0 { "..." } else { "" });
            text.chars().skip(start).take(take).for_each(|letter| push_visible(&mut line, letter));
            line
        };
        let before = self.position - start;
        let mark = " ".repeat(shown(self.expected, before).len());
        [
            format!("expected {}", shown(self.expected, before + WINDOW)),
            format!("found    {}", shown(self.found, before + WINDOW)),
            format!("         {mark}^"),
        ]
    }

    fn letter(&self, text: &str) -> String {
        text.chars().nth(self.position).map_or_else(
            || String::from("nothing"),
            |letter| {
                let mut visible = String::from("'");
                push_visible(&mut visible, letter);
                visible.push('\'');
                visible
            },
        )
    }
}

/// The expected string that is nearest to what was found.
pub(super) fn nearest<'s>(names: &[&'s str], found: &'s str) -> Option<Difference<'s>> {
    names.iter().map(|name| Difference::new(name, found)).min_by_key(|difference| difference.kinds.len())
}

/// Scheme, host, port and the rest of a URL.
struct UrlParts<'s> {
    scheme: &'s str,
    host: &'s str,
    port: &'s str,
    path: &'s str,
}

pub(super) fn origin(url: &str) -> Option<&str> {
    let parts = split(url)?;
    url.get(..url.len() - parts.path.len())
}

/// From the first slash after the host on.
pub(super) fn path(url: &str) -> Option<&str> {
    split(url).map(|parts| parts.path)
}

pub(super) fn is_root(url: &str) -> bool {
    matches!(path(url), Some("" | "/"))
}

fn split(url: &str) -> Option<UrlParts<'_>> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
        _ => (authority, ""),
    };
    Some(UrlParts { scheme, host, port, path })
}

fn kinds(expected: &str, found: &str) -> Vec<&'static str> {
    let (Some(one), Some(other)) = (split(expected), split(found)) else {
        return vec!["text"];
    };
    let mut kinds = Vec::new();
    let mut note = |differs: bool, kind| {
        if differs {
            kinds.push(kind);
        }
    };
    note(!one.host.eq_ignore_ascii_case(other.host), "host");
    note(!one.scheme.eq_ignore_ascii_case(other.scheme), "scheme");
    note(one.port != other.port, "port");
    let trimmed = (one.path.trim_end_matches('/'), other.path.trim_end_matches('/'));
    note(!trimmed.0.eq_ignore_ascii_case(trimmed.1), "path");
    let same_but_for_case = |one: &str, other: &str| one != other && one.eq_ignore_ascii_case(other);
    note(
        same_but_for_case(one.host, other.host)
            || same_but_for_case(one.scheme, other.scheme)
            || same_but_for_case(trimmed.0, trimmed.1),
        "case",
    );
    note(one.path.len() - trimmed.0.len() != other.path.len() - trimmed.1.len(), "slash");
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds_of(expected: &str, found: &str) -> Vec<&'static str> {
        Difference::new(expected, found).kinds
    }

    #[test]
    fn every_kind_of_difference_is_told_apart() {
        let issuer = "https://id.example/o/app/";
        for (found, kinds) in [
            ("https://id.example/o/app", &["slash"][..]),
            ("https://id.example/o/app//", &["slash"]),
            ("http://id.example/o/app/", &["scheme"]),
            ("https://auth.example/o/app/", &["host"]),
            ("https://id.example:8443/o/app/", &["port"]),
            ("https://id.example:443/o/app/", &["port"]),
            ("https://id.example/o/other/", &["path"]),
            ("https://id.example/", &["path"]),
            ("https://ID.example/o/app/", &["case"]),
            ("https://id.example/O/app/", &["case"]),
            ("http://auth:9000/o/app", &["host", "scheme", "port", "slash"]),
            ("fuzefront", &["text"]),
        ] {
            assert_eq!(kinds_of(issuer, found), kinds, "{found}");
        }
    }

    #[test]
    fn the_mark_stands_under_the_first_difference() {
        let lines = Difference::new("https://id.example/o/app/", "https://id.example/o/app").lines();
        assert_eq!(
            lines,
            [
                "expected https://id.example/o/app/",
                "found    https://id.example/o/app",
                "                                 ^"
            ]
        );
        let difference = Difference::new("https://id.example/", "https://id\u{200b}.example/");
        assert_eq!(difference.letter(difference.expected), "'.'");
        assert_eq!(difference.letter(difference.found), "'\\u{200b}'");
        assert_eq!(Difference::new("a", "ab").letter("a"), "nothing");
        let hidden = difference.lines();
        assert_eq!(hidden.get(1).map(String::as_str), Some("found    https://id\\u{200b}.example/"));
    }

    #[test]
    fn long_strings_are_shown_around_the_difference() {
        let long = "x".repeat(50_000);
        let (one, other) = (format!("https://a/{long}/b"), format!("https://a/{long}/c"));
        for line in Difference::new(&one, &other).lines() {
            assert!(line.len() < 300, "{}", line.len());
        }
    }
}

//! May a page compile WebAssembly, and fetch keys? (Content Security Policy Level 3)

use super::case::{Case, Document};
use super::catalogue::endpoint as rows;
use super::difference;
use super::finding::{Evidence, Findings};
use super::request::What;

pub(super) fn examine(case: &Case<'_>, findings: &mut Findings) {
    for document in case.documents.iter().filter(|document| document.fetched.what == What::Page) {
        if let Some(header) = document.fetched.csp {
            // Several headers, or several policies in one: each of them must agree.
            for policy in header.split(',') {
                one_policy(case, document, policy, findings);
            }
        }
    }
}

fn one_policy(case: &Case<'_>, document: &Document<'_>, policy: &str, findings: &mut Findings) {
    let page = document.fetched.place();
    let allows_wasm = |source: &&str| {
        source.eq_ignore_ascii_case("'wasm-unsafe-eval'") || source.eq_ignore_ascii_case("'unsafe-eval'")
    };
    if let Some((name, sources)) =
        directive(policy, "script-src").filter(|(_, list)| !list.iter().any(allows_wasm))
    {
        let mut evidence = Evidence::new();
        evidence.text("directive", name).texts("sources", &sources);
        findings.add(&rows::CSP_BLOCKS_WASM, page, &[page, name], &mut evidence);
    }
    let Some((name, sources)) = directive(policy, "connect-src") else {
        return;
    };
    for uri in case.targets.iter().filter_map(|target| case.jwks_uri(target)) {
        let Some(origin) = difference::origin(uri) else {
            continue;
        };
        if !sources.iter().any(|source| reaches(source, origin, page)) {
            let mut evidence = Evidence::new();
            evidence.text("directive", name).texts("sources", &sources).text("origin", origin);
            findings.add(&rows::CSP_BLOCKS_ISSUER, page, &[page, origin], &mut evidence);
        }
    }
}

/// The directive in force (the first of its name), or the one that stands in for it.
fn directive<'p>(policy: &'p str, name: &str) -> Option<(&'p str, Vec<&'p str>)> {
    let find = |wanted: &str| {
        policy.split(';').find_map(|part| {
            let mut words = part.split_ascii_whitespace();
            let name = words.next()?;
            name.eq_ignore_ascii_case(wanted).then(|| (name, words.collect()))
        })
    };
    find(name).or_else(|| find("default-src"))
}

/// Section 6.7.2.6, without paths: what is not understood does not match.
fn reaches(source: &str, origin: &str, page: &str) -> bool {
    let source = source.to_ascii_lowercase();
    let (scheme, authority) = origin.split_once("://").unwrap_or_default();
    let (their_scheme, host) = match source.split_once("://") {
        Some((their_scheme, rest)) => (their_scheme, rest.split('/').next().unwrap_or_default()),
        None => (scheme, source.split('/').next().unwrap_or_default()),
    };
    match source.as_str() {
        "*" => true,
        "'self'" => difference::origin(page) == Some(origin),
        "https:" => scheme == "https",
        "http:" => true,
        _ => their_scheme == scheme && host_matches(host, authority),
    }
}

fn host_matches(pattern: &str, authority: &str) -> bool {
    let host = authority.split(':').next().unwrap_or_default();
    let pattern = pattern.strip_suffix(":443").or_else(|| pattern.strip_suffix(":*")).unwrap_or(pattern);
    match pattern.strip_prefix('*') {
        Some(suffix) => suffix.starts_with('.') && host.ends_with(suffix),
        None => pattern.eq_ignore_ascii_case(authority) || pattern.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_directive_of_a_name_counts_and_default_src_stands_in() {
        let policy = "Default-Src 'self'; script-src a 'wasm-unsafe-eval'; script-src b";
        assert_eq!(directive(policy, "script-src"), Some(("script-src", vec!["a", "'wasm-unsafe-eval'"])));
        assert_eq!(directive(policy, "connect-src"), Some(("Default-Src", vec!["'self'"])));
        assert_eq!(directive("frame-ancestors 'none'", "script-src"), None);
    }

    #[test]
    fn sources_match_origins() {
        let (origin, page) = ("https://id.example", "https://app.example/");
        for source in
            ["*", "https:", "id.example", "https://id.example", "*.example", "https://ID.example:443/x"]
        {
            assert!(reaches(source, origin, page), "{source}");
        }
        for source in ["'self'", "'none'", "http://id.example", "*.id.example", "other.example", "data:", ""]
        {
            assert!(!reaches(source, origin, page), "{source}");
        }
        assert!(reaches("'self'", origin, "https://id.example/page"));
    }
}

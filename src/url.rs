//! Which URLs keys may be fetched from: https, or plain http where nobody sits on the way.

use std::net::Ipv4Addr;

use crate::limits;

/// Whether a host may fetch keys from `url`: `https`, or `http` on loopback or a host listed in `insecure`
/// (`host` or `host:port`). More than [`limits::URL_BYTES`], user info, fragments, spaces and anything outside printable ASCII are refused.
pub fn is_fetchable(url: &str, insecure: &[String]) -> bool {
    if url.len() > limits::URL_BYTES {
        return false;
    }
    let plain = url.bytes().all(|byte| matches!(byte, 0x21..=0x7e) && !b"\"<>\\^`{|}#".contains(&byte));
    let Some((scheme, rest)) = url.split_once("://").filter(|_| plain) else {
        return false;
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = host(authority);
    if host.is_empty() || authority.contains('@') {
        return false;
    }
    match scheme {
        "https" => true,
        "http" => is_loopback(host) || insecure.iter().any(|listed| listed == authority || listed == host),
        _ => false,
    }
}

/// Where an issuer's discovery document is (OpenID Connect Discovery 1.0 section 4.1).
pub fn discovery(issuer: &str) -> String {
    let base = issuer.strip_suffix('/').unwrap_or(issuer);
    format!("{base}/.well-known/openid-configuration")
}

fn host(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_only_where_nobody_sits_on_the_way() {
        let insecure = [String::from("authentik-server:9000"), String::from("keys.internal")];
        for url in [
            "https://id.example/jwks/",
            "https://id.example:8443/",
            "http://localhost:3000/jwks",
            "http://127.0.0.1/",
            "http://127.8.9.1:99/",
            "http://[::1]:80/",
            "http://authentik-server:9000/jwks",
            "http://keys.internal:1/",
            &format!("https://id.example/{}", "x".repeat(1005)),
        ] {
            assert!(is_fetchable(url, &insecure), "{url}");
        }
        for url in [
            "http://id.example/",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil.example/",
            "ftp://localhost/",
            "http://localhost@evil.example/",
            "http://authentik-server:9001/",
            "https://",
            "https:///x",
            "//id.example/",
            "https://id.example/#x",
            "https://id.example/a b",
            "HTTPS://id.example/",
            "http://127.1/",
            "https://a@b/",
            "",
            "https://id.\u{e9}xample/",
            &format!("https://id.example/{}", "x".repeat(1006)),
        ] {
            assert!(!is_fetchable(url, &insecure), "{url}");
        }
    }

    #[test]
    fn one_slash_stands_before_well_known() {
        let expected = "https://id.example/o/app/.well-known/openid-configuration";
        assert_eq!(discovery("https://id.example/o/app/"), expected);
        assert_eq!(discovery("https://id.example/o/app"), expected);
    }
}

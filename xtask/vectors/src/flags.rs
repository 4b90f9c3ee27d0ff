//! What a flag of a case means; each is explained once here and goes into the files that use it.

pub const FLAGS: [(&str, &str); 19] = [
    (
        "alg_confusion",
        "A public key used as an HMAC secret: CVE-2015-9235, CVE-2016-10555, RFC 8725 section 2.1.",
    ),
    ("alg_none", "An unsecured token: CVE-2015-2797, CVE-2020-15957, RFC 8725 section 2.1."),
    ("audience_confusion", "A token issued for another app: RFC 8725 section 3.9."),
    ("bound", "A limit of limits.rs, at, under or over it."),
    (
        "duplicate_name",
        "Two readers of one JSON object may each see another value: RFC 8259 section 4, RFC 8725 section 2.4.",
    ),
    ("ecdsa_zero", "Psychic signatures, r or s being zero: CVE-2022-21449."),
    ("edge", "The last moment on one side of a boundary, or the first on the other."),
    (
        "embedded_key",
        "A key or a URL that the token brings itself is never used: CVE-2018-0114, RFC 8725 section 2.2.",
    ),
    ("invalid_point", "A public key that is not on its curve: RFC 8725 section 3.4."),
    ("issuer_spelling", "Issuers are compared byte for byte: RFC 8414 section 3.3, RFC 7519 section 4.1.1."),
    ("malleable", "Another spelling of the same signature or the same bytes."),
    ("outage", "An outage of the issuer is not the token's fault: 503, not 401."),
    ("rfc", "Taken from an RFC as printed there."),
    ("rotation", "The issuer changed its keys."),
    ("strict_base64url", "RFC 7515 section 2, RFC 4648 sections 3.2 to 3.5."),
    ("strict_json", "RFC 8259, RFC 7493: what is not one clear document is refused."),
    ("type_confusion", "A token of another purpose: RFC 8725 sections 2.8 and 3.11."),
    (
        "unknown_extension",
        "RFC 7515 section 4.1.11: an extension that is not understood makes the token invalid.",
    ),
    ("weak_key", "Too small, too large, or malformed key material: RFC 7518 sections 3.2 and 3.3."),
];

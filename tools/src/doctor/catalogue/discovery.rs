//! Findings on an issuer and its discovery document.

use crate::doctor::finding::{Row, Severity};

rows! {
    ALGORITHMS_DO_NOT_MEET "algorithms_do_not_meet" Error
        what "the issuer signs with `{0}`, and the policy allows none of it"
        why "every token is refused with ALGORITHM_NOT_ALLOWED"
        remedy "add the issuer's algorithm to algorithms of this entry (Authentik: RS256 for an RSA key, ES256 to ES512 for an elliptic curve), or change the issuer's key";
    ALGORITHM_NOT_ALLOWED "algorithm_not_allowed" Info
        what "the issuer offers to sign with `{0}` as well, which the policy does not allow"
        why "tokens signed so are refused with ALGORITHM_NOT_ALLOWED; Authentik lists only the algorithm that it uses, other issuers all that they can"
        remedy "allow it in algorithms of this entry if the issuer really uses it, or take it away at the issuer";
    ALGORITHMS_WIDER_THAN_ISSUER "algorithms_wider_than_issuer" Info
        what "the policy allows algorithms that the issuer does not use"
        why "each key still verifies only its own kind of signature; a short list says what is meant, and a change at the issuer is noticed"
        remedy "set algorithms of this entry to what the discovery document lists";
    DISCOVERY_INCOMPLETE "discovery_incomplete" Error
        what "the discovery document lacks `{0}`, or it is not a string"
        why "without issuer nothing proves whose document it is, and without jwks_uri nobody knows where the keys are"
        remedy "check that the address belongs to an OpenID provider; otherwise set jwks_uri in the policy";
    DISCOVERY_NOT_FOUND "discovery_not_found" Error
        what "there is no discovery document at `{0}` (404)"
        why "the issuer has no such application, or its paths are not routed here, so the keys cannot be found"
        remedy "Authentik: compare the application slug (`/application/o/<slug>/`), and assign the provider to an application; check that the proxy routes `/application/o/`; or set jwks_uri";
    ENCRYPTION_OFFERED "encryption_offered" Warning
        what "the issuer has an encryption key"
        why "Authentik then encrypts every token (JWE, five parts), and encrypted tokens are refused with ENCRYPTED_TOKEN; other issuers may only offer it"
        remedy "Authentik: clear Encryption Key of the provider (blueprint: remove `encryption_key`); if tokens come with three parts, nothing needs to change";
    FORWARDED_PROTO_MISSING "forwarded_proto_missing" Error
        what "the document was asked for over https, and says that its issuer is `{0}`"
        why "the issuer derives its name from the request, and the proxy before it hides that the request was https; tokens carry the http name and are refused"
        remedy "let the proxy or ingress send `X-Forwarded-Proto: https` (and the right Host) to the issuer, for every host name that it serves; do not list the http name in the policy";
    GLOBAL_ISSUER_MODE "global_issuer_mode" Error
        what "the issuer `{0}` is the root of its host: issuer mode global"
        why "every provider in this mode shares the root as its issuer, while Authentik has discovery documents only under `/application/o/<slug>/`, so the keys are not found by the issuer's name"
        remedy "Authentik: set Issuer mode of the provider to `Each provider has a different issuer` (`issuer_mode: per_provider`) and use that issuer; or keep the mode, set issuer to the root and jwks_uri to `<host>/application/o/<slug>/jwks/`";
    INSECURE_JWKS_URI "insecure_jwks_uri" Error
        what "the discovery document points to keys at `{0}`, where they may not be fetched from"
        why "keys are fetched over https only (plain http on loopback and insecure_hosts), because whoever changes them can sign any token"
        remedy "let the proxy send `X-Forwarded-Proto: https` to the issuer; or set jwks_uri to an https address; a name inside one cluster may be listed in insecure_hosts";
    ISSUER_CASE_DIFFERS "issuer_case_differs" Error
        what "`{0}` was expected, `{1}` found: they differ in capital letters"
        why "issuers are compared byte for byte (RFC 8414 section 3.3), so tokens are refused with INVALID_ISSUER"
        remedy "copy the string out of the discovery document, letter by letter, into issuer of the policy";
    ISSUER_DIFFERS "issuer_differs" Error
        what "`{0}` was expected, `{1}` found"
        why "issuers are compared byte for byte (RFC 8414 section 3.3), so tokens are refused with INVALID_ISSUER"
        remedy "copy the string out of the discovery document into issuer of the policy; an issuer is a URL with scheme and host";
    ISSUER_HOST_DIFFERS "issuer_host_differs" Error
        what "`{0}` was expected, `{1}` found: another host"
        why "the issuer's name follows the host that is asked (Authentik), so one provider has as many issuers as it has host names; or this is another issuer altogether"
        remedy "let every client ask for tokens at one host, and put that host's issuer into the policy; a second host that is really in use goes into the issuer list; keys may come from a nearer host by jwks_uri";
    ISSUER_PATH_DIFFERS "issuer_path_differs" Error
        what "`{0}` was expected, `{1}` found: another path"
        why "the path names the application; a token of another application must not pass here"
        remedy "compare the slug (`/application/o/<slug>/`) with the application that issues the tokens; an issuer without a path is Authentik's issuer mode `global`";
    ISSUER_PORT_DIFFERS "issuer_port_differs" Error
        what "`{0}` was expected, `{1}` found: another port"
        why "issuers are compared byte for byte; the issuer's name follows the Host header that reaches it"
        remedy "ask for tokens under the address without a port, or let the proxy pass the Host header on unchanged; then copy the issuer out of the discovery document";
    ISSUER_SCHEME_DIFFERS "issuer_scheme_differs" Error
        what "`{0}` was expected, `{1}` found: another scheme"
        why "issuers are compared byte for byte; http for https mostly means a proxy that does not send X-Forwarded-Proto"
        remedy "let the proxy send `X-Forwarded-Proto: https` to the issuer; if it is the policy that is wrong, copy the issuer out of the discovery document";
    ISSUER_SLASH_DIFFERS "issuer_slash_differs" Error
        what "`{0}` was expected, `{1}` found: they differ in the trailing slash"
        why "issuers are compared byte for byte (RFC 8414 section 3.3); Authentik's issuer always ends with a slash, and many settings drop it"
        remedy "copy the string out of the discovery document, slash included, into issuer of the policy";
    JWKS_URI_DIFFERS "jwks_uri_differs" Warning
        what "keys are fetched from `{0}`, and the issuer says that they are at `{1}`"
        why "another host for the same path is split DNS and well; another path may be the key set of another application"
        remedy "set jwks_uri to the path that the discovery document names, on the host that can be reached from here";
    KEYS_HOST_HAS_OTHER_ISSUER "keys_host_has_other_issuer" Info
        what "at the host that the keys come from, the issuer calls itself `{0}`"
        why "the issuer's name follows the host that is asked; tokens asked for at that host carry that name and are refused"
        remedy "nothing to do if every client asks for tokens at the host in issuer; otherwise change those clients, or list this name too";
    NO_SIGNING_KEY "no_signing_key" Error
        what "the provider has no signing key: {0}"
        why "it signs with HS256 and the client secret instead, which nobody may verify who must not also mint; every token is refused"
        remedy "Authentik: set Signing Key of the provider to an RSA certificate (blueprint: `signing_key: !Find [authentik_crypto.certificatekeypair, [name, authentik Self-signed Certificate]]`); clients that pin HS256 (`id_token_signed_response_alg: HS256`) must change in the same deployment, or their login breaks";
    SEVERAL_ISSUERS "several_issuers" Warning
        what "the hosts of one entry give different issuers, and not all of them are accepted"
        why "the issuer's name follows the host that is asked, so which tokens pass depends on the host at which a client asked for them"
        remedy "let every client ask at one host and configure that one; or list each issuer that the documents name, byte for byte";
    SYMMETRIC_ALGORITHM_OFFERED "symmetric_algorithm_offered" Info
        what "the issuer offers to sign with a shared secret (`{0}`) as well"
        why "a token signed with a client secret can be minted by everyone who holds the secret; this verifier refuses it, others may not"
        remedy "take HS256, HS384 and HS512 away at the issuer if it lets you, or make sure that no client asks for them";
}

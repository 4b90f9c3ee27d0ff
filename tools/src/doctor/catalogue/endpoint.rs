//! Findings on endpoints: whether an answer came, how fast, and what it was.

use crate::doctor::finding::{Row, Severity};

rows! {
    BODY_IS_HTML "body_is_html" Error
        what "`{0}` answers with a web page instead of JSON"
        why "a login page, a proxy's error page or a front-end's catch-all route stands in the way, so there are no keys"
        remedy "open the address without a browser session (curl -i); route the issuer's paths (Authentik: `/application/o/`) to the issuer and exempt them from login gates";
    BODY_IS_NOT_JSON "body_is_not_json" Error
        what "the answer of `{0}` is not one strict JSON object (`{1}`)"
        why "the verifier reads nothing from a document that two parsers could read differently, so there are no keys"
        remedy "fetch the address with curl and compare; look for a proxy that cuts or rewrites bodies, and for duplicate member names";
    BODY_TOO_LARGE "body_too_large" Error
        what "the answer of `{0}` is too large to be looked at"
        why "the doctor reads 65536 bytes, the verifier at most 262144; real discovery documents and key sets stay far below"
        remedy "check that the address is the right one, and remove keys that are no longer used from the issuer's key set";
    CLOCK_BEYOND_LEEWAY "clock_beyond_leeway" Error
        what "the clock here and that of `{0}` differ by {1}, more than the leeway of {2} s"
        why "tokens are refused as expired or not yet valid, or live longer than they should"
        remedy "synchronise both clocks (NTP), the containers' hosts included; do not widen the leeway instead; if a cache answers for the issuer, its Date header may be old";
    CLOCK_DIFFERS "clock_differs" Warning
        what "the clock here and that of `{0}` differ by {1}"
        why "the difference is within the leeway now, but it uses up the tolerance that is meant for delays"
        remedy "synchronise both clocks (NTP); if a cache answers for the issuer, its Date header may be old";
    CORS_MISSING "cors_missing" Info
        what "`{0}` answers without Access-Control-Allow-Origin"
        why "a page of another origin cannot read it; servers are not concerned"
        remedy "for verification in a browser, serve the issuer under the page's own origin, or give the verifier jwks_uri: Authentik allows every origin there, and for discovery only the origins of the provider's redirect URIs";
    CSP_BLOCKS_ISSUER "csp_blocks_issuer" Warning
        what "the Content-Security-Policy of `{0}` does not let its scripts fetch from `{1}`"
        why "a verifier in that page cannot load the issuer's keys, so every token is answered 503 there"
        remedy "add the origin to connect-src, or serve the issuer's paths under the page's own origin";
    CSP_BLOCKS_WASM "csp_blocks_wasm" Error
        what "the Content-Security-Policy of `{0}` forbids WebAssembly: `{1}` has neither 'wasm-unsafe-eval' nor 'unsafe-eval'"
        why "the browser refuses to compile the verifier, so no token can be verified in that page"
        remedy "add 'wasm-unsafe-eval' to script-src; it allows WebAssembly alone, not eval";
    ENDPOINT_NETWORK_ERROR "endpoint_network_error" Error
        what "`{0}` cannot be fetched: the connection broke"
        why "without keys every token is answered 503"
        remedy "try the address from the same host or pod with curl -v; look at proxies between here and the issuer";
    ENDPOINT_NOT_RESOLVED "endpoint_not_resolved" Error
        what "the host name of `{0}` is not known here"
        why "without keys every token is answered 503"
        remedy "check the spelling; inside a cluster a name of another namespace needs it spelt out (`service.namespace.svc`); outside, a cluster name never resolves, so set jwks_uri to the public address";
    ENDPOINT_REDIRECTS "endpoint_redirects" Error
        what "`{0}` redirects to `{1}`"
        why "the verifier follows no redirects, because keys would then come from wherever the answer points"
        remedy "configure the final address itself: the issuer with its exact slash and scheme, or jwks_uri; if the target is a login page, exempt the issuer's paths from the login gate";
    ENDPOINT_REFUSED "endpoint_refused" Error
        what "`{0}` refuses the connection"
        why "nothing listens there, so there are no keys and every token is answered 503"
        remedy "check host and port, and that the issuer runs; Authentik listens on 9000 (http) and 9443 (https) inside a cluster";
    ENDPOINT_SLOW "endpoint_slow" Warning
        what "`{0}` takes {1} to answer"
        why "a request that has to wait for keys waits that long, and the verifier gives up after 5 s"
        remedy "fetch the keys at start-up (`ready()`), set jwks_uri to a near address of the issuer, and look at the issuer's load";
    ENDPOINT_STATUS "endpoint_status" Error
        what "`{0}` answers with status {1}"
        why "only 200 is taken as an answer, so there are no keys and every token is answered 503"
        remedy "401 and 403: an access gate stands before it, exempt the issuer's paths; 404: the address or the slug is wrong; 5xx: look into the issuer's log";
    ENDPOINT_TIMEOUT "endpoint_timeout" Error
        what "`{0}` does not answer in time"
        why "packets that vanish are the mark of a firewall: in a cluster, of a NetworkPolicy that does not list this namespace; or the way leads out and back in (hairpin) and is too slow"
        remedy "add this namespace to the ingress NetworkPolicy of the issuer, and test with curl from the pod; or set jwks_uri to an address that can be reached from here, and leave issuer as it is";
    ENDPOINT_TLS_FAILED "endpoint_tls_failed" Error
        what "the TLS connection to `{0}` fails"
        why "the certificate is not trusted here, has expired, or is for another name; keys must not be taken over it"
        remedy "for a private certificate authority add its root to what this process trusts (Node: NODE_EXTRA_CA_CERTS, Python: SSL_CERT_FILE); never switch the check off";
    ENDPOINT_TOO_SLOW "endpoint_too_slow" Error
        what "`{0}` takes {1} to answer; the verifier gives up after 5 s"
        why "the keys never arrive, so every token is answered 503 although the issuer works"
        remedy "set jwks_uri to an address that is near (inside the cluster instead of out and back in through the public proxy), and leave issuer as it is";
    OTHER_NAME_UNREADABLE "other_name_unreadable" Info
        what "the discovery document at `{0}` cannot be read (`{1}`)"
        why "its issuer could not be compared; verifying does not need this document"
        remedy "nothing to do if that name is not reachable from here by design; if tokens still name it, check that they come from the same issuer";
}

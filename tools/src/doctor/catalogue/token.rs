//! Findings on a token. None of them quotes more of it than issuer, audience, algorithm, key id, type and names.

use crate::doctor::finding::{Row, Severity};

rows! {
    AUDIENCE_IS_LIST "audience_is_list" Info
        what "the token is for {0} audiences at once"
        why "each of them may use it against the others; this verifier asks that one of its own is among them"
        remedy "let the issuer give one token per API; limit the clients with authorized_parties";
    AUDIENCE_NOT_ACCEPTED "audience_not_accepted" Error
        what "the token is for `{0}`, and the policy accepts none of that"
        why "a token for another app must not pass here; it is refused with INVALID_AUDIENCE"
        remedy "send the token that was issued to this app's own client; if a scope mapping of the issuer overwrites aud, remove it; never widen audience just to make a token pass";
    AUDIENCE_REWRITTEN "audience_rewritten" Warning
        what "aud does not name the client that the token was issued to (azp)"
        why "a scope mapping seems to overwrite aud (mappings are merged last and may replace any claim), so audiences no longer keep apps apart"
        remedy "Authentik: remove aud from the scope mapping, or agree on a platform audience and check azp as well (authorized_parties)";
    AUDIENCE_SHARED "audience_shared" Warning
        what "the policy accepts the audience `{0}`, which several clients share, and does not check azp"
        why "every client whose tokens carry that audience is accepted here"
        remedy "set authorized_parties to the client ids that may call this app";
    CLAIM_OF_ODD_TYPE "claim_of_odd_type" Info
        what "claims have a type that other readers may not expect: `{0}`"
        why "email_verified as text, or roles and groups as one string, read differently in every library"
        remedy "mend the scope mapping at the issuer: email_verified true or false, roles and groups as lists of strings";
    HEADER_CARRIES_KEY "header_carries_key" Warning
        what "the token's header brings a key or an address of one (`{0}`)"
        why "the verifier never uses it; a verifier that did would accept forged tokens"
        remedy "nothing to do if the issuer puts it there; if it does not, look where the token comes from";
    KID_NOT_IN_SET "kid_not_in_set" Error
        what "the key `{0}` that the token names is not in the issuer's key set"
        why "the key was replaced (in Authentik without overlap: tokens of the old key fail at once), or the token is of another issuer or environment"
        remedy "get a new token; if new tokens fail too, check that the key set is fetched from the issuer in iss, and not from a cache or another host";
    SIGNATURE_FAILS "signature_fails" Error
        what "the signature of the token does not hold under the issuer's key `{0}`"
        why "the token was changed or cut, or another key has the same kid (a re-imported key, another environment)"
        remedy "take the token anew from the issuer, whole; if it fails again, the key set does not belong to the issuer that signed";
    SIGNATURE_HOLDS "signature_holds" Info
        what "the signature of the token holds under the issuer's key `{0}`"
        why "what the token says is what that issuer signed; whether it is accepted is another question"
        remedy "nothing to do; the other findings say what the policy makes of it";
    SUBJECT_IS_EMAIL "subject_is_email" Warning
        what "the subject (`{0}`) is an e-mail address"
        why "addresses change, differ in capitals and are given to other people later: accounts would be doubled or taken over"
        remedy "Authentik: set Subject mode of the provider to the user's UUID (`sub_mode: user_uuid`); on an existing provider that is a migration: keep the address as a one-time link; store users under issuer and subject";
    SUBJECT_MISSING "subject_missing" Error
        what "the subject (`{0}`) is missing, empty or not a string"
        why "nobody is named, so the token is refused; with an e-mail as subject this happens to accounts without one"
        remedy "Authentik: set Subject mode of the provider to the user's UUID (`sub_mode: user_uuid`); look for a scope mapping that overwrites or fails";
    TOKEN_ACCEPTED "token_accepted" Info
        what "the verifier accepts the token under this policy"
        why "signature, issuer, audience, time and the policy's rules were checked; whether the session was ended since cannot be seen offline"
        remedy "nothing to do; where a logout must count at once, use the revocation hook or ask the issuer";
    TOKEN_ALGORITHM_NOT_ALLOWED "token_algorithm_not_allowed" Error
        what "the token is signed with `{0}`, which the policy does not allow for its issuer"
        why "it is refused with ALGORITHM_NOT_ALLOWED; `none` or HS256 under a public key is how tokens are forged"
        remedy "mostly HS256 means that the provider has no signing key: give it one, and never allow HS256 here; allow another algorithm only if the discovery document lists it";
    TOKEN_ENCRYPTED "token_encrypted" Error
        what "the token is encrypted (JWE, five parts)"
        why "only its receiver could read it; the verifier takes signed tokens and answers ENCRYPTED_TOKEN"
        remedy "Authentik: clear Encryption Key of the provider (blueprint: remove `encryption_key`), then get a new token";
    TOKEN_EXPIRED "token_expired" Error
        what "the token expired {0} ago"
        why "it is refused with EXPIRED"
        remedy "get a new token; if tokens expire at once, compare the clocks; if clients never refresh, check that they do so before the end";
    TOKEN_IS_DPOP "token_is_dpop" Error
        what "the token is of the type `{0}`: bound to a key that the sender must prove"
        why "it is not a bearer access token, and must not be taken as one; it is refused with WRONG_TOKEN_TYPE"
        remedy "send the access token, not the DPoP proof or the bound ID token";
    TOKEN_IS_ID_TOKEN "token_is_id_token" Warning
        what "the token looks like an ID token, not like an access token ({0})"
        why "an ID token tells a client who logged in, it is no permission for an API; the two cannot be told apart for sure in Authentik, so this is a guess from the claims"
        remedy "send access_token from the token endpoint's answer, not id_token; to enforce it, require a claim that only access tokens have (required_claims: Authentik has `uid`)";
    TOKEN_IS_LOGOUT_TOKEN "token_is_logout_token" Error
        what "the token is a logout token"
        why "it tells a client that a session has ended, and is never a permission; it is refused with WRONG_TOKEN_TYPE"
        remedy "send it to the client's back-channel logout address only, never as a bearer token";
    TOKEN_IS_SESSION "token_is_session" Error
        what "the token is signed with a shared secret (`{0}`) and names no issuer"
        why "it is a session token that an app minted for itself, such as FuzeFront's, not a token of the issuer; no public key can verify it"
        remedy "send the issuer's access token; to accept such sessions for a while, add an entry in mode legacy-hs256 with the secret, with an end date";
    TOKEN_LONG_LIVED "token_long_lived" Warning
        what "the token is valid for {0}"
        why "it is verified offline, so a logout or a withdrawn right counts only after its end"
        remedy "Authentik: set Access Token validity of the provider to an hour or less (`access_token_validity: minutes=15`), and let clients refresh";
    TOKEN_MALFORMED "token_malformed" Error
        what "the token is not a well-formed signed token (`{0}`)"
        why "it is refused with MALFORMED; tokens are mostly spoilt by being copied: cut, wrapped into lines, or quoted"
        remedy "take it again, whole: three parts of letters, digits, - and _, with two dots, and without `Bearer`";
    TOKEN_NOT_ACTIVE "token_not_active" Error
        what "the token's `{0}` lies {1} in the future"
        why "it is refused with NOT_ACTIVE; the clock of the issuer is ahead, or the one here is behind"
        remedy "synchronise both clocks (NTP); do not widen the leeway instead";
    TOKEN_NOT_JUDGED "token_not_judged" Info
        what "there is no verdict on the token: {0}"
        why "what is said about it here was read without proof"
        remedy "give the policy, and let the doctor fetch the keys or paste the key set";
    TOKEN_OPAQUE "token_opaque" Error
        what "the token is opaque: there is no dot in it"
        why "it is an API token or a session id that only its maker can check; it is refused with MALFORMED"
        remedy "send a JWT of the issuer; for API tokens such as `ff_live_...` ask the service that made them";
    TOKEN_REJECTED "token_rejected" Error
        what "the verifier rejects the token under this policy: {0}, status {1}"
        why "this is the verdict that a request with this token gets"
        remedy "mend what the other findings name first; docs/errors.md explains the code";
    TOKEN_TIME_MALFORMED "token_time_malformed" Error
        what "the claim `{0}` is not a number of seconds"
        why "a time as text, or beyond the year 9999, is refused with INVALID_CLAIM; readers disagree on it"
        remedy "look for a scope mapping of the issuer that overwrites the claim, and remove it";
    TOKEN_TOO_LARGE "token_too_large" Error
        what "the token has {0} bytes, more than 16384"
        why "it does not fit into a header line of usual servers, and is refused with TOKEN_TOO_LARGE"
        remedy "emit fewer claims: most such tokens carry hundreds of groups";
    TOKEN_TYPE_NOT_ACCEPTED "token_type_not_accepted" Error
        what "the token is of the type `{0}`, which the policy does not take"
        why "it is refused with WRONG_TOKEN_TYPE, so that a token for another purpose never serves as an access token"
        remedy "send an access token; if the issuer's access tokens really carry this typ, add it to types of the policy";
    TOKEN_WITHOUT_EXPIRY "token_without_expiry" Error
        what "the token has no exp"
        why "a token without an end is refused with MISSING_CLAIM"
        remedy "look for a scope mapping of the issuer that removes exp, and check that this is an access token (some logout tokens have none)";
    TOKEN_WITHOUT_ISSUER "token_without_issuer" Error
        what "the token names no issuer (iss)"
        why "nothing says whose keys to use, so it is refused with MISSING_CLAIM"
        remedy "send a token of the issuer; look for a scope mapping that overwrites iss";
    TOKEN_WITHOUT_KID "token_without_kid" Warning
        what "the token does not say which key signed it (no kid)"
        why "it can be verified only as long as exactly one key of the issuer fits, so it fails when a second key is published"
        remedy "let the issuer put kid into its tokens";
}

//! Findings on a key set.

use crate::doctor::finding::{Row, Severity};

rows! {
    CERTIFICATE_EXPIRED "certificate_expired" Warning
        what "the certificate of the key `{0}` expired {1} ago"
        why "this verifier takes the key alone and never looks at x5c, which is no trust anchor; clients that do look refuse the key"
        remedy "renew the certificate at the issuer; in Authentik a new key replaces the old one at once, so every live token fails at that moment: choose a quiet hour";
    CERTIFICATE_EXPIRING "certificate_expiring" Warning
        what "the certificate of the key `{0}` expires in {1}"
        why "this verifier takes the key alone and never looks at x5c, which is no trust anchor; but the key is likely to be changed then, and tokens signed with the old one fail at that moment"
        remedy "plan the change of the key; deleting the certificate in Authentik without naming another one makes the provider fall back to HS256";
    CERTIFICATE_NOT_YET_VALID "certificate_not_yet_valid" Warning
        what "the certificate of the key `{0}` becomes valid only in {1}"
        why "either it was put in force too early, or a clock is wrong; this verifier never looks at x5c, other clients may refuse the key"
        remedy "compare the clocks of issuer and service, then the dates of the certificate";
    CERTIFICATE_UNREADABLE "certificate_unreadable" Info
        what "the certificate of the key `{0}` cannot be read"
        why "its dates could not be checked; this verifier does not use it"
        remedy "nothing to do for this verifier; for other clients publish x5c as RFC 7517 section 4.7 says: base64 of DER, not base64url";
    DUPLICATE_KID "duplicate_kid" Warning
        what "several keys for signatures have the kid `{0}`"
        why "this verifier tries up to four of them; other clients take the first and refuse good tokens"
        remedy "give every key its own kid at the issuer";
    DUPLICATE_KID_WITH_ENCRYPTION "duplicate_kid_with_encryption" Warning
        what "a key for signatures and one for encryption share the kid `{0}`"
        why "the issuer uses one key pair for both (Authentik: the same certificate as Signing Key and Encryption Key); this verifier takes the one with use sig, clients that go by kid alone may take the other"
        remedy "clear Encryption Key of the provider, or use another certificate for it";
    KEY_SET_MALFORMED "key_set_malformed" Error
        what "`{0}` is not a key set (`{1}`)"
        why "the set is refused as a whole, so there are no keys"
        remedy "check that the address is the issuer's jwks_uri: a JSON object with the list `keys`, at most 64 entries (RFC 7517 section 5)";
    KEY_UNSUPPORTED "key_unsupported" Info
        what "the key `{0}` is of a kind that is not supported (`{1}`)"
        why "it is passed over; tokens signed with it are refused"
        remedy "nothing to do unless the issuer signs with it: use RSA, P-256, P-384, P-521 or Ed25519";
    KEY_UNUSABLE "key_unusable" Warning
        what "the key `{0}` cannot be used (`{1}`)"
        why "it is passed over, and tokens signed with it are refused with UNSUITABLE_KEY"
        remedy "mend or remove the entry at the issuer; docs/errors.md, UNSUITABLE_KEY, explains the reason";
    KEY_WITHOUT_KID "key_without_kid" Warning
        what "there are several keys for signatures, and one of them has no kid"
        why "a token without kid fits several keys and is refused, because nothing says which one is meant"
        remedy "give every key a kid at the issuer, and let it name the kid in its tokens";
    NO_USABLE_KEY "no_usable_key" Error
        what "none of the {0} entries of the key set can be used"
        why "no token of this issuer can be verified"
        remedy "look at the reasons in the other findings and in the evidence; mend the keys at the issuer";
    PRIVATE_KEY_PUBLISHED "private_key_published" Error
        what "the key `{0}` is published with its secret half"
        why "everyone who reads the key set can sign tokens for any user; the verifier takes no such key"
        remedy "replace the key at once and treat every token signed with it as forged; then find out what publishes it: only public members may be in a key set";
    WEAK_KEY "weak_key" Error
        what "the RSA key `{0}` is too weak (`{1}`, {2} bits)"
        why "under 2048 bits (RFC 7518 section 3.3), or with a bad exponent, signatures can be forged; the key is passed over, and its tokens are refused"
        remedy "make a new RSA key of 2048 bits or more with exponent 65537, and set it as signing key of the provider";
}

//! Findings on the policy, and on the diagnosis as a whole.

use crate::doctor::finding::{Row, Severity};

rows! {
    AUDIENCE_IN_SEVERAL_ENTRIES "audience_in_several_entries" Info
        what "the audience `{0}` stands in several issuer entries"
        why "directories may reuse client ids, so the audience alone never tells whose user a token speaks for; each entry trusts its own issuer and keys, and two equal subjects of two issuers are two people"
        remedy "nothing to change here; store users under issuer and subject together, never under the subject or the audience alone";
    FINDINGS_LEFT_OUT "findings_left_out" Info
        what "{0} further findings are left out"
        why "an answer is bounded; the weightiest findings are kept"
        remedy "mend what is listed and run the doctor again";
    HEALTHY "healthy" Info
        what "no error and no warning was found; looked at: {0} documents, {1} token"
        why "everything that was wanted was looked at"
        remedy "nothing to do; run the doctor again after changes at the issuer, and with a token that users really get";
    INSECURE_KEY_URL "insecure_key_url" Warning
        what "keys are fetched over plain http from `{0}`, which insecure_hosts allows"
        why "whoever can answer in that network in place of the issuer can hand out keys of their own and sign any token"
        remedy "keep this to names inside one cluster, under a network policy; everywhere else use https and take the host out of insecure_hosts";
    LEEWAY_WIDE "leeway_wide" Info
        what "the leeway of this entry is {0} s"
        why "every token lives that much longer than its issuer says; well kept clocks differ by less than a second"
        remedy "set leeway to 60 or less, and mend the clock that made more necessary";
    LEGACY_ENTRY "legacy_entry" Info
        what "the policy accepts tokens signed with a shared secret (mode legacy-hs256)"
        why "everyone who can verify such a token can also mint one, for any user of any tenant; the entry is a bridge, not an end state"
        remedy "give the entry an end date, move its clients to tokens of the issuer, then remove the entry and the secret from every app that holds it";
    NOTHING_TO_CHECK "nothing_to_check" Warning
        what "there is neither a policy nor a token nor a fetched document to look at"
        why "a diagnosis of nothing would look healthy"
        remedy "give a policy, or a token, or paste a discovery document or key set";
    STATIC_KEYS "static_keys" Info
        what "the keys stand in the policy, and nothing is ever fetched"
        why "when the issuer changes its key, every token is refused until the policy is changed too"
        remedy "use jwks_uri or discovery where the issuer can be reached; otherwise change the policy in the same step as the key";
}

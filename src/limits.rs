//! Every bound the verifier keeps, each with its source. Nothing else in the crate invents a number.

/// Longest token, bytes. Node and nginx refuse a header line above 16 KiB and 8 KiB; a token that could not
/// arrive in a header needs no parsing.
pub const TOKEN_BYTES: usize = 16 * 1024;

/// Largest key set or discovery document, bytes. The largest public key sets seen are some 20 KiB.
pub const KEY_SET_BYTES: usize = 256 * 1024;

/// Most keys in one set; a set with more is refused whole, so that a hostile answer cannot buy work per token.
pub const KEYS: usize = 64;

/// Longest `kid` of a published key that is shown or used, bytes: a longer one marks its key as unusable. Those of real
/// issuers have 32 to 64.
pub const KID_BYTES: usize = 128;

/// Longest URL of a key set, bytes.
pub const URL_BYTES: usize = 1024;

/// Longest string in a policy, bytes (a name, not a key or a secret), so that every answer that repeats one has its bound.
pub const POLICY_STRING_BYTES: usize = 1024;

/// Most allowed `iss` strings in one issuer entry.
pub const ISSUER_NAMES: usize = 16;

/// Longest `expected` or `actual` in details, bytes; a longer one is left out.
pub const DETAIL_BYTES: usize = 4096;

/// Most keys tried for one token: a `kid` may stand in a set more than once (Authentik lists the same pair
/// for signing and encryption), but not often.
pub const KEY_CANDIDATES: usize = 4;

/// Deepest nesting of JSON, counted in open brackets. Claims of real issuers stay below eight.
pub const JSON_DEPTH: usize = 32;

/// Smallest RSA modulus, bits (RFC 7518 section 3.3).
pub const RSA_MIN_BITS: usize = 2048;

/// Largest RSA modulus, bits: one verification of this size costs sixteen of the usual size.
pub const RSA_MAX_BITS: usize = 8192;

/// Shortest shared secret, bytes (RFC 7518 section 3.2: at least the size of the hash).
pub const SECRET_BYTES: usize = 32;

/// Largest clock tolerance, seconds. Access tokens of the family live an hour; more leeway is a longer token.
pub const LEEWAY: u32 = 300;

/// Default clock tolerance for issuers with published keys, seconds.
pub const LEEWAY_DEFAULT: u32 = 60;

/// Latest moment a claim may name: 9999-12-31T23:59:59Z, the last one that date types of all hosts can hold.
pub const NUMERIC_DATE: f64 = 253_402_300_799.0;

/// Longest `max_age` a policy may ask, seconds (one year).
pub const MAX_AGE: u32 = 31_536_000;

/// Most issuer entries in a policy.
pub const ISSUERS: usize = 16;

/// Most items in any list of a policy.
pub const POLICY_ITEMS: usize = 64;

/// Most verifiers open at once in one instance: full to the brim with the largest keys they need some 150 MiB, and the
/// module's memory ends at 256 MiB.
pub const VERIFIERS: usize = 32;

/// Soft age of a key set when the answer does not say, seconds: with [`HARD_AGE_FACTOR`] a withdrawn key is gone after
/// five minutes, as early as with any library that is compared.
pub const SOFT_AGE_DEFAULT: f64 = 240.0;

/// Hard age by soft age: the span in between is for the fetch that nobody waits for.
pub const HARD_AGE_FACTOR: f64 = 1.25;

/// Shortest soft age taken from `Cache-Control`, seconds.
pub const SOFT_AGE_MIN: f64 = 60.0;

/// Longest soft age taken from `Cache-Control`, seconds.
pub const SOFT_AGE_MAX: f64 = 3600.0;

/// A key set fetched this far in the future means that the clock was set back, seconds; less is two clocks that
/// were read in another order.
pub const CLOCK_SET_BACK: f64 = 60.0;

/// How long keys may serve past their hard age while the issuer is down, seconds.
pub const STALE_CAP_DEFAULT: u32 = 3600;

/// Longest stale cap a policy may ask, seconds.
pub const STALE_CAP_MAX: u32 = 86_400;

/// First back-off after a failed fetch, seconds; it doubles with each further one.
pub const BACK_OFF_FIRST: f64 = 1.0;

/// Longest back-off while there are keys to use, seconds.
pub const BACK_OFF_MAX: f64 = 60.0;

/// Longest back-off while there are none, seconds: that is how long nobody notices that the issuer is back, and meanwhile
/// nobody can log in.
pub const BACK_OFF_MAX_EMPTY: f64 = 1.0;

/// What a larger number of seconds in a header stands for (RFC 9111 section 1.2.2).
pub const DELTA_SECONDS: f64 = 2_147_483_648.0;

/// Longest `Retry-After` that is honoured, seconds.
pub const RETRY_AFTER_MAX: f64 = 300.0;

/// A set younger than this was fetched for the very token that is asked about, seconds.
pub const UNKNOWN_KEY_SETTLED: f64 = 2.0;

/// A set younger than this proves that a key it lacks does not exist, when no further fetch may be made and none failed,
/// seconds. With two fetches in a burst, made-up key ids cause no more of them than with the libraries that are compared.
pub const UNKNOWN_KEY_PROOF: f64 = 50.0;

/// Fetches that tokens with unknown key ids may cause in a burst; one more grows every [`UNKNOWN_KEY_PROOF`].
pub const UNKNOWN_KEY_FETCHES: f64 = 2.0;

/// How long a request may be kept waiting for keys, seconds.
pub const FETCH_WAIT: u32 = 3;

/// The same once a fetch failed, seconds: nobody is to wait long for an issuer that is known to be down.
pub const FETCH_WAIT_FAILING: u32 = 1;

/// Most calls of `verify` for one token: the first, and one after each of three fetches or waits. The last of them is never
/// answered "keys needed".
pub const ATTEMPTS: u32 = 4;

/// Shortest and longest time that a host sleeps before it looks whether keys are due, seconds: timers may be a little early,
/// and a machine may have slept meanwhile.
pub const BACKGROUND_SLEEP: (u32, u32) = (1, 3600);

/// How long a host sleeps when keys are due and no fetch could begin, seconds.
pub const BACKGROUND_RETRY: u32 = 60;

/// Between two looks at a lock of the store that another replica has, seconds.
pub const STORE_POLL: f64 = 0.05;

/// How long one call of the store may take, seconds.
pub const STORE_TIMEOUT: f64 = 0.25;

/// How long the store is left alone after a failure, seconds.
pub const STORE_REST: f64 = 5.0;

/// How long another replica may fetch before this one does it itself while callers wait, seconds: they are kept for
/// [`FETCH_WAIT`]. With nobody waiting it is [`FETCH_TIMEOUT`].
pub const STORE_PATIENCE: f64 = 2.5;

/// Longest answer that may be given again without a new check, seconds: so long a clock set forward, or a policy that was
/// changed elsewhere, may go unseen.
pub const REUSE: f64 = 60.0;

/// All names of issuers of one policy together, bytes of JSON: every answer that lists them has its bound.
pub const NAMES_BYTES: usize = 64 * 1024;

/// How long one fetch may take over connect and body, seconds.
pub const FETCH_TIMEOUT: u32 = 5;

/// A fetch that is under way for longer hangs, seconds: less than [`FETCH_WAIT`], so that whoever has waited finds it
/// so, although hosts measure the wait with another clock, and from a moment before the fetch began.
pub const FETCH_HANGS: f64 = 2.5;

/// A fetch that nobody ended is lost after this time, seconds: a discovery document and a key set, each with
/// [`FETCH_TIMEOUT`], and a little more.
pub const FETCH_LOST: f64 = 12.0;

/// Longest list of what a step expects that a trace shows, bytes: all of them together must fit the message buffer.
pub const TRACE_EXPECTED_BYTES: usize = 4096;

/// The head of a call, bytes: operation, handle, times and lengths (`docs/abi.md`).
pub const HEAD_BYTES: usize = 40;

/// The module's message buffer, bytes: the largest input (a key set, or a policy with keys) and any answer.
pub const MESSAGE_BYTES: usize = 512 * 1024;

/// Largest contract request, bytes: a contract, and options with a key set of usual size. The family's contract has 7 KiB.
pub const CONTRACT_BYTES: usize = 256 * 1024;

/// Most apps, and most issuers, of a contract: with the next three it bounds the policies that a check makes.
pub const CONTRACT_ITEMS: usize = 64;

/// Most environments of a contract, hosts of an environment, and origins of a host.
pub const CONTRACT_ENVIRONMENTS: usize = 8;

/// Most issuers of one app of a contract.
pub const APP_ISSUERS: usize = 4;

/// Longest string of a contract that enters a policy, characters.
pub const CONTRACT_TEXT: usize = 512;

/// Longest note or title of a contract, characters.
pub const CONTRACT_NOTE: usize = 2048;

/// Most documents in one diagnosis request: four rounds of [`WANTED`].
pub const FETCHED: usize = 128;

/// Longest body that a diagnosis looks at, bytes: several must fit into one message.
pub const DIAGNOSIS_BODY_BYTES: usize = 64 * 1024;

/// Most documents that one diagnosis asks for.
pub const WANTED: usize = 32;

/// Longest URL that a diagnosis asks for, bytes; with [`WANTED`] and [`FINDINGS_BYTES`] an answer fits the buffer.
pub const WANTED_URL_BYTES: usize = 1024;

/// Most findings in one answer.
pub const FINDINGS: usize = 128;

/// All findings of one answer together, bytes.
pub const FINDINGS_BYTES: usize = 320 * 1024;

/// Longest value quoted in a finding, bytes.
pub const QUOTED_BYTES: usize = 200;

/// Most items of a list in the evidence of a finding.
pub const EVIDENCE_ITEMS: usize = 16;

/// Longest certificate in `x5c` that is looked at, base64 characters. Usual ones have under 3000.
pub const CERTIFICATE_BYTES: usize = 16 * 1024;

/// A fetch slower than this is worth a warning, seconds.
pub const FETCH_SLOW: f64 = 1.0;

/// A clock difference smaller than this is not worth a word, seconds: the `Date` header has whole seconds.
pub const CLOCK_DIFFERENCE: f64 = 5.0;

/// A certificate that expires within this time is named, seconds (30 days).
pub const CERTIFICATE_EXPIRING: f64 = 2_592_000.0;

/// A token valid for longer is named, seconds (a day).
pub const TOKEN_LIFE_LONG: f64 = 86_400.0;

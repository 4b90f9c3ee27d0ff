//! The verifier: a policy, the keys of its issuers, and the verdict on a token, which is the first check that fails. The file
//! to read first; the checks are in `checks.rs`, what they look at in `pipeline.rs`.

use std::cell::OnceCell;

use crate::checks::CHECKS;
use crate::explain::{self, Trace, Values};
use crate::keyring::{Keyring, Offer};
use crate::pipeline::{Input, Run};
use crate::policy::Policy;
use crate::time::UnixTime;
use crate::verdict::Verdict;
use crate::writer;

/// Verifies tokens under one policy. Asking for a verdict changes nothing; only the events of key fetching do.
///
/// ```
/// use authn::{Policy, UnixTime, Verdict, Verifier};
///
/// let policy = Policy::from_json(br#"{"issuers":[{"issuer":"https://id.example/","audience":"keys-app"}]}"#)?;
/// let verifier = Verifier::new(policy);
/// let now = UnixTime::from_seconds(1_700_000_000.0).unwrap();
/// let Verdict::Rejected(rejection) = verifier.verify(b"ff_live_opaque", now) else { panic!() };
/// assert_eq!(rejection.code.name(), "MALFORMED");
/// # Ok::<(), authn::Fault>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    policy: Policy,
    keyrings: Vec<Keyring>,
}

impl Verifier {
    /// A verifier without keys yet, unless the policy holds them.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let keyrings = policy
            .issuers
            .iter()
            .enumerate()
            .map(|(index, issuer)| Keyring::new(index, issuer, &policy.insecure_hosts))
            .collect();
        Self { policy, keyrings }
    }

    /// The policy it was made with.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The verdict on a token (compact JWS, RFC 7515 section 7.1) at the moment `now`.
    #[must_use]
    pub fn verify(&self, token: &[u8], now: UnixTime) -> Verdict {
        self.judge(Input::Token(token), now)
    }

    /// The verdict on the value of an `Authorization` header (RFC 6750 section 2.1); empty when there is none.
    #[must_use]
    pub fn verify_authorization(&self, value: &[u8], now: UnixTime) -> Verdict {
        self.judge(Input::Authorization(value), now)
    }

    /// What [`Verifier::verify`] checks, one by one. The trace goes on after a failure as far as there is something to
    /// compare. It says more than a client should know: it is for whoever runs the service.
    ///
    /// ```
    /// use authn::{Policy, Status, UnixTime, Values, Verifier};
    ///
    /// let policy = Policy::from_json(br#"{"issuers":[{"issuer":"https://id.example/","audience":"keys-app"}]}"#)?;
    /// let now = UnixTime::from_seconds(1_700_000_000.0).unwrap();
    /// let token = b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUifQ.AA";
    /// let trace = Verifier::new(policy).explain(token, now, Values::Shown);
    /// let failed = trace.checks.iter().find(|check| check.status == Status::Failed).unwrap();
    /// assert_eq!((failed.check.name, failed.check.clause), ("issuer", "2.2"));
    /// assert_eq!(failed.expected.as_deref(), Some(r#"["https://id.example/"]"#));
    /// assert_eq!(failed.found.as_deref(), Some(r#""https://id.example""#));
    /// # Ok::<(), authn::Fault>(())
    /// ```
    #[must_use]
    pub fn explain(&self, token: &[u8], now: UnixTime, values: Values) -> Trace {
        self.trace(Input::Token(token), now, values)
    }

    /// What [`Verifier::verify_authorization`] checks, one by one.
    #[must_use]
    pub fn explain_authorization(&self, value: &[u8], now: UnixTime, values: Values) -> Trace {
        self.trace(Input::Authorization(value), now, values)
    }

    /// Tells that a fetch for the issuer entry begins, or is joined. `false`: none may begin (back-off, too many already, or
    /// one that hangs).
    pub fn fetch_started(&mut self, issuer: usize, now: UnixTime) -> bool {
        self.keyrings.get_mut(issuer).is_some_and(|keyring| keyring.fetch_started(now))
    }

    /// Offers the body of a fetched discovery document. `jitter` is a random number in [0, 1). `None` if there is
    /// no such issuer entry.
    pub fn offer_discovery(
        &mut self,
        issuer: usize,
        body: &[u8],
        now: UnixTime,
        jitter: f64,
    ) -> Option<Offer> {
        Some(self.keyrings.get_mut(issuer)?.offer_discovery(body, now, jitter))
    }

    /// Offers the body of a fetched key set; `max_age` is what is left of its freshness, seconds. `jitter` is a
    /// random number in [0, 1). `None` if there is no such issuer entry.
    pub fn offer_keys(
        &mut self,
        issuer: usize,
        body: &[u8],
        now: UnixTime,
        max_age: Option<f64>,
        jitter: f64,
    ) -> Option<Offer> {
        Some(self.keyrings.get_mut(issuer)?.offer_keys(body, now, max_age, jitter))
    }

    /// Offers a key set that was fetched at `fetched` and kept since: a snapshot, or what another instance fetched. It
    /// ages from then on; one that is not newer than the set in force, or too old to be used, is refused. Whoever
    /// hands it in is trusted like the issuer. `None` if there is no such issuer entry.
    pub fn restore_keys(
        &mut self,
        issuer: usize,
        body: &[u8],
        now: UnixTime,
        fetched: UnixTime,
        max_age: Option<f64>,
        jitter: f64,
    ) -> Option<Offer> {
        Some(self.keyrings.get_mut(issuer)?.restore_keys(body, now, fetched, max_age, jitter))
    }

    /// Tells that a fetch failed; `retry_after` in seconds, `jitter` a random number in [0, 1).
    pub fn fetch_failed(&mut self, issuer: usize, now: UnixTime, retry_after: Option<f64>, jitter: f64) {
        if let Some(keyring) = self.keyrings.get_mut(issuer) {
            keyring.fetch_failed(now, retry_after, jitter);
        }
    }

    /// Tells that a fetch was given up for a reason of the host's own: not a failure of the issuer, unless it hung.
    pub fn fetch_abandoned(&mut self, issuer: usize, now: UnixTime) {
        if let Some(keyring) = self.keyrings.get_mut(issuer) {
            keyring.fetch_abandoned(now);
        }
    }

    /// The state of every issuer's keys, as JSON (`docs/abi.md`, "Status").
    #[must_use]
    pub fn status_json(&self, now: UnixTime) -> String {
        let issuers: Vec<String> = self.keyrings.iter().map(|keyring| keyring.status_json(now)).collect();
        writer::ObjectWriter::new().raw("issuers", &writer::array(&issuers)).finish()
    }

    fn trace(&self, input: Input<'_>, now: UnixTime, values: Values) -> Trace {
        let decoded = OnceCell::new();
        explain::trace(Run::new(&self.policy, &self.keyrings, input, now, &decoded), values)
    }

    fn judge(&self, input: Input<'_>, now: UnixTime) -> Verdict {
        let decoded = OnceCell::new();
        let mut run = Run::new(&self.policy, &self.keyrings, input, now, &decoded);
        for check in &CHECKS {
            if let Err(stop) = (check.make)(&mut run) {
                return run.stopped(stop);
            }
        }
        run.accepted()
    }
}

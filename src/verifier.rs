//! The verifier: a policy, the keys of its issuers, and the verdict on a token, which is the first check that fails. The file
//! to read first; the checks are in `checks.rs`, what they look at in `pipeline.rs`.

use std::cell::OnceCell;

use crate::checks::CHECKS;
use crate::code::Code;
use crate::conversation::{Conversation, Scene, Step, Store, Task};
use crate::event::Watch;
use crate::explain::{self, Trace, Values};
use crate::fetched::Document;
use crate::keyring::{Keyring, Offer, whole_seconds};
use crate::pipeline::{Input, Run};
use crate::policy::Policy;
use crate::record::Record;
use crate::strict::Fault;
use crate::time::UnixTime;
use crate::verdict::Verdict;
use crate::writer::{self, ObjectWriter};

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
    /// One at a time for each issuer entry.
    conversations: Vec<Option<Conversation>>,
    store_failed: Option<UnixTime>,
    watch: Watch,
}

impl Verifier {
    /// A verifier without keys yet, unless the policy holds them.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let keyrings: Vec<Keyring> = policy
            .issuers
            .iter()
            .enumerate()
            .map(|(index, issuer)| Keyring::new(index, issuer, &policy.insecure_hosts))
            .collect();
        let conversations = vec![None; keyrings.len()];
        Self { policy, keyrings, conversations, store_failed: None, watch: Watch::default() }
    }

    /// The policy it was made with.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The verdict on a token (compact JWS, RFC 7515 section 7.1) at the moment `now`.
    #[must_use]
    pub fn verify(&self, token: &[u8], now: UnixTime) -> Verdict {
        self.judge(Input::Token(token), now, true)
    }

    /// The verdict on the value of an `Authorization` header (RFC 6750 section 2.1); empty when there is none.
    #[must_use]
    pub fn verify_authorization(&self, value: &[u8], now: UnixTime) -> Verdict {
        self.judge(Input::Authorization(value), now, true)
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
        self.trace(Input::Token(token), now, true, values)
    }

    /// What [`Verifier::verify_authorization`] checks, one by one.
    #[must_use]
    pub fn explain_authorization(&self, value: &[u8], now: UnixTime, values: Values) -> Trace {
        self.trace(Input::Authorization(value), now, true, values)
    }

    /// What is to be fetched for the issuer entry, and where it is; nothing where keys are fixed.
    #[must_use]
    pub fn document(&self, issuer: usize) -> Option<(Document, &str)> {
        self.keyrings.get(issuer)?.document()
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

    /// Tells that a fetch failed; `retry_after` in seconds, `jitter` a random number in [0, 1).
    pub fn fetch_failed(&mut self, issuer: usize, now: UnixTime, retry_after: Option<f64>, jitter: f64) {
        if let Some(keyring) = self.keyrings.get_mut(issuer) {
            keyring.fetch_failed(now, retry_after, jitter);
        }
    }

    /// Begins the conversation that brings keys for the issuer entry, unless one is under way or nothing may be fetched
    /// now. `jitter` is a random number in [0, 1). `None` if there is no such entry.
    pub fn fetch(&mut self, issuer: usize, store: Store, now: UnixTime, jitter: f64) -> Option<Step> {
        let under_way = self.conversations.get(issuer)?.as_ref().and_then(|open| open.seconds_left(now));
        if let Some(seconds) = under_way {
            return Some(Step::only(Task::Nothing(whole_seconds(seconds))));
        }
        let (mut scene, conversation) = self.scene(issuer, now, jitter)?;
        match Conversation::begin(&mut scene, store) {
            Ok((begun, step)) => {
                *conversation = Some(begun);
                Some(step)
            }
            Err(seconds) => Some(Step::only(Task::Nothing(seconds))),
        }
    }

    /// What came of the last step of the conversation: one line of JSON as laid down in `docs/abi.md`, "Bringing keys",
    /// and the body behind a line feed. `None` if no conversation is open for the entry.
    ///
    /// # Errors
    /// [`Fault`] for a line of another shape; the conversation stays where it was.
    pub fn told(
        &mut self,
        issuer: usize,
        told: &[u8],
        now: UnixTime,
        jitter: f64,
    ) -> Option<Result<Step, Fault>> {
        let (mut scene, conversation) = self.scene(issuer, now, jitter)?;
        let step = conversation.as_mut()?.told(told, &mut scene);
        if let Ok(Step { task: Task::Done(_), .. }) = step {
            *conversation = None;
        }
        Some(step)
    }

    /// Gives up the conversation of the entry for a reason of the host's own: not a failure of the issuer, unless it hung.
    /// The name of the lock that is to be given back, if one is held; `None` if no conversation is open.
    pub fn abandon(&mut self, issuer: usize, now: UnixTime) -> Option<Option<String>> {
        let conversation = self.conversations.get_mut(issuer)?.take()?;
        Some(conversation.abandon(self.keyrings.get_mut(issuer)?, now))
    }

    /// Takes in a record that a host kept: a snapshot, or that of an instance before this one. Whoever hands it in is
    /// trusted like the issuer. The index of the entry it is of, and what became of it.
    pub fn restore(&mut self, record: &[u8], now: UnixTime, jitter: f64) -> (Option<usize>, Offer) {
        let record = match Record::read(record) {
            Ok(record) => record,
            Err(reason) => return (None, Offer::Refused(reason)),
        };
        let Some(keyring) = self.keyrings.iter_mut().find(|keyring| record.is_of(keyring.names())) else {
            return (None, Offer::Refused("no_such_issuer"));
        };
        let offer = keyring.restore_keys(record.body, now, record.fetched_at, record.max_age, jitter);
        (Some(keyring.issuer()), offer)
    }

    /// Begins to note what happens to the keys.
    pub(crate) fn watch(&mut self, now: UnixTime) {
        self.watch = Watch::new(&self.keyrings, now);
    }

    /// Writes what happened and was not told yet; `verdict` is the answer to the first call for a token, or a later one.
    pub(crate) fn write_events(
        &mut self,
        verdict: Option<(&Verdict, bool)>,
        now: UnixTime,
        json: &mut ObjectWriter,
    ) {
        self.watch.look(&self.keyrings, now);
        if let Some((verdict, first)) = verdict
            && let Some((issuer, outcome)) = unknown_key(verdict, first, &self.keyrings, now)
            && let Some(keyring) = self.keyrings.get(issuer)
        {
            self.watch.unknown_key(keyring, outcome);
        }
        self.watch.write(json);
    }

    pub(crate) fn generation(&self, issuer: usize) -> Option<&str> {
        self.keyrings.get(issuer)?.generation()
    }

    /// Writes the state of every issuer's keys (`docs/abi.md`, "Status").
    pub(crate) fn write_status(&self, now: UnixTime, json: &mut ObjectWriter) {
        let entries = self.keyrings.iter().zip(&self.conversations);
        let issuers: Vec<String> = entries
            .map(|(keyring, open)| {
                let under_way = open.as_ref().is_some_and(|open| open.seconds_left(now).is_some());
                keyring.status_json(!under_way, now)
            })
            .collect();
        let health = if !self.keyrings.iter().any(|keyring| keyring.serves(now)) {
            "not_ready"
        } else if self.keyrings.iter().all(|keyring| keyring.is_well(now)) {
            "ready"
        } else {
            "degraded"
        };
        let due = self.keyrings.iter().filter_map(|keyring| keyring.due(now)).reduce(f64::min);
        json.string("health", health)
            .raw("due", &due.map_or(String::from("null"), writer::number))
            .raw("issuers", &writer::array(&issuers));
    }

    fn scene(
        &mut self,
        issuer: usize,
        now: UnixTime,
        jitter: f64,
    ) -> Option<(Scene<'_>, &mut Option<Conversation>)> {
        let scene = Scene {
            keyring: self.keyrings.get_mut(issuer)?,
            watch: &mut self.watch,
            store_failed: &mut self.store_failed,
            now,
            jitter,
        };
        Some((scene, self.conversations.get_mut(issuer)?))
    }

    pub(crate) fn trace(&self, input: Input<'_>, now: UnixTime, may_fetch: bool, values: Values) -> Trace {
        let decoded = OnceCell::new();
        explain::trace(Run::new(&self.policy, &self.keyrings, input, now, may_fetch, &decoded), values)
    }

    pub(crate) fn judge(&self, input: Input<'_>, now: UnixTime, may_fetch: bool) -> Verdict {
        let decoded = OnceCell::new();
        let mut run = Run::new(&self.policy, &self.keyrings, input, now, may_fetch, &decoded);
        for check in &CHECKS {
            if let Err(stop) = (check.make)(&mut run) {
                return run.stopped(stop);
            }
        }
        run.accepted()
    }
}

/// Whether a verdict is about a key that the set in force lacks, and what came of the token.
fn unknown_key(
    verdict: &Verdict,
    first: bool,
    keyrings: &[Keyring],
    now: UnixTime,
) -> Option<(usize, &'static str)> {
    match verdict {
        Verdict::KeysNeeded(needed) if first && needed.reason == "unknown_key" => {
            Some((needed.issuer, "fetching"))
        }
        Verdict::Rejected(rejection) => match (rejection.code, rejection.issuer?) {
            (Code::UnknownKey, issuer) => Some((issuer, "refused")),
            // With usable keys there is an outage only for a token whose key they lack.
            (Code::JwksUnavailable, issuer) if keyrings.get(issuer)?.state(now).is_usable() => {
                Some((issuer, "unavailable"))
            }
            _ => None,
        },
        Verdict::Accepted(_) | Verdict::KeysNeeded(_) => None,
    }
}

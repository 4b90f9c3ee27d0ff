//! ABI 1.1, for hosts that have not moved to the one call of ABI 2.0 yet.

use super::{Form, Registry, invalid_call};
use crate::algorithm::Algorithm;
use crate::checks::CHECKS;
use crate::code::Code;
use crate::explain::{Trace, Values};
use crate::fetch::Fetch;
use crate::policy::Policy;
use crate::rejection::{Details, Rejection};
use crate::signature;
use crate::time::UnixTime;
use crate::verdict::Verdict;
use crate::verifier::Verifier;
use crate::writer::{self, ObjectWriter};
use crate::{contract, inspect, key, limits};

pub(super) const FORMER: (u32, u32) = (1, 1);

impl Registry {
    /// Name, versions, codes, algorithms and limits.
    #[must_use]
    pub fn about() -> String {
        let codes = Code::ALL.map(|code| {
            ObjectWriter::new()
                .string("code", code.name())
                .number("status", f64::from(code.status()))
                .string("message", code.message())
                .optional("challenge", code.challenge(&[]).as_deref())
                .finish()
        });
        let steps = CHECKS.each_ref().map(|check| {
            ObjectWriter::new().string("step", check.name).string("clause", check.clause).finish()
        });
        let mut reasons: Vec<&str> = key::REASONS
            .into_iter()
            .chain(signature::KeyError::ALL.map(signature::KeyError::reason))
            .collect();
        reasons.sort_unstable();
        let (major, minor) = FORMER;
        ObjectWriter::new()
            .string("name", env!("CARGO_PKG_NAME"))
            .string("version", env!("CARGO_PKG_VERSION"))
            .string("abi", &format!("{major}.{minor}"))
            .raw("codes", &writer::array(&codes))
            .strings("algorithms", &Algorithm::ALL.map(Algorithm::name))
            .strings("key_reasons", &reasons)
            .raw("steps", &writer::array(&steps))
            .raw("limits", &limits_json())
            .finish()
    }

    /// Opens a verifier for a policy (JSON), if not too many are open already.
    pub fn open(&mut self, policy: &[u8]) -> String {
        if self.verifiers.len() >= limits::VERIFIERS {
            return invalid_call("32 verifiers are open in this instance already; close one");
        }
        let policy = match Policy::from_json(policy) {
            Ok(policy) => policy,
            Err(error) => return writer::error("INVALID_POLICY", Some(&error.path), &error.message),
        };
        let Some(handle) = self.last.checked_add(1) else {
            return invalid_call("no handle is left");
        };
        let issuers: Vec<String> = policy
            .issuers
            .iter()
            .map(|issuer| {
                ObjectWriter::new()
                    .strings("issuer", &issuer.names)
                    .string("keys", issuer.source.name())
                    .finish()
            })
            .collect();
        let answer = ObjectWriter::new()
            .number("verifier", f64::from(handle))
            .string("fingerprint", &policy.fingerprint())
            .raw("issuers", &writer::array(&issuers))
            .finish();
        self.last = handle;
        self.verifiers.insert(handle, Verifier::new(policy));
        answer
    }

    /// Forgets a verifier; whether there was one.
    pub fn close(&mut self, verifier: u32) -> bool {
        self.verifiers.remove(&verifier).is_some()
    }

    /// The verdict on a token or header value; `now` in seconds since the epoch.
    #[must_use]
    pub fn verify(&self, verifier: u32, form: Form, now: f64, input: &[u8]) -> String {
        let (Some(verifier), Some(now)) = (self.verifiers.get(&verifier), UnixTime::from_seconds(now)) else {
            return self.unknown(verifier);
        };
        match form {
            Form::Authorization => verdict_json(&verifier.verify_authorization(input, now)),
            Form::Token => verdict_json(&verifier.verify(input, now)),
        }
    }

    /// The verdict with a trace of every step; `values` shows what was found in claims.
    #[must_use]
    pub fn explain(&self, verifier: u32, form: Form, values: bool, now: f64, input: &[u8]) -> String {
        let (Some(verifier), Some(now)) = (self.verifiers.get(&verifier), UnixTime::from_seconds(now)) else {
            return self.unknown(verifier);
        };
        let values = if values { Values::Shown } else { Values::Hidden };
        match form {
            Form::Authorization => trace_json(&verifier.explain_authorization(input, now, values)),
            Form::Token => trace_json(&verifier.explain(input, now, values)),
        }
    }

    /// What a token says, unverified.
    #[must_use]
    pub fn inspect(token: &[u8]) -> String {
        inspect(token).to_json()
    }

    /// A contract document → the policy of one app.
    #[must_use]
    pub fn contract(request: &[u8]) -> String {
        contract::answer(request)
    }

    /// A fetch begins.
    pub fn fetch_started(&mut self, verifier: u32, issuer: u32, now: f64) -> String {
        let Some((found, issuer, now)) = self.event(verifier, issuer, now) else {
            return self.unknown(verifier);
        };
        let allowed = found.fetch_started(issuer, now);
        ObjectWriter::new().raw("allowed", if allowed { "true" } else { "false" }).finish()
    }

    /// A discovery document was fetched.
    pub fn offer_discovery(
        &mut self,
        verifier: u32,
        issuer: u32,
        now: f64,
        jitter: f64,
        body: &[u8],
    ) -> String {
        let offer = self
            .event(verifier, issuer, now)
            .and_then(|(found, issuer, now)| found.offer_discovery(issuer, body, now, bounded(jitter)));
        offer.map_or_else(|| self.unknown(verifier), |offer| offer.to_json())
    }

    /// A key set was fetched; a negative `max_age` is "not given".
    pub fn offer_keys(
        &mut self,
        verifier: u32,
        issuer: u32,
        now: f64,
        max_age: f64,
        jitter: f64,
        body: &[u8],
    ) -> String {
        let offer = self.event(verifier, issuer, now).and_then(|(found, issuer, now)| {
            found.offer_keys(issuer, body, now, given(max_age), bounded(jitter))
        });
        offer.map_or_else(|| self.unknown(verifier), |offer| offer.to_json())
    }

    /// A key set fetched at `fetched` and kept since; a negative `max_age` is "not given".
    #[expect(clippy::too_many_arguments, reason = "one number each, as the exported function has them")]
    pub fn restore(
        &mut self,
        verifier: u32,
        issuer: u32,
        now: f64,
        fetched: f64,
        max_age: f64,
        jitter: f64,
        body: &[u8],
    ) -> String {
        let Some(fetched) = UnixTime::from_seconds(fetched) else {
            return self.unknown(verifier);
        };
        let offer = self.event(verifier, issuer, now).and_then(|(found, issuer, now)| {
            found.restore_keys(issuer, body, now, fetched, given(max_age), bounded(jitter))
        });
        offer.map_or_else(|| self.unknown(verifier), |offer| offer.to_json())
    }

    /// A fetch failed; a negative `retry_after` is "not given". Answers the status.
    pub fn fetch_failed(
        &mut self,
        verifier: u32,
        issuer: u32,
        now: f64,
        retry_after: f64,
        jitter: f64,
    ) -> String {
        let Some((found, issuer, now)) = self.event(verifier, issuer, now) else {
            return self.unknown(verifier);
        };
        found.fetch_failed(issuer, now, given(retry_after), bounded(jitter));
        found.former_status_json(now)
    }

    /// A fetch was given up for a reason of the host's own. Answers the status.
    pub fn fetch_abandoned(&mut self, verifier: u32, issuer: u32, now: f64) -> String {
        let Some((found, issuer, now)) = self.event(verifier, issuer, now) else {
            return self.unknown(verifier);
        };
        found.fetch_abandoned(issuer, now);
        found.former_status_json(now)
    }

    /// The state of the keys.
    #[must_use]
    pub fn status(&self, verifier: u32, now: f64) -> String {
        match (self.verifiers.get(&verifier), UnixTime::from_seconds(now)) {
            (Some(found), Some(now)) => found.former_status_json(now),
            _ => self.unknown(verifier),
        }
    }

    fn event(&mut self, verifier: u32, issuer: u32, now: f64) -> Option<(&mut Verifier, usize, UnixTime)> {
        let now = UnixTime::from_seconds(now)?;
        let verifier = self.verifiers.get_mut(&verifier)?;
        let issuer =
            usize::try_from(issuer).ok().filter(|issuer| *issuer < verifier.policy().issuers.len())?;
        Some((verifier, issuer, now))
    }

    fn unknown(&self, verifier: u32) -> String {
        invalid_call(if self.verifiers.contains_key(&verifier) {
            "the issuer index does not exist, or the time is negative or not finite"
        } else {
            "the verifier handle is not open"
        })
    }
}

fn given(seconds: f64) -> Option<f64> {
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}

fn bounded(jitter: f64) -> f64 {
    if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 }
}

fn verdict_json(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Accepted(accepted) => {
            let keys = ObjectWriter::new()
                .string("state", accepted.keys.state.name())
                .number("generation", f64::from(accepted.keys.counted))
                .finish();
            let mut json = ObjectWriter::new();
            json.string("verdict", "accepted")
                .raw("identity", &accepted.identity.to_json())
                .raw("token", &accepted.token.to_json())
                .raw("keys", &keys);
            finish_with_fetch(json, accepted.fetch.as_ref())
        }
        Verdict::Rejected(rejection) => rejection_json(rejection),
        Verdict::KeysNeeded(needed) => ObjectWriter::new()
            .string("verdict", "keys_needed")
            .raw("fetch", &needed.fetch.to_json())
            .raw("otherwise", &rejection_json(&needed.otherwise))
            .finish(),
    }
}

fn rejection_json(rejection: &Rejection) -> String {
    let fetch = rejection.fetch.as_ref();
    let details = Details { issuer: None, error: None, ..(*rejection.details).clone() };
    let former = Rejection { issuer: None, fetch: None, details: Box::new(details), ..rejection.clone() };
    let mut json = ObjectWriter::new();
    former.write(&mut json);
    finish_with_fetch(json, fetch)
}

fn finish_with_fetch(mut json: ObjectWriter, fetch: Option<&Fetch>) -> String {
    if let Some(fetch) = fetch {
        json.raw("fetch", &fetch.to_json());
    }
    json.finish()
}

fn trace_json(trace: &Trace) -> String {
    let steps: Vec<String> = trace.checks.iter().map(|check| check.to_json("step")).collect();
    ObjectWriter::new()
        .raw("verdict", &verdict_json(&trace.verdict))
        .raw("steps", &writer::array(&steps))
        .finish()
}

fn limits_json() -> String {
    ObjectWriter::new()
        .raw("token_bytes", &limits::TOKEN_BYTES.to_string())
        .raw("key_set_bytes", &limits::KEY_SET_BYTES.to_string())
        .raw("keys", &limits::KEYS.to_string())
        .raw("key_candidates", &limits::KEY_CANDIDATES.to_string())
        .raw("json_depth", &limits::JSON_DEPTH.to_string())
        .raw("rsa_min_bits", &limits::RSA_MIN_BITS.to_string())
        .raw("rsa_max_bits", &limits::RSA_MAX_BITS.to_string())
        .raw("leeway", &limits::LEEWAY.to_string())
        .raw("verifiers", &limits::VERIFIERS.to_string())
        .raw("fetch_wait", &limits::FETCH_WAIT.to_string())
        .raw("fetch_timeout", &limits::FETCH_TIMEOUT.to_string())
        .raw("redirects", "0")
        .finish()
}

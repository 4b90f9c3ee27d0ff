//! One run over one token: what every check looks at, and what it leaves for those after it. A verdict makes the checks
//! up to the first failure, a trace makes all of them; both make these.

use std::cell::OnceCell;

use crate::algorithm::Algorithm;
use crate::claims::{Claims, Rules};
use crate::code::Code;
use crate::identity::{Identity, TokenFacts};
use crate::json::{Object, Value};
use crate::key::{Choice, KeySet};
use crate::keyring::{KeyState, Keyring, KeysNeeded, Lookup, Unknown};
use crate::limits;
use crate::policy::{IssuerPolicy, KeySource, Policy, presented_type};
use crate::rejection::{Details, Outcome, Rejection};
use crate::signature::PublicKey;
use crate::time::UnixTime;
use crate::token::{self, Header, Parts};
use crate::verdict::{Accepted, KeysInfo, Verdict};

/// What is to be judged.
#[derive(Clone, Copy)]
pub(crate) enum Input<'r> {
    /// The value of an `Authorization` header; empty when there is none.
    Authorization(&'r [u8]),
    Token(&'r [u8]),
}

/// A check that did not pass.
pub(crate) enum Stop {
    Rejected(Box<Rejection>),
    KeysNeeded(KeysNeeded),
    /// An earlier failure left nothing to check; never the first to stop.
    Blocked(&'static str),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}

pub(crate) type Checked = Result<Outcome, Stop>;

/// The issuer entry that a token's rules come from.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'r> {
    pub(crate) policy: &'r IssuerPolicy,
    keyring: &'r Keyring,
}

/// The keys that count now; no set where the policy holds a secret.
pub(crate) struct Keys<'r> {
    pub(crate) set: Option<&'r KeySet>,
    pub(crate) state: KeyState,
    pub(crate) generation: &'r str,
    serves_until: Option<f64>,
    fetch: Option<usize>,
}

/// Everything found so far; what is `None` was not found, or not yet.
pub(crate) struct Run<'r> {
    pub(crate) policy: &'r Policy,
    keyrings: &'r [Keyring],
    pub(crate) now: UnixTime,
    pub(crate) input: Input<'r>,
    decoded: &'r OnceCell<Parts>,
    pub(crate) token: Option<&'r [u8]>,
    has_three_parts: bool,
    parts: Option<&'r Parts>,
    pub(crate) header: Option<Object<'r>>,
    parameters: Option<Header<'r>>,
    typ: Option<String>,
    pub(crate) claims: Option<Claims<'r>>,
    pub(crate) entry: Option<Entry<'r>>,
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) keys: Option<Keys<'r>>,
    candidates: Option<Vec<&'r PublicKey>>,
    /// The signature held.
    pub(crate) verified: bool,
    /// A trace goes on after the first failure.
    pub(crate) goes_on: bool,
    /// Index of the entry that `iss` picked.
    picked: Option<usize>,
    may_fetch: bool,
}

impl<'r> Run<'r> {
    /// `decoded` is room for the decoded parts, from which everything else borrows. Where keys may not be fetched for it,
    /// a token that needs them is refused.
    pub(crate) fn new(
        policy: &'r Policy,
        keyrings: &'r [Keyring],
        input: Input<'r>,
        now: UnixTime,
        may_fetch: bool,
        decoded: &'r OnceCell<Parts>,
    ) -> Self {
        Self {
            policy,
            keyrings,
            now,
            input,
            decoded,
            token: None,
            has_three_parts: false,
            parts: None,
            header: None,
            parameters: None,
            typ: None,
            claims: None,
            entry: None,
            algorithm: None,
            keys: None,
            candidates: None,
            verified: false,
            goes_on: false,
            picked: None,
            may_fetch,
        }
    }

    /// The verdict after a check that stopped the run.
    pub(crate) fn stopped(&self, stop: Stop) -> Verdict {
        match stop {
            Stop::Rejected(rejection) => {
                let rejection =
                    if self.candidates.is_some() { self.with_fetch(*rejection) } else { *rejection };
                Verdict::Rejected(Box::new(Rejection { issuer: self.picked, ..rejection }))
            }
            Stop::KeysNeeded(needed) => Verdict::KeysNeeded(needed),
            Stop::Blocked(_) => broken(),
        }
    }

    /// The verdict after every check was made and none stopped the run.
    pub(crate) fn accepted(self) -> Verdict {
        self.accept().map_or_else(broken, |accepted| Verdict::Accepted(Box::new(accepted)))
    }

    /// `None` unless all that an accepted token has was found and its signature held.
    fn accept(self) -> Option<Accepted> {
        let (claims, header, keys, policy) = (self.claims?, self.parameters?, self.keys?, self.entry?.policy);
        if !self.verified {
            return None;
        }
        let kind = claims.kind(policy);
        let now = self.now.seconds();
        let ends = [claims.serves_until(policy), keys.serves_until, Some(now + limits::REUSE)];
        let until = ends.into_iter().flatten().fold(f64::INFINITY, f64::min);
        Some(Accepted {
            identity: Identity::new(claims.subject(policy)?, claims.number("exp")?, &claims, policy),
            token: TokenFacts::new(&header, &claims, kind),
            keys: KeysInfo { state: keys.state, generation: keys.generation.to_owned() },
            reuse_until: (until > now).then_some(until),
            fetch: keys.fetch,
        })
    }

    pub(crate) fn credentials(&mut self) -> Checked {
        match self.input {
            Input::Token(token) => {
                self.token = Some(token);
                Ok(Outcome::NotAsked("a token was given, not a header of a request"))
            }
            Input::Authorization(value) => {
                self.token = Some(token::from_authorization(value)?);
                Ok(Outcome::Passed)
            }
        }
    }

    pub(crate) fn form(&mut self) -> Checked {
        token::check_form(self.token()?)?;
        self.has_three_parts = true;
        Ok(Outcome::Passed)
    }

    /// Strict base64url.
    pub(crate) fn encoding(&mut self) -> Checked {
        let token = self.token()?;
        if token.len() > limits::TOKEN_BYTES {
            return Err(Stop::Blocked("the token is too long to be decoded"));
        }
        if !self.has_three_parts {
            return Err(Stop::Blocked("it has not the three parts of a signed token"));
        }
        let parts = self.decoded.get_or_init(|| Parts::decode(token));
        self.parts = Some(parts);
        passed(parts.check_encoding())
    }

    pub(crate) fn header_json(&mut self) -> Checked {
        let bytes = self.parts.and_then(|parts| parts.header.as_deref());
        let (_, header) =
            token::read_object("header", bytes.ok_or(Stop::Blocked("the header was not decoded"))?)?;
        self.header = Some(header);
        Ok(Outcome::Passed)
    }

    pub(crate) fn payload_json(&mut self) -> Checked {
        let bytes = self.parts.and_then(|parts| parts.payload.as_deref());
        let (text, claims) =
            token::read_object("payload", bytes.ok_or(Stop::Blocked("the payload was not decoded"))?)?;
        self.claims = Some(Claims::new(text, claims));
        Ok(Outcome::Passed)
    }

    pub(crate) fn header_parameters(&mut self) -> Checked {
        let header = Header::read(self.header()?)?;
        self.typ = Some(presented_type(header.typ.as_deref()));
        self.parameters = Some(header);
        Ok(Outcome::Passed)
    }

    /// `typ` (RFC 8725 section 3.11). A type that no entry takes is refused before the issuer is looked at, so that a
    /// token of another purpose is named as such wherever it comes from.
    pub(crate) fn some_entry_takes_the_type(&mut self) -> Checked {
        let typ = self.typ()?;
        has_type(self.policy.issuers.iter().any(|entry| entry.types.contains(typ)))
    }

    pub(crate) fn entry_takes_the_type(&mut self) -> Checked {
        has_type(self.entry()?.policy.types.contains(self.typ()?))
    }

    /// Logout tokens may carry no type of their own (OpenID Connect Back-Channel Logout 1.0 section 2.4).
    pub(crate) fn logout_token(&mut self) -> Checked {
        has_type(match self.claims()?.get("events") {
            Some(Value::Object(events)) => {
                events.get("http://schemas.openid.net/event/backchannel-logout").is_none()
            }
            _ => true,
        })
    }

    /// The unverified `iss` picks the entry. A trace goes on with the only entry of the policy where it picks none.
    pub(crate) fn issuer(&mut self) -> Checked {
        let picked = self.pick_entry();
        self.picked = picked.as_ref().ok().map(|entry| entry.keyring.issuer());
        self.entry = match (&picked, self.policy.issuers.as_slice(), self.keyrings) {
            (Ok(entry), ..) => Some(*entry),
            (Err(_), [policy], [keyring]) if self.goes_on => Some(Entry { policy, keyring }),
            (Err(_), ..) => None,
        };
        picked.map(|_| Outcome::Passed)
    }

    fn pick_entry(&self) -> Result<Entry<'r>, Stop> {
        let issuer = self.claims()?.get("iss");
        let mut entries = self.policy.issuers.iter().zip(self.keyrings);
        let found = entries.find(|(policy, _)| match issuer {
            None => policy.names.is_empty(),
            Some(value) => value.as_str().is_some_and(|name| policy.names.iter().any(|known| known == name)),
        });
        match (found, issuer) {
            (Some((policy, keyring)), _) => Ok(Entry { policy, keyring }),
            (None, None) => Err(Rejection::with(Code::MissingClaim, Details::claim("iss")).into()),
            (None, Some(_)) => {
                let names: Vec<&String> = self.policy.issuers.iter().flat_map(|entry| &entry.names).collect();
                let details = Details::claim("iss").expected(&names);
                Err(Rejection::with(Code::InvalidIssuer, details).into())
            }
        }
    }

    pub(crate) fn algorithm(&mut self) -> Checked {
        let allowed = &self.entry()?.policy.algorithms;
        let named = self.parameters()?.algorithm();
        self.algorithm = named.filter(|algorithm| allowed.contains(algorithm));
        if self.algorithm.is_some() {
            return Ok(Outcome::Passed);
        }
        let names: Vec<&str> = allowed.iter().map(|algorithm| algorithm.name()).collect();
        Err(Rejection::with(Code::AlgorithmNotAllowed, Details::claim("alg").expected(&names)).into())
    }

    pub(crate) fn key_set(&mut self) -> Checked {
        let Entry { policy, keyring } = self.entry()?;
        let (set, state, refresh) = match &policy.source {
            KeySource::Secret(_) => (None, KeyState::Secret, false),
            KeySource::Static(set) => (Some(set), KeyState::Static, false),
            KeySource::Discovery | KeySource::JwksUri(_) => match keyring.lookup(self.now) {
                Lookup::Usable { set, state, refresh } => (Some(set), state, refresh),
                Lookup::Needed(needed) => return Err(self.needed(keyring, needed)),
                Lookup::Unavailable(seconds) => return Err(unavailable(keyring, seconds).into()),
            },
        };
        self.keys = Some(Keys {
            set,
            state,
            generation: keyring.generation().unwrap_or_default(),
            serves_until: keyring.serves_until(self.now),
            fetch: refresh.then_some(keyring.issuer()),
        });
        Ok(Outcome::Passed)
    }

    pub(crate) fn key(&mut self) -> Checked {
        let Entry { policy, keyring } = self.entry()?;
        let keys = self.keys.as_ref().ok_or(Stop::Blocked("there are no keys"))?;
        let algorithm = self.algorithm.ok_or(Stop::Blocked("the algorithm is not allowed"))?;
        if let KeySource::Secret(secret) = &policy.source {
            self.candidates = Some(vec![secret]);
            return Ok(Outcome::Passed);
        }
        let set = keys.set.ok_or(Stop::Blocked("there are no keys"))?;
        match set.choose(self.parameters()?.kid.as_deref(), algorithm) {
            Choice::Keys(candidates) => self.candidates = Some(candidates),
            Choice::Refused(code, reason) => {
                return Err(self.with_fetch(Rejection::because(code, reason)).into());
            }
            Choice::Unknown(reason) => return Err(self.unknown_key(keyring, keys.state, reason)),
        }
        Ok(Outcome::Passed)
    }

    /// Keys that stand in the policy are all there are; others may be newer at the issuer.
    fn unknown_key(&self, keyring: &Keyring, state: KeyState, reason: &'static str) -> Stop {
        let proven = Rejection::because(Code::UnknownKey, reason);
        if state == KeyState::Static {
            return proven.into();
        }
        match keyring.unknown_key(self.now) {
            Unknown::Proven => self.with_fetch(proven).into(),
            Unknown::Needed(needed) => self.needed(keyring, needed),
            Unknown::Unavailable(seconds) => unavailable(keyring, seconds).into(),
        }
    }

    fn needed(&self, keyring: &Keyring, needed: KeysNeeded) -> Stop {
        if self.may_fetch {
            return Stop::KeysNeeded(needed);
        }
        Rejection { fetch: Some(needed.issuer), ..unavailable(keyring, 1) }.into()
    }

    pub(crate) fn signature(&mut self) -> Checked {
        let candidates = self.candidates.as_ref().ok_or(Stop::Blocked("no key was chosen"))?;
        let algorithm = self.algorithm.ok_or(Stop::Blocked("the algorithm is not allowed"))?;
        let input = token::signing_input(self.token()?);
        let signature = self.parts.and_then(|parts| parts.signature.as_deref());
        let signature = signature.ok_or(Stop::Blocked("the signature was not decoded"))?;
        self.verified = candidates.iter().any(|key| key.verify(algorithm, input, signature));
        if self.verified { Ok(Outcome::Passed) } else { Err(Rejection::new(Code::InvalidSignature).into()) }
    }

    pub(crate) fn claim(
        &self,
        check: impl Fn(&Claims<'r>, &Rules<'_>) -> Result<Outcome, Rejection>,
    ) -> Checked {
        let claims = self.claims()?;
        let rules = Rules { policy: self.entry()?.policy, now: self.now };
        Ok(check(claims, &rules)?)
    }

    /// A claim of the wrong type was found before, and is no time to compare.
    pub(crate) fn time(
        &self,
        name: &str,
        check: impl Fn(&Claims<'r>, &Rules<'_>) -> Result<Outcome, Rejection>,
    ) -> Checked {
        if self.claims()?.may_be_time(name) {
            self.claim(check)
        } else {
            Err(Stop::Blocked("the claim has the wrong type"))
        }
    }

    /// Keys that were usable may still be due for a fetch in the background.
    fn with_fetch(&self, rejection: Rejection) -> Rejection {
        let due = self.keys.as_ref().and_then(|keys| keys.fetch);
        Rejection { fetch: due, ..rejection }
    }

    pub(crate) fn token(&self) -> Result<&'r [u8], Stop> {
        self.token.ok_or(Stop::Blocked("there is no token"))
    }

    pub(crate) fn header(&self) -> Result<&Object<'r>, Stop> {
        self.header.as_ref().ok_or(Stop::Blocked("the header was not read"))
    }

    fn parameters(&self) -> Result<&Header<'r>, Stop> {
        self.parameters.as_ref().ok_or(Stop::Blocked("the header was not read"))
    }

    fn typ(&self) -> Result<&String, Stop> {
        self.typ.as_ref().ok_or(Stop::Blocked("the header was not read"))
    }

    pub(crate) fn claims(&self) -> Result<&Claims<'r>, Stop> {
        self.claims.as_ref().ok_or(Stop::Blocked("the payload was not read"))
    }

    fn entry(&self) -> Result<Entry<'r>, Stop> {
        self.entry.ok_or(Stop::Blocked("no issuer entry was found"))
    }
}

pub(crate) fn passed(checked: Result<(), Rejection>) -> Checked {
    checked.map(|()| Outcome::Passed).map_err(Stop::from)
}

fn has_type(taken: bool) -> Checked {
    if taken { Ok(Outcome::Passed) } else { Err(Rejection::new(Code::WrongTokenType).into()) }
}

/// Cannot happen while the checks leave what they should: nothing is accepted then, and the token is not blamed.
fn broken() -> Verdict {
    let rejection = Rejection { retry_after: Some(1), ..Rejection::new(Code::VerifierUnavailable) };
    Verdict::Rejected(Box::new(rejection))
}

/// An outage. The name of the issuer is the policy's own, nothing of the token.
fn unavailable(keyring: &Keyring, seconds: u32) -> Rejection {
    let issuer = Some(keyring.first_name()).filter(|name| !name.is_empty()).map(str::to_owned);
    let error = keyring.error().map(str::to_owned);
    let details = Details { issuer, error, ..Details::default() };
    Rejection { retry_after: Some(seconds), ..Rejection::with(Code::JwksUnavailable, details) }
}

//! One run over one token: what every step checks, and what it leaves for those after it. A verdict takes the steps up to
//! the first failure, a trace takes all of them; both take these.

mod keys;
mod reading;

use std::cell::OnceCell;

use crate::algorithm::Algorithm;
use crate::claims::{Claims, Rules};
use crate::code::Code;
use crate::identity::{Identity, TokenFacts};
use crate::json::{Object, Value};
use crate::key::KeySet;
use crate::keyring::Keyring;
use crate::policy::{IssuerPolicy, Policy};
use crate::signature::PublicKey;
use crate::step::{Outcome, Step};
use crate::time::UnixTime;
use crate::token::{self, Header, Parts};
use crate::verdict::{Accepted, Details, Fetch, KeyState, KeysInfo, KeysNeeded, Rejection, Verdict};

/// What is to be judged.
#[derive(Clone, Copy)]
pub(crate) enum Input<'r> {
    /// The value of an `Authorization` header; empty when there is none.
    Authorization(&'r [u8]),
    Token(&'r [u8]),
}

/// A step that did not pass.
pub(crate) enum Stop {
    Rejected(Box<Rejection>),
    KeysNeeded(Box<KeysNeeded>),
    /// An earlier failure left nothing to check; never the first to stop.
    Blocked(&'static str),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(Box::new(rejection))
    }
}

type Checked = Result<Outcome, Stop>;

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
    pub(crate) generation: u32,
    fetch: Option<Fetch>,
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
}

impl<'r> Run<'r> {
    /// `decoded` is room for the decoded parts, from which everything else borrows.
    pub(crate) fn new(
        policy: &'r Policy,
        keyrings: &'r [Keyring],
        input: Input<'r>,
        now: UnixTime,
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
        }
    }

    /// Takes one step. A verdict takes them in the order of [`Step::ALL`] and ends with the first `Err`.
    pub(crate) fn check(&mut self, step: Step) -> Checked {
        match step {
            Step::Credentials => self.credentials(),
            Step::Size => passed(token::check_size(self.token()?)),
            Step::Form => self.form(),
            Step::Encoding => self.encoding(),
            Step::HeaderJson => self.header_json(),
            Step::PayloadJson => self.payload_json(),
            Step::Extensions => passed(token::check_extensions(self.header()?)),
            Step::HeaderParameters => self.header_parameters(),
            Step::Type => self.some_entry_takes_the_type(),
            Step::LogoutToken => self.logout_token(),
            Step::Issuer => self.issuer(),
            Step::IssuerType => self.entry_takes_the_type(),
            Step::Algorithm => self.algorithm(),
            Step::KeySet => self.key_set(),
            Step::Key => self.key(),
            Step::Signature => self.signature(),
            Step::ClaimTypes => passed(self.claims()?.check_types()),
            Step::Expiry => self.time("exp", Claims::check_expiry),
            Step::NotBefore => self.time("nbf", Claims::check_not_before),
            Step::IssuedAt => self.time("iat", Claims::check_issued_at),
            Step::Age => self.time("iat", Claims::check_age),
            Step::Audience => self.claim(Claims::check_audience),
            Step::AuthorizedParty => self.claim(Claims::check_party),
            Step::RequiredClaims => self.claim(Claims::check_required),
            Step::ClaimValues => self.claim(Claims::check_values),
            Step::Kind => self.claim(Claims::check_kind),
            Step::Scopes => self.claim(Claims::check_scopes),
            Step::Subject => self.claim(Claims::check_subject),
        }
    }

    /// The verdict after a step that stopped the run.
    pub(crate) fn stopped(&self, stop: Stop) -> Verdict {
        match stop {
            Stop::Rejected(rejection) if self.candidates.is_some() => {
                Verdict::Rejected(Box::new(self.with_fetch(*rejection)))
            }
            Stop::Rejected(rejection) => Verdict::Rejected(rejection),
            Stop::KeysNeeded(needed) => Verdict::KeysNeeded(needed),
            Stop::Blocked(_) => broken(),
        }
    }

    /// The verdict after every step was taken and none stopped the run.
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
        Some(Accepted {
            identity: Identity::new(claims.subject(policy)?, claims.number("exp")?, &claims, policy),
            token: TokenFacts::new(&header, &claims, kind),
            keys: KeysInfo { state: keys.state, generation: keys.generation },
            fetch: keys.fetch,
        })
    }

    /// Compares what follows with the only entry of the policy, though `iss` did not pick it: a trace then says more.
    pub(crate) fn compare_with_the_only_entry(&mut self) {
        if let ([policy], [keyring], None) = (self.policy.issuers.as_slice(), self.keyrings, self.entry) {
            self.entry = Some(Entry { policy, keyring });
        }
    }

    /// `typ` (RFC 8725 section 3.11). A type that no entry takes is refused before the issuer is looked at, so that a
    /// token of another purpose is named as such wherever it comes from.
    fn some_entry_takes_the_type(&mut self) -> Checked {
        let typ = self.typ()?;
        has_type(self.policy.issuers.iter().any(|entry| entry.types.contains(typ)))
    }

    fn entry_takes_the_type(&mut self) -> Checked {
        has_type(self.entry()?.policy.types.contains(self.typ()?))
    }

    /// Logout tokens may carry no type of their own (OpenID Connect Back-Channel Logout 1.0 section 2.4).
    fn logout_token(&mut self) -> Checked {
        has_type(match self.claims()?.get("events") {
            Some(Value::Object(events)) => {
                events.get("http://schemas.openid.net/event/backchannel-logout").is_none()
            }
            _ => true,
        })
    }

    /// The unverified `iss` picks the entry.
    fn issuer(&mut self) -> Checked {
        let issuer = self.claims()?.get("iss");
        let mut entries = self.policy.issuers.iter().zip(self.keyrings);
        let found = entries.find(|(policy, _)| match issuer {
            None => policy.names.is_empty(),
            Some(value) => value.as_str().is_some_and(|name| policy.names.iter().any(|known| known == name)),
        });
        match (found, issuer) {
            (Some((policy, keyring)), _) => self.entry = Some(Entry { policy, keyring }),
            (None, None) => return Err(Rejection::with(Code::MissingClaim, Details::claim("iss")).into()),
            (None, Some(_)) => {
                let names: Vec<&String> = self.policy.issuers.iter().flat_map(|entry| &entry.names).collect();
                let details = Details::claim("iss").expected(&names);
                return Err(Rejection::with(Code::InvalidIssuer, details).into());
            }
        }
        Ok(Outcome::Passed)
    }

    fn algorithm(&mut self) -> Checked {
        let allowed = &self.entry()?.policy.algorithms;
        let named = self.parameters()?.algorithm();
        self.algorithm = named.filter(|algorithm| allowed.contains(algorithm));
        if self.algorithm.is_some() {
            return Ok(Outcome::Passed);
        }
        let names: Vec<&str> = allowed.iter().map(|algorithm| algorithm.name()).collect();
        Err(Rejection::with(Code::AlgorithmNotAllowed, Details::claim("alg").expected(&names)).into())
    }

    fn claim(&self, check: impl Fn(&Claims<'r>, &Rules<'_>) -> Result<Outcome, Rejection>) -> Checked {
        let claims = self.claims()?;
        let rules = Rules { policy: self.entry()?.policy, now: self.now };
        Ok(check(claims, &rules)?)
    }

    /// A claim of the wrong type was found before, and is no time to compare.
    fn time(
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
        let due = self.keys.as_ref().and_then(|keys| keys.fetch.clone());
        Rejection { fetch: due, ..rejection }
    }

    fn token(&self) -> Result<&'r [u8], Stop> {
        self.token.ok_or(Stop::Blocked("there is no token"))
    }

    fn header(&self) -> Result<&Object<'r>, Stop> {
        self.header.as_ref().ok_or(Stop::Blocked("the header was not read"))
    }

    fn parameters(&self) -> Result<&Header<'r>, Stop> {
        self.parameters.as_ref().ok_or(Stop::Blocked("the header was not read"))
    }

    fn typ(&self) -> Result<&String, Stop> {
        self.typ.as_ref().ok_or(Stop::Blocked("the header was not read"))
    }

    fn claims(&self) -> Result<&Claims<'r>, Stop> {
        self.claims.as_ref().ok_or(Stop::Blocked("the payload was not read"))
    }

    fn entry(&self) -> Result<Entry<'r>, Stop> {
        self.entry.ok_or(Stop::Blocked("no issuer entry was found"))
    }
}

fn passed(checked: Result<(), Rejection>) -> Checked {
    checked.map(|()| Outcome::Passed).map_err(Stop::from)
}

fn has_type(taken: bool) -> Checked {
    if taken { Ok(Outcome::Passed) } else { Err(Rejection::new(Code::WrongTokenType).into()) }
}

/// Cannot happen while the steps leave what they should: nothing is accepted then, and the token is not blamed.
fn broken() -> Verdict {
    let rejection = Rejection { retry_after: Some(1), ..Rejection::new(Code::VerifierUnavailable) };
    Verdict::Rejected(Box::new(rejection))
}

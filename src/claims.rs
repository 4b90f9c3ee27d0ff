//! The payload against the policy: types, time, audience, party, scopes, kind (RFC 7519 section 4.1, RFC 8725).
//! In a verdict these checks come after the signature held, so details may name what was found.

use crate::code::Code;
use crate::json::{Object, Value};
use crate::limits;
use crate::policy::{IssuerPolicy, Kind};
use crate::rejection::{Details, Outcome, Rejection};
use crate::time::UnixTime;
use crate::writer;

/// What claims are checked against.
pub(crate) struct Rules<'r> {
    pub(crate) policy: &'r IssuerPolicy,
    pub(crate) now: UnixTime,
}

type Checked = Result<Outcome, Rejection>;

const NONE_ASKED: Outcome = Outcome::NotAsked("the policy asks for none");

/// The claims of one token.
pub(crate) struct Claims<'p> {
    raw: &'p str,
    object: Object<'p>,
}

impl<'p> Claims<'p> {
    pub(crate) fn new(raw: &'p str, object: Object<'p>) -> Self {
        Self { raw, object }
    }

    pub(crate) fn raw(&self) -> &'p str {
        self.raw
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value<'p>> {
        self.object.get(name)
    }

    /// A claim that is a string and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.str(name).map(str::to_owned)
    }

    /// `azp`, or `client_id` (RFC 9068 section 2.2) where there is none.
    pub(crate) fn authorized_party(&self) -> Option<&str> {
        self.str("azp").or_else(|| self.str("client_id"))
    }

    /// The words of `scope` (RFC 8693 section 4.2).
    pub(crate) fn scopes(&self) -> Vec<&str> {
        self.str("scope").unwrap_or_default().split(' ').filter(|word| !word.is_empty()).collect()
    }

    fn str(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Strict types of the registered claims (RFC 7519 section 4.1): a numeric string is not a time.
    pub(crate) fn check_types(&self) -> Result<(), Rejection> {
        for name in ["exp", "iat", "nbf"] {
            if let Some(value) = self.get(name).filter(|_| !self.may_be_time(name)) {
                return Err(self.wrong(name, "not_a_numeric_date", value));
            }
        }
        for name in ["iss", "jti", "sub"] {
            match self.get(name) {
                None | Some(Value::String(_)) => {}
                Some(value) => return Err(self.wrong(name, "not_a_string", value)),
            }
        }
        Ok(())
    }

    /// Absent, or a number in the range of dates.
    pub(crate) fn may_be_time(&self, name: &str) -> bool {
        match self.get(name) {
            None => true,
            Some(Value::Number(number)) => number.abs() <= limits::NUMERIC_DATE,
            Some(_) => false,
        }
    }

    /// `exp` is required.
    pub(crate) fn check_expiry(&self, rules: &Rules<'_>) -> Checked {
        let expires = self.number("exp").ok_or_else(|| missing("exp"))?;
        if rules.now.seconds() >= expires + rules.leeway() {
            return Err(self.untimely(Code::Expired, "exp", rules));
        }
        Ok(Outcome::Passed)
    }

    pub(crate) fn check_not_before(&self, rules: &Rules<'_>) -> Checked {
        self.check_not_future("nbf", rules)
    }

    pub(crate) fn check_issued_at(&self, rules: &Rules<'_>) -> Checked {
        self.check_not_future("iat", rules)
    }

    fn check_not_future(&self, name: &str, rules: &Rules<'_>) -> Checked {
        match self.number(name) {
            Some(from) if rules.now.seconds() + rules.leeway() < from => {
                Err(self.untimely(Code::NotActive, name, rules))
            }
            Some(_) => Ok(Outcome::Passed),
            None => Ok(Outcome::NotAsked("the token names no such time")),
        }
    }

    /// When the checks of time begin to fail, seconds since the epoch.
    pub(crate) fn serves_until(&self, policy: &IssuerPolicy) -> Option<f64> {
        let leeway = f64::from(policy.leeway);
        let oldest = policy.max_age.and_then(|max_age| Some(self.number("iat")? + f64::from(max_age)));
        let end = self.number("exp")?.min(oldest.unwrap_or(f64::INFINITY));
        Some(end + leeway)
    }

    /// The maximum age, counted from `iat`, which is then required.
    pub(crate) fn check_age(&self, rules: &Rules<'_>) -> Checked {
        let Some(max_age) = rules.policy.max_age else {
            return Ok(NONE_ASKED);
        };
        let issued = self.number("iat").ok_or_else(|| missing("iat"))?;
        if rules.now.seconds() > issued + f64::from(max_age) + rules.leeway() {
            let mut rejection = self.untimely(Code::TokenTooOld, "iat", rules);
            rejection.details.expected = Some(max_age.to_string());
            return Err(rejection);
        }
        Ok(Outcome::Passed)
    }

    /// One allowed string in `aud`, a string or an array of strings (RFC 7519 section 4.1.3).
    pub(crate) fn check_audience(&self, rules: &Rules<'_>) -> Checked {
        let Some(allowed) = &rules.policy.audience else {
            return Ok(NONE_ASKED);
        };
        let claim = self.get("aud").ok_or_else(|| missing("aud"))?;
        let found = match claim {
            Value::String(audience) => vec![audience.as_ref()],
            value => value
                .as_strings()
                .ok_or_else(|| self.wrong("aud", "not_a_string_or_array_of_strings", value))?,
        };
        if found.iter().any(|audience| allowed.iter().any(|name| name == audience)) {
            return Ok(Outcome::Passed);
        }
        let details = Details::claim("aud").expected(allowed).actual(claim);
        Err(Rejection::with(Code::InvalidAudience, details))
    }

    /// `azp` (or `client_id`) against the allow-list.
    pub(crate) fn check_party(&self, rules: &Rules<'_>) -> Checked {
        let Some(allowed) = &rules.policy.authorized_parties else {
            return Ok(NONE_ASKED);
        };
        let name = self.party_claim();
        self.one_of(name, self.get(name).ok_or_else(|| missing("azp"))?, allowed)?;
        Ok(Outcome::Passed)
    }

    /// The claim that names the party.
    pub(crate) fn party_claim(&self) -> &'static str {
        if self.get("azp").is_some() { "azp" } else { "client_id" }
    }

    /// Claims that must be there.
    pub(crate) fn check_required(&self, rules: &Rules<'_>) -> Checked {
        let names = &rules.policy.required_claims;
        match names.iter().find(|name| matches!(self.get(name), None | Some(Value::Null))) {
            Some(name) => Err(missing(name)),
            None if names.is_empty() => Ok(NONE_ASKED),
            None => Ok(Outcome::Passed),
        }
    }

    /// Claims that must have one of the given values.
    pub(crate) fn check_values(&self, rules: &Rules<'_>) -> Checked {
        for (name, allowed) in &rules.policy.claim_values {
            self.one_of(name, self.get(name).ok_or_else(|| missing(name))?, allowed)?;
        }
        Ok(if rules.policy.claim_values.is_empty() { NONE_ASKED } else { Outcome::Passed })
    }

    /// Every scope that the policy asks for (RFC 6750 section 3.1).
    pub(crate) fn check_scopes(&self, rules: &Rules<'_>) -> Checked {
        let required = &rules.policy.required_scopes;
        if required.is_empty() {
            return Ok(NONE_ASKED);
        }
        let found = self.scopes();
        if required.iter().all(|scope| found.contains(&scope.as_str())) {
            return Ok(Outcome::Passed);
        }
        let mut details = Details::claim("scope").expected(required);
        details.actual = Some(writer::strings(&found));
        let mut rejection = Rejection::with(Code::InsufficientScope, details);
        rejection.scopes.clone_from(required);
        Err(rejection)
    }

    /// Whether the policy takes that kind of subject.
    pub(crate) fn check_kind(&self, rules: &Rules<'_>) -> Checked {
        let kind = self.kind(rules.policy);
        if rules.policy.kinds.contains(&kind) {
            return Ok(Outcome::Passed);
        }
        let allowed: Vec<&str> = rules.policy.kinds.iter().map(|kind| kind.name()).collect();
        let mut details = Details::default().expected(&allowed);
        details.reason = Some("wrong_kind");
        details.actual = Some(writer::string(kind.name()));
        Err(Rejection::with(Code::WrongTokenType, details))
    }

    /// The subject: a string that is not empty.
    pub(crate) fn check_subject(&self, rules: &Rules<'_>) -> Checked {
        let name = &rules.policy.claims.subject;
        match self.get(name) {
            None => Err(missing(name)),
            Some(Value::String(subject)) if subject.is_empty() => {
                let details = Details { reason: Some("empty"), ..Details::claim(name) };
                Err(Rejection::with(Code::MissingClaim, details))
            }
            Some(Value::String(_)) => Ok(Outcome::Passed),
            Some(value) => Err(self.wrong(name, "not_a_string", value)),
        }
    }

    /// The subject, if it passes.
    pub(crate) fn subject(&self, policy: &IssuerPolicy) -> Option<&str> {
        self.str(&policy.claims.subject)
    }

    /// Whether a person or a client is the subject.
    pub(crate) fn kind(&self, policy: &IssuerPolicy) -> Kind {
        let subject = self.str("sub");
        let clients = [self.str("azp"), self.str("client_id")];
        let machine = clients.into_iter().flatten().any(|client| {
            subject == Some(client) || policy.machine_clients.iter().any(|listed| listed == client)
        });
        if machine { Kind::Machine } else { Kind::User }
    }

    fn one_of(&self, name: &str, value: &Value<'p>, allowed: &[String]) -> Result<(), Rejection> {
        if value.as_str().is_some_and(|text| allowed.iter().any(|item| item == text)) {
            return Ok(());
        }
        let details = Details::claim(name).expected(allowed).actual(value);
        Err(Rejection::with(Code::InvalidClaim, details))
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.get(name).and_then(Value::as_number)
    }

    fn wrong(&self, name: &str, reason: &'static str, value: &Value<'p>) -> Rejection {
        let details = Details { reason: Some(reason), ..Details::claim(name).actual(value) };
        Rejection::with(Code::InvalidClaim, details)
    }

    fn untimely(&self, code: Code, name: &str, rules: &Rules<'_>) -> Rejection {
        let (now, leeway) = (Some(rules.now.seconds()), Some(rules.policy.leeway));
        let actual = self.number(name).map(writer::number);
        Rejection::with(code, Details { now, leeway, actual, ..Details::claim(name) })
    }
}

impl Rules<'_> {
    pub(crate) fn leeway(&self) -> f64 {
        f64::from(self.policy.leeway)
    }
}

fn missing(name: &str) -> Rejection {
    Rejection::with(Code::MissingClaim, Details::claim(name))
}

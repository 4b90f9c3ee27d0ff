//! The payload against the policy: types, time, audience, party, scopes, kind (RFC 7519 section 4.1, RFC 8725).
//! Called only after the signature held, so details may name what was found.

use crate::code::Code;
use crate::identity::Kind;
use crate::json::{Object, Value};
use crate::limits;
use crate::policy::IssuerPolicy;
use crate::time::UnixTime;
use crate::verdict::{Details, Rejection};
use crate::writer;

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
            match self.get(name) {
                None => {}
                Some(Value::Number(number)) if number.abs() <= limits::NUMERIC_DATE => {}
                Some(value) => return Err(self.wrong(name, "not_a_numeric_date", value)),
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

    /// `exp` (required), `nbf`, `iat` and the maximum age, in this order. Returns `exp`.
    pub(crate) fn check_time(&self, policy: &IssuerPolicy, now: UnixTime) -> Result<f64, Rejection> {
        let leeway = f64::from(policy.leeway);
        let now_seconds = now.seconds();
        let expires = self.number("exp").ok_or_else(|| missing("exp"))?;
        if now_seconds >= expires + leeway {
            return Err(self.untimely(Code::Expired, "exp", policy, now));
        }
        for name in ["nbf", "iat"] {
            if self.number(name).is_some_and(|from| now_seconds + leeway < from) {
                return Err(self.untimely(Code::NotActive, name, policy, now));
            }
        }
        if let Some(max_age) = policy.max_age {
            let issued = self.number("iat").ok_or_else(|| missing("iat"))?;
            if now_seconds > issued + f64::from(max_age) + leeway {
                let mut rejection = self.untimely(Code::TokenTooOld, "iat", policy, now);
                rejection.details.expected = Some(max_age.to_string());
                return Err(rejection);
            }
        }
        Ok(expires)
    }

    /// One allowed string in `aud`, a string or an array of strings (RFC 7519 section 4.1.3).
    pub(crate) fn check_audience(&self, policy: &IssuerPolicy) -> Result<(), Rejection> {
        let Some(allowed) = &policy.audience else {
            return Ok(());
        };
        let claim = self.get("aud").ok_or_else(|| missing("aud"))?;
        let found = match claim {
            Value::String(audience) => vec![audience.as_ref()],
            value => value
                .as_strings()
                .ok_or_else(|| self.wrong("aud", "not_a_string_or_array_of_strings", value))?,
        };
        if found.iter().any(|audience| allowed.iter().any(|name| name == audience)) {
            return Ok(());
        }
        let details = Details::claim("aud").expected(allowed).actual(claim);
        Err(Rejection::with(Code::InvalidAudience, details))
    }

    /// `azp` (or `client_id`) against the allow-list.
    pub(crate) fn check_party(&self, policy: &IssuerPolicy) -> Result<(), Rejection> {
        let Some(allowed) = &policy.authorized_parties else {
            return Ok(());
        };
        let name = if self.get("azp").is_some() { "azp" } else { "client_id" };
        match self.get(name) {
            None => Err(missing("azp")),
            Some(value) => self.one_of(name, value, allowed),
        }
    }

    /// Claims that must be there, then claims that must have one of the given values.
    pub(crate) fn check_required(&self, policy: &IssuerPolicy) -> Result<(), Rejection> {
        for name in &policy.required_claims {
            if matches!(self.get(name), None | Some(Value::Null)) {
                return Err(missing(name));
            }
        }
        for (name, allowed) in &policy.claim_values {
            let value = self.get(name).ok_or_else(|| missing(name))?;
            self.one_of(name, value, allowed)?;
        }
        Ok(())
    }

    /// Every scope that the policy asks for (RFC 6750 section 3.1).
    pub(crate) fn check_scopes(&self, policy: &IssuerPolicy) -> Result<(), Rejection> {
        let found = self.scopes();
        if policy.required_scopes.iter().all(|scope| found.contains(&scope.as_str())) {
            return Ok(());
        }
        let mut details = Details::claim("scope").expected(&policy.required_scopes);
        details.actual = Some(writer::strings(&found));
        let mut rejection = Rejection::with(Code::InsufficientScope, details);
        rejection.scopes.clone_from(&policy.required_scopes);
        Err(rejection)
    }

    /// Whether a person or a client is the subject, and whether the policy takes that kind.
    pub(crate) fn check_kind(&self, policy: &IssuerPolicy) -> Result<Kind, Rejection> {
        let kind = self.kind(policy);
        if policy.kinds.contains(&kind) {
            return Ok(kind);
        }
        let allowed: Vec<&str> = policy.kinds.iter().map(|kind| kind.name()).collect();
        let mut details = Details::default().expected(&allowed);
        details.reason = Some("wrong_kind");
        details.actual = Some(writer::string(kind.name()));
        Err(Rejection::with(Code::WrongTokenType, details))
    }

    /// The subject: a string that is not empty.
    pub(crate) fn check_subject(&self, policy: &IssuerPolicy) -> Result<&str, Rejection> {
        let name = &policy.claims.subject;
        match self.get(name) {
            None => Err(missing(name)),
            Some(Value::String(subject)) if subject.is_empty() => {
                let details = Details { reason: Some("empty"), ..Details::claim(name) };
                Err(Rejection::with(Code::MissingClaim, details))
            }
            Some(Value::String(subject)) => Ok(subject),
            Some(value) => Err(self.wrong(name, "not_a_string", value)),
        }
    }

    fn kind(&self, policy: &IssuerPolicy) -> Kind {
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

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name).and_then(Value::as_number)
    }

    fn wrong(&self, name: &str, reason: &'static str, value: &Value<'p>) -> Rejection {
        let details = Details { reason: Some(reason), ..Details::claim(name).actual(value) };
        Rejection::with(Code::InvalidClaim, details)
    }

    fn untimely(&self, code: Code, name: &str, policy: &IssuerPolicy, now: UnixTime) -> Rejection {
        let mut details =
            Details { now: Some(now.seconds()), leeway: Some(policy.leeway), ..Details::claim(name) };
        details.actual = self.number(name).map(writer::number);
        Rejection::with(code, details)
    }
}

fn missing(name: &str) -> Rejection {
    Rejection::with(Code::MissingClaim, Details::claim(name))
}

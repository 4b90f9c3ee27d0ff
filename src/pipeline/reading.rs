//! The steps that need neither policy nor keys: from the bytes of a request to header and claims.

use super::{Checked, Input, Run, Stop, passed};
use crate::claims::Claims;
use crate::limits;
use crate::policy::presented_type;
use crate::step::Outcome;
use crate::token::{self, Header, Parts};

impl Run<'_> {
    pub(super) fn credentials(&mut self) -> Checked {
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

    pub(super) fn form(&mut self) -> Checked {
        token::check_form(self.token()?)?;
        self.has_three_parts = true;
        Ok(Outcome::Passed)
    }

    /// Strict base64url.
    pub(super) fn encoding(&mut self) -> Checked {
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

    pub(super) fn header_json(&mut self) -> Checked {
        let bytes = self.parts.and_then(|parts| parts.header.as_deref());
        let (_, header) =
            token::read_object("header", bytes.ok_or(Stop::Blocked("the header was not decoded"))?)?;
        self.header = Some(header);
        Ok(Outcome::Passed)
    }

    pub(super) fn payload_json(&mut self) -> Checked {
        let bytes = self.parts.and_then(|parts| parts.payload.as_deref());
        let (text, claims) =
            token::read_object("payload", bytes.ok_or(Stop::Blocked("the payload was not decoded"))?)?;
        self.claims = Some(Claims::new(text, claims));
        Ok(Outcome::Passed)
    }

    pub(super) fn header_parameters(&mut self) -> Checked {
        let header = Header::read(self.header()?)?;
        self.typ = Some(presented_type(header.typ.as_deref()));
        self.parameters = Some(header);
        Ok(Outcome::Passed)
    }
}

//! What a vector file holds, and how the stages write it down.

use serde_json::{Value, json};

use crate::keys::Key;

/// The moment most cases are verified at.
pub const NOW: f64 = 1_700_000_000.0;
/// When the usual keys were fetched: so lately that a key they lack is none of the issuer's.
pub const FETCHED: f64 = NOW - 1.0;
/// The usual moment, for claims.
pub const T: i64 = 1_700_000_000;

/// The verdict a case was written for, stated by hand.
#[derive(Clone, Copy, Debug)]
pub enum Expect {
    Accepted,
    /// Code, and `details.reason` where it says more.
    Rejected(&'static str, Option<&'static str>),
    /// The reason of the fetch.
    KeysNeeded(&'static str),
}

/// Shorthands of [`Expect`].
pub const ACCEPTED: Expect = Expect::Accepted;

pub fn rejected(code: &'static str) -> Expect {
    Expect::Rejected(code, None)
}

pub fn because(code: &'static str, reason: &'static str) -> Expect {
    Expect::Rejected(code, Some(reason))
}

/// What the input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Token,
    Authorization,
}

/// One input and its verdict.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub comment: String,
    pub form: Form,
    pub input: Vec<u8>,
    pub now: f64,
    pub flags: Vec<&'static str>,
    pub expect: Expect,
}

/// A fetched document, offered before the cases.
#[derive(Clone, Debug)]
pub struct Offer {
    pub issuer: u32,
    pub what: &'static str,
    pub body: Vec<u8>,
    pub now: f64,
    pub max_age: Option<f64>,
    /// `stored`, `fetch`, or the reason of the refusal.
    pub expect: &'static str,
}

/// Cases that share a policy and keys.
#[derive(Clone, Debug)]
pub struct Group {
    pub id: String,
    pub policy: Value,
    pub offers: Vec<Offer>,
    pub cases: Vec<Case>,
    /// The path of the fault, for a policy that is refused.
    pub open_error: Option<&'static str>,
}

/// One file.
#[derive(Clone, Debug)]
pub struct Stage {
    pub name: &'static str,
    pub groups: Vec<Group>,
}

/// A policy of one issuer entry with `members` changed; `null` removes a member.
pub fn policy(members: Value) -> Value {
    json!({ "issuers": [entry(members)] })
}

/// The usual issuer entry with `members` changed.
pub fn entry(members: Value) -> Value {
    let mut entry = json!({
        "issuer": ["https://id.example/"],
        "audience": ["keys-app"],
        "jwks_uri": "https://id.example/jwks/",
    });
    let all = entry.as_object_mut().expect("an object");
    for (name, value) in members.as_object().expect("members are an object") {
        if value == "<absent>" {
            all.shift_remove(name);
        } else {
            all.insert(name.clone(), value.clone());
        }
    }
    entry
}

/// A legacy entry's policy with `members` changed.
pub fn legacy(members: Value) -> Value {
    let mut all = json!({
        "issuer": null,
        "audience": null,
        "mode": "legacy-hs256",
        "secret": crate::keys::encode(&Key::Secret.seed()),
        "jwks_uri": "<absent>",
    });
    for (name, value) in members.as_object().expect("members are an object") {
        all[name] = value.clone();
    }
    policy(all)
}

/// A key set with these entries.
pub fn key_set(keys: &[Value]) -> Vec<u8> {
    json!({ "keys": keys }).to_string().into_bytes()
}

/// `value` with one member changed; `"<absent>"` removes it.
pub fn with(mut value: Value, name: &str, member: impl Into<Value>) -> Value {
    let member = member.into();
    let all = value.as_object_mut().expect("an object");
    if member == "<absent>" {
        all.shift_remove(name);
    } else {
        all.insert(name.to_owned(), member);
    }
    value
}

/// The keys an issuer usually publishes, one per kind.
pub fn usual_keys() -> Vec<Value> {
    [Key::Rsa2048A, Key::P256A, Key::P384A, Key::P521A, Key::Ed25519A].map(Key::jwk).to_vec()
}

impl Stage {
    pub fn new(name: &'static str) -> Self {
        Stage { name, groups: Vec::new() }
    }

    /// A group under `policy` without keys yet.
    pub fn group(&mut self, id: &str, policy: Value) -> &mut Group {
        let id = format!("{}/{id}", self.name);
        self.groups.push(Group { id, policy, offers: vec![], cases: vec![], open_error: None });
        self.groups.last_mut().expect("just pushed")
    }

    /// A group with the usual policy changed by `members`, and the usual keys.
    pub fn usual(&mut self, id: &str, members: Value) -> &mut Group {
        self.group(id, policy(members)).keys(&usual_keys())
    }

    /// A policy that is refused at `path`.
    pub fn refused(&mut self, id: &str, policy: Value, path: &'static str) {
        self.group(id, policy).open_error = Some(path);
    }
}

impl Group {
    /// Offers a key set just before the usual moment.
    pub fn keys(&mut self, keys: &[Value]) -> &mut Self {
        self.offer("key_set", key_set(keys), FETCHED, None, "stored")
    }

    pub fn offer(
        &mut self,
        what: &'static str,
        body: impl Into<Vec<u8>>,
        now: f64,
        max_age: Option<f64>,
        expect: &'static str,
    ) -> &mut Self {
        self.offers.push(Offer { issuer: 0, what, body: body.into(), now, max_age, expect });
        self
    }

    /// Makes the last offer one for another issuer entry.
    pub fn for_issuer(&mut self, issuer: u32) -> &mut Self {
        self.offers.last_mut().expect("an offer").issuer = issuer;
        self
    }

    pub fn case(
        &mut self,
        name: &str,
        comment: &str,
        input: impl Into<Vec<u8>>,
        expect: Expect,
    ) -> &mut Self {
        let name = format!("{}-{name}", self.id);
        self.cases.push(Case {
            name,
            comment: comment.to_owned(),
            form: Form::Token,
            input: input.into(),
            now: NOW,
            flags: vec![],
            expect,
        });
        self
    }

    /// The last case is verified at another moment.
    pub fn at(&mut self, now: f64) -> &mut Self {
        self.cases.last_mut().expect("a case").now = now;
        self
    }

    /// The last input is the value of an `Authorization` header.
    pub fn as_header(&mut self) -> &mut Self {
        self.cases.last_mut().expect("a case").form = Form::Authorization;
        self
    }

    /// The last case shows these known attacks or sources.
    pub fn flags(&mut self, flags: &[&'static str]) -> &mut Self {
        self.cases.last_mut().expect("a case").flags.extend_from_slice(flags);
        self
    }
}

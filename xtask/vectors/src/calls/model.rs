//! What a file of calls holds, and how the stages write it down.

use serde_json::{Value, json};

/// What an answer must hold, stated by hand. `at` is a JSON Pointer (RFC 6901).
#[derive(Clone, Debug)]
pub enum Expect {
    /// This value stands there.
    Is { at: String, value: Value },
    /// Nothing stands there.
    Absent { at: String },
    /// The member `member` of each item of the array there, in order.
    Each { at: String, member: &'static str, values: Vec<Value> },
}

/// One input and what is known of its answer.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    pub comment: String,
    pub input: Vec<u8>,
    pub flags: Vec<&'static str>,
    pub expect: Vec<Expect>,
}

/// One file.
#[derive(Clone, Debug)]
pub struct Stage {
    pub name: &'static str,
    /// The operation that its cases go through.
    pub operation: &'static str,
    /// The same in the native core.
    pub call: fn(&[u8]) -> String,
    pub cases: Vec<Case>,
}

impl Stage {
    /// A stage whose cases go through one operation.
    pub fn new(name: &'static str, operation: &'static str, call: fn(&[u8]) -> String) -> Self {
        Self { name, operation, call, cases: Vec::new() }
    }

    /// A case with these exact bytes as input. It needs at least one expectation.
    pub fn case(&mut self, name: &str, comment: &str, input: impl Into<Vec<u8>>) -> &mut Self {
        self.cases.push(Case {
            id: format!("{}/{name}", self.name),
            comment: comment.to_owned(),
            input: input.into(),
            flags: vec![],
            expect: vec![],
        });
        self
    }

    /// The last answer has this value at `at`.
    pub fn is(&mut self, at: &str, value: impl Into<Value>) -> &mut Self {
        self.expects(Expect::Is { at: at.to_owned(), value: value.into() })
    }

    /// The last answer has nothing at `at`.
    pub fn absent(&mut self, at: &str) -> &mut Self {
        self.expects(Expect::Absent { at: at.to_owned() })
    }

    /// The items of the array at `at` have these values as `member`, in this order; `[]` for an empty array.
    pub fn each(&mut self, at: &str, member: &'static str, values: &[&str]) -> &mut Self {
        let values = values.iter().map(|value| json!(value)).collect();
        self.expects(Expect::Each { at: at.to_owned(), member, values })
    }

    /// The last case shows these known attacks or sources.
    pub fn flags(&mut self, flags: &[&'static str]) -> &mut Self {
        self.last().flags.extend_from_slice(flags);
        self
    }

    fn expects(&mut self, expect: Expect) -> &mut Self {
        self.last().expect.push(expect);
        self
    }

    fn last(&mut self) -> &mut Case {
        self.cases.last_mut().expect("a case")
    }
}

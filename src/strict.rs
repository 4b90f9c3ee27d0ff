//! One object of a configuration document, read strictly: unknown members are refused by name, and every fault says
//! where it stands.

use crate::json::{Object, Value, pointer};
use crate::limits;

const TOO_LONG: &str = "is longer than 1024 bytes";

/// Why a policy, or a contract, was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON Pointer (RFC 6901) to the fault; empty for the document itself.
    pub path: String,
    /// What is wrong and what would be right; one line, lower case.
    pub message: String,
}

/// The members of one object, and where it stands.
pub struct Fields<'j> {
    pub object: &'j Object<'j>,
    pub path: String,
}

impl<'j> Fields<'j> {
    /// Where a member stands.
    pub fn place(&self, name: &str) -> String {
        format!("{}/{}", self.path, pointer(name))
    }

    pub fn fault<T>(&self, name: &str, message: &str) -> Result<T, Fault> {
        Err(Fault { path: self.place(name), message: message.to_owned() })
    }

    /// A fault of one item of a list.
    pub fn item_fault<T>(&self, name: &str, index: usize, message: &str) -> Result<T, Fault> {
        Err(Fault { path: format!("{}/{index}", self.place(name)), message: message.to_owned() })
    }

    pub fn only(&self, known: &[&str]) -> Result<(), Fault> {
        for (name, _) in self.object.iter() {
            if !known.contains(&name) && name.len() > limits::POLICY_STRING_BYTES {
                let message = format!("holds an unknown member with a name of {} bytes", name.len());
                return Err(Fault { path: self.path.clone(), message });
            }
            if !known.contains(&name) {
                let message = format!("is an unknown member; known are {}", known.join(", "));
                return self.fault(name, &message);
            }
        }
        Ok(())
    }

    pub fn object(&self, name: &str) -> Result<Option<Fields<'j>>, Fault> {
        match self.object.get(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(Fields { object, path: self.place(name) })),
            Some(_) => self.fault(name, "is not an object"),
        }
    }

    pub fn string(&self, name: &str) -> Result<Option<&'j str>, Fault> {
        match self.object.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => self.fault(name, "is not a string"),
        }
    }

    /// A number; `null` is the same as left out.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Fault> {
        match self.object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) => Ok(Some(*number)),
            Some(_) => self.fault(name, "is not a number"),
        }
    }

    /// True or false; `null` is the same as left out.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        match self.object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => self.fault(name, "is neither true nor false"),
        }
    }

    /// A string that answers may repeat: not empty, and not too long for it.
    pub fn name(&self, name: &str) -> Result<Option<&'j str>, Fault> {
        match self.string(name)? {
            Some("") => self.fault(name, "is empty"),
            Some(text) if text.len() > limits::POLICY_STRING_BYTES => self.fault(name, TOO_LONG),
            text => Ok(text),
        }
    }

    /// A list of distinct strings, none of them empty; sorted, except for issuers, whose first is asked for
    /// discovery.
    pub fn strings(&self, name: &str) -> Result<Option<Vec<String>>, Fault> {
        let Some(value) = self.object.get(name) else {
            return Ok(None);
        };
        let Some(items) = value.as_strings().filter(|items| items.len() <= limits::POLICY_ITEMS) else {
            return self.fault(name, "is not a list of at most 64 strings");
        };
        let mut list: Vec<String> = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            if item.is_empty() || item.len() > limits::POLICY_STRING_BYTES {
                let message = if item.is_empty() { "is empty" } else { TOO_LONG };
                return self.item_fault(name, index, message);
            }
            if !list.iter().any(|other| other == item) {
                list.push(item.to_owned());
            }
        }
        Ok(Some(list))
    }

    /// The same, but at least one string.
    pub fn filled(&self, name: &str) -> Result<Option<Vec<String>>, Fault> {
        match self.strings(name)? {
            Some(list) if list.is_empty() => self.fault(name, "is empty"),
            list => Ok(list),
        }
    }

    pub fn whole(&self, name: &str, least: u32, most: u32) -> Result<Option<u32>, Fault> {
        let Some(value) = self.object.get(name) else {
            return Ok(None);
        };
        let number = value.as_number().filter(|number| number.fract() == 0.0);
        match number.and_then(|number| whole(number, most)).filter(|number| *number >= least) {
            Some(number) => Ok(Some(number)),
            None => self.fault(name, &format!("is not a whole number of seconds from {least} to {most}")),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.path.is_empty() { "the document" } else { &self.path };
        write!(formatter, "{place}: {}", self.message)
    }
}

impl std::error::Error for Fault {}

fn whole(number: f64, most: u32) -> Option<u32> {
    if !(0.0..=f64::from(most)).contains(&number) {
        return None;
    }
    #[expect(clippy::as_conversions, reason = "the range was checked: a whole number from 0 to a u32")]
    Some(number as u32)
}

//! The same pipeline, leaving a trace of every step.

use crate::door::Form;
use crate::time::UnixTime;
use crate::verifier::Verifier;

pub(crate) fn answer(_: &Verifier, _: Form, _: bool, _: UnixTime, _: &[u8]) -> String {
    crate::door::invalid_call("not built yet")
}

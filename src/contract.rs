//! The family contract document → the policy of one app.

pub(crate) fn answer(_request: &[u8]) -> String {
    crate::door::invalid_call("not built yet")
}

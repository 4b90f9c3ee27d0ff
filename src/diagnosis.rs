//! Discovery document, key set and token against a policy → findings, each with a remedy.

pub(crate) fn answer(_request: &[u8]) -> String {
    crate::door::invalid_call("not built yet")
}

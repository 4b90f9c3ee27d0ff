//! What became of an offered document, and how hosts read it.

use crate::verdict::Fetch;
use crate::writer::ObjectWriter;

/// What became of an offered document.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// The key set is in force.
    Stored {
        /// Moves when any key changes.
        generation: u32,
        /// Usable keys.
        keys: usize,
        /// JSON array of the entries passed over: index, kid, reason.
        skipped: String,
    },
    /// The discovery document was good; this has to be fetched now.
    Fetch(Fetch),
    /// The document was refused for this reason; what was in force stays, and the back-off begins.
    Refused(&'static str),
}

impl Offer {
    /// The answer as hosts read it.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = ObjectWriter::new();
        match self {
            Self::Stored { generation, keys, skipped } => json
                .string("result", "stored")
                .number("generation", f64::from(*generation))
                .raw("keys", &keys.to_string())
                .raw("skipped", skipped),
            Self::Fetch(fetch) => json.string("result", "fetch").raw("fetch", &fetch.to_json()),
            Self::Refused(reason) => json.string("result", "refused").string("reason", reason),
        };
        json.finish()
    }
}

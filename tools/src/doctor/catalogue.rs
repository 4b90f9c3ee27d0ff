//! The closed list of findings, by what they are about.

/// Makes a constant of every row, and the list of all of them.
macro_rules! rows {
    ($($name:ident $id:literal $severity:ident what $what:literal why $why:literal remedy $remedy:literal;)*) => {
        $(pub(crate) static $name: Row =
            Row { id: $id, severity: Severity::$severity, what: $what, why: $why, remedy: $remedy };)*

        pub(crate) static ROWS: &[&Row] = &[$(&$name),*];
    };
}

pub(crate) mod discovery;
pub(crate) mod endpoint;
pub(crate) mod key_set;
pub(crate) mod policy;
pub(crate) mod token;

use super::finding::Row;

/// Every row.
pub(crate) fn all() -> impl Iterator<Item = &'static Row> {
    [policy::ROWS, endpoint::ROWS, discovery::ROWS, key_set::ROWS, token::ROWS].into_iter().flatten().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_snake_case_and_distinct() {
        let mut ids: Vec<&str> = all().map(|row| row.id).collect();
        for id in &ids {
            assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{id}");
        }
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn texts_are_one_line_without_a_full_stop() {
        for row in all() {
            for text in [row.what, row.why, row.remedy] {
                assert!(
                    text.len() > 15 && !text.contains('\n') && !text.ends_with('.'),
                    "{}: {text}",
                    row.id
                );
                assert!(
                    text.starts_with("Authentik") || !text.starts_with(char::is_uppercase),
                    "{}: {text}",
                    row.id
                );
                assert!(text.len() < 600, "{}: {}", row.id, text.len());
            }
        }
    }

    #[test]
    fn values_stand_in_what_alone() {
        for row in all() {
            assert!(!row.why.contains('{') && !row.remedy.contains('{'), "{}", row.id);
        }
    }
}

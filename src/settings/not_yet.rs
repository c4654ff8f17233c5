//! What the settings already name but this version cannot do: refused, so that nobody relies on it.

use super::field::Field;

/// A setting that is refused.
struct NotYet {
    /// The kind of table, as readers name it.
    table: &'static str,
    key: &'static str,
    when: When,
}

/// At which values it is refused.
enum When {
    /// One of these texts.
    Is(&'static [&'static str]),
    /// A text that begins so.
    Begins(&'static str),
}

const fn not_yet(table: &'static str, key: &'static str, when: When) -> NotYet {
    NotYet { table, key, when }
}

/// The whole list.
const LIST: &[NotYet] = &[
    not_yet("", "store", When::Begins("redis")),
    not_yet("link", "hand_over", When::Is(&["hosted"])),
];

/// Whether the key of such a table is on the list at all.
pub(super) fn lists(table: &str, key: &str) -> bool {
    LIST.iter().any(|one| one.table == table && one.key == key)
}

/// Whether this value must be refused.
pub(super) fn refuses(table: &str, key: &str, field: &Field<'_>) -> bool {
    LIST.iter()
        .filter(|one| one.table == table && one.key == key)
        .any(|one| one.when.holds(field))
}

impl When {
    fn holds(&self, field: &Field<'_>) -> bool {
        let text = field.as_text();
        match self {
            Self::Is(texts) => text.is_some_and(|text| texts.contains(&text)),
            Self::Begins(start) => text.is_some_and(|text| text.starts_with(start)),
        }
    }
}

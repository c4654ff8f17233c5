//! On which line of the settings file each key stands, so that a mistake can be found.

use std::collections::BTreeMap;
use std::fmt::Display;

use toml::de::{DeTable, DeValue};

/// The line of each key, counted from 1. Keys are written as in messages: `link.help.access`, `organization[0].name`.
#[derive(Clone, Default)]
pub(super) struct Lines(BTreeMap<String, usize>);

impl Lines {
    /// The lines of a text in TOML whose tables are profiles; of a key that several of these profiles set, the last one's.
    pub(super) fn of(text: &str, profiles: [&str; 3]) -> Self {
        let mut lines = Self::default();
        if let Ok(table) = DeTable::parse(text) {
            for profile in profiles {
                for (name, value) in table.get_ref() {
                    if name.get_ref().eq_ignore_ascii_case(profile) {
                        lines.add_inside(text, "", value.get_ref());
                    }
                }
            }
        }
        lines
    }

    /// The line of `key`, or of the table that it is missing in.
    fn nearest(&self, key: &str) -> Option<usize> {
        let mut key = key;
        loop {
            if let Some(line) = self.0.get(key) {
                return Some(*line);
            }
            key = &key[..key.rfind(['.', '['])?];
        }
    }

    /// `origin`, with the line of `key` in it.
    pub(super) fn placed(&self, key: &str, origin: impl Display) -> String {
        match self.nearest(key) {
            Some(line) => format!("{origin}:{line}"),
            None => origin.to_string(),
        }
    }

    /// The same for people.
    pub(super) fn in_words(&self, key: &str, origin: impl Display) -> String {
        match self.nearest(key) {
            Some(line) => format!("line {line} of {origin}"),
            None => origin.to_string(),
        }
    }

    fn add_inside(&mut self, text: &str, key: &str, value: &DeValue<'_>) {
        match value {
            DeValue::Table(table) => {
                let dot = if key.is_empty() { "" } else { "." };
                for (name, value) in table {
                    let key = format!("{key}{dot}{}", name.get_ref());
                    self.add(text, key, name.span().start, value.get_ref());
                }
            }
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let key = format!("{key}[{index}]");
                    self.add(text, key, item.span().start, item.get_ref());
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, text: &str, key: String, place: usize, value: &DeValue<'_>) {
        self.add_inside(text, &key, value);
        self.0.insert(key, line_at(text, place));
    }
}

/// The line in which the byte at `place` stands.
pub(super) fn line_at(text: &str, place: usize) -> usize {
    let before = text.bytes().take(place);
    1 + before.filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[default]\nport = 1\n\n[default.link.help]\naccess = \"default\"\n\n\
        [[default.organization]]\nname = \"A\"\n[[default.organization]]\nname = \"B\"\n\n\
        [strict.link.help]\naccess = \"private\"\n[other]\nport = 2\n";

    fn line(profile: &str, key: &str) -> Option<usize> {
        Lines::of(TEXT, ["default", profile, "global"]).nearest(key)
    }

    #[test]
    fn each_key_has_its_line() {
        assert_eq!(line("default", "port"), Some(2));
        assert_eq!(line("default", "link.help.access"), Some(5));
        assert_eq!(line("default", "organization[1].name"), Some(10));
    }

    #[test]
    fn a_missing_key_is_looked_for_where_its_table_begins() {
        assert_eq!(line("default", "link.help.service_desk"), Some(4));
        assert_eq!(line("default", "organization[1].domains"), Some(9));
        assert_eq!(line("default", "session.idle"), None);
    }

    #[test]
    fn the_chosen_profile_has_the_line_that_counts() {
        assert_eq!(line("Strict", "link.help.access"), Some(13));
        assert_eq!(line("strict", "port"), Some(2));
    }
}

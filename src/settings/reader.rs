//! A cursor over one table of the settings: typed reads that note every mistake and go on.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::str::FromStr;

use rocket::figment::value::{Dict, Tag, Value};

use super::field::Field;
use super::ground::{Ground, Origin};
use super::names::ProviderName;
use super::{not_yet, one_line, suggestion};

/// One table, and which of its keys were asked for.
pub(super) struct Table<'a> {
    pub(super) ground: &'a Ground,
    /// What it is, whatever its name: `provider`, `link`, …
    kind: &'static str,
    path: String,
    tag: Tag,
    entries: Dict,
    asked: RefCell<BTreeSet<String>>,
}

impl<'a> Table<'a> {
    /// The table above all others.
    pub(super) fn root(ground: &'a Ground, entries: Dict) -> Self {
        Self::new(ground, "", String::new(), Tag::Default, entries)
    }

    fn new(ground: &'a Ground, kind: &'static str, path: String, tag: Tag, entries: Dict) -> Self {
        let asked = RefCell::default();
        Self {
            ground,
            kind,
            path,
            tag,
            entries,
            asked,
        }
    }

    /// A key's whole name.
    pub(super) fn key(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Notes a mistake about a key of this table.
    pub(super) fn complain(&self, key: &str, message: impl Into<String>) {
        let tag = self.entries.get(key).map_or(self.tag, Value::tag);
        let origin = self.ground.origin(tag);
        self.ground.complain(&self.key(key), &origin, message);
    }

    /// The names of all configured providers.
    pub(super) fn providers_known(&self) -> &[ProviderName] {
        &self.ground.providers
    }

    /// Notes something about a key of this table that should be looked at.
    pub(super) fn warn(&self, key: &str, message: impl Into<String>) {
        self.ground.warn_of(&self.key(key), message);
    }

    /// Notes a mistake about the table itself.
    pub(super) fn complain_of_all(&self, message: impl Into<String>) {
        self.ground.complain(&self.path, &self.origin(), message);
    }

    /// Where the table came from.
    pub(super) fn origin(&self) -> Origin {
        self.ground.origin(self.tag)
    }

    /// The value as it stands, empty or not; `None` too when this version refuses it.
    pub(super) fn field(&self, key: &str) -> Option<Field<'a>> {
        self.asked.borrow_mut().insert(key.to_owned());
        #[cfg(test)]
        self.ground.asked.borrow_mut().insert(self.key(key));
        let value = self.entries.get(key)?.clone();
        let field = Field::new(self.ground, self.key(key), value);
        if not_yet::refuses(self.kind, key, &field) {
            self.complain(key, "is not in this version yet");
            return None;
        }
        Some(field)
    }

    /// The value that `read` makes of a key that is set.
    pub(super) fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Field<'a>) -> Result<T, String>,
    ) -> Option<T> {
        self.understood(key, &self.field(key)?, read)
    }

    /// The same where an empty text means "not set".
    pub(super) fn read_unless_empty<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Field<'a>) -> Result<T, String>,
    ) -> Option<T> {
        let field = self
            .field(key)
            .filter(|field| field.as_text() != Some(""))?;
        self.understood(key, &field, read)
    }

    fn understood<T>(
        &self,
        key: &str,
        field: &Field<'a>,
        read: impl FnOnce(&Field<'a>) -> Result<T, String>,
    ) -> Option<T> {
        read(field)
            .map_err(|message| self.complain(key, message))
            .ok()
    }

    /// The same, and a mistake when it is not set.
    pub(super) fn required<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Field<'a>) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.read(key, read);
        if value.is_none() {
            self.complain(key, "is required");
        }
        value
    }

    /// One of several words, each with its meaning.
    pub(super) fn choice<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        self.read(key, |field| {
            let text = field.text()?;
            let found = words.iter().find(|(word, _)| *word == text);
            found.map(|(_, meaning)| *meaning).ok_or_else(|| {
                let words: Vec<_> = words
                    .iter()
                    .map(|(word, _)| format!("\"{word}\""))
                    .collect();
                format!("must be {}", words.join(" or "))
            })
        })
    }

    /// The same, and a mistake when it is not set.
    pub(super) fn required_choice<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let value = self.choice(key, words);
        if value.is_none() {
            self.complain(key, "is required");
        }
        value
    }

    /// A list whose items are understood one by one; every bad one is named by its place.
    pub(super) fn list<T>(
        &self,
        key: &str,
        read: impl Fn(&Field<'a>) -> Result<T, String>,
    ) -> Vec<T> {
        let items = self.read(key, Field::items).unwrap_or_default();
        let mut good = Vec::new();
        let mut bad = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match read(item) {
                Ok(value) => good.push(value),
                Err(message) => bad.push(format!("item {} {message}", index + 1)),
            }
        }
        if !bad.is_empty() {
            self.complain(key, bad.join("; "));
        }
        good
    }

    /// A list of what its type understands.
    pub(super) fn parsed_list<T: FromStr<Err: ToString>>(&self, key: &str) -> Vec<T> {
        self.list(key, Field::parsed)
    }

    /// A table inside this one; empty when it is not set.
    pub(super) fn table(&self, key: &str, kind: &'static str) -> Table<'a> {
        let field = self.field(key);
        let tag = field.as_ref().map_or(self.tag, Field::tag);
        let entries = self.read(key, Field::entries).unwrap_or_default();
        Table::new(self.ground, kind, self.key(key), tag, entries)
    }

    /// The tables inside a table, with their names.
    pub(super) fn tables(&self, key: &str, kind: &'static str) -> Vec<(String, Table<'a>)> {
        let outer = self.table(key, "");
        let names: Vec<String> = outer.entries.keys().cloned().collect();
        let table = |name: String| {
            let table = outer.table(&name, kind);
            (name, table)
        };
        names.into_iter().map(table).collect()
    }

    /// The tables of a list.
    pub(super) fn array(&self, key: &str, kind: &'static str) -> Vec<Table<'a>> {
        let items = self.read(key, Field::items).unwrap_or_default();
        let table = |(index, item): (usize, Field<'a>)| {
            let path = format!("{}[{index}]", self.key(key));
            match item.entries() {
                Ok(entries) => Some(Table::new(self.ground, kind, path, item.tag(), entries)),
                Err(message) => {
                    self.ground.complain(&path, &item.origin(), message);
                    None
                }
            }
        };
        items.into_iter().enumerate().filter_map(table).collect()
    }

    /// A table whose keys are free, such as claims: each with its text.
    pub(super) fn pairs<T>(
        &self,
        key: &str,
        read: impl Fn(&Field<'a>) -> Result<T, String>,
    ) -> Vec<(String, T)> {
        let table = self.table(key, "");
        let read = |name: &String| {
            if let Err(message) = one_line::check(name, one_line::MOST) {
                self.complain(key, format!("has a name that {message}"));
                return None;
            }
            // A form that names one twice keeps all that was typed.
            let once = |field: &Field<'a>| {
                if field.is_list() {
                    return Err("takes one value, and has several: name it once".to_owned());
                }
                read(field)
            };
            Some((name.clone(), table.read(name, once)?))
        };
        table.entries.keys().filter_map(read).collect()
    }

    /// Whether a key is set to anything but `""`, `[]` or `{}`, be it right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.field(key).is_some_and(|field| !field.is_empty())
    }

    /// The keys of a table inside this one, without a word about mistakes.
    pub(super) fn names(&self, key: &str) -> Vec<String> {
        let entries = self.field(key).and_then(|field| field.entries().ok());
        entries.unwrap_or_default().into_keys().collect()
    }

    /// Whether nothing at all is set here.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(self) {
        let asked = self.asked.take();
        for key in self.entries.keys().filter(|key| !asked.contains(*key)) {
            if not_yet::lists(self.kind, key) {
                self.field(key);
                continue;
            }
            let known = asked.iter().map(String::as_str);
            match suggestion::nearest(key, known) {
                Some(near) => self.complain(key, format!("is unknown; did you mean `{near}`?")),
                None => self.complain(key, "is unknown"),
            }
        }
    }
}

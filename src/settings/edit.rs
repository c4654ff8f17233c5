//! Edits of what is saved: key by key, with what stood there before. Two people who change different keys are not in each other's way, and every edit
//! can be taken back.

use serde::{Deserialize, Serialize};
use toml::Value;

use super::saved::{Change, Saved, shown};

/// What one key was and becomes; `None` is "not saved".
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    path: Vec<String>,
    old: Option<Value>,
    new: Option<Value>,
}

/// Secrets may stand in it.
impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Edit({})", self.key())
    }
}

impl Edit {
    /// The whole key, its levels parted by dots.
    #[must_use]
    pub fn key(&self) -> String {
        self.path.join(".")
    }

    /// The whole key, level by level.
    #[must_use]
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// What stood there; it may be a secret.
    #[must_use]
    pub fn before(&self) -> Option<&Value> {
        self.old.as_ref()
    }

    /// What is to stand there; it may be a secret.
    #[must_use]
    pub fn after(&self) -> Option<&Value> {
        self.new.as_ref()
    }

    /// The table and name of a link, a provider and the like: `("link", "help")`.
    #[must_use]
    pub fn place(&self) -> (&str, &str) {
        let part = |index: usize| self.path.get(index).map_or("", String::as_str);
        (part(0), part(1))
    }

    /// The edit that takes this one back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self {
            path: self.path.clone(),
            old: self.new.clone(),
            new: self.old.clone(),
        }
    }

    /// For people, without secrets.
    #[must_use]
    pub fn change(&self) -> Change {
        let key = self.path.last().map_or("", String::as_str);
        let seen = |value: &Option<Value>| value.as_ref().map(|value| shown(key, value));
        Change {
            key: self.key(),
            old: seen(&self.old),
            new: seen(&self.new),
        }
    }
}

/// Keys that somebody else has changed meanwhile.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("changed by somebody else meanwhile: {}", .0.iter().map(Edit::key).collect::<Vec<_>>().join(", "))]
pub struct Conflict(
    /// Each with what one wanted (`new`) and what stands there now (`old`).
    pub Vec<Edit>,
);

impl Saved {
    /// The value at a key.
    #[must_use]
    pub fn value(&self, path: &[&str]) -> Option<&Value> {
        let (last, above) = path.split_last()?;
        let mut table = self.table();
        for part in above {
            table = table.get(*part)?.as_table()?;
        }
        table.get(*last)
    }

    /// The same with this value at a key; `None` takes it away, and the tables that are empty then.
    #[must_use]
    pub fn with_value(mut self, path: &[&str], value: Option<Value>) -> Self {
        set(self.table_mut(), path, value);
        self
    }

    /// What leads from `self` to `other`.
    #[must_use]
    pub fn edits_to(&self, other: &Self) -> Vec<Edit> {
        let (old, new) = (self.leaves(), other.leaves());
        let mut paths: Vec<&Vec<String>> = old.keys().chain(new.keys()).collect();
        paths.sort();
        paths.dedup();
        paths
            .into_iter()
            .filter(|path| old.get(*path) != new.get(*path))
            .map(|path| Edit {
                path: path.clone(),
                old: old.get(path).cloned(),
                new: new.get(path).cloned(),
            })
            .collect()
    }

    /// The same after these edits, if each still finds what it wants to change, or is done already.
    pub fn edited(&self, edits: &[Edit]) -> Result<Self, Conflict> {
        let leaves = self.leaves();
        let (mut edited, mut lost) = (self.clone(), Vec::new());
        for edit in edits {
            let now = leaves.get(&edit.path);
            if now == edit.old.as_ref() || now == edit.new.as_ref() {
                let path: Vec<&str> = edit.path.iter().map(String::as_str).collect();
                edited = edited.with_value(&path, edit.new.clone());
            } else {
                lost.push(Edit {
                    old: now.cloned(),
                    ..edit.clone()
                });
            }
        }
        if lost.is_empty() {
            Ok(edited)
        } else {
            Err(Conflict(lost))
        }
    }

    /// The same after all of these edits, whoever has changed the same meanwhile.
    #[must_use]
    pub fn with_all(self, edits: &[Edit]) -> Self {
        edits.iter().fold(self, |so_far, edit| {
            let path: Vec<&str> = edit.path.iter().map(String::as_str).collect();
            so_far.with_value(&path, edit.new.clone())
        })
    }

    /// The same after those of these edits that nobody else is in the way of.
    #[must_use]
    pub fn edited_as_far_as_possible(&self, edits: &[Edit]) -> Self {
        edits.iter().fold(self.clone(), |so_far, edit| {
            let one = std::slice::from_ref(edit);
            so_far.edited(one).unwrap_or(so_far)
        })
    }

    /// Every value that is no table, by its path.
    fn leaves(&self) -> std::collections::BTreeMap<Vec<String>, Value> {
        let mut leaves = std::collections::BTreeMap::new();
        collect(self.table(), &[], &mut leaves);
        leaves
    }
}

fn collect(
    table: &toml::Table,
    above: &[String],
    leaves: &mut std::collections::BTreeMap<Vec<String>, Value>,
) {
    for (key, value) in table {
        let path = [above, std::slice::from_ref(key)].concat();
        match value {
            Value::Table(inner) => collect(inner, &path, leaves),
            leaf => {
                leaves.insert(path, leaf.clone());
            }
        }
    }
}

fn set(table: &mut toml::Table, path: &[&str], value: Option<Value>) {
    match (path, value) {
        ([], _) => {}
        ([last], Some(value)) => {
            table.insert((*last).to_owned(), value);
        }
        ([last], None) => {
            table.remove(*last);
        }
        ([first, rest @ ..], value) => {
            let empty = || Value::Table(toml::Table::new());
            let inner = table.entry(*first).or_insert_with(empty);
            if !inner.is_table() {
                *inner = empty();
            }
            if let Value::Table(inner) = inner {
                set(inner, rest, value);
            }
            if table[*first].as_table().is_some_and(toml::Table::is_empty) {
                table.remove(*first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(text: &str) -> Saved {
        Saved::from_toml(text, "test").unwrap()
    }

    const BEFORE: &str = "[default.access]\ndomains = [\"a.example\"]\n[default.session]\nidle = \"1h\"\n[default.provider.c]\nclient_secret = \"one\"";

    #[test]
    fn edits_lead_from_one_to_the_other_and_back() {
        let before = saved(BEFORE);
        let after = before
            .clone()
            .with_value(&["session", "idle"], None)
            .with_value(&["branding", "name"], Some("Acme".into()));
        let edits = before.edits_to(&after);
        assert_eq!(before.edited(&edits), Ok(after.clone()));
        let back: Vec<Edit> = edits.iter().map(Edit::reversed).collect();
        assert_eq!(after.edited(&back), Ok(before));
    }

    #[test]
    fn a_table_without_anything_in_it_is_gone() {
        let after = saved(BEFORE).with_value(&["session", "idle"], None);
        assert!(!after.to_toml().unwrap().contains("session"));
    }

    #[test]
    fn who_changed_something_else_is_not_in_the_way() {
        let before = saved(BEFORE);
        let mine = before
            .clone()
            .with_value(&["session", "idle"], Some("2h".into()));
        let theirs = before
            .clone()
            .with_value(&["branding", "name"], Some("Acme".into()));
        let both = theirs.edited(&before.edits_to(&mine)).unwrap();
        assert_eq!(both.value(&["session", "idle"]), Some(&Value::from("2h")));
        assert_eq!(
            both.value(&["branding", "name"]),
            Some(&Value::from("Acme"))
        );
    }

    #[test]
    fn who_changed_the_same_is_told_of() {
        let before = saved(BEFORE);
        let to = |value: &str| {
            before
                .clone()
                .with_value(&["session", "idle"], Some(value.into()))
        };
        let conflict = to("3h").edited(&before.edits_to(&to("2h"))).unwrap_err();
        let change = conflict.0[0].change();
        let shown = (change.old.as_deref(), change.new.as_deref());
        assert_eq!(shown, (Some("\"3h\""), Some("\"2h\"")));
        assert!(
            to("2h").edited(&before.edits_to(&to("2h"))).is_ok(),
            "both wanted the same"
        );
    }

    #[test]
    fn a_secret_is_only_said_to_be_set() {
        let before = saved(BEFORE);
        let after = before
            .clone()
            .with_value(&["provider", "c", "client_secret"], Some("two".into()));
        let edits = before.edits_to(&after);
        let change = edits[0].change();
        assert_eq!(
            (change.old.as_deref(), change.new.as_deref()),
            (Some("set"), Some("set"))
        );
        assert!(!format!("{edits:?}").contains("two"));
    }
}

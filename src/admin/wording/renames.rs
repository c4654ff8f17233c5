//! Links that get another name. In the settings that is a table which goes, one that comes, and an alias that says which belong together; people are told one
//! thing. A link that nothing was saved of has its name from its project, so there it is only the one table.

use toml::Value;

use crate::settings::{Edit, Saved};

/// What is said of a link that had no settings of its own when it is renamed: whose it is, what it was called, and that it is off if it was.
const PLAIN: [&str; 3] = ["service_desk", "aliases", "enabled"];

/// One side of an edit: before it, or after it.
type Side = for<'e> fn(&'e Edit) -> Option<&'e Value>;

/// A link with another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rename<'a> {
    pub(super) old: &'a str,
    pub(super) new: &'a str,
    way: Way,
    /// Whether there are two tables.
    has_tables: bool,
}

/// Which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The old name becomes an alias.
    On,
    /// The new name was the alias: a rename is taken back.
    Back,
}

impl<'a> Rename<'a> {
    /// All that are among these edits.
    pub(super) fn all(edits: &'a [Edit]) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for way in [Way::On, Way::Back] {
            for name in names(edits) {
                let rename = Self::of(edits, name, way);
                let is_new = |rename: &Self| !found.iter().any(|one| one.shares_a_name(rename));
                found.extend(rename.filter(is_new));
            }
        }
        found
    }

    /// The one where this name has the other as its alias.
    fn of(edits: &'a [Edit], name: &'a str, way: Way) -> Option<Self> {
        let (there, elsewhere): (Side, Side) = match way {
            Way::On => (Edit::after, Edit::before),
            Way::Back => (Edit::before, Edit::after),
        };
        if !is_table(edits, name, there, elsewhere) {
            return None;
        }
        let aliases = aliases(edits, name, there);
        let swapped = aliases
            .iter()
            .copied()
            .find(|alias| is_table(edits, alias, elsewhere, there));
        let other = swapped.or_else(|| by_project(edits, name, there, &aliases))?;
        let (old, new) = match way {
            Way::On => (other, name),
            Way::Back => (name, other),
        };
        Some(Self {
            old,
            new,
            way,
            has_tables: swapped.is_some(),
        })
    }

    fn shares_a_name(&self, other: &Self) -> bool {
        [other.old, other.new].iter().any(|name| self.names(name))
    }

    fn names(&self, name: &str) -> bool {
        name == self.old || name == self.new
    }

    /// Whether the edit is a part of it.
    pub(super) fn holds(&self, edit: &Edit) -> bool {
        edit.place().0 == "link" && self.names(edit.place().1)
    }

    pub(super) fn headline(&self) -> String {
        let Self { old, new, .. } = self;
        match self.way {
            Way::On => format!("Link {old} is renamed to {new}; /p/{old} goes on leading there"),
            Way::Back => format!("Link {old} is renamed back to {new}"),
        }
    }

    /// What is different of the link apart from its name.
    pub(super) fn differences(&self, edits: &[Edit]) -> Vec<Edit> {
        let (mut before, mut after) = (Saved::default(), Saved::default());
        for edit in edits.iter().filter(|edit| self.holds(edit)) {
            // Without a table the link was its project's as well.
            if inside(edit) == ["service_desk"] && !self.has_tables {
                continue;
            }
            let mut path = vec!["link", self.new];
            path.extend(inside(edit).iter().map(String::as_str));
            if let Some(value) = edit.before() {
                before = before.with_value(&path, Some(value.clone()));
            }
            if let Some(value) = edit.after() {
                after = after.with_value(&path, Some(value.clone()));
            }
        }
        before.edits_to(&after)
    }
}

/// Every link that is changed.
fn names(edits: &[Edit]) -> Vec<&str> {
    let links = edits.iter().filter(|edit| edit.place().0 == "link");
    let mut names: Vec<&str> = links.map(|edit| edit.place().1).collect();
    names.dedup();
    names
}

fn of_link<'a>(edits: &'a [Edit], name: &str) -> impl Iterator<Item = &'a Edit> {
    edits
        .iter()
        .filter(move |edit| edit.place() == ("link", name))
}

/// The key below the name of its table.
fn inside(edit: &Edit) -> &[String] {
    edit.path().get(2..).unwrap_or_default()
}

fn value<'a>(edits: &'a [Edit], name: &str, key: &str, side: Side) -> Option<&'a Value> {
    of_link(edits, name)
        .find(|edit| inside(edit) == [key])
        .and_then(side)
}

/// Whether the link has its whole table on one side, and nothing on the other.
fn is_table(edits: &[Edit], name: &str, there: Side, elsewhere: Side) -> bool {
    value(edits, name, "service_desk", there).is_some()
        && of_link(edits, name).all(|edit| elsewhere(edit).is_none())
}

fn aliases<'a>(edits: &'a [Edit], name: &str, side: Side) -> Vec<&'a str> {
    let aliases = value(edits, name, "aliases", side).and_then(Value::as_array);
    let aliases = aliases.into_iter().flatten();
    aliases.filter_map(Value::as_str).collect()
}

/// The only alias, if that is the name which the link has from its project, and nothing else is said of it.
fn by_project<'a>(edits: &[Edit], name: &str, side: Side, aliases: &[&'a str]) -> Option<&'a str> {
    let &[alias] = aliases else { return None };
    let project = value(edits, name, "service_desk", side)?.as_str()?;
    let is_plain = |edit: &Edit| matches!(inside(edit), [key] if PLAIN.contains(&key.as_str()));
    let is_it = alias == project.to_ascii_lowercase()
        && alias != name
        && of_link(edits, alias).next().is_none()
        && of_link(edits, name).all(is_plain);
    is_it.then_some(alias)
}

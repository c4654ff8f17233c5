//! A change as people read it: thing by thing, field by field, old and new.

use crate::settings::{Edit, Outside, Saved};

use super::Lookup;
use super::renames::Rename;
use super::rules::rules;
use super::value::Words;

/// What changes of one thing: a page of settings, a link, a provider.
pub(in crate::admin) struct Thing {
    /// What it is called.
    pub(in crate::admin) page: String,
    /// Its page, where it has one now.
    pub(in crate::admin) address: Option<String>,
    /// What becomes of the thing as a whole.
    pub(in crate::admin) headline: Option<String>,
    pub(in crate::admin) lines: Vec<Line>,
}

/// One field.
pub(in crate::admin) struct Line {
    pub(in crate::admin) label: String,
    /// For people who read files.
    pub(in crate::admin) key: String,
    pub(in crate::admin) old: Words,
    pub(in crate::admin) new: Words,
}

/// Tables with names: the table, and a setting that each has from beginning to end.
const NAMED: [(&str, &str); 3] = [
    ("provider", "client_id"),
    ("saml", "entity_id"),
    ("link", "service_desk"),
];

/// All that these edits change, above what is saved now.
pub(in crate::admin) fn things(edits: &[Edit], saved: &Saved, outside: &Outside) -> Vec<Thing> {
    let lookup = Lookup::of(saved.clone(), outside).with(edits);
    let renames = Rename::all(edits);
    let mut groups: Vec<(Option<Name<'_>>, Vec<&Edit>)> = Vec::new();
    for edit in edits {
        if renames.iter().any(|rename| rename.holds(edit)) {
            continue;
        }
        let name = Name::of(edit);
        match groups
            .iter_mut()
            .find(|(one, _)| one.is_some() && *one == name)
        {
            Some((_, group)) => group.push(edit),
            None => groups.push((name, vec![edit])),
        }
    }
    let mut things: Vec<Thing> = renames
        .iter()
        .map(|rename| renamed(rename, edits, &lookup))
        .collect();
    for (name, group) in groups {
        let found = match name {
            Some(name) => vec![named(name, &group, saved, &lookup)],
            None => group
                .iter()
                .flat_map(|edit| nameless(edit, &lookup))
                .collect(),
        };
        for thing in found {
            join(&mut things, thing);
        }
    }
    things.iter_mut().for_each(first_of_a_link);
    things
}

/// The first thing that is saved of a link needs no word of its own: the link is there already.
fn first_of_a_link(thing: &mut Thing) {
    if thing.headline.as_ref() == Some(&got_settings(&thing.page)) && thing.lines.len() > 1 {
        thing.headline = None;
        thing
            .lines
            .retain(|line| !line.key.ends_with(".service_desk"));
    }
}

fn got_settings(link: &str) -> String {
    format!("{link} gets settings of its own")
}

fn lost_settings(link: &str) -> String {
    format!("{link} loses all settings of its own")
}

/// Settings of one page stand together.
fn join(things: &mut Vec<Thing>, thing: Thing) {
    let same = |one: &&mut Thing| {
        one.headline.is_none() && thing.headline.is_none() && one.page == thing.page
    };
    match things.iter_mut().find(same) {
        Some(one) => one.lines.extend(thing.lines),
        None => things.push(thing),
    }
}

/// The name of a provider, a service provider or a link.
#[derive(Clone, Copy, PartialEq)]
struct Name<'a> {
    table: &'a str,
    own: &'a str,
    depth: usize,
}

impl<'a> Name<'a> {
    fn of(edit: &'a Edit) -> Option<Self> {
        let path: Vec<&str> = edit.path().iter().map(String::as_str).collect();
        match path[..] {
            [table @ "saml", "service_provider", name, _, ..] => Some(Self {
                table,
                own: name,
                depth: 3,
            }),
            [table @ ("provider" | "link"), name, _, ..] => Some(Self {
                table,
                own: name,
                depth: 2,
            }),
            _ => None,
        }
    }

    /// Whether it is (partly) saved, or set elsewhere.
    fn is_there(self, saved: &Saved) -> bool {
        match self.table {
            "saml" => saved
                .value(&["saml", "service_provider", self.own])
                .is_some(),
            table => saved.value(&[table, self.own]).is_some(),
        }
    }
}

fn named(name: Name<'_>, edits: &[&Edit], saved: &Saved, lookup: &Lookup<'_>) -> Thing {
    let found = lookup.named(name.table, name.own);
    let (page, address) = found.unwrap_or_else(|| (name.own.to_owned(), String::new()));
    let fate = Fate::of(name, edits);
    let headline = fate.map(|fate| fate.headline(name.table, &page));
    // A link is there with settings of its own or without, and what a file sets is not what is saved here.
    let is_there = name.table == "link" || fate.is_none() || name.is_there(saved);
    Thing {
        address: (is_there && !address.is_empty()).then_some(address),
        page,
        headline,
        lines: edits.iter().map(|edit| line(edit, lookup, fate)).collect(),
    }
}

/// What becomes of a thing as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Added,
    Deleted,
}

impl Fate {
    fn of(name: Name<'_>, edits: &[&Edit]) -> Option<Self> {
        let (_, key) = NAMED.iter().find(|(table, _)| *table == name.table)?;
        let is_key = |edit: &&&Edit| edit.path().get(name.depth).is_some_and(|one| one == key);
        edits.iter().find(is_key)?;
        if edits.iter().all(|edit| edit.before().is_none()) {
            Some(Self::Added)
        } else if edits.iter().all(|edit| edit.after().is_none()) {
            Some(Self::Deleted)
        } else {
            None
        }
    }

    fn headline(self, table: &str, page: &str) -> String {
        match (self, table) {
            // A link is there as long as its service desk.
            (Self::Added, "link") => got_settings(page),
            (Self::Deleted, "link") => lost_settings(page),
            (Self::Added, _) => format!("{page} is added"),
            (Self::Deleted, _) => format!("{page} is deleted"),
        }
    }
}

fn nameless(edit: &Edit, lookup: &Lookup<'_>) -> Vec<Thing> {
    if edit.key() == "organization" {
        return rules(edit);
    }
    let path: Vec<&str> = edit.path().iter().map(String::as_str).collect();
    let spot = lookup.spot(&path).map(|(spot, _)| spot);
    vec![Thing {
        page: spot.as_ref().map_or_else(no_page, |spot| spot.page.clone()),
        address: spot.map(|spot| spot.address),
        headline: None,
        lines: vec![line(edit, lookup, None)],
    }]
}

/// What an older program saved, or another hand.
fn no_page() -> String {
    "Unknown settings".to_owned()
}

fn line(edit: &Edit, lookup: &Lookup<'_>, fate: Option<Fate>) -> Line {
    let path: Vec<&str> = edit.path().iter().map(String::as_str).collect();
    let Some((spot, kind)) = lookup.spot(&path) else {
        return unknown(edit);
    };
    let (mut old, mut new) = Words::pair(kind, edit.before(), edit.after());
    match fate {
        // What held of a link before hangs on more than its settings.
        Some(Fate::Added) if edit.place().0 == "link" => old = Words::nothing("not set"),
        Some(Fate::Added) => old = Words::nothing("–"),
        Some(Fate::Deleted) => new = Words::nothing("–"),
        None => {}
    }
    Line {
        label: spot.label,
        key: edit.key(),
        old,
        new,
    }
}

/// Its values are shown as they are, but for secrets.
fn unknown(edit: &Edit) -> Line {
    let change = edit.change();
    let words =
        |value: Option<String>| value.map_or_else(|| Words::nothing("not set"), Words::text);
    Line {
        label: "without a field".to_owned(),
        key: change.key,
        old: words(change.old),
        new: words(change.new),
    }
}

/// A link with another name, and what else is different of it. Its page is not there under that name before it is saved.
fn renamed(rename: &Rename<'_>, edits: &[Edit], lookup: &Lookup<'_>) -> Thing {
    let differences = rename.differences(edits);
    Thing {
        page: format!("Link {}", rename.new),
        address: None,
        headline: Some(rename.headline()),
        lines: differences
            .iter()
            .map(|edit| line(edit, lookup, None))
            .collect(),
    }
}

#[cfg(test)]
#[path = "things_tests.rs"]
mod tests;

//! What each change of a link does to what is saved. Pure.

use toml::{Table, Value};

use crate::link::{Catalogue, Link, LinkState};
use crate::settings::{Outside, Saved, Slug};

use super::name_of;
use super::rooms::names;

/// The same with a table for this link, which says what holds of it now: whose link it is, and that it is off if it is. One that has a table keeps it.
pub(super) fn with_table(saved: Saved, link: &Link, outside: &Outside) -> Saved {
    let slug = link.slug.as_str();
    let had_table = has_table(&saved, &link.slug) || is_locked(outside, link, None);
    let saved = with_service_desk(saved, link);
    // A link without a table is on or off by what `link_new` said when it was seen first; a table would switch it on.
    if had_table || matches!(link.state, LinkState::On | LinkState::Closed) {
        saved
    } else {
        saved.with_value(&["link", slug, "enabled"], Some(false.into()))
    }
}

/// Whether something is saved of this link.
pub(super) fn has_table(saved: &Saved, slug: &Slug) -> bool {
    saved.value(&["link", slug.as_str()]).is_some()
}

/// Whether a file or a variable sets this key of a link; without a key, anything of it.
pub(super) fn is_locked(outside: &Outside, link: &Link, key: Option<&str>) -> bool {
    locked_by(outside, &link.slug, key).is_some()
}

/// What sets it, if that is not the desk.
pub(super) fn locked_by(outside: &Outside, slug: &Slug, key: Option<&str>) -> Option<String> {
    let key = key.map_or_else(
        || format!("link.{slug}"),
        |key| format!("link.{slug}.{key}"),
    );
    outside.locked(&key).map(|locked| locked.by)
}

/// A saved table that does not say whose link it is would be a mistake as soon as the file that says so is gone.
fn with_service_desk(saved: Saved, link: &Link) -> Saved {
    let path = ["link", link.slug.as_str(), "service_desk"];
    if saved.value(&path).is_some() {
        return saved;
    }
    saved.with_value(&path, Some(link.project_key.as_str().into()))
}

/// What was typed into the form of a link, made whole; what only says what holds anyway changes nothing.
pub(super) fn finished(before: &Saved, typed: Saved, link: &Link, outside: &Outside) -> Saved {
    if !has_table(&typed, &link.slug) {
        return typed;
    }
    let after = with_service_desk(typed, link);
    if with_table(before.clone(), link, outside) == after {
        before.clone()
    } else {
        after
    }
}

/// A link switched on or off, or made a pilot or not.
pub(super) fn switched(
    saved: Saved,
    link: &Link,
    outside: &Outside,
    key: &str,
    value: bool,
) -> Saved {
    let path = ["link", link.slug.as_str(), key];
    with_table(saved, link, outside).with_value(&path, Some(value.into()))
}

/// Everything that is saved of a link taken away.
pub(super) fn reset(saved: Saved, link: &Link) -> Saved {
    saved.with_value(&["link", link.slug.as_str()], None)
}

/// A link by another name; its old one becomes an alias.
pub(super) fn renamed(saved: Saved, link: &Link, new: &Slug, outside: &Outside) -> Saved {
    let old = link.slug.as_str();
    let saved = with_table(saved, link, outside);
    let mut table = match saved.value(&["link", old]) {
        Some(Value::Table(table)) => table.clone(),
        _ => Table::new(),
    };
    let aliases = table.get("aliases").and_then(Value::as_array);
    let mut aliases = aliases.cloned().unwrap_or_default();
    aliases.retain(
        |alias| !matches!(alias.as_str(), Some(alias) if alias == new.as_str() || alias == old),
    );
    aliases.push(old.into());
    table.insert("aliases".to_owned(), Value::Array(aliases));
    saved
        .with_value(&["link", old], None)
        .with_value(&["link", new.as_str()], Some(Value::Table(table)))
}

/// Whose name this is, when that is not this link. Names of links that are gone are free, unless the settings still hold a table for them.
pub(super) fn taken_by(
    catalogue: &Catalogue,
    name: &Slug,
    link: &Link,
    saved: &Saved,
    outside: &Outside,
) -> Option<String> {
    if names(link).any(|own| own == name) {
        return None;
    }
    let owner = catalogue.find(name).ok();
    let is_set = has_table(saved, name) || locked_by(outside, name, None).is_some();
    match owner {
        Some(owner) if is_set || owner.state != LinkState::Gone => Some(name_of(owner)),
        None if is_set => Some("another link of the settings".to_owned()),
        _ => None,
    }
}

/// The aliases that are saved of a link, as far as they can be names.
pub(super) fn aliases(saved: &Saved, link: &Link) -> Vec<Slug> {
    let aliases = saved.value(&["link", link.slug.as_str(), "aliases"]);
    let aliases = aliases.and_then(Value::as_array).into_iter().flatten();
    aliases
        .filter_map(|alias| alias.as_str()?.parse().ok())
        .collect()
}

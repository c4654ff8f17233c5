//! A change of the rules about organizations, which are one setting: rule by rule.

use toml::{Table, Value};

use crate::admin::organizations;
use crate::settings::Edit;

use super::things::{Line, Thing};
use super::value::Words;

/// The rules that are added, deleted or changed, each with its fields.
pub(super) fn rules(edit: &Edit) -> Vec<Thing> {
    let (mut old, mut new) = (tables(edit.before()), tables(edit.after()));
    let before = old.clone();
    old.retain(|rule| !taken(&mut new, |one| one == rule));
    if old.is_empty() && new.is_empty() {
        return vec![in_other_order(&before, &tables(edit.after()))];
    }
    let mut things = Vec::new();
    for rule in old {
        // One that keeps its name is the same rule; and where one goes and one comes, it was changed.
        let same = new.iter().position(|one| title(one) == title(&rule));
        let same = same.or_else(|| (new.len() == before.len() && !new.is_empty()).then_some(0));
        let after = same.map(|place| new.remove(place));
        things.push(thing(Some(&rule), after.as_ref()));
    }
    things.extend(new.iter().map(|rule| thing(None, Some(rule))));
    things
}

fn tables(value: Option<&Value>) -> Vec<Table> {
    let rules = value.and_then(Value::as_array).into_iter().flatten();
    rules.filter_map(|rule| rule.as_table().cloned()).collect()
}

/// Takes the first of this kind out; `false` where there is none.
fn taken(rules: &mut Vec<Table>, is_it: impl Fn(&Table) -> bool) -> bool {
    let place = rules.iter().position(is_it);
    place.map(|place| rules.remove(place)).is_some()
}

/// The organization, or what names it.
fn title(rule: &Table) -> String {
    let text = |key| rule.get(key).and_then(Value::as_str);
    match (text("name"), text("claim")) {
        (Some(name), _) if !name.is_empty() => format!("Organization {name}"),
        (_, Some(claim)) => format!("Organizations by the claim {claim}"),
        _ => "Organization without a name".to_owned(),
    }
}

fn thing(old: Option<&Table>, new: Option<&Table>) -> Thing {
    let page = new.or(old).map(title).unwrap_or_default();
    let headline = match (old, new) {
        (None, Some(_)) => Some(format!("{page}: the rule is added")),
        (Some(_), None) => Some(format!("{page}: the rule is deleted")),
        _ => None,
    };
    let specs = organizations::SECTIONS.iter();
    let specs = specs.flat_map(|section| section.fields);
    let lines = specs.filter_map(|spec| {
        let value = |rule: Option<&Table>| rule.and_then(|rule| rule.get(spec.key)).cloned();
        let (was, is) = (value(old), value(new));
        let words = |rule: Option<&Table>, value: Option<&Value>| match rule {
            Some(_) => Words::of(spec.kind, value),
            None => Words::nothing("–"),
        };
        (was != is).then(|| Line {
            label: spec.label.to_owned(),
            key: format!("{}.{}", organizations::KEY, spec.key),
            old: words(old, was.as_ref()),
            new: words(new, is.as_ref()),
        })
    });
    Thing {
        lines: lines.collect(),
        address: Some(organizations::ADDRESS.to_owned()),
        page,
        headline,
    }
}

/// The same rules; the first of two for one organization says whether it is created.
fn in_other_order(before: &[Table], after: &[Table]) -> Thing {
    let names = |rules: &[Table]| Value::from(rules.iter().map(title).collect::<Vec<_>>());
    let words =
        |rules: &[Table]| Words::of(crate::admin::form::Kind::Lines(""), Some(&names(rules)));
    Thing {
        page: "Organizations".to_owned(),
        address: Some(organizations::ADDRESS.to_owned()),
        headline: None,
        lines: vec![Line {
            label: "Order of the rules".to_owned(),
            key: organizations::KEY.to_owned(),
            old: words(before),
            new: words(after),
        }],
    }
}

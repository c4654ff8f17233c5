//! One event as the desk shows it.

use serde_json::Value;

use crate::admin::customers::Customers;
use crate::admin::remedy::{self, Remedy};
use crate::admin::words;
use crate::admission::person::PersonId;
use crate::audit::Record;
use crate::web::pages::for_people;

/// The most lines of what changed that are shown of one event; the export has all.
const MOST_CHANGES: usize = 50;

/// The longest value that is shown.
const LONGEST: usize = 300;

/// An event, ready for a table.
pub(crate) struct Line {
    pub(crate) at: String,
    /// As a machine reads it.
    pub(crate) datetime: String,
    pub(crate) what: String,
    /// The address of the person it happened to.
    pub(crate) email: Option<String>,
    /// Whose page is about that address, where it is one.
    pub(crate) person: Option<PersonId>,
    /// Subject and accountId of the person, as far as they are known.
    pub(crate) who: Vec<String>,
    pub(crate) actor: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) reference: Option<String>,
    /// What to do about a refusal.
    pub(crate) remedy: Option<Remedy>,
    pub(crate) changes: Vec<Changed>,
    /// Whether more changed than is shown.
    pub(crate) is_cut: bool,
}

/// One thing that changed, or that is said of the event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) what: String,
    /// `None`: there is no old and new, only a value.
    pub(crate) old: Option<String>,
    pub(crate) new: String,
}

impl Line {
    pub(crate) fn of(record: Record, customers: &Customers) -> Self {
        let mut changes = record.changes.as_ref().map(changed).unwrap_or_default();
        let is_cut = changes.len() > MOST_CHANGES;
        changes.truncate(MOST_CHANGES);
        let person = customers.id_of(record.email.as_deref());
        Self {
            remedy: remedy::of_event(&record, person.clone()),
            at: for_people(record.at),
            datetime: record.at.to_string(),
            what: words::event(&record),
            who: who(&record),
            person,
            email: record.email,
            actor: record.actor,
            client: record.client,
            link: record.link,
            reference: record.reference,
            changes,
            is_cut,
        }
    }
}

fn who(record: &Record) -> Vec<String> {
    let subject = record
        .subject
        .as_ref()
        .map(|subject| match &record.provider {
            Some(provider) => format!("{subject} at {provider}"),
            None => subject.clone(),
        });
    let provider =
        (subject.is_none()).then(|| record.provider.as_ref().map(|name| format!("at {name}")));
    let all = [subject, provider.flatten(), record.customer.clone()];
    all.into_iter().flatten().collect()
}

/// What changed: a list of keys with old and new, or an object that says something of the event.
fn changed(changes: &Value) -> Vec<Changed> {
    match changes {
        Value::Array(changes) => changes.iter().map(one_of_many).collect(),
        Value::Object(object) => object.iter().map(|(key, value)| one(key, value)).collect(),
        other => vec![one("", other)],
    }
}

fn one_of_many(change: &Value) -> Changed {
    match change.get("key").and_then(Value::as_str) {
        Some(key) => one(key, change),
        None => one("", change),
    }
}

fn one(key: &str, value: &Value) -> Changed {
    let is_pair = value.get("old").is_some() || value.get("new").is_some();
    let part = |name: &str| value.get(name).map_or_else(not_set, shown);
    Changed {
        what: key.to_owned(),
        old: is_pair.then(|| part("old")),
        new: if is_pair { part("new") } else { shown(value) },
    }
}

fn not_set() -> String {
    "not set".to_owned()
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => not_set(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    let beginning: String = text.chars().take(LONGEST).collect();
    format!("{beginning} …")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_shape_of_a_change_is_shown() {
        let change = |what: &str, old: Option<&str>, new: &str| Changed {
            what: what.to_owned(),
            old: old.map(str::to_owned),
            new: new.to_owned(),
        };
        for (changes, expected) in [
            (
                json!([{ "key": "access.domains", "old": null, "new": "acme.example" }]),
                vec![change("access.domains", Some("not set"), "acme.example")],
            ),
            (
                json!({ "enabled": { "old": true, "new": false } }),
                vec![change("enabled", Some("true"), "false")],
            ),
            (
                json!({ "signing_key": "prepared" }),
                vec![change("signing_key", None, "prepared")],
            ),
            (json!("text"), vec![change("", None, "text")]),
            (json!(["a"]), vec![change("", None, "a")]),
        ] {
            assert_eq!(changed(&changes), expected, "{changes}");
        }
    }

    #[test]
    fn a_very_long_value_is_cut() {
        let long = json!("x".repeat(10_000));
        assert_eq!(shown(&long).chars().count(), LONGEST + 2);
    }
}

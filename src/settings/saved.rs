//! What administrators saved in the store: the weakest layer but the built-in one. It is kept as it was given and read anew with every change; what of it
//! cannot be used never stops a start.

use rocket::figment::value::{Dict, Tag, Value};
use serde::{Deserialize, Serialize};

use super::layers::is_rockets;
use super::lines::line_at;
use super::problem::{Problem, Problems};
use super::toml_value;

/// How messages name this layer.
pub(super) const ORIGIN: &str = "saved settings";

/// Only from a file or a variable: what the store itself hangs on, what says whom to believe, and who watches.
const ONLY_OUTSIDE: [&str; 7] = [
    "public_url",
    "store",
    "secret_key",
    "previous_secret_key",
    "operations",
    "tracing",
    "trusted_proxies",
];

/// The keys of secrets, wherever they stand.
const SECRETS: [&str; 3] = ["client_secret", "api_token", "customer_token"];

/// Settings as they were saved: a table like `[default]` of a file.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Saved(toml::Table);

/// Secrets stand in it.
impl std::fmt::Debug for Saved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Saved(…)")
    }
}

/// One difference between two settings, for people: secrets are only said to be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The whole key.
    pub key: String,
    /// What it was; `None`: not set.
    pub old: Option<String>,
    /// What it is; `None`: not set any more.
    pub new: Option<String>,
}

impl Saved {
    /// Reads a file of settings whose `[default]` table is to be saved. What cannot be saved is a mistake.
    pub fn from_toml(text: &str, origin: &str) -> Result<Self, Problems> {
        let problem = |key: &str, origin: String, message: String| Problem {
            key: key.to_owned(),
            origin,
            message,
        };
        let file: toml::Table = toml::from_str(text).map_err(|error| {
            // The parser's own report would quote the line, which may hold a secret.
            let line = line_at(text, error.span().map_or(0, |span| span.start));
            let message = format!("is not TOML: {}", error.message().replace('\n', ", "));
            Problems(vec![problem("", format!("{origin}:{line}"), message)])
        })?;
        let mut problems = Vec::new();
        let mut saved = Self::default();
        for (name, value) in file {
            match value {
                // By way of values, which know no dates: they are texts from here on.
                toml::Value::Table(table) if name == "default" => {
                    saved.0 = toml_value::table(toml_value::dict(table, Tag::Default));
                }
                _ => problems.push(problem(
                    &name,
                    origin.to_owned(),
                    "only the table [default] can be saved".to_owned(),
                )),
            }
        }
        problems.extend(saved.misplaced().into_iter().map(|key| {
            let message = "is only set in a file or a variable".to_owned();
            problem(&key, origin.to_owned(), message)
        }));
        if problems.is_empty() {
            Ok(saved)
        } else {
            Err(Problems(problems))
        }
    }

    /// Keys that may not be saved.
    fn misplaced(&self) -> Vec<String> {
        let mut found: Vec<String> = self
            .0
            .keys()
            .filter(|key| {
                let plain = key.strip_suffix("_file").unwrap_or(key);
                ONLY_OUTSIDE.contains(&plain) || is_rockets(key)
            })
            .cloned()
            .collect();
        // A file of the server's choice would be read for whoever saves its name.
        walk(&self.0, "", &mut |path, key, _| {
            if key
                .strip_suffix("_file")
                .is_some_and(|plain| SECRETS.contains(&plain))
            {
                found.push(path.to_owned());
            }
        });
        found
    }

    /// As a file of settings. Secrets stay behind.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        let mut table = self.0.clone();
        without_secrets(&mut table);
        toml::to_string(&toml::Table::from_iter([(
            "default".to_owned(),
            toml::Value::Table(table),
        )]))
    }

    /// What files say, as it could be saved elsewhere.
    pub(super) fn of_entries(entries: Dict) -> Self {
        let mut table = toml_value::table(entries);
        table.retain(|key, _| {
            let plain = key.strip_suffix("_file").unwrap_or(key);
            !ONLY_OUTSIDE.contains(&plain)
        });
        Self(table)
    }

    /// The same with the secrets of `before` where this one has none: what is exported comes without them. An empty one says that there is none any more.
    #[must_use]
    pub fn with_secrets_of(mut self, before: &Self) -> Self {
        keep_secrets(&mut self.0, &before.0);
        drop_empty_secrets(&mut self.0);
        self
    }

    /// What is different in `self`, key by key.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<Change> {
        let (old, new) = (before.shown(), self.shown());
        let keys: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        keys.into_iter()
            .filter_map(|key| {
                let (old, new) = (old.get(key), new.get(key));
                let value = |one: Option<&(String, String)>| one.map(|(shown, _)| shown.clone());
                (old.map(|one| &one.1) != new.map(|one| &one.1)).then(|| Change {
                    key: key.clone(),
                    old: value(old),
                    new: value(new),
                })
            })
            .collect()
    }

    /// Every key with its value as it is shown, and as it is.
    fn shown(&self) -> std::collections::BTreeMap<String, (String, String)> {
        let mut seen = std::collections::BTreeMap::new();
        walk(&self.0, "", &mut |path, key, value| {
            if !value.is_table() {
                seen.insert(path.to_owned(), (shown(key, value), value.to_string()));
            }
        });
        seen
    }

    pub(super) fn table(&self) -> &toml::Table {
        &self.0
    }

    pub(super) fn table_mut(&mut self) -> &mut toml::Table {
        &mut self.0
    }

    /// As values of a layer.
    pub(super) fn values(&self) -> Dict {
        toml_value::dict(self.0.clone(), Tag::Default)
    }

    /// Whether nothing is saved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes out what a mistake is about: the key, or the nearest table around it. `false` when there is nothing of it.
    pub(super) fn drop_key(&mut self, key: &str) -> bool {
        let path: Vec<&str> = key
            .split('.')
            .map(|part| part.split('[').next().unwrap_or(part))
            .collect();
        drop_path(&mut self.0, &path)
    }

    /// Takes out what may not be saved, and says what that was: older programs, or other hands, may have written it.
    pub(super) fn drop_misplaced(&mut self) -> Vec<Problem> {
        let misplaced = self.misplaced();
        for key in &misplaced {
            self.drop_key(key);
        }
        let problem = |key: String| Problem {
            key,
            origin: ORIGIN.to_owned(),
            message: "is only set in a file or a variable".to_owned(),
        };
        misplaced.into_iter().map(problem).collect()
    }
}

/// Whether the desk may save this key.
#[cfg(test)]
pub(super) fn can_be_saved(key: &str) -> bool {
    let path: Vec<&str> = key.split('.').collect();
    let saved = Saved::default().with_value(&path, Some("".into()));
    saved.misplaced().is_empty()
}

/// Whether the key of a value says that it is a secret.
pub(super) fn is_secret(key: &str) -> bool {
    SECRETS.contains(&key)
}

/// A value for people: of a secret only that it is set, of a picture how large it is.
pub(super) fn shown(key: &str, value: &toml::Value) -> String {
    match value.as_str() {
        _ if is_secret(key) => "set".to_owned(),
        Some(text) if text.starts_with("data:") => {
            let kind = text.split([',', ';']).next().unwrap_or_default();
            let kind: String = kind.chars().take(40).collect();
            format!("\"{kind}…\" ({} characters)", text.len())
        }
        _ => cut(&value.to_string()),
    }
}

/// The longest value, and the longest key, that is shown or recorded whole.
const LONGEST_SHOWN: usize = 500;

/// The most bytes that the changes in one record of the trail take, so that it always fits the store.
const MOST_RECORDED: usize = 64 * 1024;

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
    }
}

/// Changes as they are recorded: as many as fit, and how many more there were.
#[must_use]
pub fn recorded(changes: &[Change]) -> Vec<Change> {
    let (mut kept, mut bytes) = (Vec::new(), 0);
    for change in changes {
        let key = cut(&change.key);
        let change = Change {
            key,
            ..change.clone()
        };
        bytes += serde_json::to_vec(&change).map_or(0, |json| json.len());
        if bytes > MOST_RECORDED {
            break;
        }
        kept.push(change);
    }
    let more = changes.len() - kept.len();
    kept.extend((more > 0).then(|| Change {
        key: format!("and {more} more"),
        old: None,
        new: None,
    }));
    kept
}

fn walk(table: &toml::Table, above: &str, see: &mut impl FnMut(&str, &str, &toml::Value)) {
    for (key, value) in table {
        let path = if above.is_empty() {
            key.clone()
        } else {
            format!("{above}.{key}")
        };
        see(&path, key, value);
        if let toml::Value::Table(inner) = value {
            walk(inner, &path, see);
        }
    }
}

fn without_secrets(table: &mut toml::Table) {
    table.retain(|key, _| {
        let plain = key.strip_suffix("_file").unwrap_or(key);
        !SECRETS.contains(&plain)
    });
    for value in table.iter_mut().map(|(_, value)| value) {
        if let toml::Value::Table(inner) = value {
            without_secrets(inner);
        }
    }
}

fn drop_empty_secrets(table: &mut toml::Table) {
    table.retain(|key, value| !(SECRETS.contains(&key) && value.as_str() == Some("")));
    for (_, value) in table.iter_mut() {
        if let toml::Value::Table(inner) = value {
            drop_empty_secrets(inner);
        }
    }
}

fn keep_secrets(table: &mut toml::Table, before: &toml::Table) {
    for (key, old) in before {
        if SECRETS.contains(&key.as_str()) {
            if goes_with(key, table) {
                table.entry(key).or_insert_with(|| old.clone());
            }
        } else if let (Some(toml::Value::Table(inner)), toml::Value::Table(old)) =
            (table.get_mut(key), old)
        {
            keep_secrets(inner, old);
        }
    }
}

/// Whether a secret of before still has a place: API tokens have none beside an OAuth client, and the other way round.
fn goes_with(secret: &str, table: &toml::Table) -> bool {
    let kind = table.get("token_kind").and_then(toml::Value::as_str);
    match secret {
        "api_token" | "customer_token" => kind != Some("oauth"),
        _ if table.contains_key("site") => kind == Some("oauth"),
        _ => true,
    }
}

fn drop_path(table: &mut toml::Table, path: &[&str]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    if !rest.is_empty()
        && let Some(toml::Value::Table(inner)) = table.get_mut(*first)
        && drop_path(inner, rest)
    {
        return true;
    }
    table.remove(*first).is_some()
}

/// The value that stands for a layer's whole table.
pub(super) fn whole(value: Value) -> Dict {
    value.into_dict().unwrap_or_default()
}

#[cfg(test)]
#[path = "saved_tests.rs"]
mod tests;

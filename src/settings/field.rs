//! One value that is set, and how it is understood.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use rocket::figment::value::{Dict, Value};

use super::ground::{Ground, Origin};
use super::{duration, toml_value};

/// A value with its whole key. Values of variables are raw text, understood as what is asked for.
pub(super) struct Field<'a> {
    pub(super) ground: &'a Ground,
    pub(super) key: String,
    value: Value,
}

impl<'a> Field<'a> {
    pub(super) fn new(ground: &'a Ground, key: String, value: Value) -> Self {
        Self { ground, key, value }
    }

    /// Where it came from.
    pub(super) fn origin(&self) -> Origin {
        self.ground.origin(self.value.tag())
    }

    /// Whether it is `""`, `[]` or `{}`.
    pub(super) fn is_empty(&self) -> bool {
        match &self.value {
            Value::String(_, text) => text.is_empty(),
            Value::Array(_, items) => items.is_empty(),
            Value::Dict(_, entries) => entries.is_empty(),
            _ => false,
        }
    }

    /// Its text, when it is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        self.value.as_str()
    }

    /// What a variable says, which may stand for any type.
    fn raw(&self) -> Option<&str> {
        let from_variable = matches!(self.origin(), Origin::Variable(_));
        self.as_text().filter(|_| from_variable).map(str::trim)
    }

    /// Text, and not none: a rule that came out empty of somebody's template must not pass for a rule that nobody wrote.
    pub(super) fn text(&self) -> Result<String, String> {
        match self.as_text() {
            Some("") => Err("is empty; leave it out to leave it unset".to_owned()),
            Some(text) => Ok(text.to_owned()),
            None => Err("must be text".to_owned()),
        }
    }

    /// Text that is understood by its type.
    pub(super) fn parsed<T: FromStr<Err: ToString>>(&self) -> Result<T, String> {
        self.text()?
            .parse()
            .map_err(|error: T::Err| error.to_string())
    }

    /// `true` or `false`.
    pub(super) fn flag(&self) -> Result<bool, String> {
        let raw = self.raw().and_then(|raw| raw.parse().ok());
        self.value
            .to_bool()
            .or(raw)
            .ok_or_else(|| "must be true or false".to_owned())
    }

    /// A whole number above 0.
    pub(super) fn count(&self) -> Result<u32, String> {
        let raw = self.raw().and_then(|raw| raw.parse().ok());
        let number = self.value.to_i128().and_then(|n| u32::try_from(n).ok());
        number
            .or(raw)
            .filter(|number| *number > 0)
            .ok_or_else(|| "must be a whole number above 0".to_owned())
    }

    /// A duration.
    pub(super) fn duration(&self) -> Result<Duration, String> {
        duration::parse(&self.text()?).map_err(|error| error.to_string())
    }

    /// A path, as it is meant where it stands.
    pub(super) fn path(&self) -> Result<PathBuf, String> {
        let path = PathBuf::from(self.text()?);
        Ok(self.ground.resolve(&path, &self.origin()))
    }

    /// A list; in a variable a TOML array or parted by commas.
    pub(super) fn items(&self) -> Result<Vec<Field<'a>>, String> {
        let listed = match (&self.value, self.raw()) {
            (Value::Array(_, items), _) => Some(items.clone()),
            (_, Some(raw)) if raw.starts_with('[') => {
                toml_value::inline(raw, self.value.tag()).and_then(Value::into_array)
            }
            (_, Some(raw)) => Some(self.parted(raw)),
            _ => None,
        };
        let items = listed.ok_or("must be a list, such as [\"a\", \"b\"]")?;
        let field = |item| Field::new(self.ground, self.key.clone(), item);
        Ok(items.into_iter().map(field).collect())
    }

    fn parted(&self, raw: &str) -> Vec<Value> {
        raw.split(',')
            .map(|item| Value::String(self.value.tag(), item.trim().to_owned()))
            .collect()
    }

    /// A table's entries; in a variable an inline TOML table.
    pub(super) fn entries(&self) -> Result<Dict, String> {
        match (&self.value, self.raw()) {
            (Value::Dict(_, entries), _) => Some(entries.clone()),
            (_, Some(raw)) => toml_value::inline(raw, self.value.tag()).and_then(Value::into_dict),
            _ => None,
        }
        .ok_or_else(|| "must be a table, such as { key = \"value\" }".to_owned())
    }

    /// Its tag, for what stands inside it.
    pub(super) fn tag(&self) -> rocket::figment::value::Tag {
        self.value.tag()
    }
}

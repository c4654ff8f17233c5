//! One value that is set, and how it is understood.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use rocket::figment::value::{Dict, Value};

use super::duration::{BadDuration, written};
use super::ground::{Ground, Origin};
use super::{duration, one_line, toml_value};

/// No list, and no table whose keys are free, holds more.
const MOST_ENTRIES: usize = 5000;

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

    /// Whether it is a list.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.value, Value::Array(..))
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

    /// Text of one line: a name, a label, a claim's value.
    pub(super) fn line(&self) -> Result<String, String> {
        self.line_of(one_line::MOST)
    }

    /// The same, of at most so many characters.
    pub(super) fn line_of(&self, most: usize) -> Result<String, String> {
        let text = self.text()?;
        one_line::check(&text, most)?;
        Ok(text)
    }

    /// Text of one line that is understood by its type.
    pub(super) fn parsed<T: FromStr<Err: ToString>>(&self) -> Result<T, String> {
        self.line()?
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

    /// A whole number between these two.
    pub(super) fn count(&self, least: u32, most: u32) -> Result<u32, String> {
        let raw = self.raw().and_then(|raw| raw.parse().ok());
        let number = self.value.to_i128().and_then(|n| u32::try_from(n).ok());
        number
            .or(raw)
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| format!("must be a whole number from {least} to {most}"))
    }

    /// A duration between these two.
    pub(super) fn duration(&self, least: Duration, most: Duration) -> Result<Duration, String> {
        match duration::parse(&self.line()?) {
            Ok(short) if short < least => Err(format!("must be {} or more", written(least))),
            Ok(long) if long > most => Err(format!("must be {} or less", written(most))),
            Err(BadDuration::TooLong) => Err(format!("must be {} or less", written(most))),
            read => read.map_err(|error| error.to_string()),
        }
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
        not_too_many(items.len())?;
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
        let entries = match (&self.value, self.raw()) {
            (Value::Dict(_, entries), _) => Some(entries.clone()),
            (_, Some(raw)) => toml_value::inline(raw, self.value.tag()).and_then(Value::into_dict),
            _ => None,
        };
        let entries = entries.ok_or("must be a table, such as { key = \"value\" }")?;
        not_too_many(entries.len())?;
        Ok(entries)
    }

    /// Its tag, for what stands inside it.
    pub(super) fn tag(&self) -> rocket::figment::value::Tag {
        self.value.tag()
    }
}

fn not_too_many(entries: usize) -> Result<(), String> {
    if entries > MOST_ENTRIES {
        return Err(format!(
            "holds {entries} entries; at most {MOST_ENTRIES} are taken"
        ));
    }
    Ok(())
}

//! TOML as values that know where they came from.

use rocket::figment::value::{Dict, Tag, Value};

/// The same value, with dates as text and this tag throughout.
pub(super) fn tagged(value: toml::Value, tag: Tag) -> Value {
    match value {
        toml::Value::String(text) => Value::String(tag, text),
        toml::Value::Integer(number) => Value::Num(tag, number.into()),
        toml::Value::Float(number) => Value::Num(tag, number.into()),
        toml::Value::Boolean(flag) => Value::Bool(tag, flag),
        toml::Value::Datetime(date) => Value::String(tag, date.to_string()),
        toml::Value::Array(items) => Value::Array(
            tag,
            items.into_iter().map(|item| tagged(item, tag)).collect(),
        ),
        toml::Value::Table(table) => Value::Dict(tag, dict(table, tag)),
    }
}

/// A table's entries.
pub(super) fn dict(table: toml::Table, tag: Tag) -> Dict {
    table
        .into_iter()
        .map(|(key, value)| (key, tagged(value, tag)))
        .collect()
}

/// One value written as TOML, as in `["a", "b"]` or `{ a = 1 }`; `None` when it is none.
pub(super) fn inline(text: &str, tag: Tag) -> Option<Value> {
    let mut table: toml::Table = toml::from_str(&format!("value = {}", text.trim())).ok()?;
    let value = table.remove("value")?;
    table.is_empty().then(|| tagged(value, tag))
}

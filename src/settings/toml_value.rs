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

/// The same entries as plain TOML again; numbers and texts that TOML does not know are left out.
pub(super) fn table(entries: Dict) -> toml::Table {
    let plain = |(key, value)| Some((key, untagged(value)?));
    entries.into_iter().filter_map(plain).collect()
}

fn untagged(value: Value) -> Option<toml::Value> {
    Some(match value {
        Value::String(_, text) => toml::Value::String(text),
        Value::Char(_, one) => toml::Value::String(one.to_string()),
        Value::Bool(_, flag) => toml::Value::Boolean(flag),
        Value::Num(_, number) => match number.to_i128() {
            Some(whole) => toml::Value::Integer(i64::try_from(whole).ok()?),
            None => toml::Value::Float(number.to_f64()?),
        },
        Value::Empty(..) => return None,
        Value::Dict(_, entries) => toml::Value::Table(table(entries)),
        Value::Array(_, items) => {
            toml::Value::Array(items.into_iter().filter_map(untagged).collect())
        }
    })
}

/// One value written as TOML, as in `["a", "b"]` or `{ a = 1 }`; `None` when it is none.
pub(super) fn inline(text: &str, tag: Tag) -> Option<Value> {
    let mut table: toml::Table = toml::from_str(&format!("value = {}", text.trim())).ok()?;
    let value = table.remove("value")?;
    table.is_empty().then(|| tagged(value, tag))
}

/// The same value as plain TOML, without the secrets that stand in its tables.
pub(super) fn without_secrets(value: Value) -> Option<toml::Value> {
    let mut plain = untagged(value)?;
    if let toml::Value::Table(table) = &mut plain {
        table.retain(|key, _| !super::saved::is_secret(key));
    }
    Some(plain)
}

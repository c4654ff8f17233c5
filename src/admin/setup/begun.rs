//! A step that was left empty: it is judged as if something had been typed, so that what is missing is said.

use toml::Value;

use crate::admin::change::Editor;
use crate::settings::Saved;

/// What was typed; with what is usual for one key of the table where it would be empty.
pub(super) fn begun(
    table: &[&str],
    (key, usual): (&str, &str),
    typed: Saved,
    editor: &Editor,
) -> Saved {
    let is_outside = editor.outside().locked(&table.join(".")).is_some();
    if is_outside || typed.value(table).is_some() {
        return typed;
    }
    typed.with_value(&[table, &[key]].concat(), Some(Value::from(usual)))
}

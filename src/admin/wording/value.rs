//! Values as a form would put them.

use toml::Value;

use crate::admin::form::Kind;

/// The longest text that is shown whole.
const LONGEST: usize = 500;

/// The most lines of a list that are shown.
const MOST: usize = 50;

/// A value for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::admin) struct Words {
    /// One a line; never empty.
    pub(in crate::admin) lines: Vec<String>,
    /// Whether it says that there is no value.
    pub(in crate::admin) is_nothing: bool,
}

impl Words {
    pub(super) fn nothing(words: &str) -> Self {
        Self {
            lines: vec![words.to_owned()],
            is_nothing: true,
        }
    }

    pub(super) fn text(text: impl Into<String>) -> Self {
        Self {
            lines: vec![text.into()],
            is_nothing: false,
        }
    }

    /// The value of a field of this kind.
    pub(super) fn of(kind: Kind, value: Option<&Value>) -> Self {
        match (kind, value) {
            (Kind::Choice(words), None) => usual(words.first().map(|(_, meaning)| *meaning)),
            (Kind::Flag(flag, yes, no), None) => usual(Some(if flag { yes } else { no })),
            (_, None) => Self::nothing("not set"),
            (Kind::Secret, Some(_)) => Self::text("set"),
            (Kind::Choice(words), Some(Value::String(word))) => {
                let meant = words.iter().find(|(one, _)| one == word);
                Self::text(meant.map_or_else(|| cut(word), |(_, meaning)| (*meaning).to_owned()))
            }
            (Kind::Flag(_, yes, no), Some(Value::Boolean(flag))) => {
                Self::text(if *flag { yes } else { no })
            }
            (_, Some(value)) => Self::plain(value),
        }
    }

    /// Old and new of a field; of a secret only what was done to it.
    pub(super) fn pair(kind: Kind, old: Option<&Value>, new: Option<&Value>) -> (Self, Self) {
        let new_words = match (kind, old, new) {
            (Kind::Secret, Some(_), Some(_)) => Self::text("replaced"),
            (Kind::Secret, Some(_), None) => Self::text("removed"),
            _ => Self::of(kind, new),
        };
        (Self::of(kind, old), new_words)
    }

    /// A value that no field tells more of.
    fn plain(value: &Value) -> Self {
        match value {
            Value::Array(items) if items.is_empty() => Self::nothing("nothing in the list"),
            Value::Array(items) => Self {
                lines: listed(items.iter().map(one), items.len()),
                is_nothing: false,
            },
            Value::Table(table) => Self {
                lines: listed(
                    table
                        .iter()
                        .map(|(key, value)| format!("{key} = {}", one(value))),
                    table.len(),
                ),
                is_nothing: false,
            },
            Value::String(text) if text.is_empty() => Self::nothing("empty"),
            value => Self::text(one(value)),
        }
    }
}

/// What holds while nothing is set.
fn usual(meaning: Option<&str>) -> Words {
    Words::nothing(&format!("not set: {}", meaning.unwrap_or("as usual")))
}

fn listed(items: impl Iterator<Item = String>, all: usize) -> Vec<String> {
    let mut lines: Vec<String> = items.take(MOST).collect();
    if let Some(more @ 1..) = all.checked_sub(MOST) {
        lines.push(format!("and {more} more"));
    }
    lines
}

fn one(value: &Value) -> String {
    match value {
        Value::String(text) if text.starts_with("data:") => picture(text),
        Value::String(text) => cut(text),
        other => cut(&other.to_string()),
    }
}

/// A picture is saved as its address, of which nobody wants to read more than how large it is.
fn picture(address: &str) -> String {
    format!(
        "a picture of {} KiB",
        (address.len() * 3 / 4).div_ceil(1024)
    )
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(LONGEST).collect();
    format!("{beginning} …")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHOICE: Kind = Kind::Choice(&[("refuse", "Refuse them"), ("allow", "Let them in")]);

    #[test]
    fn every_kind_of_field_has_words_for_its_values() {
        let list: Value = vec!["a.example", "b.example"].into();
        for (kind, value, words) in [
            (CHOICE, Some("allow".into()), "Let them in"),
            (CHOICE, Some("odd".into()), "odd"),
            (CHOICE, None, "not set: Refuse them"),
            (Kind::Flag(true, "On", "Off"), Some(false.into()), "Off"),
            (Kind::Flag(true, "On", "Off"), None, "not set: On"),
            (Kind::Text("2h"), Some("90m".into()), "90m"),
            (Kind::Text("2h"), None, "not set"),
            (Kind::Text(""), Some("".into()), "empty"),
            (Kind::Number("600"), Some(Value::Integer(7)), "7"),
            (Kind::Secret, Some("hush".into()), "set"),
            (Kind::Lines(""), Some(list), "a.example|b.example"),
            (
                Kind::Text(""),
                Some(format!("data:image/png;base64,{}", "A".repeat(4000)).into()),
                "a picture of 3 KiB",
            ),
        ] {
            let value: Option<Value> = value;
            assert_eq!(Words::of(kind, value.as_ref()).lines.join("|"), words);
        }
    }

    #[test]
    fn of_a_secret_only_what_was_done_to_it_is_told() {
        let (one, two): (Value, Value) = ("one".into(), "two".into());
        let told = |old, new| {
            let (old, new) = Words::pair(Kind::Secret, old, new);
            format!("{} > {}", old.lines.concat(), new.lines.concat())
        };
        assert_eq!(told(None, Some(&one)), "not set > set");
        assert_eq!(told(Some(&one), Some(&two)), "set > replaced");
        assert_eq!(told(Some(&one), None), "set > removed");
    }

    #[test]
    fn what_is_very_long_is_cut() {
        let long: Value = vec!["x".repeat(10_000); 1_000].into();
        let words = Words::of(Kind::Lines(""), Some(&long));
        assert_eq!(words.lines.len(), MOST + 1);
        assert_eq!(words.lines[0].chars().count(), LONGEST + 2);
        assert_eq!(words.lines[MOST], "and 950 more");
    }
}

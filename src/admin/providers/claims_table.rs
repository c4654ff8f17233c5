//! Claims as a table: what each says, where it came from, and what the mapping makes of it. Whatever a provider sends, the table stays readable.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::identity::Claims;
use crate::provider::Told;
use crate::settings::MappingSettings;
use crate::settings::template::Source;

/// The most rows of a table.
const MOST_ROWS: usize = 200;

/// The most characters of a value, and of a name.
const MOST_CHARACTERS: usize = 400;

/// All that the provider told.
pub(in crate::admin) struct ClaimsTable {
    pub(in crate::admin) rows: Vec<ClaimRow>,
    /// How many more there are.
    pub(in crate::admin) left_out: usize,
}

/// One claim.
pub(in crate::admin) struct ClaimRow {
    pub(in crate::admin) name: String,
    /// As the ID token says it; as userInfo does where the ID token does not.
    pub(in crate::admin) value: String,
    /// As userInfo says it, where that is something else.
    pub(in crate::admin) differs: Option<String>,
    pub(in crate::admin) from: &'static str,
    /// What of the customer is made of it.
    pub(in crate::admin) used_for: String,
}

impl ClaimsTable {
    pub(in crate::admin) fn of(told: &Told, mapping: &MappingSettings) -> Self {
        let nothing = Claims::default();
        let more = told.user_info.claims().unwrap_or(&nothing);
        Self::build(&told.id_token, more, mapping)
    }

    /// The same of claims that are put together already.
    pub(in crate::admin) fn of_claims(claims: &Claims, mapping: &MappingSettings) -> Self {
        Self::build(claims, &Claims::default(), mapping)
    }

    fn build(id_token: &Claims, more: &Claims, mapping: &MappingSettings) -> Self {
        let both = id_token.iter().chain(more.iter());
        let names: BTreeSet<&str> = both.map(|(name, _)| name).collect();
        let row = |name: &&str| row(name, id_token, more, mapping);
        Self {
            rows: names.iter().take(MOST_ROWS).map(row).collect(),
            left_out: names.len().saturating_sub(MOST_ROWS),
        }
    }
}

fn row(name: &str, id_token: &Claims, more: &Claims, mapping: &MappingSettings) -> ClaimRow {
    let (first, second) = (id_token.get(name), more.get(name));
    let differs = match (first, second) {
        (Some(first), Some(second)) if !are_alike(first, second) => Some(shown(second)),
        _ => None,
    };
    let value = if Claims::is_used_once(name) {
        "(not kept: it is good for this one login alone)".to_owned()
    } else {
        first.or(second).map(shown).unwrap_or_default()
    };
    ClaimRow {
        name: visible(name),
        value,
        from: match (first, second) {
            (Some(_), None) => "ID token",
            (Some(_), Some(_)) if differs.is_some() => "both, and they differ",
            (Some(_), Some(_)) => "ID token and userInfo",
            _ => "userInfo",
        },
        differs,
        used_for: used_for(name, mapping).join(", "),
    }
}

/// Whether two values say the same: userInfo writes truths, numbers and lists as texts.
fn are_alike(first: &Value, second: &Value) -> bool {
    let parsed = |text: &Value| {
        let text = text.as_str()?;
        serde_json::from_str::<Value>(text).ok()
    };
    first == second
        || parsed(first).as_ref() == Some(second)
        || parsed(second).as_ref() == Some(first)
}

fn used_for(name: &str, mapping: &MappingSettings) -> Vec<&'static str> {
    let reads = |source: &Source| source.claims().any(|claim| claim == name);
    let uses = [
        ("e-mail address", reads(&mapping.email)),
        ("first name", reads(&mapping.first_name)),
        ("last name", reads(&mapping.last_name)),
        ("display name", reads(&mapping.display_name)),
        ("user name", reads(&mapping.username)),
        ("groups", mapping.groups == name),
        ("whether the address is theirs", name == "email_verified"),
        ("who it is", name == "sub"),
    ];
    uses.into_iter()
        .filter_map(|(what, used)| used.then_some(what))
        .collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "(empty)".to_owned(),
        Value::String(text) => visible(text),
        other => visible(&other.to_string()),
    }
}

/// Bounded, and with a picture of each character that is not to be seen or turns others round.
pub(in crate::admin) fn visible(text: &str) -> String {
    let mut seen = String::new();
    for c in text.chars().take(MOST_CHARACTERS) {
        if c.is_control() || is_invisible(c) {
            seen.extend(c.escape_unicode());
        } else {
            seen.push(c);
        }
    }
    match text.chars().count().checked_sub(MOST_CHARACTERS) {
        Some(more @ 1..) => format!("{seen}… (and {more} more characters)"),
        _ => seen,
    }
}

/// Marks that order text, joiners, fillers, and separators of lines.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_that_say_the_same_do_not_differ() {
        for (first, second) in [
            (json!(true), json!("true")),
            (json!(7), json!("7")),
            (json!([{"a": 1}]), json!("[{\"a\":1}]")),
            (json!("x"), json!("x")),
        ] {
            assert!(
                are_alike(&first, &second) && are_alike(&second, &first),
                "{first}"
            );
        }
        for (first, second) in [(json!("a"), json!("b")), (json!(true), json!("false"))] {
            assert!(!are_alike(&first, &second), "{first}");
        }
    }

    #[test]
    fn odd_values_are_bounded_and_seen() {
        assert_eq!(visible("a\u{202e}b\n"), "a\\u{202e}b\\u{a}");
        let long = visible(&"x".repeat(1_000_000));
        assert!(long.ends_with("… (and 999600 more characters)"));
        assert_eq!(shown(&json!("")), "(empty)");
        assert_eq!(shown(&json!({"a": [1]})), "{\"a\":[1]}");
    }
}

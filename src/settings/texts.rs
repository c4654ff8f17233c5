//! `texts.<language>`: what the operator says in place of texts of ours.

use std::collections::BTreeMap;

use super::field::Field;
use super::one_line::{TURNS, too_long, turns};
use super::reader::Table;

/// No text is longer.
const MOST_CHARACTERS: usize = 2000;

/// No button says more.
const MOST_ON_A_BUTTON: usize = 60;

/// What can be said beside the buttons: at each reason for a refusal, while all links are closed, and on two pages.
pub const KEYS: [&str; 35] = [
    "login_expired",
    "login_invalid",
    "login_loop",
    "service_provider_unknown",
    "saml_request_invalid",
    "bad_request",
    "login_required",
    "login_refused",
    "email_missing",
    "email_unverified",
    "domain_not_allowed",
    "group_required",
    "organization_required",
    "claim_required",
    "network_not_allowed",
    "outside_hours",
    "blocked",
    "not_invited",
    "awaiting_approval",
    "not_allowed",
    "link_unknown",
    "not_found",
    "atlassian_account",
    "identity_conflict",
    "conflict",
    "link_off",
    "too_large",
    "too_many_requests",
    "internal",
    "provider_unavailable",
    "atlassian_unavailable",
    "store_unavailable",
    "links_closed",
    "signed_out",
    "welcome",
];

/// The buttons of the pages for customers, and whether `{provider}` may stand in what they say.
pub const BUTTONS: [(&str, bool); 12] = [
    ("button_sign_in", true),
    ("button_continue", false),
    ("button_go", false),
    ("button_start_again", false),
    ("button_another_account", false),
    ("button_home", false),
    ("button_portal", false),
    ("button_page_again", false),
    ("button_sign_out", false),
    ("button_sign_out_of", true),
    ("button_sign_out_everywhere", false),
    ("button_sign_in_again", false),
];

/// Own texts by their keys, a language each.
#[derive(Debug, Clone, Default)]
pub struct TextSettings {
    /// `texts.en`.
    pub english: BTreeMap<String, String>,
    /// `texts.de`.
    pub german: BTreeMap<String, String>,
}

/// Reads `texts`.
pub(super) fn read(table: Table<'_>) -> TextSettings {
    let settings = TextSettings {
        english: language(table.table("en", "text")),
        german: language(table.table("de", "text")),
    };
    table.finish();
    settings
}

fn language(table: Table<'_>) -> BTreeMap<String, String> {
    let read = |key: &str| Some((key.to_owned(), table.read_unless_empty(key, plain)?));
    let mut texts: BTreeMap<_, _> = KEYS.into_iter().filter_map(read).collect();
    for (key, names_provider) in BUTTONS {
        let said = table.read_unless_empty(key, |field| button(field, names_provider));
        texts.extend(said.map(|said| (key.to_owned(), said)));
    }
    table.finish();
    texts
}

/// One short line. Of braces it takes `{provider}` alone, on the buttons that lead to one: others would be shown as they stand.
fn button(field: &Field<'_>, names_provider: bool) -> Result<String, String> {
    let text = plain(field)?;
    let bare = if names_provider {
        text.replace("{provider}", "")
    } else {
        text.clone()
    };
    let length = text.chars().count();
    if length > MOST_ON_A_BUTTON {
        Err(format!(
            "is {length} characters long; at most {MOST_ON_A_BUTTON} are taken on a button"
        ))
    } else if text.contains(['\n', '\t']) {
        Err("must be one line".to_owned())
    } else if bare.contains(['{', '}']) {
        let may = if names_provider {
            "only {provider} may stand"
        } else {
            "nothing may stand"
        };
        Err(format!("holds braces; {may} in them here"))
    } else {
        Ok(text)
    }
}

/// Plain text, its lines ended the way ours are.
fn plain(field: &Field<'_>) -> Result<String, String> {
    let text = field.text()?.replace("\r\n", "\n");
    let text = text.trim();
    let length = text.chars().count();
    if text.is_empty() {
        Err("holds nothing but spaces".to_owned())
    } else if length > MOST_CHARACTERS {
        Err(too_long(length, MOST_CHARACTERS))
    } else if text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        Err("holds control characters".to_owned())
    } else if text.contains(turns) {
        Err(TURNS.to_owned())
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::settings::{Settings, TextSettings};

    fn read(text: &str) -> Result<TextSettings, String> {
        let read = Settings::from_toml(text, Path::new(""));
        read.map(|loaded| loaded.settings.texts)
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn a_text_keeps_its_lines_and_loses_the_space_around_it() {
        let texts = read(
            "[default.texts.en]\nlink_off = \"  One\\r\\ntwo\\n\\nthree\\t.\\n\"\nwelcome = \"\"\n[default.texts.de]\nlinks_closed = \"Zu\"",
        )
        .unwrap();
        assert_eq!(texts.english["link_off"], "One\ntwo\n\nthree\t.");
        assert_eq!(texts.english.len(), 1, "an empty one is none");
        assert_eq!(texts.german["links_closed"], "Zu");
    }

    #[test]
    fn what_is_no_plain_text_is_a_mistake() {
        for (value, said) in [
            ("\" \\n \"".to_owned(), "nothing but spaces"),
            ("\"a\\u0000b\"".to_owned(), "control characters"),
            ("\"a\\u001b[31mb\"".to_owned(), "control characters"),
            (format!("\"{}\"", "ä".repeat(2001)), "2001 characters"),
            ("\"a\\u202eb\"".to_owned(), "turn the direction"),
            ("1".to_owned(), "must be text"),
            ("[\"a\"]".to_owned(), "must be text"),
        ] {
            let mistake = read(&format!("[default.texts.de]\nlink_off = {value}")).unwrap_err();
            assert!(
                mistake.starts_with("texts.de.link_off") && mistake.contains(said),
                "{mistake}"
            );
        }
        let longest = format!("[default.texts.de]\nlink_off = \"{}\"", "ä".repeat(2000));
        assert!(read(&longest).is_ok());
    }

    #[test]
    fn a_button_is_named_in_one_short_line() {
        let longest = "ä".repeat(60);
        for good in ["Los geht’s: {provider}", "{provider}", longest.as_str()] {
            let texts = read(&format!("[default.texts.de]\nbutton_sign_in = \"{good}\"")).unwrap();
            assert_eq!(texts.german["button_sign_in"], good);
        }
        let too_long = "ä".repeat(61);
        for (key, value, said) in [
            ("button_sign_in", too_long.as_str(), "61 characters"),
            ("button_sign_in", "One\\ntwo", "one line"),
            ("button_sign_in", "With {name}", "only {provider} may stand"),
            ("button_home", "With {provider}", "nothing may stand"),
        ] {
            let mistake = read(&format!("[default.texts.en]\n{key} = \"{value}\"")).unwrap_err();
            assert!(mistake.starts_with(&format!("texts.en.{key}")), "{mistake}");
            assert!(mistake.contains(said), "{mistake}");
        }
    }

    #[test]
    fn an_unknown_key_is_a_mistake_with_a_suggestion() {
        for (text, said) in [
            (
                "[default.texts.en]\nlinks_off = \"x\"",
                "did you mean `link_off`?",
            ),
            (
                "[default.texts.en]\nsignedout = \"x\"",
                "did you mean `signed_out`?",
            ),
            (
                "[default.texts.en]\ngoodbye = \"x\"",
                "texts.en.goodbye (settings:2): is unknown",
            ),
            (
                "[default.texts.fr]\nwelcome = \"x\"",
                "texts.fr (settings:1): is unknown",
            ),
            (
                "[default.texts]\nwelcome = \"x\"",
                "texts.welcome (settings:2): is unknown",
            ),
            ("[texts.en]\nwelcome = \"x\"", "write [default.texts]"),
        ] {
            let mistake = read(text).unwrap_err();
            assert!(mistake.contains(said), "{mistake}");
        }
    }
}

//! Settings as somebody typed them, perhaps with mistakes, with a mask in place of each secret: to be shown to people.
//!
//! The text need not be TOML, so it is not parsed: whatever could be the value of a secret is masked, and rather more than less.

use super::saved::is_secret;

/// What is shown in place of a secret. It is no TOML as it stands there, so it is never taken for the secret.
pub const MASK: &str = "••••••••";

/// Whether a field or key of this name holds a secret: one of the known ones, or what may be one that is misspelled.
#[must_use]
pub fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let may_be = name.contains("secret")
        || name.contains("password")
        || name.ends_with("token")
        || name == "headers"; // of `tracing`
    is_secret(&name) || (may_be && !name.ends_with("_file"))
}

/// The text with a mask in place of each secret.
#[must_use]
pub fn masked(text: &str) -> String {
    let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(start) = rest.find(is_of_key) {
        let word = &rest[start..];
        let end = word.find(|one| !is_of_key(one)).unwrap_or(word.len());
        let (key, after) = word.split_at(end);
        shown.push_str(&rest[..start]);
        shown.push_str(key);
        rest = after;
        if let Some(begin) = value_of_secret(key, after) {
            let (between, value) = after.split_at(begin);
            let (_, behind) = value.split_at(length(value));
            shown.push_str(between);
            shown.push_str(MASK);
            rest = behind;
        }
    }
    shown.push_str(rest);
    shown
}

fn is_of_key(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '_' || one == '-'
}

/// Where the value begins, if this is what follows the key of a secret. A known key needs no sign between.
fn value_of_secret(key: &str, after: &str) -> Option<usize> {
    let rest = after.strip_prefix(['"', '\'']).unwrap_or(after);
    let rest = rest.trim_start_matches([' ', '\t']);
    let signed = rest.strip_prefix(['=', ':']);
    let is_value = names_a_secret(key) && (signed.is_some() || is_secret(key));
    let value = signed.unwrap_or(rest).trim_start();
    (is_value && !value.is_empty()).then(|| after.len() - value.len())
}

/// How long the value is: a text to its end, anything else to the end of its line; and everything if no end is to be seen.
fn length(value: &str) -> usize {
    for quotes in ["\"\"\"", "'''"] {
        if let Some(text) = value.strip_prefix(quotes) {
            let end = closed(text, quotes).map(|end| {
                // One or two more may stand before the last three.
                let more = text[end..]
                    .bytes()
                    .take_while(|b| *b == quotes.as_bytes()[0]);
                quotes.len() + end + more.count()
            });
            return end.unwrap_or(value.len());
        }
    }
    let line = value.lines().next().map_or(0, str::len);
    match value.chars().next() {
        Some('"') => closed(&value[1..line], "\"").map_or(value.len(), |end| end + 2),
        Some('\'') => closed(&value[1..line], "'").map_or(value.len(), |end| end + 2),
        Some('[' | '{') => value.len(),
        _ => line,
    }
}

/// Where these quotes close the text.
fn closed(text: &str, quotes: &str) -> Option<usize> {
    let escapes = quotes.starts_with('"');
    let mut is_escaped = false;
    for (place, one) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if escapes && one == '\\' {
            is_escaped = true;
        } else if text[place..].starts_with(quotes) {
            return Some(place);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_a_secret_is_masked_to_its_end_however_it_is_typed() {
        for (text, shown) in [
            (
                "a = 1\napi_token = \"hush\"\nb = 2",
                "a = 1\napi_token = ••••••••\nb = 2",
            ),
            (
                "api_token = \"\"\"\nMULTI-hush\n\\\"\"\"hush\"\"\"\"\nb = 2",
                "api_token = ••••••••\nb = 2",
            ),
            (
                "client_secret='''\nhush\\'''\nb = 2",
                "client_secret=••••••••\nb = 2",
            ),
            (
                "client_secret = '''\nhush\nb = 2",
                "client_secret = ••••••••",
            ),
            ("client_secret = \"hush\nhush\"", "client_secret = ••••••••"),
            (
                "client_secret = \"\\\"hush\" # so",
                "client_secret = •••••••• # so",
            ),
            (
                "atlassian = { api_token = 'hush', a = 1 }",
                "atlassian = { api_token = ••••••••, a = 1 }",
            ),
            (
                "x.\"api_token\" = hush\nb = 2",
                "x.\"api_token\" = ••••••••\nb = 2",
            ),
            (
                "api_token =\n  hush hush\nb = 2",
                "api_token =\n  ••••••••\nb = 2",
            ),
            ("api_token \"hush\"", "api_token ••••••••"),
            ("customer_token \"hush\"", "customer_token ••••••••"),
            ("api_token = [\"hush\",\n\"hush\"]", "api_token = ••••••••"),
            (
                "CLIENT-SECRET: hush\r\nsecret_key = \"hush\"",
                "CLIENT-SECRET: ••••••••\r\nsecret_key = ••••••••",
            ),
            (
                "client_secrets: hush\nb = 2",
                "client_secrets: ••••••••\nb = 2",
            ),
            (
                "{\"access_token\": \"hush\", \"a\": 1}",
                "{\"access_token\": ••••••••, \"a\": 1}",
            ),
        ] {
            assert_eq!(masked(text), shown, "{text}");
            assert!(!masked(&masked(text)).contains("hush"), "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_is_shown_as_it_was_typed() {
        for text in [
            "",
            "ä\nno toml <b>",
            "token_kind = \"classic\"\ntoken_expires = \"2027-01-01\"",
            "customer_token_expires = \"2027-01-01\"\ncustomer_token_file = \"/run/token\"",
            "{\"token_use\": 1}",
            "client_secret_file = \"/run/secret\"",
            "label = \"Your token\"\nclaims = [\"a\"]\n",
            "client_secret = ",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn a_mask_is_never_taken_for_a_secret() {
        let again = masked("[default]\nclient_secret = \"hush\"");
        assert!(toml::from_str::<toml::Table>(&again).is_err());
    }
}

//! What a link may fill into a request's form: a short list of fields, each once, each bounded.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The longest that a prefill may be when we write it, in bytes: it must fit into a return address of 2048.
const MOST_QUERY: usize = 1800;
/// The longest query that is read at all, in bytes: what newsletters hang on to links is dropped, but not refused.
const MOST_READ: usize = 16 * 1024;
/// The most fields.
const MOST_FIELDS: usize = 20;
/// The longest summary, in characters: Jira's own limit.
const MOST_SUMMARY: usize = 255;
/// The most digits of a custom field's number.
const MOST_DIGITS: usize = 10;

/// The unreserved characters of RFC 3986, section 2.3, stay as they are.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Fields and their values, in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prefill(Vec<(String, String)>);

impl Prefill {
    /// Reads a query. Parameters that are no field of ours (a newsletter's, a tracker's) are dropped; a field that comes
    /// twice, is too long, or holds what cannot be typed into it makes the whole query unfit.
    #[must_use]
    pub fn parse(query: &str) -> Option<Self> {
        if query.len() > MOST_READ {
            return None;
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if !is_field(name) {
                continue;
            }
            let value = decode(value)?;
            if fields.iter().any(|(known, _)| known == name) || !fits(name, &value) {
                return None;
            }
            fields.push((name.to_owned(), value));
        }
        let prefill = Self(fields);
        // Written our way it may be longer, and has to survive the login as well.
        (prefill.0.len() <= MOST_FIELDS && prefill.query().len() <= MOST_QUERY).then_some(prefill)
    }

    /// As a query, with its question mark; nothing when nothing is filled in.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = String::new();
        for (name, value) in &self.0 {
            let mark = if query.is_empty() { '?' } else { '&' };
            // Writing to a string does not fail.
            let _ = write!(
                query,
                "{mark}{name}={}",
                utf8_percent_encode(value, ENCODED)
            );
        }
        query
    }
}

/// The names are compared as they stand: none of them needs percent-encoding.
fn is_field(name: &str) -> bool {
    let is_number = |text: &str| {
        (1..=MOST_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    matches!(name, "summary" | "description")
        || name.strip_prefix("customfield_").is_some_and(is_number)
}

/// As forms encode: a plus is a space. `None` for a broken escape or bytes that are no UTF-8.
fn decode(value: &str) -> Option<String> {
    let broken = value
        .bytes()
        .enumerate()
        .filter(|(_, b)| *b == b'%')
        .any(|(at, _)| {
            let digits = value.as_bytes().get(at + 1..at + 3);
            !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        });
    if broken {
        return None;
    }
    let spaced = value.replace('+', " ");
    Some(percent_decode_str(&spaced).decode_utf8().ok()?.into_owned())
}

/// A description may have several lines; nothing else has control characters.
fn fits(name: &str, value: &str) -> bool {
    let lines = name == "description";
    let typed = value
        .chars()
        .all(|c| !c.is_control() || (lines && matches!(c, '\n' | '\r' | '\t')));
    typed && (name != "summary" || value.chars().count() <= MOST_SUMMARY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowed_fields_are_kept_and_encoded_afresh() {
        let prefill =
            Prefill::parse("summary=A+b&description=one%0Atwo&customfield_10010=%C3%A9%26")
                .unwrap();
        assert_eq!(
            prefill.query(),
            "?summary=A%20b&description=one%0Atwo&customfield_10010=%C3%A9%26"
        );
    }

    #[test]
    fn other_parameters_are_dropped() {
        for query in [
            "utm_source=mail",
            "Summary=x",
            "customfield_=x",
            "customfield_1x=x",
            "%73ummary=x",
            "",
            "&&=",
            "reporter=x&reporter=y",
        ] {
            assert_eq!(
                Prefill::parse(query).map(|p| p.query()).as_deref(),
                Some(""),
                "{query}"
            );
        }
    }

    #[test]
    fn a_field_that_cannot_be_typed_is_refused() {
        let long = format!("summary={}", "x".repeat(256));
        let longer = format!("description={}", "x".repeat(2000));
        for query in [
            "summary=a&summary=b",
            "summary=a%0Ab",
            "summary=%00",
            "summary=%ff",
            "summary=%zz",
            "summary=%4",
            "description=%1b",
            &long,
            &longer,
        ] {
            assert_eq!(Prefill::parse(query), None, "{query}");
        }
    }
}

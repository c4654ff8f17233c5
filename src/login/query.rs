//! Queries read from the raw address: percent-decoded once, nothing repaired, nothing twice.

use percent_encoding::percent_decode_str;

/// The longest query that is looked at.
const LONGEST: usize = 16 * 1024;

/// A query that cannot be read for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadQuery {
    /// A parameter that counts stands twice: which one would be meant?
    #[error("a parameter stands twice")]
    Twice,
    /// Not UTF-8, with a NUL byte, or longer than anything real.
    #[error("a parameter is too long or not text")]
    NotText,
}

/// The value of one parameter that a form put there: a `+` is a space.
pub fn form_field(query: Option<&str>, name: &str) -> Result<Option<String>, BadQuery> {
    let query = query.map(|query| query.replace('+', "%20"));
    parameter(query.as_deref(), name)
}

/// The value of one parameter. A `+` stays a `+`: paths have no spaces.
pub fn parameter(query: Option<&str>, name: &str) -> Result<Option<String>, BadQuery> {
    let query = query.unwrap_or_default();
    if query.len() > LONGEST {
        return Err(BadQuery::NotText);
    }
    let mut values = query.split('&').filter_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent_decode_str(key).decode_utf8().ok()? == name).then_some(value)
    });
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(BadQuery::Twice);
    }
    let value = percent_decode_str(value)
        .decode_utf8()
        .map_err(|_| BadQuery::NotText)?;
    if value.contains('\0') {
        Err(BadQuery::NotText)
    } else {
        Ok(Some(value.into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_decoded_once_and_kept_as_it_is() {
        let query = Some("to=%2Fp%2Fhelp%3Fsummary%3Da%2520b%2Bc+d&x=1");
        assert_eq!(
            parameter(query, "to"),
            Ok(Some("/p/help?summary=a%20b+c+d".to_owned()))
        );
        assert_eq!(parameter(query, "state"), Ok(None));
        assert_eq!(parameter(Some("error"), "error"), Ok(Some(String::new())));
    }

    #[test]
    fn a_field_of_a_form_has_spaces_for_plus_signs() {
        let query = Some("address=+https%3A%2F%2Fa%2Fb%2Bc+");
        let field = form_field(query, "address");
        assert_eq!(field, Ok(Some(" https://a/b+c ".to_owned())));
    }

    #[test]
    fn a_parameter_that_stands_twice_is_refused_however_it_is_spelled() {
        for query in [
            "to=/a&to=/b",
            "to=/b&x=1&to=/a",
            "to=/a&%74o=/b",
            "to=/a&to",
        ] {
            assert_eq!(
                parameter(Some(query), "to"),
                Err(BadQuery::Twice),
                "{query}"
            );
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(parameter(Some("code=%00"), "code"), Err(BadQuery::NotText));
        assert_eq!(parameter(Some("code=%ff"), "code"), Err(BadQuery::NotText));
        assert_eq!(
            parameter(Some(&"a".repeat(LONGEST + 1)), "code"),
            Err(BadQuery::NotText)
        );
    }
}

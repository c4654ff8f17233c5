//! What comes from elsewhere into a step: one line, not too long, and without anybody's address.

use std::borrow::Cow;

/// The longest text of a step, in characters.
const LONGEST: usize = 500;

/// What stands in an address's place.
const ADDRESS: &str = "(an address)";

/// The text as a step may hold it. What is our own and constant stays as it is.
pub(super) fn tidy(text: Cow<'static, str>) -> Cow<'static, str> {
    match text {
        Cow::Borrowed(ours) => Cow::Borrowed(ours),
        Cow::Owned(text) if is_tidy(&text) => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(tidied(&text)),
    }
}

fn is_tidy(text: &str) -> bool {
    text.len() <= LONGEST && !text.chars().any(char::is_control) && !has_address(text)
}

fn tidied(text: &str) -> String {
    let mut tidy = String::with_capacity(LONGEST);
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    for word in words {
        let word = if has_address(word) { ADDRESS } else { word };
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    if tidy.chars().count() > LONGEST {
        tidy = tidy.chars().take(LONGEST).chain(['…']).collect();
    }
    tidy
}

/// Whether there is, or may be, a mail address in it, as it is or encoded.
fn has_address(text: &str) -> bool {
    text.contains(['@', '＠']) || text.contains("%40")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_and_no_second_line_gets_into_a_step() {
        for (text, expected) in [
            ("refused (400)", "refused (400)"),
            (
                "the address <ada@customer.example> is taken",
                "the address (an address) is taken",
            ),
            ("ada%40customer.example", "(an address)"),
            ("a\r\nb\u{0}c", "a b c"),
        ] {
            assert_eq!(tidy(Cow::Owned(text.to_owned())), expected);
        }
    }

    #[test]
    fn a_step_has_an_end() {
        let long = tidy(Cow::Owned("ä ".repeat(10_000)));
        assert_eq!(long.chars().count(), LONGEST + 1);
    }
}

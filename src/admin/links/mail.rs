//! A sentence with the substitute link for the mails that Jira sends to customers, as plain text and as HTML.

use askama::Template;

/// The sentence.
pub(crate) struct Mail {
    pub(crate) plain: String,
    pub(crate) html: String,
}

#[derive(Template)]
#[template(
    source = "<p>To see your requests or to make a new one, sign in to <a href=\"{{ address }}\">{{ name }}</a>.</p>",
    ext = "html"
)]
struct Html<'a> {
    address: &'a str,
    name: &'a str,
}

impl Mail {
    pub(in crate::admin) fn of(name: &str, address: &str) -> Result<Self, askama::Error> {
        Ok(Self {
            plain: format!(
                "To see your requests or to make a new one, sign in to {name}: {address}"
            ),
            html: Html { address, name }.render()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_markup_stays_a_name() {
        let mail = Mail::of("R&D <b>", "https://help.example/p/rd").unwrap();
        assert_eq!(
            mail.html,
            "<p>To see your requests or to make a new one, sign in to <a href=\"https://help.example/p/rd\">R&#38;D &#60;b&#62;</a>.</p>"
        );
        assert!(mail.plain.ends_with("R&D <b>: https://help.example/p/rd"));
    }
}

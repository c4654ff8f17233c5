//! Whether a person's browser is going somewhere, or a program is asking.

use std::convert::Infallible;

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

/// Navigations get pages and may be sent to a login; everything else gets JSON and a 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Navigation {
    /// A browser changes its page.
    Browser,
    /// A script, a programme, an image tag.
    Other,
}

impl Navigation {
    /// `Sec-Fetch-Mode` decides (Fetch Metadata, W3C); a browser too old to send it names `text/html` in `Accept`.
    #[must_use]
    pub fn of(request: &Request<'_>) -> Self {
        let headers = request.headers();
        let navigates = match headers.get_one("Sec-Fetch-Mode") {
            Some(mode) => mode == "navigate",
            None => headers.get("Accept").any(names_html),
        };
        if navigates {
            Self::Browser
        } else {
            Self::Other
        }
    }

    /// Whether it is a browser's navigation.
    #[must_use]
    pub fn is_browser(self) -> bool {
        self == Self::Browser
    }
}

/// Whether an `Accept` line has `text/html` among its media ranges; `*/*` does not count.
fn names_html(accept: &str) -> bool {
    accept
        .split(',')
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case("text/html"))
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Navigation {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request))
    }
}

#[cfg(test)]
mod tests {
    use super::names_html;

    #[test]
    fn only_text_html_by_name_is_html() {
        assert!(names_html(
            "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
        ));
        assert!(names_html("application/json, Text/HTML;q=0.1"));
        assert!(!names_html("*/*"));
        assert!(!names_html("application/json"));
        assert!(!names_html("application/x;t=text/html"));
    }
}

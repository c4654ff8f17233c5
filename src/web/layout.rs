//! What stands around every page: the operator's name, the navigation, the way to support.

use std::convert::Infallible;
use std::sync::Arc;

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::Room;
use crate::settings::BrandingSettings;

/// The name shown when the operator has given none.
const OUR_NAME: &str = "Front Door";

/// The operator, as the pages show it.
#[derive(Debug, Clone)]
pub struct Branding(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    support: Option<Support>,
}

/// Where people find help.
#[derive(Debug)]
pub(crate) struct Support {
    /// `mailto:` or `https:`.
    pub(crate) address: String,
    /// How it is shown.
    pub(crate) label: String,
}

impl Branding {
    /// Takes over what the settings say.
    #[must_use]
    pub fn new(settings: &BrandingSettings) -> Self {
        let name = match settings.name.trim() {
            "" => OUR_NAME,
            name => name,
        };
        Self(Arc::new(Inner {
            name: name.to_owned(),
            support: support(settings.support.trim()),
        }))
    }
}

impl Default for Branding {
    fn default() -> Self {
        Self::new(&BrandingSettings::default())
    }
}

/// A link is shown as one, a mail address as one; any other text is left out, since it leads nowhere.
fn support(text: &str) -> Option<Support> {
    let is_link = text.starts_with("https://") || text.starts_with("http://");
    let is_mail = text.contains('@') && !text.contains([':', '/', ' ', '?', '&']);
    let address = match (is_link, is_mail) {
        (true, _) => text.to_owned(),
        (_, true) => format!("mailto:{text}"),
        _ => return None,
    };
    Some(Support {
        address,
        label: text.to_owned(),
    })
}

/// The frame of one page. As a guard it never fails, and shows nobody signed in until [`Layout::signed_in`] says so.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    branding: Branding,
    signed_in: bool,
}

impl Layout {
    /// The frame for an answer to this request.
    #[must_use]
    pub fn of(request: &Request<'_>) -> Self {
        let branding = Room::<Branding>::of(request);
        Self {
            branding: branding.map(|room| (**room).clone()).unwrap_or_default(),
            signed_in: false,
        }
    }

    /// The same with the navigation of somebody who is signed in.
    #[must_use]
    pub fn signed_in(mut self) -> Self {
        self.signed_in = true;
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.branding.0.name
    }

    pub(crate) fn support(&self) -> Option<&Support> {
        self.branding.0.support.as_ref()
    }

    pub(crate) fn has_navigation(&self) -> bool {
        self.signed_in
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Layout {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request))
    }
}

#[cfg(test)]
mod tests {
    use super::support;

    #[test]
    fn support_is_a_mail_address_or_a_link() {
        let address = |text| support(text).map(|support| support.address);
        assert_eq!(
            address("help@acme.example").as_deref(),
            Some("mailto:help@acme.example")
        );
        assert_eq!(
            address("https://acme.example/help").as_deref(),
            Some("https://acme.example/help")
        );
        for nothing in ["", "call us", "javascript:alert(1)@x", "a@b?bcc=c@d"] {
            assert_eq!(address(nothing), None, "{nothing:?}");
        }
    }
}

//! The pages that people see when all goes well: one struct, with exactly what its template shows.

mod chooser;
mod hand_over;
mod home;
mod logout;
mod me;
mod not_signed_in;
mod signed_out;
mod welcome;

use jiff::Timestamp;
use url::form_urlencoded;

pub use chooser::ChooserPage;
pub use hand_over::{HandOverPage, News};
pub use home::HomePage;
pub use logout::LogoutPage;
pub use me::{MePage, SessionLine};
pub use not_signed_in::NotSignedInPage;
pub use signed_out::{OtherSession, SignedOutPage};
pub use welcome::WelcomePage;

use crate::settings::ProviderName;

/// A provider to sign in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderButton {
    label: String,
    address: String,
}

impl ProviderButton {
    /// A button that leads to this address.
    #[must_use]
    pub fn new(label: &str, address: String) -> Self {
        Self {
            label: label.to_owned(),
            address,
        }
    }

    /// The address where a login starts: at this provider or, without one, with the choice. `to` is the path where it ends, kept byte for byte;
    /// `request` a sealed SAML request that waits for it.
    #[must_use]
    pub fn address(
        provider: Option<&ProviderName>,
        to: Option<&str>,
        request: Option<&str>,
    ) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let parameters = [
            ("provider", provider.map(ProviderName::as_str)),
            ("to", to.filter(|to| *to != "/")),
            ("request", request),
        ];
        for (name, value) in parameters {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() {
            "/login".to_owned()
        } else {
            format!("/login?{query}")
        }
    }
}

/// A portal that this person may open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalLine {
    /// The portal's name.
    pub name: String,
    /// The path of its link.
    pub address: String,
    /// What more there is to say: a description, or that it is waiting for something. May be empty.
    pub note: String,
}

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The display name.
    pub name: String,
    /// The mail address.
    pub email: String,
}

/// A time for the people of the admin desk, as the audit trail beside it writes it.
pub(crate) fn for_people(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

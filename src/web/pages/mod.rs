//! The pages that people see when all goes well: one struct, with exactly what its template shows.

mod chooser;
mod hand_over;
mod home;
mod logout;
mod me;
mod signed_out;
mod welcome;

use jiff::Timestamp;
use url::form_urlencoded;

pub use chooser::ChooserPage;
pub use hand_over::HandOverPage;
pub use home::HomePage;
pub use logout::LogoutPage;
pub use me::{MePage, SessionLine};
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
    /// The button of one provider; `to` is the path where the login ends, kept byte for byte.
    #[must_use]
    pub fn new(provider: &ProviderName, label: &str, to: Option<&str>) -> Self {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("provider", provider.as_str());
        if let Some(to) = to {
            query.append_pair("to", to);
        }
        Self {
            label: label.to_owned(),
            address: format!("/login?{}", query.finish()),
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

/// A time for people. Their own time zone is not known here, so it is UTC, and says so.
fn for_people(time: Timestamp) -> String {
    time.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

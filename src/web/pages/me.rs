//! The page that shows people what the help desk knows of them.

use askama::Template;
use askama_web::WebTemplate;
use jiff::Timestamp;
use rocket::Request;
use rocket::response::{self, Responder};

use super::super::headers::FormsAnywhere;
use super::super::{Key, Layout};
use super::{Person, PortalLine};

/// Attributes, groups, organizations, portals, sessions; and a button that ends all of these.
///
/// The form is posted to `/me/sign-out-everywhere` with the field `csrf`; it ends at the provider's own logout, hence [`FormsAnywhere`].
#[derive(Debug, Clone, Template)]
#[template(path = "web/pages/me.html")]
pub struct MePage {
    /// The frame; give it `signed_in()`.
    pub layout: Layout,
    /// The form's token.
    pub csrf: String,
    /// Whose page it is.
    pub person: Person,
    /// The label of the provider that was signed in with.
    pub provider: String,
    /// What was mapped, beyond name and address: a label and a value each.
    pub attributes: Vec<(Key, String)>,
    /// The groups, by name.
    pub groups: Vec<String>,
    /// The organizations, by name.
    pub organizations: Vec<String>,
    /// The portals that may be opened.
    pub portals: Vec<PortalLine>,
    /// Where else this person is signed in, and here.
    pub sessions: Vec<SessionLine>,
}

impl<'r> Responder<'r, 'static> for MePage {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        FormsAnywhere(WebTemplate(self)).respond_to(request)
    }
}

/// One session of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// When it began.
    pub started: Timestamp,
    /// When it was last used, to the minute or so; known of the one that asks.
    pub last_seen: Option<Timestamp>,
    /// Whether it is the one that asks.
    pub this_one: bool,
}

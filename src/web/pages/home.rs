//! The start page of somebody who is signed in.

use askama::Template;
use askama_web::WebTemplate;
use rocket::Request;
use rocket::response::{self, Responder};

use super::super::headers::FormsAnywhere;
use super::super::{Key, Layout};
use super::{Person, PortalLine};

/// The portals that may be opened, and a field for an address out of a mail.
///
/// The form is a `GET /?address=…`, which ends by redirects at a portal or at a provider, hence [`FormsAnywhere`].
#[derive(Debug, Clone, Template)]
#[template(path = "web/pages/home.html")]
pub struct HomePage {
    /// The frame; give it `signed_in()`.
    pub layout: Layout,
    /// Whose session it is.
    pub person: Person,
    /// The portals.
    pub portals: Vec<PortalLine>,
    /// Something to know about the list as a whole, such as that it may be incomplete.
    pub notice: Option<String>,
    /// What was pasted before, to be mended.
    pub address: String,
    /// What is wrong with it.
    pub problem: Option<Key>,
}

impl<'r> Responder<'r, 'static> for HomePage {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        FormsAnywhere(WebTemplate(self)).respond_to(request)
    }
}

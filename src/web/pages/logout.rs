//! The page that asks before it signs out.

use askama::Template;
use askama_web::WebTemplate;
use rocket::Request;
use rocket::response::{self, Responder};

use super::super::Layout;
use super::super::headers::FormsAnywhere;
use super::Person;

/// One button. The form is posted to `/logout` with the field `csrf`, and ends at the provider's own logout, hence [`FormsAnywhere`].
#[derive(Debug, Clone, Template)]
#[template(path = "web/pages/logout.html")]
pub struct LogoutPage {
    /// The frame; give it `signed_in()`.
    pub layout: Layout,
    /// The form's token.
    pub csrf: String,
    /// Who is about to sign out.
    pub person: Person,
}

impl<'r> Responder<'r, 'static> for LogoutPage {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        FormsAnywhere(WebTemplate(self)).respond_to(request)
    }
}

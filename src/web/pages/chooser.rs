//! The page that asks which provider to sign in with.

use askama::Template;
use askama_web::WebTemplate;
use rocket::Request;
use rocket::response::{self, Responder};

use super::super::headers::FormsAnywhere;
use super::super::{Key, Layout};
use super::ProviderButton;

/// A button a provider, and a field that finds the provider by the mail address' domain.
///
/// The form is posted to `/login` with the fields `email`, `to` and `request`: an address in a query would stand in histories and logs. It ends at a provider, hence [`FormsAnywhere`].
#[derive(Debug, Clone, Template)]
#[template(path = "web/pages/chooser.html")]
pub struct ChooserPage {
    /// The frame.
    pub layout: Layout,
    /// The ways to sign in, which carry `to` already.
    pub providers: Vec<ProviderButton>,
    /// Whether mail domains lead anywhere: whether the field is shown.
    pub ask_email: bool,
    /// What was typed before, to be mended.
    pub email: String,
    /// What is wrong with it.
    pub problem: Option<Key>,
    /// Where the login ends, kept byte for byte; empty for home.
    pub to: String,
    /// A sealed SAML request that waits for the login; empty for none.
    pub request: String,
}

impl<'r> Responder<'r, 'static> for ChooserPage {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        FormsAnywhere(WebTemplate(self)).respond_to(request)
    }
}

//! The page of somebody who wants to sign out and is not signed in here, but may well be at a provider.

use askama::Template;
use askama_web::WebTemplate;

use super::super::Layout;
use super::ProviderButton;

/// Offers to sign out of the providers: while one remembers an account, it goes on signing that one in.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "web/pages/not_signed_in.html")]
pub struct NotSignedInPage {
    /// The frame.
    pub layout: Layout,
    /// The providers' own logout addresses; empty when none has one.
    pub providers: Vec<ProviderButton>,
}

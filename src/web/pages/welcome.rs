//! The start page of somebody who is not signed in.

use askama::Template;
use askama_web::WebTemplate;

use super::super::Layout;
use super::ProviderButton;

/// One button a provider; with none, it says that signing in is not set up yet.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "web/pages/welcome.html")]
pub struct WelcomePage {
    /// The frame.
    pub layout: Layout,
    /// The ways to sign in.
    pub providers: Vec<ProviderButton>,
}

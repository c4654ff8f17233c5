//! The page after signing out.

use askama::Template;
use askama_web::WebTemplate;

use super::super::{Key, Layout};

/// Says that it is done, and honestly what it did not end.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "web/pages/signed_out.html")]
pub struct SignedOutPage {
    /// The frame.
    pub layout: Layout,
    /// Sessions elsewhere that may live on.
    pub others: Vec<OtherSession>,
}

/// A session that is not ours to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherSession {
    /// Where it is.
    pub name: Key,
    /// Where to go to end it, from the settings; may be absent.
    pub address: Option<String>,
}

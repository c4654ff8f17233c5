//! The page that carries a SAML response to its service provider (SAML 2.0 Bindings, 3.5: HTTP POST).

use std::fmt;

use askama::Template;
use askama_web::WebTemplate;
use rocket::Request;
use rocket::response::{self, Responder};

use super::super::headers::FormsAnywhere;
use super::super::{Key, Layout};

/// A form that posts itself, or by its button where no script runs.
#[derive(Clone, Template)]
#[template(path = "web/pages/hand_over.html")]
pub struct HandOverPage {
    /// The frame.
    pub layout: Layout,
    /// What the person is told.
    pub news: News,
    /// The registered address of the service provider; never one that a request named.
    pub acs_url: String,
    /// The response, in base64.
    pub saml_response: String,
    /// What came with the request, given back byte for byte.
    pub relay_state: Option<String>,
}

/// What the response means for the person who carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// They go to the help desk's portal, signed in.
    ToThePortal,
    /// They go to another site, signed in.
    SignedIn,
    /// They go back as they came: the site asked for something that is not so.
    NotSignedIn,
}

impl News {
    /// The title; its part `lead` says more.
    fn name(self) -> Key {
        match self {
            Self::ToThePortal => Key("hand-over-to-portal"),
            Self::SignedIn => Key("hand-over-signed-in"),
            Self::NotSignedIn => Key("hand-over-not-signed-in"),
        }
    }
}

impl fmt::Debug for HandOverPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandOverPage")
            .field("acs_url", &self.acs_url)
            .finish_non_exhaustive()
    }
}

impl<'r> Responder<'r, 'static> for HandOverPage {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        FormsAnywhere(WebTemplate(self)).respond_to(request)
    }
}

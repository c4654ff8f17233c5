//! What most forms of the desk end with: their page again, or on to the review or the next page.

use rocket::Responder;
use rocket::response::Redirect;

/// Either. Both are large, hence the boxes.
#[derive(Responder)]
pub(super) enum Answer<P> {
    /// The page, with what was typed.
    Page(Box<P>),
    /// On.
    On(Box<Redirect>),
}

impl<P> Answer<P> {
    pub(super) fn page(page: P) -> Self {
        Self::Page(Box::new(page))
    }

    pub(super) fn on(redirect: Redirect) -> Self {
        Self::On(Box::new(redirect))
    }
}

//! What most forms of the desk end with: their page again, or on to the review or the next page.

use rocket::Responder;
use rocket::http::Status;
use rocket::response::Redirect;

/// Either. Both are large, hence the boxes.
#[derive(Responder)]
pub(super) enum Answer<P> {
    /// The page, with what was typed.
    Page((Status, Box<P>)),
    /// On.
    On(Box<Redirect>),
}

impl<P> Answer<P> {
    pub(super) fn page(page: P) -> Self {
        Self::again(Status::Ok, page)
    }

    /// The page of a form that has this to say of itself: [`super::form::Form::status`].
    pub(super) fn again(status: Status, page: P) -> Self {
        Self::Page((status, Box::new(page)))
    }

    pub(super) fn on(redirect: Redirect) -> Self {
        Self::On(Box::new(redirect))
    }
}

//! The pages of the steps: those of the desk, saved at once, one after the other.

mod account;
mod administrators;
mod links;
mod mapping;
mod provider;
mod sign_in;
mod test;

use rocket::response::Redirect;
use rocket::{Responder, Route};

/// The step's page again, or on to the next.
#[derive(Responder)]
pub(super) enum Answer<P> {
    Page(P),
    On(Box<Redirect>),
}

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    [
        provider::routes(),
        test::routes(),
        mapping::routes(),
        account::routes(),
        links::routes(),
        sign_in::routes(),
        administrators::routes(),
    ]
    .concat()
}

//! The pages of the steps: those of the desk, saved at once, one after the other.

mod account;
mod administrators;
mod links;
mod mapping;
mod provider;
mod sign_in;
mod start_over;
mod test;

use rocket::Route;

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    [
        provider::routes(),
        start_over::routes(),
        test::routes(),
        mapping::routes(),
        account::routes(),
        links::routes(),
        sign_in::routes(),
        administrators::routes(),
    ]
    .concat()
}

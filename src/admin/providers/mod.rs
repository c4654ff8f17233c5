//! `/admin/providers`: the identity providers, and what can be done with them.

pub(in crate::admin) mod claims_table;
mod delete;
pub(in crate::admin) mod edit;
mod groups;
pub(in crate::admin) mod kinds;
mod list;
mod sessions;
pub(in crate::admin) mod testing;
pub(in crate::admin) mod trial;

use rocket::Route;

use crate::settings::PublicUrl;

/// What must be registered at a provider.
pub(in crate::admin) struct Addresses {
    pub(in crate::admin) callback: String,
    pub(in crate::admin) sign_out: String,
}

impl Addresses {
    pub(in crate::admin) fn of(name: &str, public_url: &PublicUrl) -> Self {
        Self {
            callback: public_url.with(&format!("/login/callback/{name}")),
            sign_out: public_url.with("/signed-out"),
        }
    }
}

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    [
        list::routes(),
        edit::routes(),
        delete::routes(),
        sessions::routes(),
        testing::routes(),
    ]
    .concat()
}

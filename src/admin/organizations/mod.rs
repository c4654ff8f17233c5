//! `/admin/organizations`: the rules of who belongs to which JSM organization. All rules are one setting: each change is a change of the whole list.

mod act;
mod edit;
mod list;
mod rules;

pub(super) use edit::SECTIONS;
pub(super) use rules::{ADDRESS, KEY};

use rocket::Route;

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    [list::routes(), edit::routes(), act::routes()].concat()
}

//! `/admin/links`: every service desk with its substitute link, and one page for each, where all that can be said of it is said and changed.
//!
//! Every change is a draft first and goes through the review.

mod edit;
pub(in crate::admin) mod fields;
pub(in crate::admin) mod line;
mod list;
pub(in crate::admin) mod mail;
pub(in crate::admin) mod page;
mod pilot;
mod qr;
mod rename;
pub(in crate::admin) mod rooms;
pub(in crate::admin) mod switch;
mod warnings;

pub use list::{LinkList, Wanted};
pub use rooms::LinkRooms;

use rocket::Route;

use crate::link::Link;
use crate::settings::Slug;

/// Where the list is.
const LIST: &str = "/admin/links";

/// The page of one link.
fn address_of(slug: &Slug) -> String {
    format!("{LIST}/{slug}")
}

/// How people call a link.
fn name_of(link: &Link) -> String {
    match &link.service_desk {
        Some(desk) => format!("{} ({})", desk.name, desk.key),
        None => link.project_key.clone(),
    }
}

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    [
        list::routes(),
        page::routes(),
        switch::routes(),
        rename::routes(),
        qr::routes(),
    ]
    .concat()
}

//! Changing what is saved: an edit is judged, shown old and new, saved unless somebody else changed the same, recorded, and can be taken back.

mod beyond;
mod draft;
pub mod editor;
mod history;
mod review;

pub use draft::Draft;
pub use editor::{Editor, SaveError};

use rocket::Route;

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    [review::routes(), history::routes()].concat()
}

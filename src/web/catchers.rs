//! Whatever Rocket, a guard or a panic ends, ends on the same page as every other refusal.

use rocket::http::Status;
use rocket::{Catcher, Request, catch};

use super::{Reason, Refusal};

/// Shows what a guard left behind, or what the status alone tells.
#[catch(default)]
fn refuse(status: Status, request: &Request<'_>) -> Refusal {
    Refusal::held(request).unwrap_or_else(|| {
        Refusal::new(Reason::of_status(status)).because(format_args!("status {}", status.code))
    })
}

/// The catchers of the whole house.
#[must_use]
pub fn catchers() -> Vec<Catcher> {
    rocket::catchers![refuse]
}

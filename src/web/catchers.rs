//! Whatever Rocket, a guard or a panic ends, ends on the same page as every other refusal.

use rocket::http::Status;
use rocket::{Catcher, Request, catch};

use super::request_meter::count_unseen;
use super::{Reason, Refusal, panics};

/// Shows what a guard left behind, or what the status alone tells.
#[catch(default)]
fn refuse(status: Status, request: &Request<'_>) -> Refusal {
    count_unseen(status, request);
    Refusal::held(request).unwrap_or_else(|| {
        let refusal = Refusal::new(reason(status, request));
        match panics::of_this_request() {
            Some(place) => refusal.because(format_args!("panicked at {place}")),
            None => refusal.because(format_args!("status {}", status.code)),
        }
    })
}

/// Rocket says 422 both of a form that does not parse and of an address with a part that does not: the latter is no page of ours.
fn reason(status: Status, request: &Request<'_>) -> Reason {
    if status == Status::UnprocessableEntity && !request.method().supports_payload() {
        return Reason::NotFound;
    }
    Reason::of_status(status)
}

/// The catchers of the whole house.
#[must_use]
pub fn catchers() -> Vec<Catcher> {
    rocket::catchers![refuse]
}

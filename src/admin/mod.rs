//! The admin desk, as far as it goes: an overview, the people who came, and a preview of what becomes of somebody.
//!
//! An administrator is a signed-in identity in one of the groups of `admin.groups`; it need not be a customer, and no link's rules apply. Everybody else is
//! refused at every address and verb below `/admin`, whether there is a page or not.

pub mod customers;
pub mod erase;
pub mod frame;
pub mod guard;
mod overview;
pub mod posted;
mod preview;

use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Responder, Route, delete, get, patch, post, put, routes};

use crate::login::{Cookies, Login, ReturnTo, start};
use crate::web::{LoginRate, Reason, Refusal, Room, Visit};

use frame::{Frame, Place};
use guard::Visiting;
pub use guard::{Administrator, Administrators};
pub use posted::Posted;

/// A login first, for somebody who is not signed in.
#[derive(Responder)]
struct LogIn(Redirect);

/// Whatever has no page of its own.
#[get("/admin/<_..>", rank = 20)]
async fn other(
    visiting: Visiting<'_>,
    uri: &Origin<'_>,
    visit: Visit,
    cookies: Cookies<'_>,
    login: &Room<Login>,
    rate: &Room<LoginRate>,
) -> Result<LogIn, Refusal> {
    match visiting {
        Visiting::Administrator(_) => Err(no_page()),
        Visiting::Refused(refusal) => Err(refusal),
        Visiting::Stranger => {
            let to = uri.to_string().parse().unwrap_or_else(|_| ReturnTo::home());
            start::go_anywhere(to, login, &visit, rate, &cookies)
                .await
                .map(LogIn)
        }
    }
}

#[post("/admin/<_..>", rank = 20)]
fn post_there(_administrator: Administrator<'_>) -> Refusal {
    no_page()
}

#[put("/admin/<_..>", rank = 20)]
fn put_there(_administrator: Administrator<'_>) -> Refusal {
    no_page()
}

#[patch("/admin/<_..>", rank = 20)]
fn patched(_administrator: Administrator<'_>) -> Refusal {
    no_page()
}

#[delete("/admin/<_..>", rank = 20)]
fn deleted(_administrator: Administrator<'_>) -> Refusal {
    no_page()
}

fn no_page() -> Refusal {
    Refusal::new(Reason::NotFound).because("no page of the admin desk")
}

/// The addresses of this room.
#[must_use]
pub fn routes() -> Vec<Route> {
    let rest = routes![other, post_there, put_there, patched, deleted];
    [
        overview::routes(),
        customers::routes(),
        preview::routes(),
        rest,
    ]
    .concat()
}

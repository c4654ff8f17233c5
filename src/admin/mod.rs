//! The admin desk: one file or folder a page. What a page changes goes through [`change`], and forms over settings are made of [`form`].
//!
//! An administrator is a signed-in identity in one of the groups of `admin.groups`, or holds a desk session, which a setup code opened; it need not be a
//! customer, and no link's rules apply. Everybody else is refused at every address and verb below `/admin`, whether there is a page or not; only the field
//! for a setup code, `/admin/code`, is for anybody. [`setup`] is the first run.

mod account_test;
mod administrators;
mod again;
mod answer;
mod any_verb;
mod audit;
pub mod change;
mod closed;
pub mod customers;
pub mod desk_session;
mod enter;
pub mod erase;
pub mod form;
pub mod frame;
pub mod guard;
mod in_words;
pub(crate) mod invitations;
mod kept;
mod keys;
mod lapsed;
pub mod links;
mod lock_out;
mod logo;
mod mapping;
mod notice;
mod organizations;
mod outcome;
mod overview;
mod pages;
pub mod place;
pub mod posted;
mod preview;
mod providers;
mod recent;
mod remedy;
mod service_providers;
pub mod setup;
pub mod setup_code;
mod standing;
mod trace;
mod transfer;
mod upload;
mod wording;
pub mod words;

use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Build, Responder, Rocket, Route, State, get, routes};

use crate::clock::Clock;
use crate::login::{Cookies, Current, Login, ReturnTo, start};
use crate::store::Vault;
use crate::web::{Layout, LoginRate, Reason, Reference, Refusal, RefusedBy, Room, Visit};

pub use account_test::ServiceAccount;
pub use administrators::Administrators;
use answer::Answer;
use desk_session::DeskSessions;
use enter::{CodePage, Door};
use frame::Frame;
pub use guard::Administrator;
use guard::Visiting;
use lapsed::{Typed, instead};
pub use lock_out::would_lock_out;
use notice::Notices;
pub use place::Place;
pub use posted::Posted;
use setup::FirstRun;
use setup_code::SetupCodes;

/// A login first, for somebody who is not signed in; or another setup code, for somebody who had one.
#[derive(Responder)]
enum First {
    LogIn(Box<Redirect>),
    Code(Box<RefusedBy<CodePage>>),
}

/// Whatever has no page of its own.
#[expect(clippy::too_many_arguments, reason = "guards are arguments")]
#[get("/admin/<_..>", rank = 20)]
async fn other(
    visiting: Visiting<'_>,
    current: Current<'_>,
    uri: &Origin<'_>,
    layout: Layout,
    reference: &Reference,
    visit: Visit,
    cookies: Cookies<'_>,
    login: &Room<Login>,
    rate: &Room<LoginRate>,
    first_run: &State<FirstRun>,
) -> Result<First, Refusal> {
    match visiting {
        Visiting::Administrator(_) => Err(no_page()),
        Visiting::Refused(refusal) => Err(refusal),
        Visiting::Lapsed => {
            let page = uri.to_string();
            let code = instead(Door::Desk, Typed::Nothing, &page, layout, reference);
            Ok(First::Code(Box::new(code)))
        }
        Visiting::Stranger if login.providers().is_empty() && visit.navigation.is_browser() => {
            let is_over = first_run.is_over().await?;
            let door = if is_over { Door::Desk } else { Door::Setup };
            Err(start::no_provider().set_it_up(door.address()))
        }
        Visiting::Stranger => {
            let to = uri.to_string().parse().unwrap_or_else(|_| ReturnTo::home());
            start::go_anywhere(&current, to, login, &visit, rate, &cookies)
                .await
                .map(|login| First::LogIn(Box::new(login)))
        }
    }
}

fn no_page() -> Refusal {
    Refusal::new(Reason::NotFound)
        .because("no page of the admin desk")
        .own_path("Admin desk", "/admin")
}

/// The addresses of this room.
#[must_use]
pub fn routes() -> Vec<Route> {
    [
        overview::routes(),
        audit::routes(),
        preview::routes(),
        links::routes(),
        customers::routes(),
        invitations::routes(),
        trace::routes(),
        pages::routes(),
        mapping::routes(),
        change::routes(),
        providers::routes(),
        service_providers::routes(),
        keys::routes(),
        organizations::routes(),
        transfer::routes(),
        logo::routes(),
        account_test::routes(),
        enter::routes(),
        again::routes(),
        lapsed::routes(),
        setup::routes(),
        routes![other],
        any_verb::routes(),
    ]
    .concat()
}

/// Brings in what does not depend on settings: setup codes, desk sessions and the first run.
#[must_use]
pub fn furnish(rocket: Rocket<Build>, vault: &Vault, clock: &Clock) -> Rocket<Build> {
    rocket
        .manage(SetupCodes::new(vault.clone(), clock.clone()))
        .manage(DeskSessions::new(vault.clone(), clock.clone()))
        .manage(FirstRun::new(vault.clone()))
        .manage(Notices::new(vault.clone(), clock.clone()))
}

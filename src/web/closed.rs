//! The house while nobody can be let in, since its store has not answered since the start: everybody is told so, and when to try again.

use rocket::figment::Figment;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Build, Data, Request, Rocket, Route, get, routes};

use crate::settings::Settings;

use super::{Check, Health, Live, TrustedProxies, furnish_site, request_head, rooms};

/// Every method that a form or a browser sends.
const METHODS: [Method; 7] = [
    Method::Get,
    Method::Head,
    Method::Post,
    Method::Put,
    Method::Delete,
    Method::Options,
    Method::Patch,
];

/// Behind all other routes.
const LAST: isize = isize::MAX;

/// The house with its doors closed.
#[must_use]
pub fn closed(rocket: Figment, settings: &Settings) -> Rocket<Build> {
    let live = Live::new(rooms(settings));
    let refused = |method| Route::ranked(LAST, method, "/<path..>", Closed);
    furnish_site(rocket::custom(rocket), &settings.public_url, live)
        .attach(request_head::RequestHead)
        .manage(TrustedProxies::new(settings.trusted_proxies.clone()))
        .mount("/", routes![ready])
        .mount("/", METHODS.map(refused))
}

#[get("/health/ready")]
fn ready() -> Health {
    Health::default().with("store", Check::Unavailable("does not answer".to_owned()))
}

/// Refuses whatever is asked for.
#[derive(Clone)]
struct Closed;

#[rocket::async_trait]
impl Handler for Closed {
    async fn handle<'r>(&self, _: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        // The page comes from the catcher of this status.
        Outcome::Error(Status::ServiceUnavailable)
    }
}

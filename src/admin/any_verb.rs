//! Whatever verb there is no page for, below `/admin`: refused to everybody else as every page is, and no page for an administrator.
//!
//! Not for CONNECT: it asks for a host, not for an address of ours, and stands for requests that no route may see.

use rocket::http::Method;
use rocket::outcome::Outcome;
use rocket::route::{self, Handler, Route};
use rocket::{Data, Request, async_trait};

use super::{Administrator, no_page};

const VERBS: [Method; 6] = [
    Method::Post,
    Method::Put,
    Method::Patch,
    Method::Delete,
    Method::Options,
    Method::Trace,
];

#[derive(Clone)]
struct NoPage;

#[async_trait]
impl Handler for NoPage {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        match request.guard::<Administrator<'r>>().await {
            Outcome::Success(_) => route::Outcome::from(request, no_page()),
            Outcome::Error((status, _)) => Outcome::Error(status),
            Outcome::Forward(status) => Outcome::Forward((data, status)),
        }
    }
}

/// One route a verb: there is no attribute for some of them.
pub(super) fn routes() -> Vec<Route> {
    let route = |verb| Route::ranked(20, verb, "/admin/<_..>", NoPage);
    VERBS.map(route).to_vec()
}

//! One line of the log for each request: what was asked in general, never what was sent.

use std::time::Instant;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Method;
use rocket::{Data, Request, Response};

use super::{ClientAddress, Reference};

/// Writes the line. The route is its template (`/p/<slug>`), so that no query, slug or reference of a ticket is in it.
#[derive(Debug)]
pub struct RequestLog;

/// The request as it came, before anybody has changed anything of it.
pub(super) struct Started {
    pub(super) at: Instant,
    pub(super) method: Method,
}

impl Started {
    pub(super) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| Self {
            at: Instant::now(),
            method: request.method(),
        })
    }
}

/// The template of the route that answered, without its query; `none` when there was no such route.
#[must_use]
pub fn route_template<'r>(request: &'r Request<'_>) -> &'r str {
    request.route().map_or("none", |route| route.uri.path())
}

#[rocket::async_trait]
impl Fairing for RequestLog {
    fn info(&self) -> Info {
        Info {
            name: "request log",
            kind: Kind::Request | Kind::Response,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        Started::of(request);
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let started = Started::of(request);
        let milliseconds = started.at.elapsed().as_secs_f64() * 1000.0;
        tracing::info!(
            method = started.method.as_str(),
            route = route_template(request),
            status = response.status().code,
            ms = (milliseconds * 10.0).round() / 10.0,
            reference = Reference::of(request).as_str(),
            client = %ClientAddress::of(request),
            "request"
        );
    }
}

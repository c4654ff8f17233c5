//! Has each visit that is worth it kept as a trace, once its answer is made.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Data, Request, Response};

use crate::trace::{Answered, Traces};

use super::Reference;
use super::visit::steps;

/// Begins the steps of a visit, and hands them over at its end. Nothing here waits for the store.
#[derive(Debug)]
pub struct TraceKeeping;

#[rocket::async_trait]
impl Fairing for TraceKeeping {
    fn info(&self) -> Info {
        Info {
            name: "traces",
            kind: Kind::Request | Kind::Response,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        steps(request);
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let Some(traces) = request.rocket().state::<Traces>() else {
            return;
        };
        let answered = Answered {
            reference: Reference::of(request).as_str(),
            route: request.route().map(|route| route.uri.path()),
            status: response.status().code,
        };
        traces.keep(&answered, steps(request));
    }
}

//! Counts and times every request, by the template of its route.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Status;
use rocket::{Data, Request, Response};

use crate::metrics::Metrics;

use super::request_log::Started;

/// Counts, in a house that counts.
#[derive(Debug)]
pub(super) struct RequestMeter;

/// Whether this fairing has seen the request. Rocket shows none a request whose method it does not know: that one goes straight to a catcher.
struct Seen(bool);

#[rocket::async_trait]
impl Fairing for RequestMeter {
    fn info(&self) -> Info {
        Info {
            name: "request meter",
            kind: Kind::Request | Kind::Response,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        request.local_cache(|| Seen(true));
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if let Some(metrics) = request.rocket().state::<Metrics>() {
            let Started { at, method } = Started::of(request);
            let status = response.status().code;
            metrics.request(request.route(), method.as_str(), status, at.elapsed());
        }
    }
}

/// Counts what the fairing was not shown.
pub(super) fn count_unseen(status: Status, request: &Request<'_>) {
    let Seen(is_seen) = request.local_cache(|| Seen(false));
    if let Some(metrics) = request.rocket().state::<Metrics>()
        && !is_seen
    {
        metrics.request_of_unknown_method(status.code);
    }
}

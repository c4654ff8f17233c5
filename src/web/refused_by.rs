//! A page of somebody's own that refuses: a form where something else was asked for.

use rocket::response::{self, Responder};
use rocket::{Request, Response};

use crate::metrics::Metrics;

use super::{Reason, visit_spans};

/// The page, with the status of its reason. It is counted as every other refusal.
#[derive(Debug)]
pub struct RefusedBy<P>(pub Reason, pub P);

impl<'r, 'o: 'r, P: Responder<'r, 'o>> Responder<'r, 'o> for RefusedBy<P> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'o> {
        let Self(reason, page) = self;
        count(request, reason);
        let page = page.respond_to(request)?;
        Response::build_from(page).status(reason.status()).ok()
    }
}

/// Counts a refusal, in a house that counts.
pub(super) fn count(request: &Request<'_>, reason: Reason) {
    visit_spans::refused(request, reason);
    if let Some(metrics) = request.rocket().state::<Metrics>() {
        metrics.refusal(reason.name());
    }
}

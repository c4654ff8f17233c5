//! One visit: what every step of a request may need to know of it, and what its audit events have in common.

use std::convert::Infallible;

use rocket::async_trait;
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome, Request};

use crate::audit::{Event, EventName};
use crate::trace::Steps;

use super::{ClientAddress, Navigation, Reference};

/// The longest `User-Agent` that is looked at.
const USER_AGENT: usize = 512;

/// A request's reference, client and kind.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The id that error page, log and audit trail share.
    pub reference: String,
    /// Where it came from.
    pub client: ClientAddress,
    /// Whether a person's browser shows the answer as a page.
    pub navigation: Navigation,
    /// What the browser calls itself; may be empty, and anything.
    pub user_agent: String,
    /// What it went through so far.
    pub steps: Steps,
}

impl Visit {
    /// An audit event of this visit.
    #[must_use]
    pub fn event(&self, name: EventName) -> Event {
        Event::new(name)
            .reference(&self.reference)
            .client(&self.client.to_string())
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for Visit {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        let user_agent = request.headers().get_one("User-Agent").unwrap_or_default();
        Outcome::Success(Self {
            reference: Reference::of(request).as_str().to_owned(),
            client: ClientAddress::of(request),
            navigation: Navigation::of(request),
            steps: steps(request).clone(),
            user_agent: user_agent.chars().take(USER_AGENT).collect(),
        })
    }
}

/// The steps of this request, of which every clone notes into the same.
pub fn steps<'r>(request: &'r Request<'_>) -> &'r Steps {
    request.local_cache(Steps::default)
}

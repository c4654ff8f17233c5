//! The guard that tells a handler who is visiting, from the session cookie.

use rocket::async_trait;
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome, Request};

use crate::store::StoreError;
use crate::trace::Steps;
use crate::web::visit::steps;
use crate::web::{CookieNames, RawCookies, Reason, Refusal, Room};

use super::{Session, Sessions};

/// Whoever visits: signed in or not, however old the provider's word about them is. What gives somebody anything asks [`crate::login::Current`]. The store is read once a request, however often this guard stands in a handler.
pub struct Visitor<'r>(&'r Result<Option<Session>, StoreError>);

impl<'r> Visitor<'r> {
    /// The live session, if there is one.
    pub fn session(&self) -> Result<Option<&'r Session>, Refusal> {
        match self.0 {
            Ok(session) => Ok(session.as_ref()),
            Err(error) => Err(Refusal::new(Reason::StoreUnavailable).because(error)),
        }
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for Visitor<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        Outcome::Success(Self(request.local_cache_async(read(request)).await))
    }
}

async fn read(request: &Request<'_>) -> Result<Option<Session>, StoreError> {
    let (Some(sessions), Some(names)) = (
        Room::<Sessions>::of(request),
        request.rocket().state::<CookieNames>(),
    ) else {
        return Ok(None);
    };
    let found = match RawCookies::read(request.headers().get("Cookie")).get(names.session()) {
        Some(cookie) => Some(sessions.find(cookie).await),
        None => None,
    };
    note(steps(request), found.as_ref());
    found.unwrap_or(Ok(None))
}

fn note(steps: &Steps, found: Option<&Result<Option<Session>, StoreError>>) {
    match found {
        None => steps.note("Session", "no cookie"),
        Some(Ok(None)) => steps.note("Session", "a cookie, but no live session of it"),
        Some(Ok(Some(session))) => {
            steps.note("Session", "found");
            steps.vouched();
            steps.follows(&session.data.visits);
        }
        Some(Err(error)) => steps.failed("Session", error),
    }
}

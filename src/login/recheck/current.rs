//! The guard that tells a handler who is there now, as their provider says it.

use rocket::async_trait;
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome, Request};

use crate::session::{Session, Visitor};
use crate::settings::ProviderName;
use crate::web::{Reason, Refusal, Room, Visit};

use super::Recheck;

/// Whoever is there, with what the provider said of them not longer ago than `session.recheck`. The provider is asked once a request at most, however often this
/// guard stands in a handler, and the store is read once while nothing is due.
///
/// [`Visitor`] is for what needs no such word: signing out, and a login that takes another session's place.
pub struct Current<'r> {
    found: Option<&'r Session>,
    standing: &'r Standing,
}

/// What a session is worth at the moment.
#[derive(Debug)]
pub(super) enum Standing {
    /// There is none, or none any more.
    Nobody,
    /// What it says holds.
    AsFound,
    /// The provider has been asked.
    Confirmed(Box<Session>),
    /// Another login has to tell whether it holds.
    Unproved,
    /// It ended just now, or nobody can tell at the moment.
    Refused(Refusal),
}

impl<'r> Current<'r> {
    /// The session of somebody about whom the provider's word is young enough. Whoever is to prove anew who they are counts as not signed in.
    pub fn session(&self) -> Result<Option<&'r Session>, Refusal> {
        match self.standing {
            Standing::Nobody | Standing::Unproved => Ok(None),
            Standing::AsFound => Ok(self.found),
            Standing::Confirmed(session) => Ok(Some(session)),
            Standing::Refused(refusal) => Err(refusal.clone()),
        }
    }

    /// Why nothing can be given to somebody who has a session.
    #[must_use]
    pub fn untold(&self) -> Option<&'r Refusal> {
        match self.standing {
            Standing::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The session of somebody who has to go through the provider before it counts again.
    #[must_use]
    pub fn unproved(&self) -> Option<&'r Session> {
        self.found
            .filter(|_| matches!(self.standing, Standing::Unproved))
    }

    /// The provider at which they do.
    #[must_use]
    pub fn at(&self) -> Option<&'r ProviderName> {
        let session = self.unproved()?;
        Some(&session.data.identity.provider)
    }

    /// The session that the browser has, whatever it is worth.
    #[must_use]
    pub fn found(&self) -> Option<&'r Session> {
        self.found
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for Current<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        let found = match request.guard::<Visitor<'r>>().await {
            Outcome::Success(visitor) => visitor.session(),
            _ => Ok(None),
        };
        let standing = request.local_cache_async(standing(request, &found)).await;
        let found = found.unwrap_or_default();
        Outcome::Success(Self { found, standing })
    }
}

async fn standing(request: &Request<'_>, found: &Result<Option<&Session>, Refusal>) -> Standing {
    let session = match found {
        Ok(Some(session)) => *session,
        Ok(None) => return Standing::Nobody,
        Err(refusal) => return Standing::Refused(refusal.clone()),
    };
    let (Some(recheck), Outcome::Success(visit)) =
        (Room::<Recheck>::of(request), request.guard::<Visit>().await)
    else {
        let refusal = Refusal::new(Reason::Internal).because("sessions cannot be confirmed");
        return Standing::Refused(refusal);
    };
    let path = request.uri().path().as_str();
    recheck.standing(session, &visit, path).await
}

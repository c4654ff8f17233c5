//! Who may enter the admin desk.

use rocket::async_trait;
use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome, Request};

use crate::audit::{EventName, Trail};
use crate::identity::Identity;
use crate::session::{Session, Visitor};
use crate::settings::names::Group;
use crate::web::{CsrfToken, LoginRate, Reason, Refusal, Room, Visit};

/// The groups of `admin.groups`.
#[derive(Debug, Clone)]
pub struct Administrators(pub Vec<Group>);

impl Administrators {
    /// Whether this identity is one. Nobody is where no group is set.
    #[must_use]
    pub fn include(&self, identity: &Identity) -> bool {
        identity.groups.iter().any(|group| self.0.contains(group))
    }
}

/// Whoever asks for a page of the desk.
pub(super) enum Visiting<'r> {
    Administrator(&'r Session),
    /// Signed in, but no administrator; or nobody can be told from another now.
    Refused(Refusal),
    /// Not signed in.
    Stranger,
}

#[async_trait]
impl<'r> FromRequest<'r> for Visiting<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        Outcome::Success(judge(request).await)
    }
}

/// An administrator. Where there is none, a person's browser that is not signed in goes on to the login, and everybody else is refused.
pub struct Administrator<'r> {
    session: &'r Session,
}

impl<'r> Administrator<'r> {
    /// Who they are at the provider; `None` for the holder of a setup code.
    #[must_use]
    pub fn identity(&self) -> Option<&'r Identity> {
        Some(&self.session.data.identity)
    }

    /// What the audit trail calls them.
    #[must_use]
    pub fn actor(&self) -> String {
        self.session.data.identity.email.to_string()
    }

    /// The token that their forms carry.
    #[must_use]
    pub fn csrf(&self) -> CsrfToken {
        CsrfToken::of_session(self.session.id().secret())
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for Administrator<'r> {
    type Error = Reason;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        match judge(request).await {
            Visiting::Administrator(session) => Outcome::Success(Self { session }),
            Visiting::Refused(refusal) => refusal.from_guard(request),
            Visiting::Stranger if request.method() == rocket::http::Method::Get => {
                Outcome::Forward(Status::Unauthorized)
            }
            Visiting::Stranger => Refusal::new(Reason::LoginRequired).from_guard(request),
        }
    }
}

async fn judge<'r>(request: &'r Request<'_>) -> Visiting<'r> {
    let Outcome::Success(visitor) = request.guard::<Visitor<'r>>().await else {
        return Visiting::Refused(Refusal::new(Reason::Internal).because("no visitor"));
    };
    let session = match visitor.session() {
        Ok(Some(session)) => session,
        Ok(None) => return Visiting::Stranger,
        Err(unavailable) => return Visiting::Refused(unavailable),
    };
    let groups = Room::<Administrators>::of(request);
    if groups.is_some_and(|groups| groups.include(&session.data.identity)) {
        return Visiting::Administrator(session);
    }
    Visiting::Refused(refuse(request, &session.data.identity).await)
}

/// Somebody who is signed in and no administrator is recorded.
async fn refuse(request: &Request<'_>, identity: &Identity) -> Refusal {
    let refusal = Refusal::new(Reason::NotAllowed).because("no administrator");
    let (Some(trail), Outcome::Success(visit)) =
        (Room::<Trail>::of(request), request.guard::<Visit>().await)
    else {
        return refusal;
    };
    if let Some(rate) = Room::<LoginRate>::of(request)
        && let Err(too_many) = rate.check(visit.client)
    {
        return too_many;
    }
    let event = visit
        .event(EventName::Refused)
        .identity(identity)
        .reason(Reason::NotAllowed.name());
    match trail.record(event).await {
        Ok(()) => refusal,
        Err(error) => Refusal::new(Reason::StoreUnavailable).because(error),
    }
}

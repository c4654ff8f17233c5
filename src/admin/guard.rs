//! Who may enter the admin desk: a person in an administrators' group, and the holder of a desk session.
//!
//! A browser can be both. It acts as what it became last, since either was done on purpose: a code that was entered after the login opens the desk by that code,
//! until it is left or its hour is over, and a login after the code is the person again. A login that is too old for changes gives way to a desk session.

use rocket::async_trait;
use rocket::http::{Method, Status};
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome, Request};

use crate::audit::{EventName, Trail};
use crate::identity::Identity;
use crate::login::Current;
use crate::session::Session;
use crate::store::StoreError;
use crate::web::{CsrfToken, LoginRate, Navigation, Reason, Refusal, Room, Visit};

use super::administrators::Administrators;
use super::desk_session::{DeskSession, DeskSessions};
use super::lapsed::Lapsed;
use super::setup::FirstRun;

/// What the audit trail calls the holder of a desk session.
pub const SETUP_CODE: &str = "setup code";

impl Administrators {
    /// As what an administrator acts who is signed in, and may hold a desk session too.
    fn who<'r>(&self, session: &'r Session, held: Option<&'r DeskSession>) -> Who<'r> {
        let too_old = self.must_log_in_again(session);
        let login = if too_old { Login::TooOld } else { Login::Good };
        match held {
            Some(desk) if too_old || desk.opened() > session.data.started => Who::Holder(desk),
            _ => Who::Person { session, login },
        }
    }

    /// The same of one about whom the provider cannot be asked without another login: a setup code lets them in, and a form that they send waits for the login.
    fn who_unproved<'r>(
        &self,
        session: &'r Session,
        held: Option<&'r DeskSession>,
        sends: bool,
    ) -> Option<Who<'r>> {
        match held {
            Some(desk) => Some(Who::Holder(desk)),
            None if sends => Some(match self.who(session, None) {
                Who::Person {
                    login: Login::Good, ..
                } => Who::Person {
                    session,
                    login: Login::Unproved,
                },
                other => other,
            }),
            None => None,
        }
    }
}

/// Whoever asks.
#[derive(Clone, Copy)]
pub(super) enum Asking<'r> {
    Administrator(Administrator<'r>),
    /// Signed in, but no administrator.
    Customer(&'r Session),
    /// Signed in, but what that is worth cannot be told now, or ended just now.
    Untold(&'r Refusal),
    /// Not signed in.
    Stranger,
}

impl<'r> Asking<'r> {
    /// Looks at both cookies. Whoever is signed in and no administrator may still hold a desk session, and whoever holds one needs no provider.
    pub(super) async fn of(request: &'r Request<'_>) -> Result<Self, Refusal> {
        let (current, held) = (current(request).await?, DeskSessions::of(request).await?);
        let session = match current.session() {
            Err(refusal) if refusal.reason() == Reason::StoreUnavailable => return Err(refusal),
            found => found.unwrap_or_default(),
        };
        if let Some(administrator) = administrator(request, &current, session, held).await? {
            return Ok(Self::Administrator(administrator));
        }
        Ok(match (held, session, current.untold()) {
            (Some(desk), ..) => Self::Administrator(Administrator::holding(desk)),
            (None, Some(session), _) => Self::Customer(session),
            (None, None, Some(refusal)) => Self::Untold(refusal),
            (None, None, None) => Self::Stranger,
        })
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for Asking<'r> {
    type Error = Reason;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        match Self::of(request).await {
            Ok(asking) => Outcome::Success(asking),
            Err(refusal) => refusal.from_guard(request),
        }
    }
}

fn token_of(session: &Session) -> CsrfToken {
    CsrfToken::of_session(session.id().secret())
}

async fn current<'r>(request: &'r Request<'_>) -> Result<Current<'r>, Refusal> {
    match request.guard::<Current<'r>>().await {
        Outcome::Success(current) => Ok(current),
        _ => Err(Refusal::new(Reason::Internal).because("no visitor")),
    }
}

/// Somebody of an administrators' group, by the session that they have.
async fn administrator<'r>(
    request: &'r Request<'_>,
    current: &Current<'r>,
    session: Option<&'r Session>,
    held: Option<&'r DeskSession>,
) -> Result<Option<Administrator<'r>>, Refusal> {
    let (Some(found), Some(administrators)) =
        (current.found(), Room::<Administrators>::of(request))
    else {
        return Ok(None);
    };
    if !administrators.include(&session.unwrap_or(found).data.identity) {
        return Ok(None);
    }
    let sends = current.unproved().is_some()
        && request.method() == Method::Post
        && Navigation::of(request).is_browser();
    let who = match session {
        Some(session) => Some(administrators.who(session, held)),
        None => administrators.who_unproved(found, held, sends),
    };
    let Some(who) = who else {
        return Ok(None);
    };
    if session.is_some() {
        entered(request).await?;
    }
    Ok(Some(Administrator {
        who,
        session: session.or(Some(found)),
        desk: held.or(DeskSessions::ended_of(request).await?),
    }))
}

/// A person is at the desk: from now on it needs no first run.
async fn entered(request: &Request<'_>) -> Result<(), StoreError> {
    match request.rocket().state::<FirstRun>() {
        Some(first_run) => first_run.end().await,
        None => Ok(()),
    }
}

/// Whoever asks for a page of the desk.
pub(super) enum Visiting<'r> {
    Administrator(Administrator<'r>),
    /// Signed in, but no administrator; or nobody can be told from another now.
    Refused(Refusal),
    /// Not signed in, in a browser that had a desk session.
    Lapsed,
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

/// An administrator. Where there is none, a person's browser that is not signed in goes on to the login, or to the field for another setup code if it had one
/// already, and everybody else is refused.
#[derive(Clone, Copy)]
pub struct Administrator<'r> {
    who: Who<'r>,
    /// The session of the administrator who is signed in here, whatever they act as.
    session: Option<&'r Session>,
    /// The desk session that this browser has, or had.
    desk: Option<&'r DeskSession>,
}

#[derive(Clone, Copy)]
enum Who<'r> {
    /// Somebody of an administrators' group.
    Person { session: &'r Session, login: Login },
    /// Somebody who had a setup code.
    Holder(&'r DeskSession),
}

/// What an administrator's login is good for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Login {
    /// Everything.
    Good,
    /// It is too old for a change.
    TooOld,
    /// Only another one can tell whether it still holds.
    Unproved,
}

impl<'r> Administrator<'r> {
    fn holding(desk: &'r DeskSession) -> Self {
        Self {
            who: Who::Holder(desk),
            session: None,
            desk: Some(desk),
        }
    }

    /// Who they are at the provider; `None` for the holder of a setup code, whoever else they may be.
    #[must_use]
    pub fn identity(&self) -> Option<&'r Identity> {
        match self.who {
            Who::Person { session, .. } => Some(&session.data.identity),
            Who::Holder(_) => None,
        }
    }

    /// The administrator who is signed in in this browser, also where it is a setup code that lets them in now.
    pub(super) fn signed_in(&self) -> Option<&'r Identity> {
        self.session.map(|session| &session.data.identity)
    }

    /// What the audit trail calls them.
    #[must_use]
    pub fn actor(&self) -> String {
        self.identity().map_or_else(
            || SETUP_CODE.to_owned(),
            |identity| identity.email.to_string(),
        )
    }

    /// The token that their forms carry.
    #[must_use]
    pub fn csrf(&self) -> CsrfToken {
        match self.who {
            Who::Person { session, .. } => token_of(session),
            Who::Holder(desk) => desk.csrf(),
        }
    }

    /// Refuses a form that was not shown in this browser, to the person or to the holder of a code: a form may stand open while the one becomes the other.
    pub(super) fn check(&self, sent: &str) -> Result<(), Refusal> {
        self.csrf().check(sent).or_else(|refusal| {
            let of_session = self.session.map(|session| token_of(session).check(sent));
            let of_desk = self.desk.map(|desk| desk.check(sent));
            let is_ours = [of_session, of_desk]
                .into_iter()
                .flatten()
                .any(|one| one.is_ok());
            if is_ours { Ok(()) } else { Err(refusal) }
        })
    }

    /// The desk session that lets them in, if that is what does.
    #[must_use]
    pub fn desk_session(&self) -> Option<&'r DeskSession> {
        match self.who {
            Who::Person { .. } => None,
            Who::Holder(desk) => Some(desk),
        }
    }

    /// Whether they must log in again before they may change anything: `admin.login_within`, or the provider has to be asked who they are.
    #[must_use]
    pub fn must_log_in_again(&self) -> bool {
        matches!(self.who, Who::Person { login, .. } if login != Login::Good)
    }

    /// Whether it is the latter alone, so that any login will do.
    pub(super) fn is_unproved(&self) -> bool {
        matches!(self.who, Who::Person { login, .. } if login == Login::Unproved)
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for Administrator<'r> {
    type Error = Reason;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        match judge(request).await {
            Visiting::Administrator(administrator) => Outcome::Success(administrator),
            Visiting::Refused(refusal) => refusal.from_guard(request),
            Visiting::Lapsed => Outcome::Forward(Status::Unauthorized),
            Visiting::Stranger if request.method() == Method::Get => {
                Outcome::Forward(Status::Unauthorized)
            }
            Visiting::Stranger => Refusal::new(Reason::LoginRequired).from_guard(request),
        }
    }
}

async fn judge<'r>(request: &'r Request<'_>) -> Visiting<'r> {
    match Asking::of(request).await {
        Ok(Asking::Administrator(administrator)) => Visiting::Administrator(administrator),
        Ok(Asking::Customer(session)) => {
            Visiting::Refused(refuse(request, &session.data.identity).await)
        }
        Ok(Asking::Stranger) => match request.guard::<Lapsed<'r>>().await {
            Outcome::Success(_) => Visiting::Lapsed,
            _ => Visiting::Stranger,
        },
        Ok(Asking::Untold(refusal)) => Visiting::Refused(refusal.clone().side_door()),
        Err(refusal) => Visiting::Refused(refusal),
    }
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
    match trail.record_once(event, &identity.key()).await {
        Ok(()) => refusal,
        Err(error) => error.into(),
    }
}

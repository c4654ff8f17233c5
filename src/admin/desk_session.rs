//! Desk sessions: what a setup code opens. They are kept as sessions are, by a hash of the cookie and sealed under it, but name nobody, last an hour whatever
//! happens, and open the admin desk alone. One that has ended opens nothing; it is only known again, so that what its browser sends can wait for a new code
//! ([`super::lapsed`]).

use std::time::Duration;

use jiff::Timestamp;
use rocket::request::Request;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::session::SessionId;
use crate::store::{Key, StoreError, Vault};
use crate::web::visit::steps;
use crate::web::{CookieNames, CsrfToken, RawCookies, Refusal};

/// How long one lasts.
pub const LIFE: Duration = Duration::from_hours(1);

/// For how long one is known again, counted from its beginning.
pub const REMEMBERED: Duration = Duration::from_hours(12);

/// A desk session, live or ended.
pub struct DeskSession {
    id: SessionId,
    opened: Timestamp,
    /// The token of the one before it in the same browser, where forms may stand open that were not sent yet.
    before: Option<CsrfToken>,
}

impl DeskSession {
    /// The token that its forms carry.
    #[must_use]
    pub fn csrf(&self) -> CsrfToken {
        CsrfToken::of_session(self.id.secret())
    }

    /// Refuses a form that is neither its own nor of the one before it.
    pub(super) fn check(&self, sent: &str) -> Result<(), Refusal> {
        let own = self.csrf().check(sent);
        match &self.before {
            Some(before) => own.or_else(|_| before.check(sent)),
            None => own,
        }
    }

    /// When it was opened.
    pub(super) fn opened(&self) -> Timestamp {
        self.opened
    }

    /// When it ends.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.after(LIFE)
    }

    /// When it is forgotten.
    #[must_use]
    pub fn forgotten(&self) -> Timestamp {
        self.after(REMEMBERED)
    }

    fn after(&self, life: Duration) -> Timestamp {
        self.opened.saturating_add(life).unwrap_or(Timestamp::MAX)
    }
}

/// What the cookie of a request names.
enum Known {
    Live(DeskSession),
    Ended(DeskSession),
}

/// What the store keeps of one.
#[derive(Serialize, Deserialize)]
struct Kept {
    opened: Timestamp,
    before: Option<String>,
}

/// All desk sessions.
#[derive(Clone)]
pub struct DeskSessions {
    vault: Vault,
    clock: Clock,
}

impl DeskSessions {
    /// The desk sessions in this vault.
    #[must_use]
    pub fn new(vault: Vault, clock: Clock) -> Self {
        Self { vault, clock }
    }

    /// Opens one, always under a new id, in a browser that had this one before.
    pub async fn open(&self, before: Option<&DeskSession>) -> Result<SessionId, StoreError> {
        let id = SessionId::fresh();
        let (key, opened) = (Key::desk_session(&id.hash()), self.clock.now());
        let before = before.map(|before| before.csrf().as_str().to_owned());
        let kept = Kept { opened, before };
        self.vault
            .put_under(&key, id.secret(), &kept, Some(REMEMBERED))
            .await?;
        Ok(id)
    }

    /// The one of a cookie, live or ended.
    async fn find(&self, cookie: &str) -> Result<Option<Known>, StoreError> {
        let Some(id) = SessionId::parse(cookie) else {
            return Ok(None);
        };
        let key = Key::desk_session(&id.hash());
        let found = self.vault.get_under::<Kept>(&key, id.secret()).await?;
        let session = found.map(|(kept, _)| DeskSession {
            id,
            opened: kept.opened,
            before: kept.before.map(CsrfToken::kept),
        });
        let now = self.clock.now();
        Ok(match session {
            Some(session) if now < session.ends() => Some(Known::Live(session)),
            Some(session) if now < session.forgotten() => Some(Known::Ended(session)),
            _ => None,
        })
    }

    /// Ends one, wherever its cookie still is.
    pub async fn end(&self, session: &DeskSession) -> Result<(), StoreError> {
        let key = Key::desk_session(&session.id.hash());
        self.vault.remove(&key).await.map(|_| ())
    }

    /// The live one of a request. The store is read once a request, and only if the cookie came.
    pub(super) async fn of<'r>(
        request: &'r Request<'_>,
    ) -> Result<Option<&'r DeskSession>, &'r StoreError> {
        Ok(match known(request).await? {
            Some(Known::Live(session)) => Some(session),
            _ => None,
        })
    }

    /// The one that a request's browser had.
    pub(super) async fn ended_of<'r>(
        request: &'r Request<'_>,
    ) -> Result<Option<&'r DeskSession>, &'r StoreError> {
        Ok(match known(request).await? {
            Some(Known::Ended(session)) => Some(session),
            _ => None,
        })
    }
}

async fn known<'r>(request: &'r Request<'_>) -> Result<Option<&'r Known>, &'r StoreError> {
    let read = request.local_cache_async(read(request)).await;
    read.as_ref().map(Option::as_ref)
}

async fn read(request: &Request<'_>) -> Result<Option<Known>, StoreError> {
    let (Some(sessions), Some(names)) = (
        request.rocket().state::<DeskSessions>(),
        request.rocket().state::<CookieNames>(),
    ) else {
        return Ok(None);
    };
    match RawCookies::read(request.headers().get("Cookie")).get(names.desk()) {
        Some(cookie) => {
            let found = sessions.find(cookie).await?;
            if matches!(found, Some(Known::Live(_))) {
                steps(request).vouched();
            }
            Ok(found)
        }
        None => Ok(None),
    }
}

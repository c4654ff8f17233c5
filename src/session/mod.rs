//! Sessions: what a browser holds after a login is one random cookie; what it stands for is kept by the server.
//!
//! The cookie is 32 random bytes. The store knows a session by a hash of it, and its content is sealed with a key derived from it: a dump of the
//! store names nobody and opens nothing. Both ends, idle and absolute, are kept here and not left to the browser.

mod grounds;
mod guard;
mod list;

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::admission::blocks;
use crate::admission::customer::{Customer, IdentityKey};
use crate::clock::Clock;
use crate::identity::Identity;
use crate::provider::Renewal;
use crate::random;
use crate::settings::SessionSettings;
use crate::store::{Key, StoreError, Vault, Version};

pub use grounds::Grounds;
pub use guard::Visitor;
pub use list::{OpenSession, count};

/// The most visits that a session remembers.
const MOST_VISITS: usize = 4;

/// What a session holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionData {
    /// Who proved to be here.
    pub identity: Identity,
    /// When they logged in.
    pub started: Timestamp,
    /// When they were last seen, at most [`SessionSettings::touch_after`] ago.
    pub last_seen: Timestamp,
    /// What an admission made true, and when: a later one to the same place then reads and asks nothing.
    pub customer: Option<(Customer, Timestamp)>,
    /// References of the visits that it began with, oldest first.
    #[serde(default)]
    pub visits: Vec<String>,
    /// What the identity rests on; `None`: on the login alone.
    #[serde(default)]
    pub grounds: Option<Grounds>,
}

/// A live session, and the cookie that opens it.
#[derive(Debug, Clone)]
pub struct Session {
    id: SessionId,
    version: Version,
    /// What it holds.
    pub data: SessionData,
}

/// The secret in the cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId([u8; 32]);

impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionId(…)")
    }
}

impl SessionId {
    /// A new one.
    pub(crate) fn fresh() -> Self {
        Self(random::bytes())
    }

    /// Reads a cookie's value; anything but 43 characters of base64url is no session.
    pub(crate) fn parse(cookie: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The cookie's value.
    #[must_use]
    pub fn cookie_value(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The name under which the store knows the session: a one-way hash, so the store's content makes no cookie.
    #[must_use]
    pub fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &self.0))
    }

    /// The secret for everything that belongs to this session alone, such as its CSRF token.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        &self.0
    }
}

impl Session {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &SessionId {
        &self.id
    }
}

/// Why somebody who proved who they are has no session.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// They are blocked.
    #[error("blocked by an administrator")]
    Blocked,
    /// All their sessions were ended while this one was opened.
    #[error("all sessions of this person were ended at this moment")]
    Ended,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All sessions of this front door.
#[derive(Clone)]
pub struct Sessions {
    vault: Vault,
    settings: SessionSettings,
    clock: Clock,
}

impl Sessions {
    /// Sessions of these lengths.
    #[must_use]
    pub fn new(vault: Vault, settings: SessionSettings, clock: Clock) -> Self {
        Self {
            vault,
            settings,
            clock,
        }
    }

    /// Opens a session after a login, always under a new id. `replaces` is the session that the browser had until now: it ends. `visits` are the references
    /// of the visits that led to it, and `renewal` is how the provider can be asked again.
    ///
    /// Whoever blocks somebody does that first and then ends the sessions that there are; here it is the other way round. So, however close the two come, a
    /// session of somebody blocked is found by one or the other. Ending all sessions and opening one meet in the list in the same way.
    pub async fn open(
        &self,
        identity: Identity,
        browser: &str,
        replaces: Option<&Session>,
        visits: Vec<String>,
        renewal: Option<Renewal>,
    ) -> Result<SessionId, NotOpened> {
        let now = self.clock.now();
        let id = SessionId::fresh();
        let data = SessionData {
            identity,
            started: now,
            last_seen: now,
            customer: None,
            visits,
            grounds: renewal.map(|renewal| Grounds::new(renewal, now)),
        };
        let key = Key::session(&id.hash());
        let left = self.left(&data, now);
        let apart = [Some(id.hash()), replaces.map(|old| old.id.hash())];
        let apart: Vec<String> = apart.into_iter().flatten().collect();
        // All at once: the store commits together what comes together, and a look at the list costs no time beside a commit.
        tokio::try_join!(
            self.vault.put_under(&key, id.secret(), &data, left),
            self.list_add(&data, &id, browser),
            self.make_room(&data.identity, &apart),
            self.remove(replaces),
        )?;
        self.may_stand(&data.identity, &id, replaces).await?;
        Ok(id)
    }

    /// Whether a session that was just written may stay: nobody has blocked its person since, or ended all their sessions.
    async fn may_stand(
        &self,
        identity: &Identity,
        id: &SessionId,
        replaces: Option<&Session>,
    ) -> Result<(), NotOpened> {
        let (blocked, listed, ()) = tokio::try_join!(
            blocks::holds(&self.vault, identity),
            self.is_listed(identity, id),
            self.list_no_more(replaces),
        )?;
        if listed && !blocked {
            return Ok(());
        }
        self.end_by_hash(identity, &id.hash()).await?;
        Err(if blocked {
            NotOpened::Blocked
        } else {
            NotOpened::Ended
        })
    }

    /// What was replaced ends, and then is no longer listed: what is listed no more could not be ended by anybody.
    async fn remove(&self, replaced: Option<&Session>) -> Result<(), StoreError> {
        match replaced {
            Some(old) => self
                .vault
                .remove(&Key::session(&old.id.hash()))
                .await
                .map(|_| ()),
            None => Ok(()),
        }
    }

    /// The live session of a cookie. One read of the store; last-seen is written when it has grown too old.
    pub async fn find(&self, cookie: &str) -> Result<Option<Session>, StoreError> {
        let Some(id) = SessionId::parse(cookie) else {
            return Ok(None);
        };
        let key = Key::session(&id.hash());
        let Some((data, version)) = self
            .vault
            .get_under::<SessionData>(&key, id.secret())
            .await?
        else {
            return Ok(None);
        };
        let mut session = Session { id, version, data };
        let now = self.clock.now();
        if self.left(&session.data, now).is_none() {
            self.end(&session).await?;
            return Ok(None);
        }
        if passed(session.data.last_seen, now) >= self.settings.touch_after() {
            session.data.last_seen = now;
            self.rewrite(&mut session).await?;
        }
        Ok(Some(session))
    }

    /// Remembers in the session what an admission made true, and the first visits that did.
    pub async fn remember(
        &self,
        session: &Session,
        customer: Customer,
        visit: &str,
    ) -> Result<(), StoreError> {
        let mut session = session.clone();
        if session.data.visits.len() < MOST_VISITS {
            session.data.visits.push(visit.to_owned());
        }
        session.data.customer = Some((customer, self.clock.now()));
        self.rewrite(&mut session).await.map(|_| ())
    }

    /// Ends one session, wherever its cookie still is.
    pub async fn end(&self, session: &Session) -> Result<(), StoreError> {
        self.end_by_hash(&session.data.identity, &session.id.hash())
            .await
    }

    /// What of the customer is still fresh enough to be believed without a look at its record. The address that it has at Jira is looked up every time,
    /// since an administrator may say any moment that it is another one.
    #[must_use]
    pub fn fresh_customer<'a>(&self, session: &'a Session) -> Option<&'a Customer> {
        let (customer, at) = session.data.customer.as_ref()?;
        let fresh = passed(*at, self.clock.now()) < self.settings.recheck;
        (fresh && customer.address.is_none()).then_some(customer)
    }

    /// How long a session may still live, or `None` when one of its two ends has come.
    fn left(&self, data: &SessionData, now: Timestamp) -> Option<Duration> {
        let idle = self
            .settings
            .idle
            .checked_sub(passed(data.last_seen, now))?;
        let absolute = self
            .settings
            .absolute
            .checked_sub(passed(data.started, now))?;
        Some(idle.min(absolute)).filter(|left| !left.is_zero())
    }

    /// Writes a session again, unless it was ended or written by another request meanwhile: the one must stay ended, and what the other wrote is
    /// as good. Returns whether it was written.
    async fn rewrite(&self, session: &mut Session) -> Result<bool, StoreError> {
        let (key, left) = (
            Key::session(&session.id.hash()),
            self.left(&session.data, self.clock.now()),
        );
        if left.is_some() {
            let written = self
                .vault
                .replace_under(
                    &key,
                    session.id.secret(),
                    &session.version,
                    &session.data,
                    left,
                )
                .await?;
            if let Some(version) = written {
                session.version = version;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn person(&self, identity: &Identity) -> Key {
        self.of(&IdentityKey::from(identity))
    }

    fn of(&self, key: &IdentityKey) -> Key {
        Key::sessions_of(
            &self
                .vault
                .pseudonym("sessions", &format!("{} {}", key.provider, key.subject)),
        )
    }
}

/// The time from `then` to `now`; none when the clock was set back.
fn passed(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(then).max(SignedDuration::ZERO)).unwrap_or_default()
}

#[cfg(test)]
mod tests;

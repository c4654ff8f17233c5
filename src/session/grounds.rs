//! What the identity in a session rests on: the provider's word, how old it is, and how to have it anew.
//!
//! The tokens for that are sealed with the session, under its cookie. Whoever asks the provider holds the session's turn, so that several tabs do not use one
//! refresh token twice; and what comes of it is written however often other requests wrote the same session meanwhile, since a rotated token counts from then on.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::Identity;
use crate::provider::Renewal;
use crate::store::{Key, Lock, StoreError};

use super::{Session, SessionData, Sessions, passed};

/// How long nobody asks a provider again for a session after it did not answer.
const PAUSE: Duration = Duration::from_secs(5);

/// How long the turn of one who died lasts.
const TURN_LIFE: Duration = Duration::from_secs(5);

/// How often a write is tried against requests that write the same session.
const MOST_TRIES: usize = 10;

/// See the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grounds {
    /// How to have the provider's word anew.
    pub renewal: Renewal,
    /// When it gave it last.
    confirmed: Timestamp,
    /// When it was asked in vain since.
    in_vain: Option<Timestamp>,
}

impl Grounds {
    pub(super) fn new(renewal: Renewal, now: Timestamp) -> Self {
        Self {
            renewal,
            confirmed: now,
            in_vain: None,
        }
    }
}

impl Sessions {
    /// Whether the provider's word is older than `session.recheck`, so that nothing may be given on it.
    #[must_use]
    pub fn is_due(&self, session: &Session) -> bool {
        let data = &session.data;
        let confirmed = data.grounds.as_ref().map(|grounds| grounds.confirmed);
        passed(confirmed.unwrap_or(data.started), self.clock.now()) >= self.settings.recheck
    }

    /// For how long the provider is not to be asked again, since it did not answer a moment ago.
    #[must_use]
    pub fn pause(&self, session: &Session) -> Option<Duration> {
        let in_vain = session.data.grounds.as_ref()?.in_vain?;
        let left = PAUSE.checked_sub(passed(in_vain, self.clock.now()))?;
        (!left.is_zero()).then_some(left)
    }

    /// Waits until nobody else asks the provider for this session; `None`: that took too long.
    pub async fn turn(
        &self,
        session: &Session,
        patience: Duration,
    ) -> Result<Option<Lock>, StoreError> {
        let key = Key::session_lock(&session.id.hash());
        self.vault.lock(&key, TURN_LIFE, patience).await
    }

    /// The session as it is now, if it still is.
    pub async fn again(&self, session: &Session) -> Result<Option<Session>, StoreError> {
        let (id, key) = (session.id.clone(), Key::session(&session.id.hash()));
        let read = self.vault.get_under::<SessionData>(&key, id.secret());
        let alive = read
            .await?
            .filter(|(data, _)| self.left(data, self.clock.now()).is_some());
        Ok(alive.map(|(data, version)| Session { id, version, data }))
    }

    /// The provider's new word takes the place of the old. What an admission made of another identity is not believed of this one.
    pub async fn confirm(
        &self,
        session: &Session,
        identity: Identity,
        renewal: Renewal,
    ) -> Result<Option<Session>, StoreError> {
        let now = self.clock.now();
        self.change(session, |data| {
            if data.identity != identity {
                data.customer = None;
            }
            data.identity = identity.clone();
            data.grounds = Some(Grounds::new(renewal.clone(), now));
        })
        .await
    }

    /// The provider did not answer: it is not asked again at once.
    pub async fn put_off(&self, session: &Session, renewal: Renewal) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.change(session, |data| {
            if let Some(grounds) = &mut data.grounds {
                grounds.renewal = renewal.clone();
                grounds.in_vain = Some(now);
            }
        })
        .await
        .map(|_| ())
    }

    /// The provider can be asked by another login alone: what it was asked with is of no more use.
    pub async fn ask_no_more(&self, session: &Session) -> Result<(), StoreError> {
        self.change(session, |data| {
            if let Some(grounds) = &mut data.grounds {
                grounds.renewal = grounds.renewal.clone().spent();
            }
        })
        .await
        .map(|_| ())
    }

    /// Changes a session whatever others write of it meanwhile; `None`: it has ended.
    async fn change(
        &self,
        session: &Session,
        change: impl Fn(&mut SessionData),
    ) -> Result<Option<Session>, StoreError> {
        let mut current = Some(session.clone());
        for _ in 0..MOST_TRIES {
            let Some(mut session) = current else {
                return Ok(None);
            };
            change(&mut session.data);
            if self.rewrite(&mut session).await? {
                return Ok(Some(session));
            }
            current = self.again(&session).await?;
        }
        let why = "a session is written again and again";
        Err(StoreError::Unavailable(why.to_owned()))
    }
}

//! The list of one person's open sessions: shown to them, and ended all at once.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::admission::customer::IdentityKey;
use crate::admission::visits;
use crate::identity::{EmailAddress, Identity};
use crate::settings::ProviderName;
use crate::store::{Key, StoreError, Vault};

use super::{Session, SessionData, SessionId, Sessions};

/// The most of a browser's own name that is kept.
const BROWSER_LENGTH: usize = 200;

/// The most open sessions of one identity: more than anybody has browsers.
const MOST_OF_ONE: usize = 50;

/// How many visitors are read at once.
const VISITORS: usize = 500;

/// How many sessions are open, everybody's together.
pub async fn count(vault: &Vault) -> Result<u64, StoreError> {
    vault.count_sessions().await
}

/// One open session, as its owner may see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenSession {
    /// When its login was.
    pub started: Timestamp,
    /// What the browser called itself (`User-Agent`); may be empty, and anything.
    pub browser: String,
}

impl Sessions {
    pub(super) async fn list_add(
        &self,
        data: &SessionData,
        id: &SessionId,
        browser: &str,
    ) -> Result<(), StoreError> {
        let entry = OpenSession {
            started: data.started,
            browser: browser
                .chars()
                .filter(|c| !c.is_control())
                .take(BROWSER_LENGTH)
                .collect(),
        };
        let index = self.person(&data.identity);
        let life = Some(self.settings.absolute);
        // Whoever is to be forgotten is known by the address alone, and need not be a customer.
        let identity = IdentityKey::from(&data.identity);
        let of_address = self.with_address(&data.identity.email);
        let (hash, member) = (id.hash(), data.identity.key());
        let member = self.vault.pseudonym("identity", &member);
        tokio::try_join!(
            self.vault.index_put(&index, &hash, &entry, life),
            self.vault.index_put(&of_address, &member, &identity, life),
            visits::note(&self.vault, &data.identity, data.started),
        )?;
        Ok(())
    }

    /// Ends the oldest sessions of an identity where one more would be too many. `apart` is the one that opens, and the one that it replaces.
    ///
    /// Those that are listed and not there may be about to open: they are left in the list, for its own time.
    pub(super) async fn make_room(
        &self,
        identity: &Identity,
        apart: &[String],
    ) -> Result<(), StoreError> {
        let index = self.person(identity);
        if self.vault.index_count(&index).await? < MOST_OF_ONE {
            return Ok(());
        }
        let listed = self.vault.index_list(&index).await?;
        let mut open: Vec<(String, OpenSession)> = Vec::with_capacity(listed.len());
        for (hash, entry) in listed {
            if !apart.contains(&hash) && self.vault.exists(&Key::session(&hash)).await? {
                open.push((hash, entry));
            }
        }
        open.sort_by_key(|(_, entry)| entry.started);
        let too_many = (open.len() + 1).saturating_sub(MOST_OF_ONE);
        for (hash, _) in open.iter().take(too_many) {
            self.end_by_hash(identity, hash).await?;
        }
        Ok(())
    }

    /// The identities that have, or lately had, sessions with this address.
    pub async fn identities_of(
        &self,
        email: &EmailAddress,
    ) -> Result<BTreeSet<IdentityKey>, StoreError> {
        let all = self.vault.index_list(&self.with_address(email)).await?;
        Ok(all.into_iter().map(|(_, identity)| identity).collect())
    }

    /// Forgets which identities had sessions with this address.
    pub async fn forget_identities_of(&self, email: &EmailAddress) -> Result<(), StoreError> {
        let index = self.with_address(email);
        for member in self.vault.index_names(&index).await? {
            self.vault.index_remove(&index, &member).await?;
        }
        Ok(())
    }

    fn with_address(&self, email: &EmailAddress) -> Key {
        Key::identities_of(&self.vault.pseudonym("address", email.as_str()))
    }

    /// All sessions of this session's person, newest first; `true` beside the one that asks.
    pub async fn all_of(&self, session: &Session) -> Result<Vec<(OpenSession, bool)>, StoreError> {
        let own = session.id.hash();
        let mut all: Vec<(OpenSession, bool)> = Vec::new();
        for (hash, entry) in self
            .vault
            .index_readable::<OpenSession>(&self.person(&session.data.identity))
            .await?
        {
            let alive = hash == own || self.vault.exists(&Key::session(&hash)).await?;
            if alive {
                all.push((entry, hash == own));
            }
        }
        all.sort_by_key(|(entry, _)| std::cmp::Reverse(entry.started));
        Ok(all)
    }

    /// The open sessions of one identity, newest first.
    pub async fn open_of(&self, identity: &IdentityKey) -> Result<Vec<OpenSession>, StoreError> {
        let (mut open, index) = (Vec::new(), self.of(identity));
        for (hash, entry) in self.vault.index_readable::<OpenSession>(&index).await? {
            if self.vault.exists(&Key::session(&hash)).await? {
                open.push(entry);
            }
        }
        open.sort_by_key(|entry| std::cmp::Reverse(entry.started));
        Ok(open)
    }

    /// Ends every session of one identity. Returns how many there were.
    pub async fn end_everywhere(&self, identity: &Identity) -> Result<usize, StoreError> {
        self.end_all_of(&IdentityKey::from(identity)).await
    }

    /// The same, of somebody who is not here.
    ///
    /// One that is opened at this moment may be listed and not written yet, so it is removed again behind its entry: whoever writes it later than that finds
    /// itself in the list no more.
    pub async fn end_all_of(&self, identity: &IdentityKey) -> Result<usize, StoreError> {
        let index = self.of(identity);
        let all = self.vault.index_names(&index).await?;
        for hash in &all {
            self.vault.remove(&Key::session(hash)).await?;
            self.vault.index_remove(&index, hash).await?;
            self.vault.remove(&Key::session(hash)).await?;
        }
        Ok(all.len())
    }

    /// Ends every session of one provider's people. Returns how many there were.
    ///
    /// Whoever has a session stands among the visitors of as long as a session lasts. Somebody who comes back meanwhile moves to where it was looked before,
    /// so those are looked at again.
    pub async fn end_all_at(&self, provider: &ProviderName) -> Result<usize, StoreError> {
        let began = self.clock.now();
        let oldest = visits::oldest(began, self.settings.absolute);
        let ended = self.end_since(oldest, provider).await?;
        Ok(ended + self.end_since(began, provider).await?)
    }

    async fn end_since(
        &self,
        since: Timestamp,
        provider: &ProviderName,
    ) -> Result<usize, StoreError> {
        let (mut ended, mut behind) = (0, None);
        loop {
            let page = visits::page(&self.vault, since, behind, VISITORS).await?;
            for (_, visit) in &page.visits {
                // Their last visit may have been by another provider.
                for identity in self.identities_of(&visit.email).await? {
                    if identity.provider == *provider {
                        ended += self.end_all_of(&identity).await?;
                    }
                }
            }
            behind = page.more;
            if behind.is_none() {
                return Ok(ended);
            }
        }
    }

    /// Whether a session is in the list by which all of its person can be ended.
    pub(super) async fn is_listed(
        &self,
        identity: &Identity,
        id: &SessionId,
    ) -> Result<bool, StoreError> {
        let (index, hash) = (self.person(identity), id.hash());
        let entry: Option<OpenSession> = self.vault.index_get(&index, &hash).await?;
        Ok(entry.is_some())
    }

    /// Takes a session that was replaced out of the list.
    pub(super) async fn list_no_more(&self, replaced: Option<&Session>) -> Result<(), StoreError> {
        let Some(old) = replaced else {
            return Ok(());
        };
        let index = self.person(&old.data.identity);
        let removed = self.vault.index_remove(&index, &old.id().hash()).await;
        removed.map(|_| ())
    }

    pub(super) async fn end_by_hash(
        &self,
        identity: &Identity,
        hash: &str,
    ) -> Result<(), StoreError> {
        self.vault.remove(&Key::session(hash)).await?;
        self.vault
            .index_remove(&self.person(identity), hash)
            .await?;
        Ok(())
    }
}

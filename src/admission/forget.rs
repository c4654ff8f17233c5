//! Forgetting a person: what the front door itself keeps of their being a customer. Jira is asked nothing and keeps what it has.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::identity::EmailAddress;
use crate::store::{Key, Lock, StoreError, Vault};

use super::customer::{CustomerRecord, IdentityKey};

/// How long the person's lock outlives us, should we die.
const LOCK_LIFE: Duration = Duration::from_secs(2);

/// How long a visit of the same person that is under way is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Somebody who is being forgotten: no visit of theirs goes on meanwhile. Whatever else is kept of them goes first, and the record last, so that what is
/// interrupted can be done again.
pub struct Forgetting<'a> {
    vault: &'a Vault,
    lock: Lock,
    key: Key,
    record: Option<CustomerRecord>,
}

impl<'a> Forgetting<'a> {
    /// Takes the person's lock and looks what is known.
    pub async fn begin(vault: &'a Vault, email: &EmailAddress) -> Result<Self, StoreError> {
        let pseudonym = vault.pseudonym("customer", email.as_str());
        let busy = || StoreError::Unavailable("a visit of this person takes too long".to_owned());
        let lock = vault
            .lock(&Key::person_lock(&pseudonym), LOCK_LIFE, PATIENCE)
            .await?
            .ok_or_else(busy)?;
        let key = Key::customer(&pseudonym);
        let record = vault.get(&key).await?;
        Ok(Self {
            vault,
            lock,
            key,
            record,
        })
    }

    /// The identities that the customer came with; `None`: no customer of this address is known.
    #[must_use]
    pub fn identities(&self) -> Option<&BTreeSet<IdentityKey>> {
        self.record.as_ref().map(|record| &record.identities)
    }

    /// Erases the records, and lets the person's next visit go on.
    pub async fn finish(self) -> Result<(), StoreError> {
        if let Some(record) = &self.record {
            for identity in &record.identities {
                self.vault.remove(&identity.subject_key(self.vault)).await?;
            }
            self.vault.remove(&self.key).await?;
        }
        self.lock.release().await
    }
}

//! Forgetting a person: what the front door itself keeps of their being a customer. Jira is asked nothing and keeps what it has.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::identity::EmailAddress;
use crate::store::{Key, StoreError, Vault};

use super::customer::{CustomerRecord, IdentityKey};

/// How long the person's lock outlives us, should we die.
const LOCK_LIFE: Duration = Duration::from_secs(2);

/// How long a visit of the same person that is under way is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Erases the records of the customer of this address, and tells which identities came with it; `None` when nobody is known by it.
pub async fn forget(
    vault: &Vault,
    email: &EmailAddress,
) -> Result<Option<BTreeSet<IdentityKey>>, StoreError> {
    let pseudonym = vault.pseudonym("customer", email.as_str());
    let busy = || StoreError::Unavailable("a visit of this person takes too long".to_owned());
    let lock = vault
        .lock(&Key::person_lock(&pseudonym), LOCK_LIFE, PATIENCE)
        .await?
        .ok_or_else(busy)?;
    let key = Key::customer(&pseudonym);
    let record = vault.get::<CustomerRecord>(&key).await?;
    if let Some(record) = &record {
        for identity in &record.identities {
            vault.remove(&identity.subject_key(vault)).await?;
        }
        // Last, so that what is interrupted can be done again.
        vault.remove(&key).await?;
    }
    lock.release().await?;
    Ok(record.map(|record| record.identities))
}

//! Linking: an administrator declares that somebody who was kept out by a conflict is the same person as a customer.
//!
//! Nobody can be linked who did not prove their identity here and meet the conflict, and nothing happens but what the administrator was shown: the
//! account is named again when it is done.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::identity::EmailAddress;
use crate::jsm::AccountId;
use crate::store::{Key, Lock, StoreError, Vault};

use super::conflicts::{self, Pending};
use super::customer::{Customer, CustomerRecord, IdentityKey};
use super::person::PersonId;

/// How long the lock of a person outlives us, should we die.
const LOCK_LIFE: Duration = Duration::from_secs(2);

/// How long a visit of the same person that is under way is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// What linking would do, as things stand.
#[derive(Debug, Clone)]
pub enum Way {
    /// The identity becomes another one of the customer of its address.
    Joins(CustomerRecord),
    /// The identity keeps the customer that it is, under its new address.
    Moves {
        /// The address until now.
        from: EmailAddress,
        /// The customer of that address.
        record: CustomerRecord,
    },
    /// The Atlassian account of the address serves as the customer.
    Account(AccountId),
}

/// Why nobody was linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// What was shown is not how things stand now.
    #[error("it has been settled or changed meanwhile")]
    Changed,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Way {
    /// What would be done, as things stand; `None`: there is nothing to link any more.
    pub async fn of(vault: &Vault, pending: &Pending) -> Result<Option<Self>, StoreError> {
        let (email, identity) = (&pending.email, &pending.identity);
        let known_as = identity.address(vault).await?;
        let known_as = known_as.filter(|known| known != email);
        if let Some(record) = record(vault, email).await? {
            let settled = known_as.is_none() && record.identities.contains(identity);
            return Ok((!settled).then_some(Self::Joins(record)));
        }
        if let Some(from) = known_as {
            let record = record(vault, &from).await?;
            let own = record.filter(|record| record.identities.contains(identity));
            return Ok(own.map(|record| Self::Moves { from, record }));
        }
        Ok(pending.account.clone().map(Self::Account))
    }

    /// The account that the identity would then be.
    #[must_use]
    pub fn account_id(&self) -> &AccountId {
        match self {
            Self::Joins(record) | Self::Moves { record, .. } => &record.customer.account_id,
            Self::Account(account) => account,
        }
    }

    /// Whether both are the same way to the same account.
    fn is(&self, name: &str, account: &str) -> bool {
        self.name() == name && self.account_id().as_str() == account
    }

    /// What a form calls it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Joins(_) => "joins",
            Self::Moves { .. } => "moves",
            Self::Account(_) => "account",
        }
    }

    fn into_record(self, identity: &IdentityKey, now: Timestamp) -> CustomerRecord {
        match self {
            Self::Joins(mut record) => {
                record.identities.insert(identity.clone());
                for name in record.identities.iter().map(IdentityKey::name) {
                    record.customer.by_identity.entry(name).or_default();
                }
                record
            }
            Self::Moves { from, mut record } => {
                record.customer.address.get_or_insert(from);
                record.identities = BTreeSet::from([identity.clone()]);
                record
            }
            Self::Account(account) => CustomerRecord {
                customer: Customer::of_atlassian_account(account),
                identities: BTreeSet::from([identity.clone()]),
                since: now,
                partings: 0,
            },
        }
    }
}

/// Links, if the way and the account are still those that were shown. Returns the account.
///
/// The record of a former address stays: while Jira has the account under that address, nobody else may become it by having the address.
pub async fn link(
    vault: &Vault,
    pending: &Pending,
    (way, account): (&str, &str),
    now: Timestamp,
) -> Result<AccountId, LinkError> {
    let locks = lock_all(vault, pending.addresses()).await?;
    let found = Way::of(vault, pending).await?;
    let found = found.filter(|found| found.is(way, account));
    let done = match found {
        Some(found) => write(vault, pending, found, now).await,
        None => Err(LinkError::Changed),
    };
    for lock in locks {
        lock.release().await?;
    }
    done
}

async fn write(
    vault: &Vault,
    pending: &Pending,
    way: Way,
    now: Timestamp,
) -> Result<AccountId, LinkError> {
    let account = way.account_id().clone();
    let key = key(vault, &pending.email);
    // Under the locks of both addresses nobody else writes these.
    let record = way.into_record(&pending.identity, now);
    vault.put(&key, &record, None).await?;
    let subject = pending.identity.subject_key(vault);
    vault.put(&subject, &pending.email, None).await?;
    conflicts::remove(vault, pending).await?;
    Ok(account)
}

/// Jira has the account under the address that its customer comes with, now. Returns the address that it had until now.
pub async fn address_changed_at_jira(
    vault: &Vault,
    email: &EmailAddress,
) -> Result<Option<EmailAddress>, StoreError> {
    let _lock = lock_one(vault, email).await?;
    let Some(mut now) = record(vault, email).await? else {
        return Ok(None);
    };
    let Some(former) = now.customer.address.take() else {
        return Ok(None);
    };
    vault.put(&key(vault, email), &now, None).await?;
    let left = record(vault, &former).await?;
    let same = |left: &CustomerRecord| {
        left.customer.account_id == now.customer.account_id
            && left.identities.is_subset(&now.identities)
    };
    if left.as_ref().is_some_and(same) {
        vault.remove(&key(vault, &former)).await?;
    }
    Ok(Some(former))
}

/// The locks of the addresses, in one order for all.
pub(super) async fn lock_all(
    vault: &Vault,
    addresses: impl Iterator<Item = &EmailAddress>,
) -> Result<Vec<Lock>, StoreError> {
    let addresses: BTreeSet<&EmailAddress> = addresses.collect();
    let mut locks = Vec::with_capacity(addresses.len());
    for address in addresses {
        locks.push(lock_one(vault, address).await?);
    }
    Ok(locks)
}

/// The lock of whoever has this address: no visit of theirs goes on meanwhile.
pub(super) async fn lock_one(vault: &Vault, email: &EmailAddress) -> Result<Lock, StoreError> {
    let busy = || StoreError::Unavailable("a visit of this person takes too long".to_owned());
    let id = PersonId::of(vault, email);
    vault
        .lock(&Key::person_lock(id.as_str()), LOCK_LIFE, PATIENCE)
        .await?
        .ok_or_else(busy)
}

async fn record(vault: &Vault, email: &EmailAddress) -> Result<Option<CustomerRecord>, StoreError> {
    vault.get(&key(vault, email)).await
}

fn key(vault: &Vault, email: &EmailAddress) -> Key {
    Key::customer(PersonId::of(vault, email).as_str())
}

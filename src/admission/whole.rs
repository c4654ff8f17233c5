//! All that belongs to one person by an administrator's word: several addresses, several identities, and the records of each, while no visit goes on.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::EmailAddress;
use crate::store::{Key, Lock, StoreError, Vault};

use super::customer::{CustomerRecord, IdentityKey};
use super::linking::lock_all;
use super::person::PersonId;

/// How often it is looked anew when an address is linked to the person while their locks are waited for.
const MOST_LOOKS: usize = 5;

/// The person, under the locks of all their addresses.
pub(super) struct Whole {
    locks: Vec<Lock>,
    /// Every address of theirs, and the customer that it has.
    pub(super) addresses: BTreeMap<EmailAddress, Option<CustomerRecord>>,
    /// The identities that the customer came with.
    pub(super) identities: BTreeSet<IdentityKey>,
}

impl Whole {
    /// Takes the person's locks and looks what is known. Locks are taken in one order for all, or two who take some of the same would wait for each other:
    /// so it is looked first which ones, and again once they are held.
    pub(super) async fn lock(vault: &Vault, email: &EmailAddress) -> Result<Self, StoreError> {
        let mut wanted: BTreeSet<EmailAddress> = BTreeSet::new();
        for _ in 0..MOST_LOOKS {
            wanted.extend(Self::look(vault, email).await?.addresses.into_keys());
            let locks = lock_all(vault, wanted.iter()).await?;
            let whole = Self {
                locks,
                ..Self::look(vault, email).await?
            };
            if whole.addresses.keys().all(|one| wanted.contains(one)) {
                return Ok(whole);
            }
            whole.release().await?;
        }
        let why = "the addresses of this person change all the time".to_owned();
        Err(StoreError::Unavailable(why))
    }

    /// What is known as things stand, without any lock.
    async fn look(vault: &Vault, email: &EmailAddress) -> Result<Self, StoreError> {
        let mut whole = Self {
            locks: Vec::new(),
            addresses: BTreeMap::new(),
            identities: BTreeSet::new(),
        };
        let mut found = vec![email.clone()];
        while let Some(address) = found.pop() {
            if !whole.addresses.contains_key(&address) {
                found.extend(whole.take_in(vault, address).await?);
            }
        }
        Ok(whole)
    }

    /// Takes in one address; the other addresses that it leads to.
    async fn take_in(
        &mut self,
        vault: &Vault,
        address: EmailAddress,
    ) -> Result<Vec<EmailAddress>, StoreError> {
        let record: Option<CustomerRecord> = vault.get(&key(vault, &address)).await?;
        let mut others = Vec::new();
        for identity in record.iter().flat_map(|record| &record.identities) {
            others.extend(identity.address(vault).await?);
            self.identities.insert(identity.clone());
        }
        others.extend(record.iter().filter_map(|one| one.customer.address.clone()));
        self.addresses.insert(address, record);
        Ok(others)
    }

    /// Lets the person's next visit go on.
    pub(super) async fn release(self) -> Result<(), StoreError> {
        for lock in self.locks {
            lock.release().await?;
        }
        Ok(())
    }
}

/// Where the customer of an address is kept.
pub(super) fn key(vault: &Vault, address: &EmailAddress) -> Key {
    Key::customer(PersonId::of(vault, address).as_str())
}

//! Forgetting a person: what the front door itself keeps of their being a customer. Jira is asked nothing and keeps what it has.
//!
//! A person may have several identities, and have had several addresses, by an administrator's word: all of it goes together.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::EmailAddress;
use crate::store::{Key, Lock, StoreError, Vault};

use super::customer::{CustomerRecord, IdentityKey};
use super::linking::lock_one;
use super::person::PersonId;
use super::{approvals, blocks, conflicts, invitations, later, visits};

/// Somebody who is being forgotten: no visit of theirs goes on meanwhile. Whatever else is kept of them goes first, and the record last, so that what is
/// interrupted can be done again.
pub struct Forgetting<'a> {
    vault: &'a Vault,
    locks: Vec<Lock>,
    /// Every address of theirs, and the customer that it has.
    addresses: BTreeMap<EmailAddress, Option<CustomerRecord>>,
    identities: BTreeSet<IdentityKey>,
}

impl<'a> Forgetting<'a> {
    /// Takes the person's locks and looks what is known.
    pub async fn begin(vault: &'a Vault, email: &EmailAddress) -> Result<Self, StoreError> {
        let mut forgetting = Self {
            vault,
            locks: Vec::new(),
            addresses: BTreeMap::new(),
            identities: BTreeSet::new(),
        };
        let mut found = vec![email.clone()];
        while let Some(address) = found.pop() {
            if !forgetting.addresses.contains_key(&address) {
                found.extend(forgetting.take_in(address).await?);
            }
        }
        Ok(forgetting)
    }

    /// Takes in one address; the other addresses that it leads to.
    async fn take_in(&mut self, address: EmailAddress) -> Result<Vec<EmailAddress>, StoreError> {
        self.locks.push(lock_one(self.vault, &address).await?);
        let record: Option<CustomerRecord> = self.vault.get(&self.key(&address)).await?;
        let mut others = Vec::new();
        for identity in record.iter().flat_map(|record| &record.identities) {
            others.extend(identity.address(self.vault).await?);
            self.identities.insert(identity.clone());
        }
        others.extend(record.iter().filter_map(|one| one.customer.address.clone()));
        self.addresses.insert(address, record);
        Ok(others)
    }

    /// Every address of theirs.
    pub fn addresses(&self) -> impl Iterator<Item = &EmailAddress> {
        self.addresses.keys()
    }

    /// The identities that the customer came with.
    #[must_use]
    pub fn identities(&self) -> &BTreeSet<IdentityKey> {
        &self.identities
    }

    /// Whether they are a customer.
    #[must_use]
    pub fn was_customer(&self) -> bool {
        self.addresses.values().any(Option::is_some)
    }

    /// Erases the records, and lets the person's next visit go on. Whether they are blocked stays, without a name. Returns how many invitations there
    /// were.
    pub async fn finish(self) -> Result<usize, StoreError> {
        self.remove_conflicts().await?;
        let invitations =
            invitations::forget(self.vault, self.addresses.keys(), &self.identities).await?;
        approvals::forget(self.vault, |email, identity| {
            self.addresses.contains_key(email) || self.identities.contains(identity)
        })
        .await?;
        for address in self.addresses.keys() {
            let id = PersonId::of(self.vault, address);
            visits::forget(self.vault, &id).await?;
            blocks::forget(self.vault, &id).await?;
            later::forget(self.vault, &id).await?;
            self.vault.remove(&Key::customer_begun(id.as_str())).await?;
        }
        for identity in &self.identities {
            self.vault.remove(&identity.subject_key(self.vault)).await?;
        }
        for address in self.addresses.keys() {
            self.vault.remove(&self.key(address)).await?;
        }
        for lock in self.locks {
            lock.release().await?;
        }
        Ok(invitations)
    }

    /// Those in which their address stands, or an identity of theirs.
    async fn remove_conflicts(&self) -> Result<(), StoreError> {
        for pending in conflicts::every(self.vault).await? {
            let theirs = self.identities.contains(&pending.identity)
                || pending
                    .addresses()
                    .any(|address| self.addresses.contains_key(address));
            if theirs {
                conflicts::remove(self.vault, &pending).await?;
            }
        }
        Ok(())
    }

    fn key(&self, address: &EmailAddress) -> Key {
        Key::customer(PersonId::of(self.vault, address).as_str())
    }
}

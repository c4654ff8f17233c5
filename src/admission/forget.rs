//! Forgetting a person: what the front door itself keeps of their being a customer. Jira is asked nothing and keeps what it has.
//!
//! A person may have several identities, and have had several addresses, by an administrator's word: all of it goes together.

use std::collections::BTreeSet;

use crate::identity::EmailAddress;
use crate::store::{Key, StoreError, Vault};

use super::customer::IdentityKey;
use super::person::PersonId;
use super::whole::{Whole, key};
use super::{approvals, blocks, conflicts, invitations, later, visits};

/// Somebody who is being forgotten: no visit of theirs goes on meanwhile. Whatever else is kept of them goes first, and the record last, so that what is
/// interrupted can be done again.
pub struct Forgetting<'a> {
    vault: &'a Vault,
    whole: Whole,
}

impl<'a> Forgetting<'a> {
    /// Takes the person's locks and looks what is known.
    pub async fn begin(vault: &'a Vault, email: &EmailAddress) -> Result<Self, StoreError> {
        let whole = Whole::lock(vault, email).await?;
        Ok(Self { vault, whole })
    }

    /// Every address of theirs.
    pub fn addresses(&self) -> impl Iterator<Item = &EmailAddress> {
        self.whole.addresses.keys()
    }

    /// The identities that the customer came with.
    #[must_use]
    pub fn identities(&self) -> &BTreeSet<IdentityKey> {
        &self.whole.identities
    }

    /// Whether they are a customer.
    #[must_use]
    pub fn was_customer(&self) -> bool {
        self.whole.addresses.values().any(Option::is_some)
    }

    /// Erases the records, and lets the person's next visit go on. Whether they are blocked stays, without a name. Returns how many invitations there
    /// were.
    pub async fn finish(self) -> Result<usize, StoreError> {
        self.remove_conflicts().await?;
        let invitations = invitations::forget(
            self.vault,
            self.whole.addresses.keys(),
            &self.whole.identities,
        )
        .await?;
        approvals::forget(self.vault, |email, identity| {
            self.whole.addresses.contains_key(email) || self.whole.identities.contains(identity)
        })
        .await?;
        for address in self.whole.addresses.keys() {
            let id = PersonId::of(self.vault, address);
            visits::forget(self.vault, &id).await?;
            blocks::forget(self.vault, &id).await?;
            later::forget(self.vault, &id).await?;
            self.vault.remove(&Key::customer_begun(id.as_str())).await?;
        }
        for identity in &self.whole.identities {
            self.vault.remove(&identity.subject_key(self.vault)).await?;
        }
        for address in self.whole.addresses.keys() {
            self.vault.remove(&key(self.vault, address)).await?;
        }
        self.whole.release().await?;
        Ok(invitations)
    }

    /// Those in which their address stands, or an identity of theirs.
    async fn remove_conflicts(&self) -> Result<(), StoreError> {
        for pending in conflicts::every(self.vault).await? {
            let theirs = self.whole.identities.contains(&pending.identity)
                || pending
                    .addresses()
                    .any(|address| self.whole.addresses.contains_key(address));
            if theirs {
                conflicts::remove(self.vault, &pending).await?;
            }
        }
        Ok(())
    }
}

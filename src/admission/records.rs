//! What the store keeps of one address and one identity: read together, and written only as they were read.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::identity::{EmailAddress, Identity};
use crate::store::{Key, StoreError, Vault, Version};

use super::AdmissionError;
use super::customer::{Conflict, Customer, CustomerRecord, IdentityKey};
use super::person::PersonId;

/// The records of one address and one identity, as they stood when they were read.
pub(super) struct Records<'a> {
    vault: &'a Vault,
    customer_key: Key,
    subject_key: Key,
    email: &'a EmailAddress,
    identity: IdentityKey,
    known: Option<(CustomerRecord, Version)>,
    address_of_subject: Option<EmailAddress>,
    /// The pointer to an address at which nobody ever became a customer: it keeps nobody from coming with another one.
    stale: Option<Version>,
}

impl<'a> Records<'a> {
    /// Reads them.
    pub(super) async fn read(vault: &'a Vault, identity: &'a Identity) -> Result<Self, StoreError> {
        let key = IdentityKey::from(identity);
        let customer_key = Key::customer(&vault.pseudonym("customer", identity.email.as_str()));
        let subject_key = key.subject_key(vault);
        let (known, (address_of_subject, stale)) = tokio::try_join!(
            vault.get_versioned(&customer_key),
            known_by(vault, &subject_key, &identity.email),
        )?;
        Ok(Self {
            vault,
            customer_key,
            subject_key,
            email: &identity.email,
            identity: key,
            known,
            address_of_subject,
            stale,
        })
    }

    /// How often the customer of this address was let go.
    pub(super) fn partings(&self) -> u32 {
        let known = self.known.as_ref();
        known.map_or(0, |(record, _)| record.partings)
    }

    /// Makes the address the one of this identity before anything is done at Atlassian for it: of two visits of one identity with two addresses, one
    /// at most goes on. Returns whether that is new; an error is a conflict.
    pub(super) async fn claim(&mut self) -> Result<bool, AdmissionError> {
        if self.address_of_subject.is_some() {
            return Ok(false);
        }
        let claimed = match self.stale.take() {
            Some(version) => {
                self.vault
                    .replace(&self.subject_key, &version, self.email, None)
                    .await?
            }
            None => {
                self.vault
                    .put_if_absent(&self.subject_key, self.email, None)
                    .await?
            }
        };
        if !claimed {
            return Err(Conflict::AnotherAddress.into());
        }
        self.address_of_subject = Some(self.email.clone());
        Ok(true)
    }

    /// Takes back what was claimed, where nothing came of it: whoever is refused leaves nothing behind.
    pub(super) async fn claim_no_more(&mut self) -> Result<(), StoreError> {
        self.address_of_subject = None;
        self.vault.remove(&self.subject_key).await.map(|_| ())
    }

    /// Whether the address is the one of this identity still, as the store has it now.
    pub(super) async fn is_claimed(&self) -> Result<bool, StoreError> {
        let now: Option<EmailAddress> = self.vault.get(&self.subject_key).await?;
        Ok(now.as_ref() == Some(self.email))
    }

    /// The customer of this address, when it is this identity's.
    pub(super) fn customer(&self) -> Result<Option<&Customer>, Conflict> {
        if self
            .address_of_subject
            .as_ref()
            .is_some_and(|address| address != self.email)
        {
            return Err(Conflict::AnotherAddress);
        }
        match &self.known {
            Some((record, _)) if !record.identities.contains(&self.identity) => {
                Err(Conflict::AnotherIdentity)
            }
            Some((record, _)) => Ok(Some(&record.customer)),
            None => Ok(None),
        }
    }

    /// Writes what the customer has become. `false`: somebody else wrote in between, and nothing was written.
    pub(super) async fn write(
        &self,
        customer: &Customer,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let written = if let Some((record, version)) = &self.known {
            let record = CustomerRecord {
                customer: customer.clone(),
                ..record.clone()
            };
            self.vault
                .replace(&self.customer_key, version, &record, None)
                .await?
        } else {
            let identities = BTreeSet::from([self.identity.clone()]);
            let record = CustomerRecord {
                customer: customer.clone(),
                identities,
                since: now,
                partings: 0,
            };
            self.vault
                .put_if_absent(&self.customer_key, &record, None)
                .await?
        };
        // Records of before have no such pointer.
        if written && self.address_of_subject.is_none() {
            self.vault
                .put_if_absent(&self.subject_key, self.email, None)
                .await?;
        }
        Ok(written)
    }
}

/// The address that an identity is known by, for a visit with `email`; or the version of a pointer to another address at which nobody is a customer and nobody
/// is about to be made one.
async fn known_by(
    vault: &Vault,
    key: &Key,
    email: &EmailAddress,
) -> Result<(Option<EmailAddress>, Option<Version>), StoreError> {
    let Some((address, version)) = vault.get_versioned::<EmailAddress>(key).await? else {
        return Ok((None, None));
    };
    if address == *email {
        return Ok((Some(address), None));
    }
    let id = PersonId::of(vault, &address);
    let is_customer = vault.exists(&Key::customer(id.as_str())).await?;
    if is_customer || vault.exists(&Key::customer_begun(id.as_str())).await? {
        return Ok((Some(address), None));
    }
    Ok((None, Some(version)))
}

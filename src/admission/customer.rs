//! The known-customer record: what lets a returning customer in without asking Atlassian anything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::{EmailAddress, Identity};
use crate::jsm::{AccountId, ServiceDeskId};
use crate::settings::ProviderName;
use crate::store::{Key, StoreError, Vault, Version};

use super::details::{Fact, Told};
use super::membership::Membership;

/// A customer as the front door knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// JSM's `accountId`.
    pub account_id: AccountId,
    /// Ids of the service desks that the front door added it to.
    pub service_desks: BTreeSet<ServiceDeskId>,
    /// Service desks that it could not be added to although it was let in, and when that failed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub desks_put_off: BTreeMap<ServiceDeskId, Timestamp>,
    /// Organizations that it belongs to, or was to belong to, by name.
    pub organizations: BTreeMap<String, Membership>,
    /// Organizations that invitations gave it, by name.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub invited: BTreeSet<String>,
    /// What Jira was told of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Told>,
    /// Whether the front door made it, so that it was in no organization before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub made: bool,
    /// Whether it is a new customer who did not get yet what new customers get by default.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
    /// The address that the account has at Jira, where its identity has another one by now and an administrator linked the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<EmailAddress>,
    /// Whether it is an Atlassian account, which an administrator let serve as the customer. Nobody is ever signed in to it by us.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub atlassian: bool,
    /// When their portal-only access was revoked here, unless they came in again since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

impl Customer {
    /// A portal-only customer that Jira had before.
    #[must_use]
    pub fn new(account_id: AccountId) -> Self {
        Self {
            account_id,
            service_desks: BTreeSet::new(),
            desks_put_off: BTreeMap::new(),
            organizations: BTreeMap::new(),
            invited: BTreeSet::new(),
            told: Vec::new(),
            made: false,
            new: false,
            address: None,
            atlassian: false,
            revoked: None,
        }
    }

    /// A portal-only customer whom the front door just made under this name.
    #[must_use]
    pub fn made(account_id: AccountId, display_name: &str) -> Self {
        let name = Told {
            fact: Fact::Name,
            values: vec![display_name.to_owned()],
            failed: None,
        };
        Self {
            made: true,
            new: true,
            told: vec![name],
            ..Self::new(account_id)
        }
    }

    /// An Atlassian account that serves as the customer.
    #[must_use]
    pub fn of_atlassian_account(account_id: AccountId) -> Self {
        Self {
            atlassian: true,
            ..Self::new(account_id)
        }
    }

    /// The organizations that it is a member of, as far as the front door knows.
    pub fn joined(&self) -> impl Iterator<Item = &str> {
        self.organizations
            .iter()
            .filter(|(_, membership)| membership.is_member())
            .map(|(name, _)| name.as_str())
    }

    /// Whether it was let in at some service desk before: what fails at Atlassian then no longer keeps it out.
    #[must_use]
    pub fn has_come_in(&self) -> bool {
        !self.service_desks.is_empty()
    }

    /// Whether something of it waits for Atlassian to be well again.
    #[must_use]
    pub fn waits(&self) -> bool {
        let passes = |told: &Told| told.failed.is_some_and(|(_, passes)| passes);
        !self.desks_put_off.is_empty()
            || self.organizations.values().any(Membership::waits)
            || self.told.iter().any(passes)
    }
}

/// What the store keeps of one address.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CustomerRecord {
    /// The customer.
    pub customer: Customer,
    /// The identities that come with this address; a second one only when an administrator links it.
    pub identities: BTreeSet<IdentityKey>,
    /// When the customer first came.
    pub since: Timestamp,
    /// How often an administrator let them go: a visit that began before the last time must not go on.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub partings: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Who somebody is at their provider, for ever.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IdentityKey {
    /// The provider.
    pub provider: ProviderName,
    /// The subject there.
    pub subject: String,
}

impl From<&Identity> for IdentityKey {
    fn from(identity: &Identity) -> Self {
        Self {
            provider: identity.provider.clone(),
            subject: identity.subject.clone(),
        }
    }
}

/// Two identities and one address, or one identity and two addresses: an administrator has to say whether it is one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Another identity already came with this address.
    #[error("another identity is already linked to the customer of this address")]
    AnotherIdentity,
    /// This identity came with another address before.
    #[error("this identity is already linked to the customer of another address")]
    AnotherAddress,
}

impl IdentityKey {
    /// Where the store keeps the address that this identity came with.
    pub(super) fn subject_key(&self, vault: &Vault) -> Key {
        Key::subject(&vault.pseudonym("subject", &format!("{} {}", self.provider, self.subject)))
    }

    /// The address that this identity is known by.
    pub(super) async fn address(&self, vault: &Vault) -> Result<Option<EmailAddress>, StoreError> {
        vault.get(&self.subject_key(vault)).await
    }
}

/// The records of one address and one identity, as they stood when they were read.
pub(super) struct Records<'a> {
    vault: &'a Vault,
    customer_key: Key,
    subject_key: Key,
    email: &'a EmailAddress,
    identity: IdentityKey,
    known: Option<(CustomerRecord, Version)>,
    address_of_subject: Option<EmailAddress>,
}

impl<'a> Records<'a> {
    /// Reads them.
    pub(super) async fn read(vault: &'a Vault, identity: &'a Identity) -> Result<Self, StoreError> {
        let key = IdentityKey::from(identity);
        let customer_key = Key::customer(&vault.pseudonym("customer", identity.email.as_str()));
        let subject_key = key.subject_key(vault);
        let known = vault.get_versioned(&customer_key).await?;
        let address_of_subject = key.address(vault).await?;
        Ok(Self {
            vault,
            customer_key,
            subject_key,
            email: &identity.email,
            identity: key,
            known,
            address_of_subject,
        })
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
        if written && self.address_of_subject.is_none() {
            self.vault.put(&self.subject_key, self.email, None).await?;
        }
        Ok(written)
    }
}

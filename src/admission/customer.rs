//! The known-customer record: what lets a returning customer in without asking Atlassian anything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::identity::{EmailAddress, Identity};
use crate::jsm::{AccountId, OrganizationId, ServiceDeskId};
use crate::settings::ProviderName;
use crate::store::{Key, StoreError, Vault, Version};

/// How long an organization that a customer could not be added to is not asked for again.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// How long an organization is let alone when Atlassian failed at it, so that a bad day of Atlassian's does not slow every login.
const TRY_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// A customer as the front door knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// JSM's `accountId`.
    pub account_id: AccountId,
    /// Ids of the service desks that the front door added it to.
    pub service_desks: BTreeSet<ServiceDeskId>,
    /// Organizations that it belongs to by a rule, by name.
    pub organizations: BTreeMap<String, Membership>,
    /// The address that the account has at Jira, where its identity has another one by now and an administrator linked the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<EmailAddress>,
    /// Whether it is an Atlassian account, which an administrator let serve as the customer. Nobody is ever signed in to it by us.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub atlassian: bool,
}

impl Customer {
    /// A portal-only customer that was just made or found.
    #[must_use]
    pub fn new(account_id: AccountId) -> Self {
        Self {
            account_id,
            service_desks: BTreeSet::new(),
            organizations: BTreeMap::new(),
            address: None,
            atlassian: false,
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

    /// The organizations that the front door added it to.
    pub fn joined(&self) -> impl Iterator<Item = &str> {
        let joined = |(name, membership)| match membership {
            &Membership::Joined(_) => Some(name),
            Membership::NotPossible { .. } | Membership::PutOff { .. } => None,
        };
        self.organizations
            .iter()
            .filter_map(joined)
            .map(String::as_str)
    }
}

/// What became of a rule that names an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Membership {
    /// The customer was added to it; JSM's id of it.
    Joined(OrganizationId),
    /// JSM has no such organization and it may not be created, or SCIM manages its members.
    NotPossible {
        /// When that was found. It is looked for again a day later, so that an organization made meanwhile is found and a login still costs nothing.
        found: Timestamp,
    },
    /// Atlassian failed in a way that passes. It is tried again a quarter of an hour later.
    PutOff {
        /// When it failed.
        at: Timestamp,
    },
}

impl Membership {
    /// Whether there is nothing to do about it now.
    #[must_use]
    pub fn stands(&self, now: Timestamp) -> bool {
        match self {
            Self::Joined(_) => true,
            Self::NotPossible { found } => now.duration_since(*found) < LOOK_AGAIN,
            Self::PutOff { at } => now.duration_since(*at) < TRY_AGAIN,
        }
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

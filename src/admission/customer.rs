//! The known-customer record: what lets a returning customer in without asking Atlassian anything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::{EmailAddress, Identity};
use crate::jsm::{AccountId, OrganizationId, ServiceDeskId};
use crate::settings::ProviderName;
use crate::store::{Key, StoreError, Vault};

use super::details::{Fact, Told};
use super::membership::{By, Membership};

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
    /// Where several identities are this customer: the organizations that rules gave each of them when it was last seen, by the identity. None takes away
    /// what another one gives.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_identity: BTreeMap<String, BTreeMap<String, By>>,
    /// What Jira was told of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Told>,
    /// Whether it was let in at the portal as a whole: with a service desk of its own nothing has to say so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub came_in: bool,
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
            by_identity: BTreeMap::new(),
            told: Vec::new(),
            came_in: false,
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

    /// Whether it was let in somewhere before: what fails at Atlassian then no longer keeps it out.
    #[must_use]
    pub fn has_come_in(&self) -> bool {
        self.came_in || !self.service_desks.is_empty()
    }

    /// What is known of its belonging to this organization under another name than this one.
    #[must_use]
    pub fn membership_by_another_name(
        &self,
        name: &str,
        id: &OrganizationId,
    ) -> Option<&Membership> {
        let mut others = self
            .organizations
            .iter()
            .filter(|(other, _)| *other != name);
        let same = |membership: &&Membership| membership.id() == Some(id);
        others.find_map(|(_, membership)| Some(membership).filter(same))
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

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
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
    /// What a customer with several identities calls this one.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.provider, self.subject)
    }

    /// Where the store keeps the address that this identity came with.
    pub(super) fn subject_key(&self, vault: &Vault) -> Key {
        Key::subject(&vault.pseudonym("subject", &self.name()))
    }

    /// The address that this identity is known by.
    pub(super) async fn address(&self, vault: &Vault) -> Result<Option<EmailAddress>, StoreError> {
        vault.get(&self.subject_key(vault)).await
    }
}

//! Letting somebody go: out of every organization that the front door put them into, and, if wanted, out of the portal altogether.
//!
//! Each membership is recorded as soon as it has ended, so whatever Atlassian fails at can simply be done again. Nothing is left for later by itself: who may
//! come again might have come by then.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::audit::{Event, EventName};
use crate::identity::EmailAddress;
use crate::jsm::{AccountId, Deadline, Jsm, JsmError, OrganizationId};
use crate::store::{Key, StoreError, Vault, Version};

use super::customer::{Customer, CustomerRecord};
use super::join::{Parting, part};
use super::linking::lock_one;
use super::membership::Membership;
use super::person::PersonId;
use super::{Admission, later};

/// All calls for one person, for whom an administrator waits.
const BUDGET: Duration = Duration::from_secs(30);

/// Who lets somebody go, and how far.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The reference of the administrator's visit.
    pub reference: &'a str,
    /// The administrator.
    pub actor: &'a str,
    /// Whether they lose their access to the portal too.
    pub revoke: bool,
}

/// What came of it at Jira.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Parted {
    /// Of how many organizations they are no member any more.
    pub left: usize,
    /// How many they stay in, since a directory manages those by now.
    pub managed: usize,
    /// In how many they still are, and why first.
    pub still_in: Option<(usize, Hindrance)>,
    /// What became of their access to the portal.
    pub portal: PortalAccess,
}

/// What became of somebody's portal-only access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PortalAccess {
    /// Nobody asked for a change.
    #[default]
    AsItWas,
    /// Revoked.
    Revoked,
    /// It could not be revoked.
    Kept(Hindrance),
}

/// Why Atlassian did not do it, as far as an administrator can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hindrance {
    /// No Atlassian site is set up.
    NotSetUp,
    /// The token is not accepted.
    Token,
    /// The service account may not do it.
    NotPermitted,
    /// Jira does not know the account, or not as one of this kind.
    Unknown,
    /// Atlassian is away, or too busy.
    Away,
    /// Anything else; the log has it.
    Refused,
}

impl From<&JsmError> for Hindrance {
    fn from(error: &JsmError) -> Self {
        match error {
            JsmError::Unauthorized { .. } => Self::Token,
            JsmError::Forbidden { .. } => Self::NotPermitted,
            JsmError::NotFound { .. } => Self::Unknown,
            error if error.passes() => Self::Away,
            _ => Self::Refused,
        }
    }
}

impl Parted {
    fn kept_in(&mut self, hindrance: Hindrance) {
        let (count, _) = self.still_in.get_or_insert((0, hindrance));
        *count += 1;
    }
}

impl Customer {
    /// The organizations that the front door put them into, or may have.
    pub fn given(&self) -> impl Iterator<Item = (&str, &OrganizationId)> {
        let all = self.organizations.iter();
        all.filter_map(|(name, membership)| match membership {
            Membership::Given { id, .. } | Membership::Giving { id, .. } => {
                Some((name.as_str(), id))
            }
            _ => None,
        })
    }

    /// Whether they have a portal-only access that could be revoked.
    #[must_use]
    pub fn is_portal_only(&self) -> bool {
        !self.atlassian
    }
}

impl Admission {
    /// Lets somebody go, while no visit of theirs goes on. Who is no customer is in no organization.
    pub async fn part(&self, email: &EmailAddress, order: Order<'_>) -> Result<Parted, StoreError> {
        let lock = lock_one(&self.vault, email).await?;
        let done = self.part_under_lock(email, order).await;
        lock.release().await?;
        done
    }

    async fn part_under_lock(
        &self,
        email: &EmailAddress,
        order: Order<'_>,
    ) -> Result<Parted, StoreError> {
        let id = PersonId::of(&self.vault, email);
        // It would put them into organizations again.
        later::forget(&self.vault, &id).await?;
        let key = Key::customer(id.as_str());
        let Some((record, version)) = self.vault.get_versioned(&key).await? else {
            return Ok(Parted::default());
        };
        let mut leaving = Leaving {
            admission: self,
            email,
            order,
            key,
            record,
            version,
            deadline: Deadline::after(BUDGET),
            parted: Parted::default(),
        };
        leaving.all().await?;
        Ok(leaving.parted)
    }
}

/// Somebody who is being let go, under their lock.
struct Leaving<'a> {
    admission: &'a Admission,
    email: &'a EmailAddress,
    order: Order<'a>,
    key: Key,
    record: CustomerRecord,
    version: Version,
    deadline: Deadline,
    parted: Parted,
}

impl Leaving<'_> {
    async fn all(&mut self) -> Result<(), StoreError> {
        let given = self.record.customer.given();
        let given: Vec<_> = given
            .map(|(name, id)| (name.to_owned(), id.clone()))
            .collect();
        let revoke = self.order.revoke && self.record.customer.is_portal_only();
        let Some(jsm) = self.admission.jsm.clone() else {
            given
                .iter()
                .for_each(|_| self.parted.kept_in(Hindrance::NotSetUp));
            if revoke {
                self.parted.portal = PortalAccess::Kept(Hindrance::NotSetUp);
            }
            return Ok(());
        };
        for (name, id) in given {
            self.leave(&jsm, name, &id).await?;
        }
        if revoke {
            self.revoke(&jsm).await?;
        }
        Ok(())
    }

    async fn leave(
        &mut self,
        jsm: &Jsm,
        name: String,
        id: &OrganizationId,
    ) -> Result<(), StoreError> {
        let account = self.account().clone();
        match part(jsm, &account, id, self.deadline).await {
            Ok(Parting::Parted) => {
                let changes = serde_json::json!({ "organization": name });
                self.record(EventName::OrganizationLeft, changes).await?;
                self.record.customer.organizations.remove(&name);
                self.parted.left += 1;
            }
            Ok(Parting::Managed) => {
                let joined = Membership::Joined(id.clone());
                self.record.customer.organizations.insert(name, joined);
                self.parted.managed += 1;
            }
            Err(error) => {
                tracing::warn!(%error, "somebody who was let go is still in an organization");
                self.parted.kept_in(Hindrance::from(&error));
                return Ok(());
            }
        }
        self.keep().await
    }

    async fn revoke(&mut self, jsm: &Jsm) -> Result<(), StoreError> {
        let account = self.account().clone();
        self.parted.portal = match jsm.revoke_portal_access(&account, self.deadline).await {
            Ok(()) => {
                let changes = serde_json::json!({ "portal_access": { "new": "revoked" } });
                self.record(EventName::CustomerUpdated, changes).await?;
                PortalAccess::Revoked
            }
            Err(error) => {
                tracing::warn!(%error, "the portal-only access of somebody who was let go is not revoked");
                PortalAccess::Kept(Hindrance::from(&error))
            }
        };
        Ok(())
    }

    fn account(&self) -> &AccountId {
        &self.record.customer.account_id
    }

    async fn keep(&mut self) -> Result<(), StoreError> {
        let vault: &Vault = &self.admission.vault;
        let (key, version) = (&self.key, &self.version);
        let changed = || StoreError::Unavailable("a visit of this person came between".to_owned());
        if !vault.replace(key, version, &self.record, None).await? {
            return Err(changed());
        }
        (self.record, self.version) = vault.get_versioned(key).await?.ok_or_else(changed)?;
        Ok(())
    }

    async fn record(&self, name: EventName, changes: serde_json::Value) -> Result<(), StoreError> {
        let event = Event::new(name)
            .reference(self.order.reference)
            .actor(self.order.actor)
            .email(self.email.as_str())
            .customer(self.account().as_str())
            .changes_of_the_person(changes);
        self.admission.trail.record(event).await
    }
}

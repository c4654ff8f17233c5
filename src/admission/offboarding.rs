//! Letting somebody go: out of every organization that the front door put them into, and, if wanted, out of the portal altogether.
//!
//! Each membership is recorded as soon as it has ended, so whatever Atlassian fails at can simply be done again. Nothing is left for later by itself: who may
//! come again might have come by then.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::audit::{Event, EventName};
use crate::identity::EmailAddress;
use crate::jsm::{AccountId, Deadline, Jsm, JsmError, OrganizationId};
use crate::store::StoreError;

use super::customer::{Customer, CustomerRecord, IdentityKey};
use super::join::{Parting, organization_named, part};
use super::membership::Membership;
use super::person::PersonId;
use super::whole::{Whole, key};
use super::{Admission, approvals, later};

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
    /// Lets somebody go, while no visit of theirs goes on, by whatever address. Who is no customer is in no organization.
    pub async fn part(&self, email: &EmailAddress, order: Order<'_>) -> Result<Parted, StoreError> {
        let whole = Whole::lock(&self.vault, email).await?;
        let done = self.part_under_lock(&whole, email, order).await;
        whole.release().await?;
        done
    }

    async fn part_under_lock(
        &self,
        whole: &Whole,
        email: &EmailAddress,
        order: Order<'_>,
    ) -> Result<Parted, StoreError> {
        for address in whole.addresses.keys() {
            // It would put them into organizations again.
            later::forget(&self.vault, &PersonId::of(&self.vault, address)).await?;
        }
        let Some(Some(record)) = whole.addresses.get(email) else {
            return Ok(Parted::default());
        };
        let customer = &record.customer;
        let addresses = whole.addresses.iter().filter(|(_, record)| {
            let record = record.as_ref();
            record.is_some_and(|one| one.customer.account_id == customer.account_id)
        });
        let mut leaving = Leaving {
            admission: self,
            email,
            order,
            account: &customer.account_id,
            addresses: addresses.map(|(address, _)| address).collect(),
            identities: &whole.identities,
            deadline: Deadline::after(BUDGET),
            parted: Parted::default(),
        };
        leaving.begin().await?;
        leaving.all(customer).await?;
        Ok(leaving.parted)
    }
}

/// Somebody who is being let go, under their locks.
struct Leaving<'a> {
    admission: &'a Admission,
    email: &'a EmailAddress,
    order: Order<'a>,
    account: &'a AccountId,
    /// Every address by which the account is known.
    addresses: Vec<&'a EmailAddress>,
    identities: &'a BTreeSet<IdentityKey>,
    deadline: Deadline,
    parted: Parted,
}

impl Leaving<'_> {
    /// What holds whatever comes of it at Jira: a visit that began before does not go on, and what an invitation gave once is not given again.
    async fn begin(&self) -> Result<(), StoreError> {
        self.change(|record| {
            record.partings = record.partings.saturating_add(1);
            record.customer.invited.clear();
            // What each of their identities gave, too: it is asked of each again when it comes.
            record
                .customer
                .by_identity
                .values_mut()
                .for_each(BTreeMap::clear);
        })
        .await
    }

    async fn all(&mut self, customer: &Customer) -> Result<(), StoreError> {
        let revoke = self.order.revoke && customer.is_portal_only();
        let Some(jsm) = self.admission.jsm.clone() else {
            for _ in customer.given() {
                self.parted.kept_in(Hindrance::NotSetUp);
            }
            if revoke {
                self.parted.portal = PortalAccess::Kept(Hindrance::NotSetUp);
            }
            return Ok(());
        };
        for (name, id) in customer.given() {
            self.leave(&jsm, name, id).await?;
        }
        if revoke {
            self.revoke(&jsm).await?;
        }
        Ok(())
    }

    async fn leave(
        &mut self,
        jsm: &Jsm,
        name: &str,
        id: &OrganizationId,
    ) -> Result<(), StoreError> {
        match part(jsm, self.account, id, self.deadline).await {
            Ok(Parting::Parted) => {
                self.record(EventName::OrganizationLeft, organization_named(name))
                    .await?;
                self.keep(name, None).await?;
                self.parted.left += 1;
            }
            Ok(Parting::Managed) => {
                self.keep(name, Some(Membership::Joined(id.clone())))
                    .await?;
                self.parted.managed += 1;
            }
            Err(error) => {
                tracing::warn!(%error, "somebody who was let go is still in an organization");
                self.parted.kept_in(Hindrance::from(&error));
            }
        }
        Ok(())
    }

    async fn revoke(&mut self, jsm: &Jsm) -> Result<(), StoreError> {
        let revoked = jsm.revoke_portal_access(self.account, self.deadline).await;
        self.parted.portal = match revoked {
            Ok(()) => {
                let changes = serde_json::json!({ "portal_access": { "new": "revoked" } });
                self.record(EventName::CustomerUpdated, changes).await?;
                self.is_new_again().await?;
                PortalAccess::Revoked
            }
            Err(error) => {
                tracing::warn!(%error, "the portal-only access of somebody who was let go is not revoked");
                PortalAccess::Kept(Hindrance::from(&error))
            }
        };
        Ok(())
    }

    /// Their next visit is a first one, at each service desk, also where they were approved before.
    async fn is_new_again(&self) -> Result<(), StoreError> {
        let now = self.admission.now();
        self.change(|record| {
            record.customer.revoked = Some(now);
            record.customer.service_desks.clear();
            record.customer.desks_put_off.clear();
            record.customer.came_in = false;
        })
        .await?;
        approvals::withdraw(&self.admission.vault, |email, identity| {
            self.addresses.contains(&email) || self.identities.contains(identity)
        })
        .await
    }

    /// Records what became of one membership, wherever it was recorded.
    async fn keep(&self, name: &str, now: Option<Membership>) -> Result<(), StoreError> {
        self.change(|record| {
            let organizations = &mut record.customer.organizations;
            if organizations.remove(name).is_some() {
                organizations.extend(now.clone().map(|now| (name.to_owned(), now)));
            }
        })
        .await
    }

    /// Changes every record of theirs.
    async fn change(&self, change: impl Fn(&mut CustomerRecord)) -> Result<(), StoreError> {
        let vault = &self.admission.vault;
        for address in &self.addresses {
            let key = key(vault, address);
            let Some((mut record, version)) = vault.get_versioned::<CustomerRecord>(&key).await?
            else {
                continue;
            };
            change(&mut record);
            if !vault.replace(&key, &version, &record, None).await? {
                let why = "a visit of this person came between".to_owned();
                return Err(StoreError::Unavailable(why));
            }
        }
        Ok(())
    }

    async fn record(&self, name: EventName, changes: serde_json::Value) -> Result<(), StoreError> {
        let event = Event::new(name)
            .reference(self.order.reference)
            .actor(self.order.actor)
            .email(self.email.as_str())
            .customer(self.account.as_str())
            .changes_of_the_person(changes);
        self.admission.trail.record(event).await
    }
}

//! What is to be done at Atlassian for people who are not there any more: what it failed at when they came, and what has to be taken away from those whom
//! no link lets in any more. It is kept, and done later, whoever has waited longest first.
//!
//! An entry holds who came and where, not what is to be done: that is planned anew when it is time, by the rules as they are then, by who they were when
//! they were last seen, and by what the record says, under the lock of the person. So nothing is done twice, nothing that a visit did meanwhile, and
//! nothing that no link would let them have any more.

mod work;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::identity::Identity;
use crate::jsm::ServiceDeskId;
use crate::store::{Key, StoreError, Vault};
use crate::web::Visit;

use super::Admission;
use super::membership::When;
use super::person::PersonId;
use super::plan::{Destination, Step};
use super::policy::LinkRules;
use super::records::Records;

pub use work::{May, MayCome, keep_doing};

/// How long it is tried. The person's next visit still does what is left.
const LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// How long after a failure it is tried again; doubled with each.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// The longest pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// Somebody for whom something is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PutOff {
    identity: Identity,
    /// The service desks that they went to, and by which link.
    desks: BTreeMap<ServiceDeskId, String>,
    /// The reference of the visit.
    reference: String,
    since: Timestamp,
    /// How often it has failed again.
    failures: u32,
    due: Timestamp,
}

impl PutOff {
    fn new(identity: &Identity, reference: &str, now: Timestamp) -> Self {
        Self {
            identity: identity.clone(),
            desks: BTreeMap::new(),
            reference: reference.to_owned(),
            since: now,
            failures: 0,
            due: now,
        }
    }

    /// The same of something that was tried just now and failed.
    fn failed(mut self, now: Timestamp) -> Self {
        self.fail(now);
        self
    }

    fn fail(&mut self, now: Timestamp) {
        let pause = FIRST_PAUSE.checked_mul(1 << self.failures.min(16));
        let pause = pause.map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE));
        self.failures += 1;
        self.due = now.checked_add(pause).unwrap_or(Timestamp::MAX);
    }

    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) > LIFE
    }
}

/// Keeps that something of this visit, which could not be done in it, is to be done later.
pub(super) async fn note(
    admission: &Admission,
    visit: &Visit,
    identity: &Identity,
    desk: Option<(&ServiceDeskId, &LinkRules)>,
) -> Result<(), StoreError> {
    let id = PersonId::of(&admission.vault, &identity.email);
    let known = of(&admission.vault, &id).await?;
    let now = admission.now();
    let new = || PutOff::new(identity, &visit.reference, now).failed(now);
    let mut entry = known.unwrap_or_else(new);
    entry.identity = identity.clone();
    let desk = desk.map(|(id, rules)| (id.clone(), rules.slug.to_string()));
    entry.desks.extend(desk);
    put(&admission.vault, &id, &entry).await
}

impl Admission {
    /// Somebody whom a link, or every one, refuses now: what nothing gives them any more is taken away although they do not come in. Nobody waits for it.
    pub async fn take_away_later(
        &self,
        visit: &Visit,
        identity: &Identity,
    ) -> Result<(), StoreError> {
        if !self.organizations.iter().any(|rule| rule.managed) {
            return Ok(());
        }
        let records = Records::read(&self.vault, identity).await?;
        let Ok(Some(customer)) = records.customer() else {
            return Ok(());
        };
        let when = When::visit(self.now());
        let plan = self.plan_at(identity, &Destination::Portal, Some(customer), when);
        let leaves = |step: &Step| matches!(step, Step::LeaveOrganization { .. });
        if !plan.steps.iter().any(leaves) {
            return Ok(());
        }
        let id = PersonId::of(&self.vault, &identity.email);
        let known = of(&self.vault, &id).await?;
        let new = || PutOff::new(identity, &visit.reference, self.now());
        let identity = identity.clone();
        let entry = known.unwrap_or_else(new);
        put(&self.vault, &id, &PutOff { identity, ..entry }).await
    }

    /// Somebody of whom the provider has said anew who they are: what is to be done for them goes by that.
    pub async fn is_now(&self, identity: &Identity) -> Result<(), StoreError> {
        let id = PersonId::of(&self.vault, &identity.email);
        match of(&self.vault, &id).await? {
            Some(entry) if entry.identity != *identity => {
                let identity = identity.clone();
                put(&self.vault, &id, &PutOff { identity, ..entry }).await
            }
            _ => Ok(()),
        }
    }
}

/// Nothing of somebody is left to do.
pub(super) async fn forget(vault: &Vault, id: &PersonId) -> Result<(), StoreError> {
    vault
        .index_remove(&Key::put_off(), id.as_str())
        .await
        .map(|_| ())
}

/// For how many people something waits to be done.
pub async fn count(vault: &Vault) -> Result<usize, StoreError> {
    vault.index_count(&Key::put_off()).await
}

/// Since when something waits to be done for somebody.
pub async fn since(vault: &Vault, id: &PersonId) -> Result<Option<Timestamp>, StoreError> {
    Ok(of(vault, id).await?.map(|entry| entry.since))
}

async fn of(vault: &Vault, id: &PersonId) -> Result<Option<PutOff>, StoreError> {
    vault.index_get(&Key::put_off(), id.as_str()).await
}

async fn put(vault: &Vault, id: &PersonId, entry: &PutOff) -> Result<(), StoreError> {
    let life = Some(LIFE.unsigned_abs());
    vault
        .index_put(&Key::put_off(), id.as_str(), entry, life)
        .await
}

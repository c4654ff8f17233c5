//! What Atlassian failed at for people who came in nevertheless: kept, and done later, whoever has waited longest first.
//!
//! An entry holds who came and where, not what is to be done: that is planned anew when it is time, by the rules as they are then and by what the record
//! says, under the lock of the person. So nothing is done twice, and nothing that a visit did meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::identity::Identity;
use crate::jsm::ServiceDeskId;
use crate::store::{Key, StoreError, Vault};
use crate::web::Visit;

use super::carry_out::under_lock;
use super::cause::Cause;
use super::person::PersonId;
use super::plan::Destination;
use super::policy::LinkRules;
use super::{Admission, AdmissionError, blocks};

/// How long it is tried. The person's next visit still does what is left.
const LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// How long after a failure it is tried again; doubled with each.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// The longest pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// All calls for one person.
const BUDGET: Duration = Duration::from_secs(30);

/// How often it is looked whether something is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// After how long the list is read although nothing is known to be due: another process may have put something there.
const READ_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// Somebody for whom something was put off.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct PutOff {
    identity: Identity,
    /// The service desks that they went to, and by which link. None: they went to the portal as a whole.
    desks: BTreeMap<ServiceDeskId, String>,
    /// The reference of the visit.
    reference: String,
    since: Timestamp,
    /// How often it has failed again.
    failures: u32,
    due: Timestamp,
}

impl PutOff {
    fn fail(&mut self, now: Timestamp) {
        let pause = FIRST_PAUSE.checked_mul(1 << self.failures.min(16));
        let pause = pause.map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE));
        self.failures += 1;
        self.due = now.checked_add(pause).unwrap_or(Timestamp::MAX);
    }

    /// Everywhere that they went, and by which link.
    fn destinations(&self) -> Vec<(Destination, Option<&str>)> {
        let desks = self.desks.iter();
        let mut all: Vec<_> = desks
            .map(|(id, slug)| {
                (
                    Destination::ServiceDesk { id: id.clone() },
                    Some(slug.as_str()),
                )
            })
            .collect();
        if all.is_empty() {
            all.push((Destination::Portal, None));
        }
        all
    }
}

/// Keeps that something of this visit is to be done later.
pub(super) async fn note(
    admission: &Admission,
    visit: &Visit,
    identity: &Identity,
    desk: Option<(&ServiceDeskId, &LinkRules)>,
) -> Result<(), StoreError> {
    let now = admission.now();
    let id = PersonId::of(&admission.vault, &identity.email);
    let known = of(&admission.vault, &id).await?;
    let mut entry = known.unwrap_or_else(|| {
        let mut entry = PutOff {
            identity: identity.clone(),
            desks: BTreeMap::new(),
            reference: visit.reference.clone(),
            since: now,
            failures: 0,
            due: now,
        };
        entry.fail(now);
        entry
    });
    entry.identity = identity.clone();
    let desk = desk.map(|(id, rules)| (id.clone(), rules.slug.to_string()));
    entry.desks.extend(desk);
    put(&admission.vault, &id, &entry).await
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

/// Does what is due, for as long as the house stands.
pub async fn keep_doing(admission: Admission) {
    let mut next = Timestamp::MIN;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = admission.now();
        if now < next || admission.jsm.is_none() {
            continue;
        }
        let due = round(&admission).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "what was put off could not be read");
            None
        });
        let soon = now.checked_add(READ_EVERY).unwrap_or(now);
        next = due.map_or(soon, |due| due.min(soon));
    }
}

/// One look through the list. Returns when something is due next. Once Atlassian fails again, the others wait too.
async fn round(admission: &Admission) -> Result<Option<Timestamp>, StoreError> {
    let all = admission
        .vault
        .index_readable::<PutOff>(&Key::put_off())
        .await?;
    let mut all: Vec<PutOff> = all.into_iter().map(|(_, entry)| entry).collect();
    all.sort_by_key(|entry| entry.since);
    let now = admission.now();
    for entry in all.iter().filter(|entry| entry.due <= now) {
        if !finish(admission, entry.clone()).await? {
            return Ok(None);
        }
    }
    Ok(all
        .iter()
        .map(|entry| entry.due)
        .filter(|due| *due > now)
        .min())
}

/// Does what is left for one person. Returns whether the others' turn is now: not while Atlassian is away.
async fn finish(admission: &Admission, mut entry: PutOff) -> Result<bool, StoreError> {
    let id = PersonId::of(&admission.vault, &entry.identity.email);
    // Who was forgotten, let go or blocked since the list was read is left alone.
    if of(&admission.vault, &id).await?.is_none() {
        return Ok(true);
    }
    if blocks::holds(&admission.vault, &entry.identity).await? || is_done(admission, &entry).await?
    {
        forget(&admission.vault, &id).await?;
        return Ok(true);
    }
    if of(&admission.vault, &id).await?.is_none() {
        return Ok(true);
    }
    let now = admission.now();
    entry.fail(now);
    if entry.due.duration_since(entry.since) > LIFE {
        tracing::warn!(
            reference = entry.reference,
            "what Atlassian failed at for a customer is given up; their next visit does what is left"
        );
        forget(&admission.vault, &id).await?;
    } else {
        put(&admission.vault, &id, &entry).await?;
    }
    // What is in the way of one alone keeps nobody else waiting.
    let jsm = admission.jsm.as_ref();
    Ok(jsm.is_some_and(|jsm| jsm.away_for().is_none()))
}

/// Whether nothing is left, or nothing that can be done for who they are now.
async fn is_done(admission: &Admission, entry: &PutOff) -> Result<bool, StoreError> {
    let mut waits = false;
    for (destination, link) in entry.destinations() {
        let cause = Cause::PutOff {
            reference: &entry.reference,
            link,
        };
        match under_lock(admission, cause, &entry.identity, &destination, BUDGET).await {
            Ok(customer) => waits = customer.waits(),
            Err(AdmissionError::NotCreated | AdmissionError::IdentityConflict(_)) => {
                return Ok(true);
            }
            Err(AdmissionError::Store(error)) => return Err(error),
            Err(error) => {
                tracing::info!(%error, "what was put off could not be done yet");
                return Ok(false);
            }
        }
    }
    Ok(!waits)
}

async fn of(vault: &Vault, id: &PersonId) -> Result<Option<PutOff>, StoreError> {
    vault.index_get(&Key::put_off(), id.as_str()).await
}

async fn put(vault: &Vault, id: &PersonId, entry: &PutOff) -> Result<(), StoreError> {
    vault
        .index_put(
            &Key::put_off(),
            id.as_str(),
            entry,
            Some(LIFE.unsigned_abs()),
        )
        .await
}

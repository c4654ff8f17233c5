//! Approvals: whoever comes for the first time to a link that asks for one waits until an administrator has decided.
//!
//! An approval is for one identity, with the address that it came with, at one service desk: the account that asked is the one that gets in, and an
//! address that was changed after the administrator saw it is asked about again. A refusal holds whatever the address becomes. What an administrator
//! decides of goes by what they were shown: what has changed since then is decided of by nobody.
//!
//! Only who has proved an identity leaves an entry here, and everything has an end: who waits, after 90 days; a decision after some time; and nobody
//! enters a queue that is full.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::{EmailAddress, Identity};
use crate::jsm::ServiceDeskId;
use crate::settings::Slug;
use crate::store::{Key, StoreError, Vault};

use super::blocks::LONGEST_NOTE;
use super::customer::IdentityKey;
use super::linking::lock_one;
use super::person::PersonId;

/// The most that wait at once.
pub const MOST: usize = 5_000;

/// The most places at which one identity waits at once.
const MOST_OF_ONE: usize = 20;

/// The most decisions that are kept.
const MOST_DECIDED: usize = 10_000;

const DAY: Duration = Duration::from_hours(24);

/// How long somebody waits, and how long an approval may be used.
const LIFE: Duration = DAY.saturating_mul(90);

/// How long a refusal holds.
const LIFE_OF_REFUSAL: Duration = DAY.saturating_mul(400);

/// Somebody's first visit at one service desk, and what was decided of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Who asked, as they were then.
    pub identity: Identity,
    /// The link by which they came.
    pub link: Slug,
    /// JSM's id of the service desk.
    pub service_desk: ServiceDeskId,
    /// When.
    pub asked: Timestamp,
    /// The reference of the page that told them to wait.
    pub reference: String,
    /// What was decided; `None`: they wait.
    pub decision: Option<Decision>,
}

/// What an administrator decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Whether they may come in.
    pub is_given: bool,
    /// The administrator.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why, for other administrators.
    pub note: String,
}

/// What came of deciding.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is decided of.
    Decided(Box<Approval>),
    /// It was decided so already, or there is nothing of this name.
    AsBefore,
    /// It is not what was shown: another address is asked about by now, or somebody else has decided.
    Changed,
}

/// How it stands with somebody at a service desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody was asked yet, or not about this address.
    NotAsked,
    /// They wait.
    Waiting,
    /// They may come in.
    Given,
    /// They may not.
    Refused,
}

impl Approval {
    /// What it says of this identity, whose it is.
    fn standing(&self, identity: &Identity) -> Standing {
        let is_of_address = self.identity.email == identity.email;
        match &self.decision {
            Some(decision) if !decision.is_given => Standing::Refused,
            _ if !is_of_address => Standing::NotAsked,
            Some(_) => Standing::Given,
            None => Standing::Waiting,
        }
    }
}

/// How it stands with this identity at this service desk.
pub async fn standing(
    vault: &Vault,
    identity: &Identity,
    service_desk: &ServiceDeskId,
) -> Result<Standing, StoreError> {
    let name = name(vault, identity, service_desk);
    let found = find(vault, &name).await?;
    Ok(found.map_or(Standing::NotAsked, |one| one.standing(identity)))
}

/// Puts somebody into the queue, under their lock. `false`: it is full, or they wait at very many places already.
pub(super) async fn ask(vault: &Vault, approval: &Approval) -> Result<bool, StoreError> {
    let name = name(vault, &approval.identity, &approval.service_desk);
    if vault.index_count(&Key::waiting_for_approval()).await? >= MOST {
        return Ok(false);
    }
    let theirs = |one: &Approval| one.identity.key() == approval.identity.key();
    let all = waiting(vault).await?;
    if all.iter().filter(|(_, one)| theirs(one)).count() >= MOST_OF_ONE {
        return Ok(false);
    }
    let queue = Key::waiting_for_approval();
    vault.index_put(&queue, &name, approval, Some(LIFE)).await?;
    // An approval of another address of theirs is none any more.
    vault.index_remove(&Key::decided_approvals(), &name).await?;
    Ok(true)
}

/// What a form calls it: its name, and what is shown of it.
#[must_use]
pub fn as_shown(vault: &Vault, name: &str, approval: &Approval) -> String {
    let Approval {
        identity,
        asked,
        decision,
        ..
    } = approval;
    let decided = decision.as_ref().map(|decision| decision.at.to_string());
    let decided = decided.unwrap_or_default();
    let text = format!("{name} {asked} {decided} {}", identity.email);
    format!("{name}.{}", vault.pseudonym("approval as shown", &text))
}

/// Decides of a first visit, if it still is as it was [shown](as_shown).
pub async fn decide(vault: &Vault, shown: &str, decision: Decision) -> Result<Outcome, StoreError> {
    let name = shown.split_once('.').map_or(shown, |(name, _)| name);
    let Some(found) = find(vault, name).await? else {
        return Ok(Outcome::AsBefore);
    };
    let lock = lock_one(vault, &found.identity.email).await?;
    let decided = decide_locked(vault, name, shown, decision).await;
    lock.release().await?;
    decided
}

async fn decide_locked(
    vault: &Vault,
    name: &str,
    shown: &str,
    mut decision: Decision,
) -> Result<Outcome, StoreError> {
    let Some(before) = find(vault, name).await? else {
        return Ok(Outcome::AsBefore);
    };
    let said = |one: &Decision| one.is_given;
    if before.decision.as_ref().map(said) == Some(decision.is_given) {
        return Ok(Outcome::AsBefore);
    }
    if as_shown(vault, name, &before) != shown {
        return Ok(Outcome::Changed);
    }
    decision.note = decision.note.chars().take(LONGEST_NOTE).collect();
    let life = if decision.is_given {
        LIFE
    } else {
        LIFE_OF_REFUSAL
    };
    let after = Approval {
        decision: Some(decision),
        ..before
    };
    let decided = Key::decided_approvals();
    vault.index_put(&decided, name, &after, Some(life)).await?;
    vault
        .index_remove(&Key::waiting_for_approval(), name)
        .await?;
    vault.index_keep(&decided, MOST_DECIDED).await?;
    Ok(Outcome::Decided(Box::new(after)))
}

/// How many wait.
pub async fn count(vault: &Vault) -> Result<usize, StoreError> {
    vault.index_count(&Key::waiting_for_approval()).await
}

/// Everybody who waits, each by its name; who asked first is first.
pub async fn waiting(vault: &Vault) -> Result<Vec<(String, Approval)>, StoreError> {
    let mut all: Vec<(String, Approval)> =
        vault.index_readable(&Key::waiting_for_approval()).await?;
    all.sort_by_key(|(_, one)| one.asked);
    Ok(all)
}

/// Every decision that is kept, each by its name; the newest is first.
pub async fn decided(vault: &Vault) -> Result<Vec<(String, Approval)>, StoreError> {
    let mut all: Vec<(String, Approval)> = vault.index_readable(&Key::decided_approvals()).await?;
    all.sort_by_key(|(_, one)| {
        std::cmp::Reverse(one.decision.as_ref().map(|decision| decision.at))
    });
    Ok(all)
}

/// All that concern one address: those that wait, and then those that were decided.
pub async fn of(vault: &Vault, id: &PersonId) -> Result<Vec<(String, Approval)>, StoreError> {
    let mut all = waiting(vault).await?;
    all.extend(decided(vault).await?);
    all.retain(|(_, one)| PersonId::of(vault, &one.identity.email) == *id);
    Ok(all)
}

/// Takes whoever was blocked out of the queue.
pub(super) async fn leave_queue(
    vault: &Vault,
    email: Option<&EmailAddress>,
    identities: &BTreeSet<IdentityKey>,
) -> Result<(), StoreError> {
    let index = Key::waiting_for_approval();
    let waiting = vault.index_readable(&index).await?;
    remove(vault, &index, waiting, |one| {
        Some(&one.identity.email) == email || identities.contains(&IdentityKey::from(&one.identity))
    })
    .await
}

/// Takes back what was given to them: at their next first visit it is asked again. A refusal stays.
pub(super) async fn withdraw(
    vault: &Vault,
    has: impl Fn(&EmailAddress, &IdentityKey) -> bool,
) -> Result<(), StoreError> {
    let index = Key::decided_approvals();
    // One that cannot be read lets nobody in.
    let decided = vault.index_readable(&index).await?;
    remove(vault, &index, decided, |one| {
        let is_given = one.decision.as_ref().is_some_and(|one| one.is_given);
        is_given && has(&one.identity.email, &IdentityKey::from(&one.identity))
    })
    .await
}

/// Forgets everything about these addresses and identities.
pub(super) async fn forget(
    vault: &Vault,
    has: impl Fn(&EmailAddress, &IdentityKey) -> bool,
) -> Result<(), StoreError> {
    for index in [Key::waiting_for_approval(), Key::decided_approvals()] {
        // Whoever is forgotten is forgotten whole.
        let all = vault.index_list(&index).await?;
        remove(vault, &index, all, |one| {
            has(&one.identity.email, &IdentityKey::from(&one.identity))
        })
        .await?;
    }
    Ok(())
}

async fn remove(
    vault: &Vault,
    index: &Key,
    among: Vec<(String, Approval)>,
    which: impl Fn(&Approval) -> bool,
) -> Result<(), StoreError> {
    for (name, approval) in among {
        if which(&approval) {
            vault.index_remove(index, &name).await?;
        }
    }
    Ok(())
}

/// A decision counts before a place in the queue: it was written, and the place not taken out yet.
async fn find(vault: &Vault, name: &str) -> Result<Option<Approval>, StoreError> {
    let decided = vault.index_get(&Key::decided_approvals(), name).await?;
    match decided {
        Some(decided) => Ok(Some(decided)),
        None => vault.index_get(&Key::waiting_for_approval(), name).await,
    }
}

fn name(vault: &Vault, identity: &Identity, service_desk: &ServiceDeskId) -> String {
    let IdentityKey { provider, subject } = IdentityKey::from(identity);
    vault.pseudonym("approval", &format!("{provider} {subject} {service_desk}"))
}

#[cfg(test)]
#[path = "approvals_tests.rs"]
mod tests;

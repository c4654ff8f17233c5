//! What keeps somebody out until an administrator has looked at it: kept for a while, so that the desk can show it and offer to link the two.
//!
//! Only who has proved an identity leaves an entry here, and one for each address that they came with.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::{EmailAddress, Identity};
use crate::jsm::AccountId;
use crate::store::{Key, StoreError, Vault};

use super::AdmissionError;
use super::customer::IdentityKey;
use super::person::PersonId;

/// How long a conflict is shown after it was last met.
const LIFE: Duration = Duration::from_hours(24 * 30);

/// The most conflicts that are looked at, the newest: far more than an administrator reads.
pub const MOST: usize = 1000;

/// Somebody who was not let in since it is unclear whose customer they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Who came.
    pub identity: IdentityKey,
    /// What the provider calls them.
    pub display_name: String,
    /// The address that they came with.
    pub email: EmailAddress,
    /// The address that they are known by, if another.
    pub known_as: Option<EmailAddress>,
    /// The Atlassian account that the address belongs to, if it does.
    pub account: Option<AccountId>,
    /// When.
    pub at: Timestamp,
    /// The reference of the page that told them.
    pub reference: String,
}

impl Pending {
    /// The addresses that it is about.
    pub fn addresses(&self) -> impl Iterator<Item = &EmailAddress> {
        std::iter::once(&self.email).chain(&self.known_as)
    }
}

/// Notes why somebody was not let in, if it is such a conflict.
pub(super) async fn note(
    vault: &Vault,
    identity: &Identity,
    why: &AdmissionError,
    reference: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let account = match why {
        AdmissionError::AtlassianAccount(account) => Some(account.clone()),
        AdmissionError::IdentityConflict(_) => None,
        _ => return Ok(()),
    };
    let key = IdentityKey::from(identity);
    let known_as = key.address(vault).await?;
    let pending = Pending {
        known_as: known_as.filter(|known| *known != identity.email),
        display_name: identity.display_name.clone(),
        email: identity.email.clone(),
        account,
        at: now,
        reference: reference.to_owned(),
        identity: key,
    };
    vault
        .index_put(
            &Key::conflicts(),
            &name(vault, &pending),
            &pending,
            Some(LIFE),
        )
        .await
}

/// The newest [`MOST`], each with its name.
pub async fn all(vault: &Vault) -> Result<Vec<(String, Pending)>, StoreError> {
    let all = vault.index_latest(&Key::conflicts(), None, MOST).await?;
    Ok(all
        .into_iter()
        .map(|(mark, pending)| (mark.member, pending))
        .collect())
}

/// All that there are.
pub(super) async fn every(vault: &Vault) -> Result<Vec<Pending>, StoreError> {
    let every = vault.index_list(&Key::conflicts()).await?;
    Ok(every.into_iter().map(|(_, pending)| pending).collect())
}

/// Those that one person's address is about.
pub async fn of(vault: &Vault, id: &PersonId) -> Result<Vec<(String, Pending)>, StoreError> {
    let mut all = all(vault).await?;
    all.retain(|(_, pending)| {
        pending
            .addresses()
            .any(|address| PersonId::of(vault, address) == *id)
    });
    Ok(all)
}

/// The one of this name.
pub async fn find(vault: &Vault, name: &str) -> Result<Option<Pending>, StoreError> {
    vault.index_get(&Key::conflicts(), name).await
}

/// It is settled, or somebody in it is to be forgotten.
pub(super) async fn remove(vault: &Vault, pending: &Pending) -> Result<(), StoreError> {
    vault
        .index_remove(&Key::conflicts(), &name(vault, pending))
        .await
        .map(|_| ())
}

fn name(vault: &Vault, pending: &Pending) -> String {
    let IdentityKey { provider, subject } = &pending.identity;
    vault.pseudonym(
        "conflict",
        &format!("{provider} {subject} {}", pending.email),
    )
}

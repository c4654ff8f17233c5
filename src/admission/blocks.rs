//! People whom an administrator has blocked: by their address, and by every identity that was known to have it.
//!
//! A block holds at every sign-in, whatever the provider and whoever the person: only its own entries are read, so it costs nobody anything else. When
//! somebody is forgotten their block stays, as pseudonyms alone: it names nobody any more, but holds when they come again.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::{EmailAddress, Identity};
use crate::store::{Key, StoreError, Vault};

use super::approvals;
use super::customer::IdentityKey;
use super::person::PersonId;

/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 500;

/// One blocked person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Their address; `None` once they were forgotten.
    pub email: Option<EmailAddress>,
    /// The identities that are blocked with it, by pseudonym.
    identities: BTreeSet<String>,
    /// Why; empty once they were forgotten.
    pub note: String,
    /// The administrator.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Blocks an address and these identities. A block that is there already holds on, with the new note.
pub async fn block(
    vault: &Vault,
    email: &EmailAddress,
    identities: &BTreeSet<IdentityKey>,
    note: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = PersonId::of(vault, email);
    let before = of(vault, &id).await?;
    let mut pseudonyms: BTreeSet<String> = identities.iter().map(|one| name(vault, one)).collect();
    for pseudonym in &pseudonyms {
        let key = Key::blocked_identity(pseudonym);
        vault.put(&key, id.as_str(), None).await?;
    }
    pseudonyms.extend(before.into_iter().flat_map(|block| block.identities));
    let block = Block {
        email: Some(email.clone()),
        identities: pseudonyms,
        note: note.chars().take(LONGEST_NOTE).collect(),
        by: by.to_owned(),
        at: now,
    };
    // Last, so that whatever is interrupted before is done again.
    vault
        .index_put(&Key::blocks(), id.as_str(), &block, None)
        .await?;
    approvals::leave_queue(vault, Some(email), identities).await
}

/// Ends a block. Returns what it was.
pub async fn unblock(vault: &Vault, id: &PersonId) -> Result<Option<Block>, StoreError> {
    let Some(block) = of(vault, id).await? else {
        return Ok(None);
    };
    for pseudonym in &block.identities {
        vault.remove(&Key::blocked_identity(pseudonym)).await?;
    }
    vault.index_remove(&Key::blocks(), id.as_str()).await?;
    Ok(Some(block))
}

/// Whether this identity is blocked, by itself or by its address.
pub async fn holds(vault: &Vault, identity: &Identity) -> Result<bool, StoreError> {
    let address = PersonId::of(vault, &identity.email);
    let of_identity = Key::blocked_identity(&name(vault, &IdentityKey::from(identity)));
    let (address, identity) = tokio::try_join!(of(vault, &address), vault.exists(&of_identity))?;
    Ok(address.is_some() || identity)
}

/// The block of one person.
pub async fn of(vault: &Vault, id: &PersonId) -> Result<Option<Block>, StoreError> {
    vault.index_get(&Key::blocks(), id.as_str()).await
}

/// All blocks, newest first, each by the pseudonym of its address.
pub async fn all(vault: &Vault) -> Result<Vec<(String, Block)>, StoreError> {
    let mut all = vault.index_list::<Block>(&Key::blocks()).await?;
    all.sort_by_key(|(_, block)| std::cmp::Reverse(block.at));
    Ok(all)
}

/// Takes out of a block whom it names. It holds on.
pub(super) async fn forget(vault: &Vault, id: &PersonId) -> Result<(), StoreError> {
    let Some(mut block) = of(vault, id).await? else {
        return Ok(());
    };
    block.email = None;
    block.note.clear();
    vault
        .index_put(&Key::blocks(), id.as_str(), &block, None)
        .await
}

fn name(vault: &Vault, identity: &IdentityKey) -> String {
    let name = format!("{} {}", identity.provider, identity.subject);
    vault.pseudonym("blocked", &name)
}

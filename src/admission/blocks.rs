//! People whom an administrator has blocked: by their address, and by every identity that was known to have it; or one identity alone, whatever its
//! address becomes.
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
    /// Their address; `None` once they were forgotten, and where one identity alone is blocked.
    pub email: Option<EmailAddress>,
    /// The identity that alone is blocked; `None` once they were forgotten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<IdentityKey>,
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
        account: None,
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

/// Blocks one identity, whatever its address is or becomes. Returns what the block is called.
pub async fn block_account(
    vault: &Vault,
    identity: &IdentityKey,
    note: &str,
    by: &str,
    now: Timestamp,
) -> Result<PersonId, StoreError> {
    let (id, pseudonym) = (id_of_account(vault, identity), name(vault, identity));
    let key = Key::blocked_identity(&pseudonym);
    vault.put(&key, id.as_str(), None).await?;
    let block = Block {
        email: None,
        account: Some(identity.clone()),
        identities: BTreeSet::from([pseudonym]),
        note: note.chars().take(LONGEST_NOTE).collect(),
        by: by.to_owned(),
        at: now,
    };
    vault
        .index_put(&Key::blocks(), id.as_str(), &block, None)
        .await?;
    approvals::leave_queue(vault, None, &BTreeSet::from([identity.clone()])).await?;
    Ok(id)
}

/// Ends a block. Returns what it was. An identity that another block names stays blocked by that one.
pub async fn unblock(vault: &Vault, id: &PersonId) -> Result<Option<Block>, StoreError> {
    let Some(block) = of(vault, id).await? else {
        return Ok(None);
    };
    let mut others = all(vault).await?;
    others.retain(|(other, _)| other != id.as_str());
    for pseudonym in &block.identities {
        let key = Key::blocked_identity(pseudonym);
        let names = |(_, other): &&(String, Block)| other.identities.contains(pseudonym);
        match others.iter().find(names) {
            Some((other, _)) => vault.put(&key, other, None).await?,
            None => vault.remove(&key).await.map(|_| ())?,
        }
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

/// The same where one identity alone is blocked.
pub async fn forget_account(vault: &Vault, identity: &IdentityKey) -> Result<(), StoreError> {
    let id = id_of_account(vault, identity);
    let Some(mut block) = of(vault, &id).await? else {
        return Ok(());
    };
    block.account = None;
    block.note.clear();
    vault
        .index_put(&Key::blocks(), id.as_str(), &block, None)
        .await
}

/// What the block of one identity alone is called.
fn id_of_account(vault: &Vault, identity: &IdentityKey) -> PersonId {
    PersonId::of_text(name(vault, identity))
}

fn name(vault: &Vault, identity: &IdentityKey) -> String {
    let name = format!("{} {}", identity.provider, identity.subject);
    vault.pseudonym("blocked", &name)
}

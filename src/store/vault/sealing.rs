//! What is known of the keys that the store is sealed with: which are in use, and which were left behind for good.
//!
//! Every front door that starts says so here before it writes anything. So whoever goes over the store to leave a key behind sees at the end whether
//! somebody came in between who may have sealed with it, even if they are gone again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::{Key, StoreError};
use super::{Vault, Version};

/// Keys by their marks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct Sealing {
    /// How often a front door has begun to seal.
    begun: u64,
    /// Keys that something may be sealed with.
    pub(super) in_use: BTreeSet<String>,
    /// Keys that nothing is sealed with any more.
    pub(in crate::store) left: BTreeSet<String>,
}

impl Sealing {
    pub(in crate::store) async fn read(
        vault: &Vault,
    ) -> Result<(Self, Option<Version>), StoreError> {
        let read = vault.get_versioned(&Key::sealing()).await?;
        Ok(read.map_or_else(Default::default, |(sealing, version)| {
            (sealing, Some(version))
        }))
    }

    /// Somebody begins to seal with the key of this mark.
    pub(super) async fn begin(vault: &Vault, mark: &str) -> Result<(), StoreError> {
        loop {
            let (mut sealing, version) = Self::read(vault).await?;
            sealing.begun += 1;
            sealing.left.remove(mark);
            sealing.in_use.insert(mark.to_owned());
            if sealing.write(vault, version).await? {
                return Ok(());
            }
        }
    }

    /// Nothing is sealed with any key but this one, if nobody has begun to seal since this was read. Returns whether that is so.
    pub(in crate::store) async fn only(
        mut self,
        vault: &Vault,
        version: Option<Version>,
        (current, previous): (&str, &str),
    ) -> Result<bool, StoreError> {
        self.left.extend(std::mem::take(&mut self.in_use));
        self.left.insert(previous.to_owned());
        self.left.remove(current);
        self.in_use.insert(current.to_owned());
        self.write(vault, version).await
    }

    async fn write(&self, vault: &Vault, version: Option<Version>) -> Result<bool, StoreError> {
        let key = Key::sealing();
        match version {
            Some(version) => vault.replace(&key, &version, self, None).await,
            None => vault.put_if_absent(&key, self, None).await,
        }
    }
}

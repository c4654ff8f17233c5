//! Whether the first run is over: a mark in the store that the first administrator at the desk leaves there for good.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::{Key, StoreError, Vault};

/// The first run. Clones share what they know: once it is over it stays so, and the store is asked no more.
#[derive(Clone)]
pub struct FirstRun {
    vault: Vault,
    over: Arc<AtomicBool>,
}

impl FirstRun {
    /// That of the front door with this vault.
    #[must_use]
    pub fn new(vault: Vault) -> Self {
        Self {
            vault,
            over: Arc::default(),
        }
    }

    /// Whether an administrator was at the desk before.
    pub async fn is_over(&self) -> Result<bool, StoreError> {
        if !self.over.load(Ordering::Relaxed) && self.vault.exists(&Key::first_run_over()).await? {
            self.over.store(true, Ordering::Relaxed);
        }
        Ok(self.over.load(Ordering::Relaxed))
    }

    /// An administrator is at the desk. Written once.
    pub async fn end(&self) -> Result<(), StoreError> {
        if !self.is_over().await? {
            let key = Key::first_run_over();
            self.vault.put_if_absent(&key, "over", None).await?;
            self.over.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

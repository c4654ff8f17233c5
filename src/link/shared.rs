//! Readings of the service desks that all front doors on a store share: one is under way at a time, what somebody read who was overtaken is not stored, and
//! the others learn what came of it.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::seen::Seen;
use crate::store::{Duty, Key, StoreError, Vault};

/// The duty of whoever reads, and when it is free again should they die.
const DUTY: (&str, Duration) = ("catalogue", Duration::from_secs(6));

/// How long somebody else's reading is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the last reading ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ended {
    /// Higher than that of the reading before.
    pub(super) number: u64,
    pub(super) at: Timestamp,
    /// What went wrong.
    pub(super) trouble: Option<String>,
}

impl Ended {
    /// The last one, by whichever front door.
    pub(super) async fn last(vault: &Vault) -> Result<Option<Self>, StoreError> {
        vault.get(&Key::catalogue_reading()).await
    }
}

/// One reading.
pub(super) struct Turn(Duty);

impl Turn {
    /// Waits until nobody else reads; `None`: that took too long.
    pub(super) async fn take(vault: &Vault) -> Result<Option<Self>, StoreError> {
        let (name, life) = DUTY;
        let duty = vault.take_duty(name, life, PATIENCE).await?;
        Ok(duty.map(Self))
    }

    pub(super) fn number(&self) -> u64 {
        self.0.number()
    }

    /// Stores what is seen by now. `false`: somebody else reads meanwhile, and nothing was stored.
    pub(super) async fn store(&self, seen: &Seen) -> Result<bool, StoreError> {
        self.0.put(&Key::catalogue(), seen).await
    }

    /// Says how it ended, and lets others read.
    pub(super) async fn end(
        self,
        at: Timestamp,
        trouble: Option<String>,
    ) -> Result<(), StoreError> {
        let ended = Ended {
            number: self.number(),
            at,
            trouble,
        };
        let told = self.0.put(&Key::catalogue_reading(), &ended).await;
        self.0.give_back().await?;
        // Whoever has overtaken this one says how theirs ended.
        told.map(|_| ())
    }
}

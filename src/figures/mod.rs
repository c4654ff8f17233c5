//! How many came in and how many were refused, and why: counted from the audit trail, beside the logins and never in their way.
//!
//! Each process reads the trail for itself, from the place that it counted to last. What was counted is stored now and then, so that a start need not
//! read everything again; of several processes, whoever counted further is believed.

mod counts;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::audit::{Record, Trail};
use crate::clock::Clock;
use crate::store::{Key, StoreError, Vault};

use counts::Counts;
pub use counts::{LinkFigures, Sum};

/// How many records are read at once.
const PAGE: usize = 500;

/// How often the trail is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How often what was counted is stored, while there is anything new.
const STORE_EVERY: Duration = Duration::from_mins(5);

/// The figures. Clones share them.
#[derive(Clone)]
pub struct Figures {
    inner: Arc<Inner>,
}

struct Inner {
    trail: Trail,
    vault: Vault,
    clock: Clock,
    counts: Mutex<Counts>,
    /// Held by whoever counts.
    counting: tokio::sync::Mutex<Counting>,
}

/// What whoever counts needs to know.
#[derive(Default)]
struct Counting {
    /// Whether what is stored was taken over.
    begun: bool,
    stored: Option<Instant>,
}

/// An hour or a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its beginning.
    pub from: Timestamp,
    /// What happened in it.
    pub sum: Sum,
}

impl Figures {
    /// The figures of this trail, which is kept in this vault.
    #[must_use]
    pub fn new(trail: Trail, vault: Vault, clock: Clock) -> Self {
        Self {
            inner: Arc::new(Inner {
                trail,
                vault,
                clock,
                counts: Mutex::default(),
                counting: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// What happened at the link of this slug. A slug that was renamed counts for itself: [`LinkFigures::and`].
    #[must_use]
    pub fn per_link(&self, slug: &str) -> LinkFigures {
        self.read(|counts, now| counts.link(slug, now))
    }

    /// So many hours of UTC, 24 at most, oldest first; the last one is the current one.
    #[must_use]
    pub fn hours(&self, count: u32) -> Vec<Slot> {
        slots(self.read(|counts, now| counts.hours(count.into(), now)))
    }

    /// So many days of UTC, 30 at most, oldest first; the last one is today.
    #[must_use]
    pub fn days(&self, count: u32) -> Vec<Slot> {
        slots(self.read(|counts, now| counts.days(count.into(), now)))
    }

    /// The ten newest refusals, newest first.
    pub async fn newest_refusals(&self) -> Result<Vec<Record>, StoreError> {
        let places: Vec<u64> =
            self.read(|counts, _| counts.refusals.iter().rev().copied().collect());
        self.inner.trail.at(&places).await
    }

    /// The ten newest hand-overs that Atlassian never answered, newest first.
    pub async fn newest_unanswered(&self) -> Result<Vec<Record>, StoreError> {
        let places: Vec<u64> =
            self.read(|counts, _| counts.unanswered.iter().rev().copied().collect());
        self.inner.trail.at(&places).await
    }

    /// Counts what is new, for as long as `within`. Returns whether that was everything.
    pub async fn catch_up(&self, within: Duration) -> Result<bool, StoreError> {
        let until = Instant::now() + within;
        let Ok(mut counting) = tokio::time::timeout_at(until, self.inner.counting.lock()).await
        else {
            return Ok(false);
        };
        self.begin(&mut counting).await?;
        loop {
            if self.count_a_page().await? {
                return Ok(true);
            }
            if Instant::now() >= until {
                return Ok(false);
            }
        }
    }

    /// Counts for as long as the house stands.
    pub async fn keep_counting(self) {
        loop {
            let counted = self.catch_up(STORE_EVERY).await;
            let stored = match counted {
                Ok(_) => self.store_now_and_then().await,
                Err(error) => Err(error),
            };
            if let Err(error) = stored {
                tracing::warn!(%error, "the figures could not be brought up to date");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Begins where somebody stopped, if anybody did. What cannot be read any more is counted anew.
    async fn begin(&self, counting: &mut Counting) -> Result<(), StoreError> {
        if counting.begun {
            return Ok(());
        }
        match self.inner.vault.get::<Counts>(&Key::figures()).await {
            Ok(stored) => self.write(|counts| *counts = stored.unwrap_or_default()),
            Err(StoreError::Unreadable(_)) => {
                tracing::warn!(
                    "the stored figures cannot be read; the audit trail is counted anew"
                );
            }
            Err(error) => return Err(error),
        }
        counting.begun = true;
        Ok(())
    }

    /// Counts a page of records. Returns whether it was the last one.
    async fn count_a_page(&self) -> Result<bool, StoreError> {
        let from = self.read(|counts, _| counts.place);
        let page = self.inner.trail.outlines(from, PAGE).await?;
        let now = self.inner.clock.now();
        self.write(|counts| {
            for (place, event) in &page {
                counts.count(*place, event.as_ref(), now);
            }
        });
        Ok(page.len() < PAGE)
    }

    async fn store_now_and_then(&self) -> Result<(), StoreError> {
        let mut counting = self.inner.counting.lock().await;
        let due = counting
            .stored
            .is_none_or(|stored| stored.elapsed() >= STORE_EVERY);
        if due {
            self.store().await?;
            counting.stored = Some(Instant::now());
        }
        Ok(())
    }

    /// Stores what was counted, unless another process has stored as much or more meanwhile.
    async fn store(&self) -> Result<(), StoreError> {
        let (vault, key) = (&self.inner.vault, Key::figures());
        let counts = self.read(|counts, _| counts.clone());
        match vault.get_versioned::<Counts>(&key).await {
            Ok(Some((theirs, _))) if theirs.place >= counts.place => Ok(()),
            Ok(Some((_, version))) => {
                let _whoever_was_quicker = vault.replace(&key, &version, &counts, None).await?;
                Ok(())
            }
            Ok(None) => {
                let _whoever_was_quicker = vault.put_if_absent(&key, &counts, None).await?;
                Ok(())
            }
            Err(StoreError::Unreadable(_)) => vault.put(&key, &counts, None).await,
            Err(error) => Err(error),
        }
    }

    fn read<T>(&self, look: impl FnOnce(&Counts, Timestamp) -> T) -> T {
        let counts = self.inner.counts.lock();
        let counts = counts.unwrap_or_else(PoisonError::into_inner);
        look(&counts, self.inner.clock.now())
    }

    fn write(&self, change: impl FnOnce(&mut Counts)) {
        let counts = self.inner.counts.lock();
        change(&mut counts.unwrap_or_else(PoisonError::into_inner));
    }
}

fn slots(counted: Vec<(Timestamp, Sum)>) -> Vec<Slot> {
    let slot = |(from, sum)| Slot { from, sum };
    counted.into_iter().map(slot).collect()
}

#[cfg(test)]
mod tests;

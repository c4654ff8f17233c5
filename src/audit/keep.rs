//! How long the trail is kept: old records are dropped from its beginning, and the hash of the last of them stays, so that the chain still holds.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::store::{Key, StoreError, Vault};

use super::record::{Stored, beginning, hash};

/// How many records are looked at, and dropped, at once.
const PAGE: usize = 500;

/// How often old records are looked for.
const LOOK_EVERY: Duration = Duration::from_hours(1);

/// Where the trail begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Beginning {
    /// The position of the newest record that was dropped; 0: none was.
    pub(super) position: u64,
    /// Its hash, which stands in the first record that is left.
    pub(super) hash: String,
}

impl Default for Beginning {
    fn default() -> Self {
        Self {
            position: 0,
            hash: beginning(),
        }
    }
}

impl Beginning {
    pub(super) async fn read(vault: &Vault) -> Result<Self, StoreError> {
        let kept = vault.get(&Key::audit_beginning()).await?;
        Ok(kept.unwrap_or_default())
    }
}

/// Drops what is older than `keep`. Returns how many records that were.
///
/// The new beginning is written before anything is dropped: whenever this stops in between, the trail can be read. Of several processes that do it at
/// once, those that come too late drop nothing.
pub(super) async fn drop_old(
    vault: &Vault,
    now: Timestamp,
    keep: Duration,
) -> Result<u64, StoreError> {
    let Some(oldest) = oldest(now, keep) else {
        return Ok(0);
    };
    let mut dropped = 0;
    loop {
        let read = vault
            .get_versioned::<Beginning>(&Key::audit_beginning())
            .await?;
        let (from, version) = match read {
            Some((from, version)) => (from, Some(version)),
            None => (Beginning::default(), None),
        };
        let page = vault.read_log(&Key::audit(), from.position, PAGE).await?;
        let Some(to) = last_older(&page, oldest) else {
            return Ok(dropped);
        };
        let written = match version {
            Some(version) => {
                vault
                    .replace(&Key::audit_beginning(), &version, &to, None)
                    .await?
            }
            None => {
                vault
                    .put_if_absent(&Key::audit_beginning(), &to, None)
                    .await?
            }
        };
        if !written {
            return Ok(dropped);
        }
        vault.trim_log(&Key::audit(), to.position).await?;
        dropped += to.position - from.position;
    }
}

/// Looks for old records for as long as the house stands.
pub(super) async fn keep_only(vault: Vault, clock: Clock, keep: Duration) {
    loop {
        match drop_old(&vault, clock.now(), keep).await {
            Ok(0) => {}
            Ok(records) => tracing::info!(records, "old records of the audit trail were dropped"),
            Err(error) => tracing::warn!(%error, "old audit records could not be dropped"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Records before this time are old; none when `keep` reaches further back than time.
fn oldest(now: Timestamp, keep: Duration) -> Option<Timestamp> {
    let keep = SignedDuration::try_from(keep).ok()?;
    now.checked_sub(keep).ok()
}

/// The last of the old records with which the page begins. A record that cannot be read is kept: it is for the export to complain of.
fn last_older(page: &[(u64, Vec<u8>)], oldest: Timestamp) -> Option<Beginning> {
    let is_old = |bytes: &[u8]| {
        serde_json::from_slice::<Stored>(bytes).is_ok_and(|stored| stored.at < oldest)
    };
    let old = page.iter().take_while(|(_, bytes)| is_old(bytes));
    old.last().map(|(position, bytes)| Beginning {
        position: *position,
        hash: hash(bytes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Event, EventName, Trail};
    use crate::settings::{SecretKeys, StoreAddress};

    const DAY: Duration = Duration::from_hours(24);

    async fn trail(folder: &tempfile::TempDir) -> (Vault, Trail, Clock) {
        let address = StoreAddress::Sqlite(folder.path().join("store.sqlite"));
        let secrets = SecretKeys {
            current: None,
            previous: None,
        };
        let clock = Clock::system();
        let vault = Vault::open(&address, &secrets, clock.clone())
            .await
            .unwrap();
        (vault.clone(), Trail::new(vault, clock.clone()), clock)
    }

    async fn links(trail: &Trail) -> Vec<String> {
        let (mut export, mut links) = (trail.export(), Vec::new());
        loop {
            let page = export.next(None).await.unwrap();
            if page.is_empty() {
                return links;
            }
            links.extend(page.into_iter().filter_map(|record| record.link));
        }
    }

    async fn record(trail: &Trail, link: &str) {
        let event = Event::new(EventName::SignedIn).link(link);
        trail.record(event).await.unwrap();
    }

    #[tokio::test]
    async fn old_records_are_dropped_and_the_chain_of_the_others_holds() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, trail, clock) = trail(&folder).await;
        for n in 0..1_200 {
            record(&trail, &format!("old-{n}")).await;
        }
        clock.advance(10 * DAY);
        record(&trail, "new").await;
        assert_eq!(drop_old(&vault, clock.now(), 11 * DAY).await, Ok(0));
        assert_eq!(drop_old(&vault, clock.now(), 9 * DAY).await, Ok(1_200));
        assert_eq!(links(&trail).await, ["new"]);
        record(&trail, "newer").await;
        assert_eq!(links(&trail).await, ["new", "newer"]);
        assert_eq!(drop_old(&vault, clock.now(), 9 * DAY).await, Ok(0));
    }

    #[tokio::test]
    async fn a_trail_of_which_everything_is_old_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, trail, clock) = trail(&folder).await;
        record(&trail, "old").await;
        clock.advance(10 * DAY);
        assert_eq!(drop_old(&vault, clock.now(), DAY).await, Ok(1));
        assert!(links(&trail).await.is_empty());
        record(&trail, "new").await;
        assert_eq!(links(&trail).await, ["new"]);
    }

    #[tokio::test]
    async fn several_that_drop_at_once_leave_a_trail_that_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, trail, clock) = trail(&folder).await;
        for n in 0..600 {
            record(&trail, &format!("old-{n}")).await;
        }
        clock.advance(10 * DAY);
        record(&trail, "new").await;
        let drops = (0..8).map(|_| drop_old(&vault, clock.now(), DAY));
        for dropped in rocket::futures::future::join_all(drops).await {
            dropped.unwrap();
        }
        assert_eq!(drop_old(&vault, clock.now(), DAY).await.unwrap(), 0);
        assert_eq!(links(&trail).await, ["new"]);
    }
}

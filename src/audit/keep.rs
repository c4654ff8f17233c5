//! How long the trail is kept: old records are dropped from its beginning, and the hash of the last of them stays, so that the chain still holds.
//!
//! What was changed is evidence: as long as the old records do not form a chain, all of them stay.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::store::{Key, StoreError, Vault, Version};

use super::chain::{Fault, check};
use super::keeping::in_force;
use super::record::{beginning, hash};

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

    /// Behind the record at this position.
    pub(super) fn behind(position: u64, record: &[u8]) -> Self {
        Self {
            position,
            hash: hash(record),
        }
    }
}

/// Drops what is older than `keep`, if it is what was written. Returns how many records that were.
///
/// The new beginning is written before anything is dropped: whenever this stops in between, the trail can be read. Of several processes that do it at
/// once, those that come too late drop nothing.
pub(super) async fn drop_old(vault: &Vault, now: Timestamp, keep: Duration) -> Result<u64, Fault> {
    let Some(oldest) = oldest(now, keep) else {
        return Ok(0);
    };
    let read = vault.get_versioned(&Key::audit_beginning()).await?;
    drop_behind(vault, read, oldest).await
}

/// Drops what is older than `oldest` behind the beginning that was read.
async fn drop_behind(
    vault: &Vault,
    read: Option<(Beginning, Version)>,
    oldest: Timestamp,
) -> Result<u64, Fault> {
    let (from, version) = read.map_or_else(
        || (Beginning::default(), None),
        |(from, version)| (from, Some(version)),
    );
    let to = match last_older(vault, &from, oldest).await {
        Err(Fault::Broken(record)) => return if_still(vault, &from, record).await,
        found => found?,
    };
    if to == from || !begin_behind(vault, version, &to).await? {
        return Ok(0);
    }
    trim(vault, &from, &to).await?;
    Ok(to.position - from.position)
}

/// The trail is broken, unless another process has meanwhile dropped what is missing.
async fn if_still(vault: &Vault, from: &Beginning, record: u64) -> Result<u64, Fault> {
    if Beginning::read(vault).await? == *from {
        Err(Fault::Broken(record))
    } else {
        Ok(0)
    }
}

/// The last of the old records with which the trail begins, when each of them, and the one that will then be the first, follows from the one before
/// it; `from` when none is old.
async fn last_older(
    vault: &Vault,
    from: &Beginning,
    oldest: Timestamp,
) -> Result<Beginning, Fault> {
    let mut last = from.clone();
    loop {
        let page = vault.read_log(&Key::audit(), last.position, PAGE).await?;
        if page.is_empty() {
            return Ok(last);
        }
        for (position, bytes) in page {
            if check(&last, position, &bytes)?.at >= oldest {
                return Ok(last);
            }
            last = Beginning::behind(position, &bytes);
        }
    }
}

/// Says where the trail begins, unless somebody else has said so since. Returns whether it did.
async fn begin_behind(
    vault: &Vault,
    version: Option<Version>,
    to: &Beginning,
) -> Result<bool, StoreError> {
    let key = Key::audit_beginning();
    match version {
        Some(version) => vault.replace(&key, &version, to, None).await,
        None => vault.put_if_absent(&key, to, None).await,
    }
}

/// Drops a little at a time, so that nobody who writes has to wait for long.
async fn trim(vault: &Vault, from: &Beginning, to: &Beginning) -> Result<(), StoreError> {
    let mut through = from.position;
    while through < to.position {
        through = to.position.min(through + PAGE as u64);
        vault.trim_log(&Key::audit(), through).await?;
    }
    Ok(())
}

/// Looks for old records for as long as the house stands.
pub(super) async fn keep_only(vault: Vault, clock: Clock, keep: Duration) {
    loop {
        look(&vault, clock.now(), keep).await;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Drops what is old, and says in the log what came of it.
async fn look(vault: &Vault, now: Timestamp, keep: Duration) {
    let dropped = match in_force(vault, now, keep).await {
        Ok(keep) => drop_old(vault, now, keep).await,
        Err(error) => Err(error.into()),
    };
    match dropped {
        Ok(0) => {}
        Ok(records) => tracing::info!(records, "old records of the audit trail were dropped"),
        Err(Fault::Broken(record)) => tracing::error!(
            record,
            "the audit trail has been changed: record {record} does not follow from the one before it; nothing is dropped"
        ),
        Err(Fault::Store(error)) => {
            tracing::warn!(%error, "old audit records could not be dropped");
        }
    }
}

/// Records before this time are old; none when `keep` reaches further back than time.
fn oldest(now: Timestamp, keep: Duration) -> Option<Timestamp> {
    let keep = SignedDuration::try_from(keep).ok()?;
    now.checked_sub(keep).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Event, EventName, Trail};

    const DAY: Duration = Duration::from_hours(24);

    async fn trail(folder: &tempfile::TempDir) -> (Vault, Trail, Clock) {
        let clock = Clock::system();
        let vault = Vault::in_folder(folder.path(), &clock).await;
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

    #[tokio::test]
    async fn what_another_process_has_just_dropped_is_not_missing() {
        let (_folder, vault, now) = tampered(3, "").await;
        let before = vault.get_versioned(&Key::audit_beginning()).await.unwrap();
        assert_eq!(drop_old(&vault, now, DAY).await, Ok(3));
        assert_eq!(drop_behind(&vault, before, now - DAY).await, Ok(0));
    }

    /// Records that were written ten days ago, one of today, and what was done to them behind our back.
    async fn tampered(old: usize, tamper: &str) -> (tempfile::TempDir, Vault, Timestamp) {
        let folder = tempfile::tempdir().unwrap();
        let (vault, trail, clock) = trail(&folder).await;
        for n in 0..old {
            record(&trail, &format!("old-{n}")).await;
        }
        clock.advance(10 * DAY);
        record(&trail, "new").await;
        let raw = rusqlite::Connection::open(folder.path().join("store.sqlite")).unwrap();
        raw.execute_batch(tamper).unwrap();
        (folder, vault, clock.now())
    }

    async fn records(vault: &Vault) -> Vec<(u64, Vec<u8>)> {
        vault.read_log(&Key::audit(), 0, 2 * PAGE).await.unwrap()
    }

    #[tokio::test]
    async fn nothing_is_dropped_of_a_trail_that_was_changed() {
        let rename = |record: u64, other: &str| {
            format!(
                "UPDATE log SET value = CAST(replace(CAST(value AS TEXT), 'signed_in', '{other}') AS BLOB) WHERE position = {record}"
            )
        };
        let last = PAGE as u64 + 100;
        for (tamper, broken) in [
            (rename(2, "blocked"), 3),
            (rename(2, "no event of ours"), 2),
            ("DELETE FROM log WHERE position = 2".to_owned(), 3),
            ("DELETE FROM log WHERE position < 3".to_owned(), 3),
            (rename(last - 5, "blocked"), last - 4),
            (rename(last, "blocked"), last + 1),
        ] {
            let (_folder, vault, now) = tampered(PAGE + 100, &tamper).await;
            let before = records(&vault).await;
            let dropped = drop_old(&vault, now, DAY).await;
            assert_eq!(dropped, Err(Fault::Broken(broken)), "{tamper}");
            assert_eq!(records(&vault).await, before, "{tamper}");
            let beginning = Beginning::read(&vault).await;
            assert_eq!(beginning, Ok(Beginning::default()), "{tamper}");
        }
    }

    #[tokio::test]
    async fn what_a_shorter_time_would_drop_stays_for_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, trail, clock) = trail(&folder).await;
        record(&trail, "old").await;
        clock.advance(40 * DAY);
        let (kept, dropped) = (vec!["old".to_owned()], Vec::<String>::new());
        for (after, keep, expected) in [
            (Duration::ZERO, 400 * DAY, &kept),
            (Duration::ZERO, 30 * DAY, &kept),
            (DAY / 2, 400 * DAY, &kept),
            (DAY / 2, 30 * DAY, &kept),
            (Duration::from_hours(23), 30 * DAY, &kept),
            (Duration::from_hours(1), 30 * DAY, &dropped),
        ] {
            clock.advance(after);
            look(&vault, clock.now(), keep).await;
            assert_eq!(&links(&trail).await, expected, "{keep:?}");
        }
    }

    #[tokio::test]
    async fn a_trail_that_was_changed_is_an_error_in_the_log() {
        let (folder, vault, now) = tampered(4, "DELETE FROM log WHERE position = 2").await;
        let log = folder.path().join("log");
        let file = std::sync::Arc::new(std::fs::File::create(&log).unwrap());
        let subscriber = tracing_subscriber::fmt().json().with_writer(file).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        look(&vault, now, DAY).await;
        let said: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(&log).unwrap()).unwrap();
        assert_eq!(
            (&said["level"], &said["fields"]["record"]),
            (&"ERROR".into(), &3.into())
        );
        let message = said["fields"]["message"].as_str().unwrap();
        assert!(message.contains("has been changed"), "{message}");
    }
}

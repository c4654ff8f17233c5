//! How long records are kept now. A shorter time than before holds only a day after it was set, wherever it was set: until then it can be taken back, and
//! whoever wanted to do away with evidence has not done so yet.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::store::{Key, StoreError, Vault, Version};

/// How long a shorter time has to be wanted before it holds.
pub const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// What holds, and what is wanted in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Keeping {
    keep: Duration,
    shorter: Option<Shorter>,
}

/// A shorter time, and since when it is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Shorter {
    keep: Duration,
    since: Timestamp,
}

impl Keeping {
    fn only(keep: Duration) -> Self {
        let shorter = None;
        Self { keep, shorter }
    }

    /// What holds when `wanted` is set. Another shorter time waits for a day of its own.
    fn next(&self, now: Timestamp, wanted: Duration) -> Self {
        let is_the_same = |shorter: &&Shorter| shorter.keep == wanted;
        let since = match self.shorter.as_ref().filter(is_the_same) {
            _ if wanted >= self.keep => return Self::only(wanted),
            Some(shorter) if now.duration_since(shorter.since) >= GRACE => {
                return Self::only(wanted);
            }
            Some(shorter) => shorter.since,
            None => now,
        };
        let shorter = Shorter {
            keep: wanted,
            since,
        };
        Self {
            keep: self.keep,
            shorter: Some(shorter),
        }
    }
}

/// What holds at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// How long records are kept.
    pub keep: Duration,
    /// Until when, where a shorter time is set and does not hold yet.
    pub until: Option<Timestamp>,
}

/// What [`in_force`] would say, without noting anything: for those who only look.
pub(super) async fn held_at(
    vault: &Vault,
    now: Timestamp,
    wanted: Duration,
) -> Result<Held, StoreError> {
    let before = vault.get::<Keeping>(&Key::audit_keeping()).await?;
    let next = before.map_or_else(|| Keeping::only(wanted), |before| before.next(now, wanted));
    Ok(Held {
        keep: next.keep,
        until: next
            .shorter
            .and_then(|shorter| shorter.since.checked_add(GRACE).ok()),
    })
}

/// How long records are kept at this time, when this is what is set. Where nothing was kept before, it holds at once.
pub async fn in_force(
    vault: &Vault,
    now: Timestamp,
    wanted: Duration,
) -> Result<Duration, StoreError> {
    loop {
        let read = vault
            .get_versioned::<Keeping>(&Key::audit_keeping())
            .await?;
        let (before, version) = read.map_or((None, None), |(keeping, version)| {
            (Some(keeping), Some(version))
        });
        let next = before
            .as_ref()
            .map_or_else(|| Keeping::only(wanted), |before| before.next(now, wanted));
        if before.as_ref() == Some(&next) {
            return Ok(next.keep);
        }
        // Whoever comes second looks again at what the first one left.
        if write(vault, version, &next).await? {
            if next.shorter.is_some() {
                tracing::warn!(
                    "audit.keep is shorter than before: what is older is dropped in a day, unless it is taken back"
                );
            }
            return Ok(next.keep);
        }
    }
}

async fn write(
    vault: &Vault,
    version: Option<Version>,
    next: &Keeping,
) -> Result<bool, StoreError> {
    let key = Key::audit_keeping();
    match version {
        Some(version) => vault.replace(&key, &version, next, None).await,
        None => vault.put_if_absent(&key, next, None).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    const DAY: Duration = Duration::from_hours(24);
    const HOUR: Duration = Duration::from_hours(1);

    /// What holds after each of these was set, so many hours after the one before.
    async fn held(set: &[(u32, u32)]) -> Vec<u128> {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
        let vault = Vault::in_folder(folder.path(), &clock).await;
        let mut held = Vec::new();
        for (hours, days) in set {
            clock.advance(*hours * HOUR);
            let keep = in_force(&vault, clock.now(), *days * DAY).await.unwrap();
            held.push(keep.as_millis() / DAY.as_millis());
        }
        held
    }

    #[tokio::test]
    async fn a_shorter_time_holds_a_day_after_it_was_set_and_a_longer_one_at_once() {
        for (set, expected) in [
            (&[(0, 400), (1, 500), (1, 600)][..], &[400, 500, 600][..]),
            (
                &[(0, 400), (1, 30), (23, 30), (1, 30)],
                &[400, 400, 400, 30],
            ),
            (
                &[(0, 400), (1, 30), (23, 400), (1, 30), (23, 30)],
                &[400, 400, 400, 400, 400],
            ),
            (
                &[(0, 400), (1, 30), (23, 40), (23, 40), (1, 40)],
                &[400, 400, 400, 400, 40],
            ),
            (&[(0, 30)], &[30]),
        ] {
            assert_eq!(held(set).await, expected, "{set:?}");
        }
    }

    #[tokio::test]
    async fn whoever_only_looks_is_told_what_holds_and_until_when_and_begins_no_day() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
        let vault = Vault::in_folder(folder.path(), &clock).await;
        let now = clock.now();
        let a_day_after = |hours| now + SignedDuration::from_hours(hours) + GRACE;
        for (hours, noted, asked, keep, until) in [
            (0, None, 400, 400, None),
            (0, Some(400), 400, 400, None),
            (1, None, 30, 400, Some(a_day_after(1))),
            (2, None, 30, 400, Some(a_day_after(2))),
            (3, Some(30), 30, 400, Some(a_day_after(3))),
            (9, None, 30, 400, Some(a_day_after(3))),
            (9, None, 60, 400, Some(a_day_after(9))),
            (27, None, 30, 30, None),
        ] {
            let now = now + SignedDuration::from_hours(hours);
            if let Some(days) = noted {
                in_force(&vault, now, days * DAY).await.unwrap();
            }
            let held = held_at(&vault, now, asked * DAY).await.unwrap();
            let keep = keep * DAY;
            assert_eq!(held, Held { keep, until }, "after {hours} hours");
        }
    }

    #[tokio::test]
    async fn several_that_ask_at_once_agree() {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
        let vault = Vault::in_folder(folder.path(), &clock).await;
        for (days, expected) in [(400, 400), (30, 400)] {
            let asked = (0..8).map(|_| in_force(&vault, clock.now(), days * DAY));
            for keep in rocket::futures::future::join_all(asked).await {
                assert_eq!(keep.unwrap(), expected * DAY);
            }
        }
    }
}

//! Who came: one entry a person, renewed at each login together with their session, and read newest first.
//!
//! It is an index of its own, since the records of customers name nobody who was refused, and the audit trail is long.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::audit::in_force;
use crate::clock::Clock;
use crate::identity::{EmailAddress, Identity};
use crate::store::{Key, Mark, StoreError, Vault};

use super::customer::IdentityKey;
use super::person::PersonId;

/// The end of an entry serves for nothing but the order; it is the same for all, and never comes. How long entries are kept, `audit.keep` says.
const LIFE: SignedDuration = SignedDuration::from_hours(24 * 365 * 100);

/// How often old entries are looked for.
const LOOK_EVERY: Duration = Duration::from_hours(1);

/// How many entries are read at once.
const PAGE: usize = 500;

/// How many entries a search looks at.
pub const SEARCHED: usize = 20_000;

/// Somebody's last visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The address that they came with.
    pub email: EmailAddress,
    /// Their name, as the provider had it.
    pub display_name: String,
    /// Where they proved who they are.
    pub identity: IdentityKey,
    /// When they signed in.
    pub at: Timestamp,
}

/// Some of the visits, newest first.
#[derive(Debug, Default)]
pub struct Visits {
    /// The visits, and whose they are.
    pub visits: Vec<(PersonId, Visit)>,
    /// Behind what there are more.
    pub more: Option<Mark>,
    /// Whether there were more than are looked at.
    pub cut: bool,
}

/// Notes that somebody has signed in.
pub async fn note(vault: &Vault, identity: &Identity, now: Timestamp) -> Result<(), StoreError> {
    let visit = Visit {
        email: identity.email.clone(),
        display_name: identity.display_name.clone(),
        identity: IdentityKey::from(identity),
        at: now,
    };
    let id = PersonId::of(vault, &identity.email);
    let life = LIFE.unsigned_abs();
    vault
        .index_put(&Key::visitors(), id.as_str(), &visit, Some(life))
        .await
}

/// Up to `most` visits since a time, newest first.
pub async fn page(
    vault: &Vault,
    since: Timestamp,
    behind: Option<Mark>,
    most: usize,
) -> Result<Visits, StoreError> {
    let mut read = vault
        .index_latest::<Visit>(&Key::visitors(), behind, most + 1)
        .await?;
    read.retain(|(_, visit)| visit.at >= since);
    let more = read.len() > most;
    read.truncate(most);
    Ok(Visits {
        more: read.last().filter(|_| more).map(|(mark, _)| mark.clone()),
        visits: read.into_iter().map(of_person).collect(),
        cut: false,
    })
}

/// Up to `most` visits of people whose address or name holds this text, among the newest [`SEARCHED`].
pub async fn search(
    vault: &Vault,
    since: Timestamp,
    text: &str,
    most: usize,
) -> Result<Visits, StoreError> {
    let text = text.to_lowercase();
    let (mut found, mut behind, mut looked_at) = (Visits::default(), None, 0);
    loop {
        let page = page(vault, since, behind, PAGE).await?;
        looked_at += page.visits.len();
        let hits = page.visits.into_iter().filter(|(_, visit)| {
            visit.email.as_str().contains(&text)
                || visit.display_name.to_lowercase().contains(&text)
        });
        found.visits.extend(hits);
        behind = page.more;
        found.cut = found.visits.len() > most || (behind.is_some() && looked_at >= SEARCHED);
        if behind.is_none() || found.cut {
            found.visits.truncate(most);
            return Ok(found);
        }
    }
}

/// The last visit of one person.
pub async fn last(vault: &Vault, id: &PersonId) -> Result<Option<Visit>, StoreError> {
    vault.index_get(&Key::visitors(), id.as_str()).await
}

/// Removes the entry of somebody who is to be forgotten.
pub(super) async fn forget(vault: &Vault, id: &PersonId) -> Result<(), StoreError> {
    vault
        .index_remove(&Key::visitors(), id.as_str())
        .await
        .map(|_| ())
}

/// Drops entries older than `keep`, for as long as the house stands.
pub async fn keep_only(vault: Vault, clock: Clock, keep: Duration) {
    loop {
        if let Err(error) = look(&vault, clock.now(), keep).await {
            tracing::warn!(%error, "old visits could not be dropped");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Drops what is older than the audit trail is kept.
async fn look(vault: &Vault, now: Timestamp, keep: Duration) -> Result<usize, StoreError> {
    let keep = in_force(vault, now, keep).await?;
    drop_old(vault, now, keep).await
}

async fn drop_old(vault: &Vault, now: Timestamp, keep: Duration) -> Result<usize, StoreError> {
    let ends = oldest(now, keep).checked_add(LIFE);
    match ends {
        Ok(ends) => vault.index_cut(&Key::visitors(), ends).await,
        Err(_) => Ok(0),
    }
}

/// Visits before this time are old.
#[must_use]
pub fn oldest(now: Timestamp, keep: Duration) -> Timestamp {
    let keep = SignedDuration::try_from(keep).ok();
    keep.and_then(|keep| now.checked_sub(keep).ok())
        .unwrap_or(Timestamp::MIN)
}

fn of_person((mark, visit): (Mark, Visit)) -> (PersonId, Visit) {
    (PersonId::at(mark), visit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    struct Book {
        folder: tempfile::TempDir,
        vault: Vault,
        clock: Clock,
    }

    impl Book {
        async fn new() -> Self {
            let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
            let vault = Vault::in_folder(folder.path(), &clock).await;
            Self {
                folder,
                vault,
                clock,
            }
        }

        async fn comes(&self, name: &str) {
            self.clock.advance(Duration::from_secs(1));
            let identity = serde_json::from_value(serde_json::json!({
                "provider": "cognito", "subject": name, "email": format!("{name}@acme.example"), "display_name": name,
                "first_name": null, "last_name": null, "username": null, "groups": [], "claims": {}, "auth_time": null,
            }));
            note(&self.vault, &identity.unwrap(), self.clock.now())
                .await
                .unwrap();
        }

        async fn page(&self, behind: Option<Mark>) -> (Vec<String>, Option<Mark>) {
            let page = page(&self.vault, Timestamp::MIN, behind, 2).await.unwrap();
            (names(&page), page.more)
        }
    }

    fn names(visits: &Visits) -> Vec<String> {
        let names = visits.visits.iter();
        names.map(|(_, visit)| visit.display_name.clone()).collect()
    }

    #[tokio::test]
    async fn each_person_is_there_once_and_whoever_came_last_is_first() {
        let book = Book::new().await;
        for name in ["ada", "bob", "cy", "ada"] {
            book.comes(name).await;
        }
        let (first, more) = book.page(None).await;
        assert_eq!(first, ["ada", "cy"]);
        assert_eq!(book.page(more).await, (vec!["bob".to_owned()], None));
    }

    #[tokio::test]
    async fn who_came_within_one_moment_is_on_one_page_or_the_next() {
        let book = Book::new().await;
        let at = book.clock.now();
        let names: Vec<String> = (0..7).map(|n| format!("p{n}")).collect();
        for name in &names {
            book.comes(name).await;
        }
        let raw = book.folder.path().join("store.sqlite");
        rusqlite::Connection::open(raw)
            .unwrap()
            .execute(
                "UPDATE member SET expires = ?1",
                [at.as_millisecond() + 1_000_000],
            )
            .unwrap();
        let (mut all, mut behind) = (Vec::new(), None);
        loop {
            let (some, more) = book.page(behind).await;
            all.extend(some);
            behind = more;
            if behind.is_none() {
                break;
            }
        }
        all.sort();
        assert_eq!(all, names);
    }

    #[tokio::test]
    async fn a_search_finds_parts_of_addresses_and_names_whatever_their_case() {
        let book = Book::new().await;
        for name in ["Ada", "Bob"] {
            book.comes(name).await;
        }
        for (text, expected) in [
            ("ADA@", vec!["Ada"]),
            ("b", vec!["Bob"]),
            ("acme", vec!["Bob", "Ada"]),
            ("cy", vec![]),
        ] {
            let found = search(&book.vault, Timestamp::MIN, text, 5).await.unwrap();
            assert_eq!(
                (names(&found), found.cut),
                (expected.iter().map(ToString::to_string).collect(), false)
            );
        }
        let found = search(&book.vault, Timestamp::MIN, "acme", 1)
            .await
            .unwrap();
        assert_eq!((names(&found), found.cut), (vec!["Bob".to_owned()], true));
    }

    #[tokio::test]
    async fn old_visits_are_not_shown_and_then_dropped() {
        let book = Book::new().await;
        book.comes("ada").await;
        book.clock.advance(10 * DAY);
        book.comes("bob").await;
        let since = oldest(book.clock.now(), 9 * DAY);
        let shown = page(&book.vault, since, None, 5).await.unwrap();
        assert_eq!(names(&shown), ["bob"]);
        let now = book.clock.now();
        assert_eq!(drop_old(&book.vault, now, 11 * DAY).await, Ok(0));
        assert_eq!(drop_old(&book.vault, now, 9 * DAY).await, Ok(1));
        assert_eq!(book.page(None).await, (vec!["bob".to_owned()], None));
    }
}

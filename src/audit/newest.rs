//! What the trail says of one person, newest first: read backwards from its end, and not for ever.
//!
//! The chain is not checked here; `front-door audit` does that.

use crate::store::{Key, StoreError, Vault};

use super::persons::Persons;
use super::record::{Record, Stored};

/// How many records are read at once.
const PAGE: u64 = 500;

/// How many of the newest records are looked at.
pub const LOOKED_AT: u64 = 20_000;

/// Up to `most` records of whoever has this address, among the newest [`LOOKED_AT`].
pub(super) async fn of_person(
    vault: &Vault,
    persons: &Persons,
    email: &str,
    most: usize,
) -> Result<Vec<Record>, StoreError> {
    let (whose, mut found) = (persons.whose(email), Vec::new());
    let end = vault.last_of_log(&Key::audit()).await?;
    let end = end.map_or(0, |(position, _)| position);
    let first = end.saturating_sub(LOOKED_AT);
    let mut behind = end;
    while behind > first && found.len() < most {
        let (to, from) = (behind, behind.saturating_sub(PAGE).max(first));
        let page = vault
            .read_log(&Key::audit(), from, usize::try_from(to - from).unwrap_or(0))
            .await?;
        let page = page.into_iter().rev();
        for (_, bytes) in page.filter(|(position, _)| *position <= to) {
            if found.len() < most
                && let Some(stored) = of(&bytes, &whose)
            {
                let person = persons.open(stored.person.as_ref()).await?;
                found.push(Record::of(stored, person));
            }
        }
        behind = from;
    }
    Ok(found)
}

/// The record, if it is this person's. What cannot be read is nobody's.
fn of(bytes: &[u8], whose: &str) -> Option<Stored> {
    let stored: Stored = serde_json::from_slice(bytes).ok()?;
    let (person, _) = stored.person.as_ref()?;
    (person == whose).then_some(stored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Event, EventName, Trail};
    use crate::clock::Clock;

    async fn record(trail: &Trail, email: &str, link: &str) {
        let event = Event::new(EventName::SignedIn).email(email).link(link);
        trail.record_soon(event).await.unwrap();
    }

    async fn links(trail: &Trail, email: &str, most: usize) -> Vec<String> {
        let newest = trail.newest_of(email, most).await.unwrap();
        newest.into_iter().filter_map(|one| one.link).collect()
    }

    #[tokio::test]
    async fn the_newest_records_of_a_person_are_found_wherever_they_stand() {
        const ADA: &str = "ada@acme.example";
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::in_folder(folder.path(), &Clock::system()).await;
        let trail = Trail::new(vault, Clock::system());
        assert!(links(&trail, ADA, 5).await.is_empty());
        record(&trail, ADA, "first").await;
        for n in 0..PAGE {
            record(&trail, "bob@acme.example", &format!("{n}")).await;
        }
        record(&trail, ADA, "second").await;
        record(&trail, ADA, "third").await;
        trail.flush().await.unwrap();
        assert_eq!(links(&trail, ADA, 5).await, ["third", "second", "first"]);
        assert_eq!(links(&trail, ADA, 2).await, ["third", "second"]);
        assert!(links(&trail, "cy@acme.example", 5).await.is_empty());
    }
}

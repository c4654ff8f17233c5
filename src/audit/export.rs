//! Reading the trail: page by page, the chain checked on the way.

use jiff::Timestamp;

use crate::store::Vault;

use super::chain::{Chain, Fault};
use super::persons::Persons;
use super::record::Record;

/// The trail, read from its beginning.
pub struct Export<'a> {
    chain: Chain<'a>,
    persons: &'a Persons,
}

impl<'a> Export<'a> {
    pub(super) fn new(vault: &'a Vault, persons: &'a Persons) -> Self {
        Self {
            chain: Chain::new(vault),
            persons,
        }
    }

    /// The next page of records, oldest first; empty at the end. Records older than `since` are checked and left out.
    pub async fn next(&mut self, since: Option<Timestamp>) -> Result<Vec<Record>, Fault> {
        loop {
            let page = self.chain.next().await?;
            let at_the_end = page.is_empty();
            let mut records = Vec::new();
            for stored in page {
                if since.is_none_or(|since| stored.at >= since) {
                    let person = self.persons.open(stored.person.as_ref()).await?;
                    records.push(Record::of(stored, person));
                }
            }
            if at_the_end || !records.is_empty() {
                return Ok(records);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::audit::chain::PAGE;
    use crate::audit::keep::drop_old;
    use crate::audit::{Event, EventName, Trail};
    use crate::clock::Clock;
    use crate::store::Key;

    use super::*;

    async fn house() -> (tempfile::TempDir, Vault) {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::in_folder(folder.path(), &Clock::system()).await;
        (folder, vault)
    }

    async fn all(trail: &Trail) -> Result<Vec<Record>, Fault> {
        let (mut export, mut records) = (trail.export(), Vec::new());
        loop {
            let page = export.next(None).await?;
            if page.is_empty() {
                return Ok(records);
            }
            records.extend(page);
        }
    }

    #[tokio::test]
    async fn two_processes_that_write_at_once_make_one_chain() {
        let (_folder, vault) = house().await;
        let (here, there) = (
            Trail::new(vault.clone(), Clock::system()),
            Trail::new(vault, Clock::system()),
        );
        let writes = (0..200).map(|n| {
            let trail = if n % 2 == 0 {
                here.clone()
            } else {
                there.clone()
            };
            tokio::spawn(async move {
                trail
                    .record(
                        Event::new(EventName::SignedIn)
                            .email("ada@acme.example")
                            .link(&n.to_string()),
                    )
                    .await
                    .unwrap();
            })
        });
        for write in writes.collect::<Vec<_>>() {
            write.await.unwrap();
        }
        let records = all(&here).await.unwrap();
        assert_eq!(records.len(), 200);
        assert!(
            records
                .iter()
                .all(|record| record.email.as_deref() == Some("ada@acme.example"))
        );
    }

    #[tokio::test]
    async fn events_that_nobody_waits_for_keep_their_place_and_are_there_after_a_flush() {
        let (_folder, vault) = house().await;
        let trail = Trail::new(vault, Clock::system());
        let link = |n: usize| Event::new(EventName::HandedOver).link(&n.to_string());
        for n in 0..600 {
            trail.record_soon(link(n)).await.unwrap();
        }
        trail.record(link(600)).await.unwrap();
        trail.record_soon(link(601)).await.unwrap();
        trail.flush().await.unwrap();
        let records = all(&trail).await.unwrap();
        let links: Vec<String> = records
            .into_iter()
            .filter_map(|record| record.link)
            .collect();
        assert_eq!(links, (0..602).map(|n| n.to_string()).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_changed_and_a_missing_record_both_show() {
        let changed = "UPDATE log SET value = CAST(replace(CAST(value AS TEXT), 'blocked', 'signed_out') AS BLOB) WHERE position = 2";
        for tamper in [changed, "DELETE FROM log WHERE position = 2"] {
            let (folder, vault) = house().await;
            let trail = Trail::new(vault, Clock::system());
            for name in [
                EventName::SignedIn,
                EventName::Blocked,
                EventName::SignedOut,
            ] {
                trail.record(Event::new(name)).await.unwrap();
            }
            assert_eq!(all(&trail).await.unwrap().len(), 3);
            let raw = rusqlite::Connection::open(folder.path().join("store.sqlite")).unwrap();
            raw.execute_batch(tamper).unwrap();
            assert!(
                matches!(all(&trail).await, Err(Fault::Broken(3))),
                "{tamper}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_dropped_while_it_is_read_is_not_missing() {
        const DAY: std::time::Duration = std::time::Duration::from_hours(24);
        let (_folder, vault) = house().await;
        let clock = Clock::system();
        let trail = Trail::new(vault.clone(), clock.clone());
        for _ in 0..PAGE + 100 {
            let event = Event::new(EventName::HandedOver);
            trail.record_soon(event).await.unwrap();
        }
        trail.flush().await.unwrap();
        clock.advance(10 * DAY);
        trail.record(Event::new(EventName::Blocked)).await.unwrap();
        let mut export = trail.export();
        assert_eq!(export.next(None).await.unwrap().len(), PAGE);
        let dropped = drop_old(&vault, clock.now(), DAY).await.unwrap();
        assert_eq!(dropped, PAGE as u64 + 100);
        let rest = export.next(None).await.unwrap();
        let events: Vec<_> = rest.iter().map(|record| record.event).collect();
        assert_eq!(events, [EventName::Blocked]);
        assert_eq!(export.next(None).await, Ok(Vec::new()));
    }

    #[tokio::test]
    async fn a_forgotten_person_is_gone_from_a_chain_that_still_holds() {
        let (folder, vault) = house().await;
        let trail = Trail::new(vault.clone(), Clock::system());
        trail
            .record(
                Event::new(EventName::SignedIn)
                    .email("ada@acme.example")
                    .client("192.0.2.7"),
            )
            .await
            .unwrap();
        trail
            .record(Event::new(EventName::SignedIn).email("bob@acme.example"))
            .await
            .unwrap();
        let raw = std::fs::read(folder.path().join("store.sqlite-wal")).unwrap();
        assert!(
            !raw.windows(8).any(|window| window == b"ada@acme"),
            "the store names nobody"
        );
        vault
            .remove(&Key::person_key(
                &vault.pseudonym("person", "email ada@acme.example"),
            ))
            .await
            .unwrap();
        let records = all(&Trail::new(vault, Clock::system())).await.unwrap();
        assert_eq!(
            (records[0].email.as_deref(), records[0].client.as_deref()),
            (None, None)
        );
        assert_eq!(records[1].email.as_deref(), Some("bob@acme.example"));
    }
}

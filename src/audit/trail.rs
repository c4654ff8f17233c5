//! The trail itself: one chain, however many write to it.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::store::{Key, StoreError, Vault};

use super::chain::Fault;
use super::checked::{self, Checked};
use super::event::{Event, EventName};
use super::export::Export;
use super::filter::Filter;
use super::keep;
use super::keeping::{self, Held};
use super::persons::Persons;
use super::record::{Outline, Record, Stored};
use super::search::{self, Bounds, Found, Matching, Search};
use super::strangers::Strangers;
use super::tally::Tally;
use super::writer::{Entry, QUEUE, Writer};

/// The trail. Clones share it.
#[derive(Clone)]
pub struct Trail {
    queue: mpsc::Sender<Entry>,
    persons: std::sync::Arc<Persons>,
    strangers: std::sync::Arc<Strangers>,
    pub(super) tally: std::sync::Arc<Tally>,
    pub(super) vault: Vault,
    pub(super) clock: Clock,
}

impl Trail {
    /// The trail in this vault. Starts the task that writes it: call it inside a runtime.
    #[must_use]
    pub fn new(vault: Vault, clock: Clock) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(Writer::new(vault.clone()).run(waiting));
        Self {
            queue,
            persons: std::sync::Arc::new(Persons::new(vault.clone())),
            strangers: std::sync::Arc::new(Strangers::new()),
            tally: std::sync::Arc::default(),
            vault,
            clock,
        }
    }

    /// How long records are kept now, when this is what is set.
    pub async fn held(&self, wanted: Duration) -> Result<Held, StoreError> {
        keeping::held_at(&self.vault, self.clock.now(), wanted).await
    }

    /// Records an event, and says it in the log. When this returns, the event is in the chain.
    pub async fn record(&self, event: Event) -> Result<(), StoreError> {
        let (done, written) = oneshot::channel();
        self.enter(event, Some(done)).await?;
        written.await.map_err(|_| stopped())?
    }

    /// Has at hand what an event of whoever has this address needs: beside other reads, so that recording it then waits for one write alone.
    pub async fn prepare(&self, email: &str) -> Result<(), StoreError> {
        self.persons.prepare(email).await
    }

    /// Records an event of every day, in its order and within a tenth of a second, or when a store that is away is back: as many as find room are kept until
    /// then. It is in the log at once. A crash in between costs the chain the event, never its wholeness.
    pub async fn record_soon(&self, event: Event) -> Result<(), StoreError> {
        self.enter(event, None).await
    }

    /// Records an event that anyone could cause without end, while there is budget; beyond it the event is in the log, and a refusal is
    /// counted.
    pub async fn record_stranger(&self, event: Event) -> Result<(), StoreError> {
        if self.strangers.may_write() {
            return self.record(event).await;
        }
        event.log(self.clock.now());
        if let Some(reason) = &event.reason {
            self.tally.count(reason);
        }
        Ok(())
    }

    /// Makes everything that was recorded of a person unreadable, for good; the chain still holds. `emails` are their addresses, `subjects` provider and
    /// subject of each of their identities. That it was done is recorded, and by whom, but not of whom.
    pub async fn forget<'a>(
        &self,
        emails: impl Iterator<Item = &'a str>,
        subjects: impl Iterator<Item = (&'a str, &'a str)>,
        actor: &str,
    ) -> Result<(), StoreError> {
        self.persons.forget(emails, subjects).await?;
        self.record(Event::new(EventName::PersonForgotten).actor(actor))
            .await
    }

    /// Watches for people who are forgotten by another process, and for keys that the store has lost, for as long as the house stands.
    pub async fn notice_forgotten(self) {
        self.persons.watch().await;
    }

    /// Waits until everything recorded so far is written: before the process ends.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.tell().await?;
        let (done, written) = oneshot::channel();
        let marker = Entry {
            stored: None,
            done: Some(done),
        };
        self.queue.send(marker).await.map_err(|_| stopped())?;
        written.await.map_err(|_| stopped())?
    }

    async fn enter(
        &self,
        event: Event,
        done: Option<oneshot::Sender<Result<(), StoreError>>>,
    ) -> Result<(), StoreError> {
        let at = self.clock.now();
        event.log(at);
        let person = self.persons.seal(&event.person).await?;
        let Event {
            name,
            reference,
            link,
            reason,
            actor,
            changes,
            person: _,
        } = event;
        let stored = Stored {
            at,
            event: name,
            reference,
            link,
            reason,
            actor,
            changes,
            person,
            previous: String::new(),
        };
        self.queue
            .send(Entry {
                stored: Some(stored),
                done,
            })
            .await
            .map_err(|_| stopped())
    }

    /// Drops records older than `keep`, for as long as the house stands.
    pub async fn keep_only(self, keep: Duration) {
        keep::keep_only(self.vault, self.clock, keep).await;
    }

    /// What is looked for before a place in the trail, newest first; without a place, from the newest record on.
    pub async fn search(
        &self,
        filter: &Filter,
        before: Option<u64>,
        bounds: &Bounds,
    ) -> Result<Found, StoreError> {
        let search = Search {
            vault: &self.vault,
            persons: &self.persons,
            filter,
        };
        search.back(before, bounds).await
    }

    /// All that is looked for, oldest first.
    #[must_use]
    pub fn matching(&self, filter: Filter) -> Matching {
        Matching::new(self.vault.clone(), self.persons.clone(), filter)
    }

    /// The records at these places, as far as they are still there and can be read.
    pub async fn at(&self, places: &[u64]) -> Result<Vec<Record>, StoreError> {
        let mut records = Vec::with_capacity(places.len());
        for place in places {
            let before = place.saturating_sub(1);
            let page = self.vault.read_log(&Key::audit(), before, 1).await?;
            let found = page.first().filter(|(position, _)| position == place);
            if let Some(stored) = found.and_then(|(_, bytes)| search::read(bytes)) {
                let person = self.persons.open(stored.person.as_ref()).await?;
                records.push(Record::of(stored, person));
            }
        }
        Ok(records)
    }

    /// Up to `most` records behind a place, with their places; `None` where a record cannot be read.
    pub async fn outlines(
        &self,
        behind: u64,
        most: usize,
    ) -> Result<Vec<(u64, Option<Outline>)>, StoreError> {
        let page = self.vault.read_log(&Key::audit(), behind, most).await?;
        let outline =
            |(place, bytes): (u64, Vec<u8>)| (place, search::read(&bytes).map(Into::into));
        Ok(page.into_iter().map(outline).collect())
    }

    /// Checks the chain of hashes from its beginning, for as long as `within`, or to its end.
    pub async fn check(&self, within: Option<Duration>) -> Result<Checked, Fault> {
        checked::check(&self.vault, within).await
    }

    /// What is found of whoever has exactly this address, newest first.
    pub async fn of_person(&self, email: &str, bounds: &Bounds) -> Result<Found, StoreError> {
        let filter = Filter {
            whose: Some(self.persons.whose(email)),
            ..Filter::default()
        };
        self.search(&filter, None, bounds).await
    }

    /// Reads the trail from its beginning.
    #[must_use]
    pub fn export(&self) -> Export<'_> {
        Export::new(&self.vault, &self.persons)
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the audit trail has stopped".to_owned())
}

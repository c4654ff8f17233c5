//! The trail itself: one chain, however many write to it.
//!
//! One task holds the chain's end and appends what is queued in one go. The store refuses an append behind an end that is no longer the end, so
//! that several processes still make one chain: the loser reads the new end and tries again.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::store::{Key, StoreError, Vault};

use super::event::Event;
use super::export::Export;
use super::keep;
use super::persons::Persons;
use super::record::{Stored, beginning, hash};

/// How many events may wait; more make their requests wait.
const QUEUE: usize = 1024;

/// The most that one append takes in.
const BATCH: usize = 256;

/// The trail. Clones share it.
#[derive(Clone)]
pub struct Trail {
    queue: mpsc::Sender<Entry>,
    persons: std::sync::Arc<Persons>,
    vault: Vault,
    clock: Clock,
}

/// A record that wants its place in the chain.
struct Entry {
    stored: Stored,
    done: oneshot::Sender<Result<(), StoreError>>,
}

/// The end of the chain.
struct End {
    position: u64,
    hash: String,
}

impl Trail {
    /// The trail in this vault. Starts the task that writes it: call it inside a runtime.
    #[must_use]
    pub fn new(vault: Vault, clock: Clock) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(write(vault.clone(), waiting));
        Self {
            queue,
            persons: std::sync::Arc::new(Persons::new(vault.clone())),
            vault,
            clock,
        }
    }

    /// Records an event, and says it in the log. When this returns, the event is in the chain.
    pub async fn record(&self, event: Event) -> Result<(), StoreError> {
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
        let (done, written) = oneshot::channel();
        let stopped = |()| StoreError::Unavailable("the audit trail has stopped".to_owned());
        self.queue
            .send(Entry { stored, done })
            .await
            .map_err(|_| stopped(()))?;
        written.await.map_err(|_| stopped(()))?
    }

    /// Drops records older than `keep`, for as long as the house stands.
    pub async fn keep_only(self, keep: Duration) {
        keep::keep_only(self.vault, self.clock, keep).await;
    }

    /// Reads the trail from its beginning.
    #[must_use]
    pub fn export(&self) -> Export<'_> {
        Export::new(&self.vault, &self.persons)
    }
}

async fn write(vault: Vault, mut waiting: mpsc::Receiver<Entry>) {
    let mut end = None;
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let (mut stored, done): (Vec<_>, Vec<_>) = batch
            .drain(..)
            .map(|entry| (entry.stored, entry.done))
            .unzip();
        let written = append(&vault, &mut end, &mut stored).await;
        for done in done {
            // Nobody may be waiting any more; the event stands all the same.
            let _gone = done.send(written.clone());
        }
    }
}

async fn append(
    vault: &Vault,
    known: &mut Option<End>,
    batch: &mut [Stored],
) -> Result<(), StoreError> {
    loop {
        let end = match known.take() {
            Some(end) => end,
            None => find_end(vault).await?,
        };
        let (entries, new) = chain(&end, batch)?;
        if vault.append(&Key::audit(), end.position, entries).await? {
            *known = Some(new);
            return Ok(());
        }
    }
}

async fn find_end(vault: &Vault) -> Result<End, StoreError> {
    let last = vault.last_of_log(&Key::audit()).await?;
    Ok(last.map_or_else(
        || End {
            position: 0,
            hash: beginning(),
        },
        |(position, stored)| End {
            position,
            hash: hash(&stored),
        },
    ))
}

fn chain(end: &End, batch: &mut [Stored]) -> Result<(Vec<Vec<u8>>, End), StoreError> {
    let mut new = End {
        position: end.position,
        hash: end.hash.clone(),
    };
    let mut entries = Vec::with_capacity(batch.len());
    for stored in batch {
        stored.previous.clone_from(&new.hash);
        let bytes =
            serde_json::to_vec(stored).map_err(|_| StoreError::Unreadable("audit".to_owned()))?;
        new = End {
            position: new.position + 1,
            hash: hash(&bytes),
        };
        entries.push(bytes);
    }
    Ok((entries, new))
}

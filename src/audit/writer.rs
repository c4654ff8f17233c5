//! Who writes the trail: one task, which holds the chain's end and appends what is queued in one go.
//!
//! The store refuses an append behind an end that is no longer the end, so that several processes still make one chain, and that it goes on behind what is left
//! where a Redis lost its newest records: the loser is told the end that there is, and tries again.
//!
//! What the store does not take is tried again, unless somebody waited for it: they were told that it failed. A write whose answer was lost may have arrived all
//! the same, and directly behind the end that it was made for; what is found there is not written twice.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use crate::store::{Appended, Head, Key, StoreError, Vault};

use super::record::{Stored, beginning, hash};
use super::search::read;

/// How many events may wait; more make their requests wait. As many that nobody waits for are kept while the store is away.
pub(super) const QUEUE: usize = 1024;

/// The most that is taken out of the queue at once.
const BATCH: usize = 256;

/// How long events that nobody waits for may gather before they are written: under load many share one commit.
const GATHER: Duration = Duration::from_millis(100);

/// How soon what the store did not take is tried again, should nothing else come meanwhile.
const AGAIN: Duration = Duration::from_secs(1);

/// A record that wants its place in the chain.
pub(super) struct Entry {
    /// `None` only asks to be told when everything before it is written.
    pub(super) stored: Option<Stored>,
    /// Who waits for it, if anybody does.
    pub(super) done: Option<oneshot::Sender<Result<(), StoreError>>>,
}

/// A record on its way.
struct Pending {
    stored: Stored,
    is_waited_for: bool,
}

/// The end of the chain.
#[derive(Clone)]
struct End {
    head: Head,
    hash: String,
}

impl End {
    fn at(position: u64, newest: &[u8]) -> Self {
        Self {
            head: Head::at(position, newest),
            hash: hash(newest),
        }
    }

    fn of(newest: Option<(u64, Vec<u8>)>) -> Self {
        match newest {
            Some((position, stored)) => Self::at(position, &stored),
            None => Self {
                head: Head::empty(),
                hash: beginning(),
            },
        }
    }
}

/// The task's state.
pub(super) struct Writer {
    vault: Vault,
    end: Option<End>,
    /// What nobody waits for and the store has not taken yet, in order.
    kept: Vec<Pending>,
    /// Behind which position a write may have arrived although it seemed to fail.
    doubtful: Option<u64>,
    /// How many events found no room among what is kept.
    dropped: usize,
}

impl Writer {
    pub(super) fn new(vault: Vault) -> Self {
        Self {
            vault,
            end: None,
            kept: Vec::new(),
            doubtful: None,
            dropped: 0,
        }
    }

    /// Writes what is queued until there will never be more.
    pub(super) async fn run(mut self, mut waiting: mpsc::Receiver<Entry>) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.gather(&mut waiting, &mut batch).await {
            self.write(&mut batch).await;
        }
        self.write(&mut batch).await;
    }

    /// Takes in what is queued; as long as nobody waits for any of it, for a little longer. `false`: there will never be more.
    async fn gather(&self, waiting: &mut mpsc::Receiver<Entry>, batch: &mut Vec<Entry>) -> bool {
        let first = waiting.recv_many(batch, BATCH);
        let first = match self.kept.as_slice() {
            [] => first.await,
            // Nothing came: what is kept is tried again.
            [..] => match timeout(AGAIN, first).await {
                Ok(first) => first,
                Err(_) => return true,
            },
        };
        if first == 0 {
            return false;
        }
        let end = Instant::now() + GATHER;
        while batch.len() < BATCH && batch.iter().all(|entry| entry.done.is_none()) {
            let room = BATCH - batch.len();
            match timeout_at(end, waiting.recv_many(batch, room)).await {
                Ok(1..) => {}
                Ok(0) | Err(_) => break,
            }
        }
        true
    }

    /// Writes these behind what is kept, and tells whoever waits.
    async fn write(&mut self, batch: &mut Vec<Entry>) {
        let kept = self.kept.len();
        let mut pending = std::mem::take(&mut self.kept);
        let mut waiting = Vec::new();
        for Entry { stored, done } in batch.drain(..) {
            let is_waited_for = done.is_some();
            waiting.extend(done);
            pending.extend(stored.map(|stored| Pending {
                stored,
                is_waited_for,
            }));
        }
        let is_new = pending.len() > kept;
        let written = self.append(&mut pending).await;
        match &written {
            Ok(()) if kept > 0 => tracing::info!(events = kept, "kept audit events are written"),
            Ok(()) => {}
            Err(error) => self.keep(pending, error, is_new),
        }
        for done in waiting {
            // Nobody may be waiting any more; the event stands all the same.
            let _gone = done.send(written.clone());
        }
    }

    /// Keeps what nobody waits for, as far as there is room. What can never be written is not kept.
    fn keep(&mut self, mut pending: Vec<Pending>, error: &StoreError, is_new: bool) {
        let all = pending.len();
        pending.retain(|one| !one.is_waited_for);
        let (refused, unwaited) = (all - pending.len(), pending.len());
        if matches!(error, StoreError::Unavailable(_)) {
            pending.truncate(QUEUE);
        } else {
            pending.clear();
        }
        let (kept, dropped) = (pending.len(), unwaited - pending.len());
        self.kept = pending;
        self.dropped += dropped;
        if is_new || dropped > 0 {
            let in_all = self.dropped;
            tracing::error!(%error, refused, kept, dropped, dropped_in_all = in_all, "audit events could not be written");
        }
    }

    async fn append(&mut self, pending: &mut Vec<Pending>) -> Result<(), StoreError> {
        while !pending.is_empty() {
            let end = match self.end.take() {
                Some(end) => end,
                None => End::of(self.vault.last_of_log(&Key::audit()).await?),
            };
            self.leave_out_what_arrived(&end, pending).await?;
            let position = end.head.position();
            let (entries, new) = chain(&end, pending)?;
            match self.vault.append(&Key::audit(), end.head, entries).await {
                Ok(Appended::Done) => {
                    (self.end, self.doubtful) = (Some(new), None);
                    return Ok(());
                }
                Ok(Appended::Behind(newest)) => self.end = Some(End::of(newest)),
                Err(error) => {
                    self.doubtful = Some(position);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Takes out what an earlier write has brought after all. As long as nothing is behind where it was made for it may still arrive; then the next append is
    /// refused, and this looks again.
    async fn leave_out_what_arrived(
        &mut self,
        end: &End,
        pending: &mut Vec<Pending>,
    ) -> Result<(), StoreError> {
        let Some(behind) = self.doubtful.filter(|at| *at < end.head.position()) else {
            return Ok(());
        };
        let most = QUEUE + BATCH;
        let log = self.vault.read_log(&Key::audit(), behind, most).await?;
        for arrived in log.iter().filter_map(|(_, bytes)| read(bytes)) {
            let is_it = |one: &Pending| one.stored.is_same(&arrived);
            if let Some(place) = pending.iter().position(is_it) {
                pending.remove(place);
            }
        }
        self.doubtful = None;
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let events = self.kept.len();
        if events > 0 {
            tracing::error!(events, "audit events were never written");
        }
    }
}

fn chain(end: &End, pending: &mut [Pending]) -> Result<(Vec<Vec<u8>>, End), StoreError> {
    let mut new = end.clone();
    let mut entries = Vec::with_capacity(pending.len());
    for Pending { stored, .. } in pending {
        stored.previous.clone_from(&new.hash);
        let bytes =
            serde_json::to_vec(stored).map_err(|_| StoreError::Unreadable("audit".to_owned()))?;
        new = End::at(new.head.position() + 1, &bytes);
        entries.push(bytes);
    }
    Ok((entries, new))
}

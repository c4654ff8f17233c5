//! Keeping traces beside the requests: no visitor waits for it, and what is too much at once is counted and left out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rocket::futures::future::join_all;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use crate::clock::Clock;
use crate::store::{Key, StoreError, Vault};

use super::budget::Budget;
use super::logins::{self, AtLink, RecentLogin};
use super::record::{Answered, Over, Trace};
use super::steps::Steps;

/// How long a trace is kept, and the login beside it.
pub(super) const LIFE: Duration = Duration::from_hours(3 * 24);

/// How many may wait to be written.
const QUEUE: usize = 256;

/// The most that are written at once.
const BATCH: usize = 64;

/// How long they may gather before: what is written together costs the store one commit.
const GATHER: Duration = Duration::from_millis(200);

/// How long somebody who looks for a trace waits for those that are not written yet.
const PATIENCE: Duration = Duration::from_secs(2);

/// The traces of a front door. Clones share them.
#[derive(Clone)]
pub struct Traces {
    queue: mpsc::Sender<Entry>,
    waiting: Arc<Mutex<mpsc::Receiver<Entry>>>,
    budget: Arc<Budget>,
    dropped: Arc<AtomicU64>,
    vault: Vault,
    clock: Clock,
}

/// What waits for the writer.
enum Entry {
    Visit(Box<Over>),
    /// Somebody who wants to be told when everything before is written.
    Tell(oneshot::Sender<()>),
}

impl Traces {
    /// Traces in this vault. They are written while [`Traces::keep_writing`] runs.
    #[must_use]
    pub fn new(vault: Vault, clock: Clock) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        Self {
            queue,
            waiting: Arc::new(Mutex::new(waiting)),
            budget: Arc::new(Budget::new()),
            dropped: Arc::default(),
            vault,
            clock,
        }
    }

    /// Keeps a visit that is over, if it is worth it and there is room. Waits for nothing.
    pub fn keep(&self, answered: &Answered<'_>, steps: &Steps) {
        let Some((over, kind)) = Trace::of(answered, steps, self.clock.now()) else {
            return;
        };
        let entry = Entry::Visit(Box::new(over));
        if !self.budget.allows(kind) || self.queue.try_send(entry).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many were worth it and not kept, since the start of this process.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// The trace of this reference, while it is kept.
    pub async fn find(&self, reference: &str) -> Result<Option<Trace>, StoreError> {
        self.vault.get(&Key::trace(reference)).await
    }

    /// The login of this reference, while what was said at it is kept.
    pub async fn login(&self, reference: &str) -> Result<Option<RecentLogin>, StoreError> {
        logins::find(&self.vault, reference).await
    }

    /// All logins that are kept, newest first, each with what came of it at links.
    pub async fn logins(&self) -> Result<Vec<(RecentLogin, Vec<AtLink>)>, StoreError> {
        logins::all(&self.vault).await
    }

    /// Waits until those of this process are written that wait now; not for ever.
    pub async fn written(&self) {
        let told = async {
            let (tell, told) = oneshot::channel();
            if self.queue.send(Entry::Tell(tell)).await.is_ok() {
                // Whoever should tell may be gone: then there is nothing to wait for.
                let _gone = told.await;
            }
        };
        if timeout(PATIENCE, told).await.is_err() {
            tracing::warn!("traces are not written as fast as they come");
        }
    }

    /// Writes what waits, for as long as the house stands. May be ended and begun again at any time.
    pub async fn keep_writing(self) {
        let mut waiting = self.waiting.lock().await;
        let mut batch = Vec::with_capacity(BATCH);
        while gather(&mut waiting, &mut batch).await {
            self.write(&mut batch).await;
        }
    }

    /// Writes what still waits when nobody writes any more: before the process ends.
    pub async fn write_rest(&self) {
        let Ok(mut waiting) = timeout(PATIENCE, self.waiting.lock()).await else {
            tracing::warn!("the last traces could not be written: they still are being written");
            return;
        };
        let mut batch = Vec::new();
        while let Ok(entry) = waiting.try_recv() {
            batch.push(entry);
        }
        self.write(&mut batch).await;
    }

    async fn write(&self, batch: &mut Vec<Entry>) {
        let (mut visits, mut tell) = (Vec::new(), Vec::new());
        for entry in batch.drain(..) {
            match entry {
                Entry::Visit(over) => visits.push(*over),
                Entry::Tell(whom) => tell.push(whom),
            }
        }
        let written = join_all(visits.iter().map(|over| self.put(&over.trace))).await;
        let failed = written.iter().filter_map(|done| done.as_ref().err());
        if let Some(error) = failed.clone().next() {
            let traces = failed.count();
            tracing::warn!(%error, traces, "traces could not be written");
            self.dropped.fetch_add(traces as u64, Ordering::Relaxed);
        }
        if let Err(error) = logins::write(&self.vault, &visits).await {
            tracing::warn!(%error, "what was said at logins could not be written for the preview");
        }
        for whom in tell {
            // Whoever asked may have stopped waiting.
            let _gone = whom.send(());
        }
    }

    async fn put(&self, trace: &Trace) -> Result<(), StoreError> {
        let key = Key::trace(&trace.reference);
        self.vault.put(&key, trace, Some(LIFE)).await
    }
}

/// Takes in what waits, and what comes soon after unless somebody wants to be told. `false`: there will never be more.
async fn gather(waiting: &mut mpsc::Receiver<Entry>, batch: &mut Vec<Entry>) -> bool {
    if waiting.recv_many(batch, BATCH).await == 0 {
        return false;
    }
    let end = Instant::now() + GATHER;
    while batch.len() < BATCH && !batch.iter().any(|entry| matches!(entry, Entry::Tell(_))) {
        let room = BATCH - batch.len();
        match timeout_at(end, waiting.recv_many(batch, room)).await {
            Ok(1..) => {}
            Ok(0) | Err(_) => break,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_NOBODY: Answered<'static> = Answered {
        reference: "",
        route: Some("/p/<slug>"),
        status: 404,
    };

    async fn house() -> (tempfile::TempDir, Traces) {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::system();
        let vault = Vault::in_folder(folder.path(), &clock).await;
        (folder, Traces::new(vault, clock))
    }

    fn refused(traces: &Traces, reference: &str, known: bool) {
        let steps = Steps::default();
        if known {
            steps.vouched();
        }
        steps.refused("internal", "");
        let answered = Answered {
            reference,
            ..OF_NOBODY
        };
        traces.keep(&answered, &steps);
    }

    #[tokio::test]
    async fn what_was_refused_is_kept_and_gone_after_three_days() {
        let (_folder, traces) = house().await;
        let writer = tokio::spawn(traces.clone().keep_writing());
        refused(&traces, "A", true);
        traces.written().await;
        let kept = traces.find("A").await.unwrap().unwrap();
        assert_eq!(kept.steps[0].outcome, "internal");
        traces.clock.advance(LIFE);
        assert_eq!(traces.find("A").await.unwrap(), None);
        writer.abort();
    }

    #[tokio::test]
    async fn a_visit_that_nobody_was_refused_at_is_not_kept() {
        let (_folder, traces) = house().await;
        let steps = Steps::default();
        steps.vouched();
        steps.note("Session", "found");
        traces.keep(&OF_NOBODY, &steps);
        assert_eq!((traces.queue.capacity(), traces.dropped()), (QUEUE, 0));
    }

    #[tokio::test]
    async fn strangers_without_end_take_no_room_from_those_who_are_known() {
        let (_folder, traces) = house().await;
        for n in 0..1_000 {
            refused(&traces, &n.to_string(), false);
        }
        let strangers = QUEUE - traces.queue.capacity();
        assert!((60..70).contains(&strangers), "{strangers}");
        assert_eq!(traces.dropped(), 1_000 - strangers as u64);
        refused(&traces, "known", true);
        assert_eq!(QUEUE - traces.queue.capacity(), strangers + 1);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_queue_that_is_full() {
        let (_folder, traces) = house().await;
        for n in 0..QUEUE + 10 {
            refused(&traces, &n.to_string(), true);
        }
        assert_eq!((traces.queue.capacity(), traces.dropped()), (0, 10));
    }

    #[tokio::test]
    async fn what_waits_at_the_end_is_written() {
        let (_folder, traces) = house().await;
        refused(&traces, "A", true);
        traces.write_rest().await;
        assert!(traces.find("A").await.unwrap().is_some());
    }

    #[tokio::test]
    async fn a_writer_that_was_ended_is_followed_by_another() {
        let (_folder, traces) = house().await;
        let first = tokio::spawn(traces.clone().keep_writing());
        traces.written().await;
        let second = tokio::spawn(traces.clone().keep_writing());
        first.abort();
        refused(&traces, "A", true);
        traces.written().await;
        assert!(traces.find("A").await.unwrap().is_some());
        second.abort();
    }
}

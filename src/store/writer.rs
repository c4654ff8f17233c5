//! The one thread that writes to SQLite: what is queued at the same time is committed together, and answered after the commit.
//!
//! One commit for many writers is what makes a busy front door quick; a savepoint around each keeps one's failure from the others.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::clock::Clock;

use super::StoreError;
use super::pulse::Pulse;
use super::sqlite::unavailable;

/// The most that one commit takes in, so that nobody waits long for its answer.
const LARGEST_BATCH: usize = 256;

/// How long the thread waits for more to come where writes come from many at a time, as the last batch showed: fewer commits for all, and no wait for
/// somebody alone.
const GATHER: Duration = Duration::from_millis(2);

/// So many writes in one commit come from several visitors: one alone, who logs in, makes five at once.
const MANY: usize = 6;

/// How often expired rows are removed. They are never returned, removed or not.
const PURGE_EVERY: Duration = Duration::from_secs(30);

/// The most rows removed at once, so that writers do not wait.
const PURGE_ROWS: usize = 1000;

/// What to do with the connection, if there is a transaction to do it in; it returns whether it failed, and how to answer once the commit's fate is known.
type Job =
    Box<dyn FnOnce(Result<&Connection, StoreError>) -> (Result<(), StoreError>, Answer) + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The queue in front of the thread. It ends when the last clone of this is gone.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: Sender<Job>,
    pub(super) pulse: Pulse,
}

impl Writer {
    /// Starts the thread on this connection.
    pub(super) fn start(connection: Connection, clock: Clock) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let pulse = Pulse::new(clock.clone());
        let thread = Thread {
            connection,
            queue,
            clock,
            pulse: pulse.clone(),
        };
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || thread.run())?;
        Ok(Self { jobs, pulse })
    }

    /// Queues a write and waits until it is committed.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let done =
                connection.and_then(|connection| work(connection).map_err(|e| unavailable(&e)));
            let outcome = done.as_ref().map(|_| ()).map_err(Clone::clone);
            let tell: Answer = Box::new(move |committed| {
                // Nobody may be waiting any more: the visitor went away. The write stands all the same.
                let _gone = answer.send(committed.and(done));
            });
            (outcome, tell)
        });
        let stopped = || StoreError::Unavailable("the writer has stopped".to_owned());
        self.jobs.send(job).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

/// What the thread works with.
struct Thread {
    connection: Connection,
    queue: Receiver<Job>,
    clock: Clock,
    pulse: Pulse,
}

impl Thread {
    fn run(self) {
        let (mut purged, mut together) = (Instant::now(), 0);
        loop {
            match self.queue.recv_timeout(PURGE_EVERY) {
                Ok(first) => {
                    if together >= MANY {
                        thread::sleep(GATHER);
                    }
                    together = self.commit_or_undo(first);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if purged.elapsed() >= PURGE_EVERY {
                purged = Instant::now();
                if let Err(error) = purge(&self.connection, self.clock.now().as_millisecond()) {
                    tracing::warn!(%error, "expired entries could not be removed from the store");
                    self.pulse.failed(&unavailable(&error));
                }
            }
        }
    }

    /// The same, and a panic on the way is not the end of all writing: what was written together is undone, and whoever waits for it is told so.
    fn commit_or_undo(&self, first: Job) -> usize {
        let commit = AssertUnwindSafe(|| self.commit(first));
        std::panic::catch_unwind(commit).unwrap_or_else(|_| {
            tracing::error!("a write has panicked, and is undone with those beside it");
            self.roll_back();
            0
        })
    }

    /// Runs and commits what is queued, and tells how much that was.
    fn commit(&self, first: Job) -> usize {
        if let Err(error) = execute(&self.connection, "BEGIN IMMEDIATE") {
            self.refuse_all(first, &unavailable(&error));
            return 0;
        }
        let before = self.connection.total_changes();
        let (outcome, answers) = self.all(first);
        let ended = self.end();
        // Before anybody is answered, so that who asks then is told the truth.
        match outcome.and(ended.clone()) {
            Err(error) => self.pulse.failed(&error),
            Ok(()) if self.connection.total_changes() > before => self.pulse.arrived(),
            Ok(()) => {} // a commit without changes writes nothing and proves nothing
        }
        let together = answers.len();
        for answer in answers {
            answer(ended.clone());
        }
        together
    }

    /// Runs what is queued: the first failure among it, and how to answer.
    fn all(&self, first: Job) -> (Result<(), StoreError>, Vec<Answer>) {
        let (mut outcome, mut answers) = (Ok(()), Vec::new());
        let mut next = Some(first);
        while let Some(job) = next {
            let (done, answer) = one(&self.connection, job);
            outcome = outcome.and(done);
            answers.push(answer);
            // A full disk ends the transaction by itself: a job that ran then would stand although its writer is told otherwise.
            next = if answers.len() < LARGEST_BATCH && !self.connection.is_autocommit() {
                self.queue.try_recv().ok()
            } else {
                None
            };
        }
        (outcome, answers)
    }

    fn end(&self) -> Result<(), StoreError> {
        let ended = execute(&self.connection, "COMMIT").map_err(|error| unavailable(&error));
        if ended.is_err() {
            self.roll_back();
        }
        ended
    }

    /// Leaves no transaction open: every later one would fail with it.
    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a failed transaction could not be rolled back");
        }
    }

    /// No transaction is to be had: nobody who waits now is kept waiting for the next try, and none of the jobs is run.
    fn refuse_all(&self, first: Job, error: &StoreError) {
        self.pulse.failed(error);
        for job in std::iter::once(first).chain(self.queue.try_iter().take(LARGEST_BATCH)) {
            let (_, answer) = job(Err(error.clone()));
            answer(Err(error.clone()));
        }
    }
}

/// Runs a statement that is compiled once.
fn execute(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(statement)?
        .execute([])
        .map(|_| ())
}

fn one(connection: &Connection, job: Job) -> (Result<(), StoreError>, Answer) {
    let marked = execute(connection, "SAVEPOINT job");
    let (outcome, answer) = job(Ok(connection));
    let undone = if outcome.is_err() {
        execute(connection, "ROLLBACK TO job")
    } else {
        Ok(())
    };
    let ended = undone.and_then(|()| execute(connection, "RELEASE job"));
    match marked.and(ended).map_err(|error| unavailable(&error)) {
        Ok(()) => (outcome, answer),
        Err(error) => {
            let told = error.clone();
            let answer: Answer = Box::new(move |committed| answer(committed.and(Err(told))));
            (outcome.and(Err(error)), answer)
        }
    }
}

fn purge(connection: &Connection, now: i64) -> rusqlite::Result<()> {
    let rows = i64::try_from(PURGE_ROWS).unwrap_or(i64::MAX);
    connection.execute(
        "DELETE FROM entry WHERE name IN (SELECT name FROM entry WHERE expires <= ?1 LIMIT ?2)",
        [now, rows],
    )?;
    connection.execute(
        "DELETE FROM member WHERE (name, member) IN (SELECT name, member FROM member WHERE expires <= ?1 LIMIT ?2)",
        [now, rows],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Key;
    use super::super::sqlite::Sqlite;
    use crate::clock::Clock;

    #[tokio::test]
    async fn a_write_that_panics_is_undone_and_the_next_one_stands() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("store.sqlite"), Clock::system()).unwrap();
        let (lost, kept) = (Key::customer("lost"), Key::customer("kept"));
        let name = lost.as_str().to_owned();
        let planted = store
            .writer
            .write(move |connection| -> rusqlite::Result<()> {
                let insert = "INSERT INTO entry (name, value) VALUES (?1, x'00')";
                connection.execute(insert, [&name])?;
                panic!("planted")
            });
        planted.await.unwrap_err();
        store.put(&kept, b"value".to_vec(), None).await.unwrap();
        assert_eq!(store.get(&lost).await.unwrap(), None);
        assert_eq!(store.get(&kept).await.unwrap(), Some(b"value".to_vec()));
    }

    #[tokio::test]
    async fn a_commit_that_changed_nothing_proves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let store = Sqlite::open(&path, Clock::system()).unwrap();
        let key = Key::customer("a");
        store.put(&key, b"value".to_vec(), None).await.unwrap();
        assert!(!store.is_doubtful());
        let raw = rusqlite::Connection::open(&path).unwrap();
        raw.execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'full'); END",
        )
        .unwrap();
        store.put(&key, b"other".to_vec(), None).await.unwrap_err();
        assert!(store.is_doubtful());
        let nobody = Key::customer("nobody");
        assert!(!store.remove(&nobody, None).await.unwrap());
        assert!(store.is_doubtful(), "nothing was there to be removed");
    }
}

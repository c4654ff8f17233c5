//! The one thread that writes to SQLite: what is queued at the same time is committed together, and answered after the commit.
//!
//! One commit for many writers is what makes a busy front door quick; a savepoint around each keeps one's failure from the others.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::clock::Clock;

use super::StoreError;
use super::sqlite::unavailable;

/// The most that one commit takes in, so that nobody waits long for its answer.
const LARGEST_BATCH: usize = 256;

/// How often expired rows are removed. They are never returned, removed or not.
const PURGE_EVERY: Duration = Duration::from_secs(30);

/// The most rows removed at once, so that writers do not wait.
const PURGE_ROWS: usize = 1000;

/// What to do with the connection, if there is a transaction to do it in; it returns whether it failed, and how to answer once the commit's fate is known.
type Job = Box<dyn FnOnce(Result<&Connection, StoreError>) -> (bool, Answer) + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The queue in front of the thread. It ends when the last clone of this is gone.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: Sender<Job>,
}

impl Writer {
    /// Starts the thread on this connection.
    pub(super) fn start(connection: Connection, clock: Clock) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(&connection, &queue, &clock))?;
        Ok(Self { jobs })
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
            let failed = done.is_err();
            let tell: Answer = Box::new(move |committed| {
                // Nobody may be waiting any more: the visitor went away. The write stands all the same.
                let _gone = answer.send(committed.and(done));
            });
            (failed, tell)
        });
        let stopped = || StoreError::Unavailable("the writer has stopped".to_owned());
        self.jobs.send(job).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

fn run(connection: &Connection, queue: &Receiver<Job>, clock: &Clock) {
    let mut purged = Instant::now();
    loop {
        match queue.recv_timeout(PURGE_EVERY) {
            Ok(first) => commit(connection, first, queue),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if purged.elapsed() >= PURGE_EVERY {
            purged = Instant::now();
            if let Err(error) = purge(connection, clock.now().as_millisecond()) {
                tracing::warn!(%error, "expired entries could not be removed from the store");
            }
        }
    }
}

fn commit(connection: &Connection, first: Job, queue: &Receiver<Job>) {
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE") {
        return refuse_all(first, queue, &unavailable(&error));
    }
    let mut answers = Vec::new();
    let mut next = Some(first);
    while let Some(job) = next {
        answers.push(one(connection, job));
        // A full disk ends the transaction by itself: a job that ran then would stand although its writer is told otherwise.
        next = if answers.len() < LARGEST_BATCH && !connection.is_autocommit() {
            queue.try_recv().ok()
        } else {
            None
        };
    }
    let ended = execute(connection, "COMMIT").map_err(|error| unavailable(&error));
    if ended.is_err() && !connection.is_autocommit() {
        // A commit that failed leaves the transaction open, and every later one would fail with it.
        if let Err(error) = connection.execute_batch("ROLLBACK") {
            tracing::error!(%error, "a failed transaction could not be rolled back");
        }
    }
    for answer in answers {
        answer(ended.clone());
    }
}

/// No transaction is to be had: nobody who waits now is kept waiting for the next try, and none of the jobs is run.
fn refuse_all(first: Job, queue: &Receiver<Job>, error: &StoreError) {
    for job in std::iter::once(first).chain(queue.try_iter().take(LARGEST_BATCH)) {
        let (_, answer) = job(Err(error.clone()));
        answer(Err(error.clone()));
    }
}

/// Runs a statement that is compiled once.
fn execute(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(statement)?
        .execute([])
        .map(|_| ())
}

fn one(connection: &Connection, job: Job) -> Answer {
    let marked = execute(connection, "SAVEPOINT job");
    let (failed, answer) = job(Ok(connection));
    let undone = if failed {
        execute(connection, "ROLLBACK TO job")
    } else {
        Ok(())
    };
    let ended = undone.and_then(|()| execute(connection, "RELEASE job"));
    match marked.and(ended) {
        Ok(()) => answer,
        Err(error) => {
            let error = unavailable(&error);
            Box::new(move |committed| answer(committed.and(Err(error))))
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

//! The store in one SQLite file: write-ahead log, one writer thread, readers as needed. What it can do stands in the files below.
//!
//! A confirmed write survives the death of the process at any moment (WAL with `synchronous = NORMAL`); after a power cut the last moments before it
//! may be missing, but the file is never damaged. Several processes may have it open: the command line works beside a running server.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use tokio::sync::Semaphore;

use crate::clock::Clock;

use super::writer::Writer;
use super::{StoreError, Traces, expiry, schema};

mod entries;
mod guarded;
mod log;
mod members;
mod restore;
mod rows;

/// How long a writer waits for another process's write.
const BUSY: Duration = Duration::from_secs(5);

/// How many long reads go on at once; more only wait for the same disk.
const READERS: usize = 8;

/// More than there are different statements: each is compiled once a connection.
const STATEMENTS: usize = 64;

/// An open database.
#[derive(Clone)]
pub struct Sqlite {
    pub(super) writer: Writer,
    readers: Arc<Readers>,
    clock: Clock,
}

struct Readers {
    idle: Mutex<Vec<Connection>>,
    places: Semaphore,
    path: std::path::PathBuf,
}

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be made or opened.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// SQLite says no.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// It was made by a later front door.
    #[error("it has schema version {0}; this front door knows version {known}: use the newer program", known = schema::VERSION)]
    Newer(i64),
}

impl Sqlite {
    /// Opens the database, making it when it is not there, readable by its owner alone.
    pub fn open(path: &Path, clock: Clock) -> Result<Self, OpenError> {
        OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .mode(0o600)
            .open(path)?;
        let mut connection = connect(path)?;
        let version = schema::prepare(&mut connection)?;
        if version != schema::VERSION {
            return Err(OpenError::Newer(version));
        }
        let readers = Readers {
            idle: Mutex::default(),
            places: Semaphore::new(READERS),
            path: path.to_owned(),
        };
        Ok(Self {
            writer: Writer::start(connection, clock.clone())?,
            readers: Arc::new(readers),
            clock,
        })
    }

    /// Reads on the calling thread: rows are found by their key, mostly in memory, which takes a few microseconds; handing that to another thread would
    /// take longer. Readers never wait for writers (WAL).
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.readers.with(work).map_err(|error| unavailable(&error))
    }

    /// Reads many rows, on a thread that may take its time.
    pub(super) async fn read_many<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = || StoreError::Unavailable("the store is stopping".to_owned());
        let readers = self.readers.clone();
        let place = readers.places.acquire().await.map_err(|_| stopped())?;
        let held = readers.clone();
        let done = tokio::task::spawn_blocking(move || held.with(work))
            .await
            .map_err(|_| stopped())?;
        drop(place);
        done.map_err(|error| unavailable(&error))
    }

    /// Writes the log back into the database and empties it, unless somebody else is reading just then.
    pub(super) async fn leave_no_trace(&self) -> Result<Traces, StoreError> {
        let busy = self.read_many(|connection| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                row.get::<_, i64>(0)
            })
        });
        Ok(match busy.await? {
            0 => Traces::None,
            _ => Traces::UntilWrittenBack,
        })
    }

    /// Whether it is uncertain that the next write will arrive.
    pub(super) fn is_doubtful(&self) -> bool {
        self.writer.pulse.is_doubtful()
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    pub(super) fn expiry(&self, life: Option<Duration>) -> Option<i64> {
        expiry(self.now(), life)
    }
}

impl Readers {
    /// Lends a connection to `work`, and keeps it for the next unless it failed.
    fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let connection = idle.map_or_else(|| connect(&self.path), Ok)?;
        let done = work(&connection)?;
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        Ok(done)
    }
}

/// Pages of 4 KiB that the write-ahead log may hold before they are written back: the same few pages are written again and again, and go back once.
const PAGES_OF_LOG: i64 = 4000;

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", PAGES_OF_LOG)?;
    // What is removed is overwritten: a forgotten person's key must not lie about in the file.
    connection.pragma_update(None, "secure_delete", true)?;
    // Otherwise a statement is compiled again whenever other values are bound to it. Every statement here finds rows by a key: one plan is right.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// SQLite's own words are for the log: they name the file at most.
pub(super) fn unavailable(error: &rusqlite::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

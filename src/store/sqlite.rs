//! The store in one SQLite file: write-ahead log, one writer thread, a few readers.
//!
//! A confirmed write survives the death of the process at any moment (WAL with `synchronous = NORMAL`); after a power cut the last moments before it
//! may be missing, but the file is never damaged. Several processes may have it open: the command line works beside a running server.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::Semaphore;

use crate::clock::Clock;

use super::writer::Writer;
use super::{Key, StoreError, schema};

/// How long a writer waits for another process's write.
const BUSY: Duration = Duration::from_secs(5);

/// How many reads go on at once; more only wait for the same disk.
const READERS: usize = 8;

/// The largest value: far above anything the front door keeps.
const LARGEST_VALUE: usize = 1024 * 1024;

/// An open database.
#[derive(Clone)]
pub struct Sqlite {
    writer: Writer,
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

    pub(super) async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let (name, now) = (key.as_str().to_owned(), self.now());
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT value FROM entry WHERE name = ?1 AND (expires IS NULL OR expires > ?2)",
                )?
                .query_row(params![name, now], |row| row.get(0))
                .optional()
        })
        .await
    }

    pub(super) async fn put(
        &self,
        key: &Key,
        value: Vec<u8>,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        let (name, expires) = (key.as_str().to_owned(), self.expiry(life));
        within_size(&value)?;
        self.writer
            .write(move |connection| upsert(connection, &name, &value, expires).map(|_| ()))
            .await
    }

    /// Writes only where nothing is. Returns whether it did.
    pub(super) async fn put_if_absent(
        &self,
        key: &Key,
        value: Vec<u8>,
        life: Option<Duration>,
    ) -> Result<bool, StoreError> {
        let (name, expires, now) = (key.as_str().to_owned(), self.expiry(life), self.now());
        within_size(&value)?;
        self.writer
            .write(move |connection| {
                connection
                    .prepare_cached("DELETE FROM entry WHERE name = ?1 AND expires <= ?2")?
                    .execute(params![name, now])?;
                let mut insert = connection.prepare_cached(
                    "INSERT OR IGNORE INTO entry (name, value, expires) VALUES (?1, ?2, ?3)",
                )?;
                Ok(insert.execute(params![name, value, expires])? == 1)
            })
            .await
    }

    /// Writes only where exactly `expected` is. Returns whether it did.
    pub(super) async fn replace(
        &self,
        key: &Key,
        expected: Vec<u8>,
        value: Vec<u8>,
        life: Option<Duration>,
    ) -> Result<bool, StoreError> {
        let (name, expires, now) = (key.as_str().to_owned(), self.expiry(life), self.now());
        within_size(&value)?;
        self.writer
            .write(move |connection| {
                let mut update = connection.prepare_cached(
                    "UPDATE entry SET value = ?3, expires = ?4 WHERE name = ?1 AND value = ?2 AND (expires IS NULL OR expires > ?5)",
                )?;
                Ok(update.execute(params![name, expected, value, expires, now])? == 1)
            })
            .await
    }

    /// Removes an entry, or only that of exactly this value. Returns whether something live was removed.
    pub(super) async fn remove(
        &self,
        key: &Key,
        expected: Option<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        let (name, now) = (key.as_str().to_owned(), self.now());
        self.writer
            .write(move |connection| {
                let mut delete = connection.prepare_cached(
                    "DELETE FROM entry WHERE name = ?1 AND (?2 IS NULL OR value = ?2) AND (expires IS NULL OR expires > ?3)",
                )?;
                Ok(delete.execute(params![name, expected, now])? == 1)
            })
            .await
    }

    /// Counts up. The counter ends `life` after its first count.
    pub(super) async fn count(&self, key: &Key, life: Duration) -> Result<u64, StoreError> {
        let (name, expires, now) = (key.as_str().to_owned(), self.expiry(Some(life)), self.now());
        self.writer
            .write(move |connection| {
                connection
                    .prepare_cached("DELETE FROM entry WHERE name = ?1 AND expires <= ?2")?
                    .execute(params![name, now])?;
                connection
                    .prepare_cached(
                        "INSERT INTO entry (name, value, expires) VALUES (?1, '1', ?2)
                         ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1
                         RETURNING CAST(value AS INTEGER)",
                    )?
                    .query_row(params![name, expires], |row| row.get::<_, i64>(0))
            })
            .await
            .map(i64::unsigned_abs)
    }

    pub(super) async fn index_put(
        &self,
        key: &Key,
        member: &str,
        value: Vec<u8>,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        let (name, member, expires) = (
            key.as_str().to_owned(),
            member.to_owned(),
            self.expiry(life),
        );
        within_size(&value)?;
        self.writer
            .write(move |connection| {
                let mut put = connection.prepare_cached("INSERT OR REPLACE INTO member (name, member, value, expires) VALUES (?1, ?2, ?3, ?4)")?;
                put.execute(params![name, member, value, expires]).map(|_| ())
            })
            .await
    }

    pub(super) async fn index_list(&self, key: &Key) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let (name, now) = (key.as_str().to_owned(), self.now());
        self.read(move |connection| {
            connection
                .prepare_cached("SELECT member, value FROM member WHERE name = ?1 AND (expires IS NULL OR expires > ?2) ORDER BY member")?
                .query_map(params![name, now], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .await
    }

    /// Removes one member. Returns whether it was there: of several who remove it, one is told so.
    pub(super) async fn index_remove(&self, key: &Key, member: &str) -> Result<bool, StoreError> {
        let (name, member) = (key.as_str().to_owned(), member.to_owned());
        self.writer
            .write(move |connection| {
                Ok(connection
                    .prepare_cached("DELETE FROM member WHERE name = ?1 AND member = ?2")?
                    .execute(params![name, member])?
                    == 1)
            })
            .await
    }

    /// Appends behind position `head`, or not at all when the log has grown meanwhile. Returns whether it did.
    pub(super) async fn append(
        &self,
        log: &Key,
        head: u64,
        values: Vec<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        let name = log.as_str().to_owned();
        values.iter().try_for_each(|value| within_size(value))?;
        self.writer
            .write(move |connection| {
                let last: Option<i64> = connection
                    .prepare_cached("SELECT MAX(position) FROM log WHERE name = ?1")?
                    .query_row(params![name], |row| row.get(0))?;
                let mut position = last.unwrap_or(0);
                if position.unsigned_abs() != head {
                    return Ok(false);
                }
                let mut insert = connection.prepare_cached(
                    "INSERT INTO log (name, position, value) VALUES (?1, ?2, ?3)",
                )?;
                for value in &values {
                    position += 1;
                    insert.execute(params![name, position, value])?;
                }
                Ok(true)
            })
            .await
    }

    /// Up to `most` entries behind a position, oldest first.
    pub(super) async fn read_log(
        &self,
        log: &Key,
        after: u64,
        most: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let name = log.as_str().to_owned();
        let (after, most) = (
            i64::try_from(after).unwrap_or(i64::MAX),
            i64::try_from(most).unwrap_or(i64::MAX),
        );
        self.read(move |connection| {
            connection
                .prepare_cached("SELECT position, value FROM log WHERE name = ?1 AND position > ?2 ORDER BY position LIMIT ?3")?
                .query_map(params![name, after, most], |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)))?
                .collect()
        })
        .await
    }

    pub(super) async fn trim_log(&self, log: &Key, through: u64) -> Result<(), StoreError> {
        let name = log.as_str().to_owned();
        let through = i64::try_from(through).unwrap_or(i64::MAX);
        self.writer
            .write(move |connection| {
                connection
                    .prepare_cached(
                        "DELETE FROM log WHERE name = ?1 AND position <= ?2
                         AND position < (SELECT MAX(position) FROM log WHERE name = ?1)",
                    )?
                    .execute(params![name, through])
                    .map(|_| ())
            })
            .await
    }

    /// The newest entry and its position.
    pub(super) async fn last_of_log(
        &self,
        log: &Key,
    ) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let name = log.as_str().to_owned();
        self.read(move |connection| {
            connection
                .prepare_cached("SELECT position, value FROM log WHERE name = ?1 ORDER BY position DESC LIMIT 1")?
                .query_row(params![name], |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)))
                .optional()
        })
        .await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let readers = self.readers.clone();
        let stopped = || StoreError::Unavailable("the store is stopping".to_owned());
        let place = readers.places.acquire().await.map_err(|_| stopped())?;
        let held = readers.clone();
        let done = tokio::task::spawn_blocking(move || held.with(work))
            .await
            .map_err(|_| stopped())?;
        drop(place);
        done.map_err(|error| unavailable(&error))
    }

    fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    fn expiry(&self, life: Option<Duration>) -> Option<i64> {
        life.map(|life| {
            self.now()
                .saturating_add(i64::try_from(life.as_millis()).unwrap_or(i64::MAX))
        })
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

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

fn upsert(
    connection: &Connection,
    name: &str,
    value: &[u8],
    expires: Option<i64>,
) -> rusqlite::Result<usize> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO entry (name, value, expires) VALUES (?1, ?2, ?3)")?
        .execute(params![name, value, expires])
}

fn within_size(value: &[u8]) -> Result<(), StoreError> {
    if value.len() <= LARGEST_VALUE {
        Ok(())
    } else {
        Err(StoreError::TooLarge(value.len()))
    }
}

/// SQLite's own words are for the log: they name the file at most.
pub(super) fn unavailable(error: &rusqlite::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

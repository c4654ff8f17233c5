//! Single values: read, written, compared and exchanged, counted.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::{Key, StoreError};
use super::{Sqlite, within_size};

impl Sqlite {
    #[expect(clippy::unused_async, reason = "a store on the network has to wait")]
    pub(in crate::store) async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let (name, now) = (key.as_str(), self.now());
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT value FROM entry WHERE name = ?1 AND (expires IS NULL OR expires > ?2)",
                )?
                .query_row(params![name, now], |row| row.get(0))
                .optional()
        })
    }

    pub(in crate::store) async fn put(
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
    pub(in crate::store) async fn put_if_absent(
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
    pub(in crate::store) async fn replace(
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
    pub(in crate::store) async fn remove(
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
    pub(in crate::store) async fn count(
        &self,
        key: &Key,
        life: Duration,
    ) -> Result<u64, StoreError> {
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

    /// How many live entries there are whose names begin like this. It walks the index of ends, which holds names and no values.
    pub(in crate::store) async fn count_entries(
        &self,
        beginning: &'static str,
    ) -> Result<u64, StoreError> {
        let now = self.now();
        self.read_many(move |connection| {
            connection
                .prepare_cached(
                    "SELECT count(*) FROM entry INDEXED BY entry_expires
                     WHERE expires > ?1 AND substr(name, 1, length(?2)) = ?2",
                )?
                .query_row(params![now, beginning], |row| row.get::<_, i64>(0))
        })
        .await
        .map(i64::unsigned_abs)
    }
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

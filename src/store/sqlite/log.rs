//! Logs: appended at the end, dropped from the beginning, read in order or backwards.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::{Appended, Head, Key, StoreError, within_size};
use super::Sqlite;

impl Sqlite {
    /// Appends behind `head`, or not at all when that is no longer the end of the log.
    pub(in crate::store) async fn append(
        &self,
        log: &Key,
        head: Head,
        values: Vec<Vec<u8>>,
    ) -> Result<Appended, StoreError> {
        let name = log.as_str().to_owned();
        values.iter().try_for_each(|value| within_size(value))?;
        self.writer
            .write(move |connection| {
                let newest = newest(connection, &name)?;
                let is_end = |(position, value): &(u64, Vec<u8>)| Head::at(*position, value);
                let end = newest.as_ref().map_or_else(Head::empty, is_end);
                if end != head {
                    return Ok(Appended::Behind(newest));
                }
                let mut position = end.position.cast_signed();
                let mut insert = connection.prepare_cached(
                    "INSERT INTO log (name, position, value) VALUES (?1, ?2, ?3)",
                )?;
                for value in &values {
                    position += 1;
                    insert.execute(params![name, position, value])?;
                }
                Ok(Appended::Done)
            })
            .await
    }

    /// Up to `most` entries behind a position, oldest first.
    pub(in crate::store) async fn read_log(
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
        self.read_many(move |connection| {
            connection
                .prepare_cached("SELECT position, value FROM log WHERE name = ?1 AND position > ?2 ORDER BY position LIMIT ?3")?
                .query_map(params![name, after, most], |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)))?
                .collect()
        })
        .await
    }

    /// Up to `most` entries before a position, newest first.
    pub(in crate::store) async fn read_log_back(
        &self,
        log: &Key,
        before: u64,
        most: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let name = log.as_str().to_owned();
        let (before, most) = (
            i64::try_from(before).unwrap_or(i64::MAX),
            i64::try_from(most).unwrap_or(i64::MAX),
        );
        self.read_many(move |connection| {
            connection
                .prepare_cached("SELECT position, value FROM log WHERE name = ?1 AND position < ?2 ORDER BY position DESC LIMIT ?3")?
                .query_map(params![name, before, most], |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)))?
                .collect()
        })
        .await
    }

    pub(in crate::store) async fn trim_log(
        &self,
        log: &Key,
        through: u64,
    ) -> Result<(), StoreError> {
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
    pub(in crate::store) async fn last_of_log(
        &self,
        log: &Key,
    ) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let name = log.as_str().to_owned();
        self.read_many(move |connection| newest(connection, &name))
            .await
    }
}

fn newest(connection: &Connection, name: &str) -> rusqlite::Result<Option<(u64, Vec<u8>)>> {
    connection
        .prepare_cached(
            "SELECT position, value FROM log WHERE name = ?1 ORDER BY position DESC LIMIT 1",
        )?
        .query_row(params![name], |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?))
        })
        .optional()
}

//! Values as another store had them, with the ends that they had there.

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, ToSql, params};

use super::super::rows::{Place, Record, Stored};
use super::super::{Key, StoreError};
use super::Sqlite;

impl Sqlite {
    /// Writes these, in one commit.
    pub(in crate::store) async fn restore(&self, records: Vec<Record>) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| records.iter().try_for_each(|record| record.on(connection)))
            .await
    }

    /// Writes entries of a log behind a position, which may be any where the log is empty. Returns whether it did.
    pub(in crate::store) async fn restore_log(
        &self,
        log: &Key,
        behind: u64,
        values: Vec<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        let name = log.as_str().to_owned();
        let behind = i64::try_from(behind).unwrap_or(i64::MAX);
        self.writer
            .write(move |connection| {
                let last: Option<i64> = connection
                    .prepare_cached("SELECT MAX(position) FROM log WHERE name = ?1")?
                    .query_row(params![name], |row| row.get(0))?;
                if last.is_some_and(|last| last != behind) {
                    return Ok(false);
                }
                let mut insert = connection.prepare_cached(
                    "INSERT INTO log (name, position, value) VALUES (?1, ?2, ?3)",
                )?;
                for (position, value) in (behind + 1..).zip(&values) {
                    insert.execute(params![name, position, value])?;
                }
                Ok(true)
            })
            .await
    }
}

impl Record {
    fn on(&self, connection: &Connection) -> rusqlite::Result<()> {
        match &self.place {
            Place::Entry(name) => connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO entry (name, value, expires) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![name, self.stored, self.ends]),
            Place::Member(name, member) => connection
                .prepare_cached("INSERT OR REPLACE INTO member (name, member, value, expires) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![name, member, self.stored, self.ends]),
        }
        .map(|_| ())
    }
}

/// Counters are the only values that are no bytes.
impl ToSql for Stored {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Value(bytes) => bytes.to_sql(),
            Self::Count(count) => Ok(i64::try_from(*count).unwrap_or(i64::MAX).into()),
        }
    }
}

//! Small lists: members of an index, each with a value and an end of its own.

use std::time::Duration;

use rusqlite::params;

use super::super::{Key, StoreError};
use super::{Sqlite, within_size};

impl Sqlite {
    pub(in crate::store) async fn index_put(
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

    pub(in crate::store) async fn index_list(
        &self,
        key: &Key,
    ) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let (name, now) = (key.as_str().to_owned(), self.now());
        self.read_many(move |connection| {
            connection
                .prepare_cached("SELECT member, value FROM member WHERE name = ?1 AND (expires IS NULL OR expires > ?2) ORDER BY member")?
                .query_map(params![name, now], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .await
    }

    /// Removes one member. Returns whether it was there: of several who remove it, one is told so.
    pub(in crate::store) async fn index_remove(
        &self,
        key: &Key,
        member: &str,
    ) -> Result<bool, StoreError> {
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
}

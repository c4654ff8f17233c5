//! Small lists: members of an index, each with a value and an end of its own.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, params};

use super::super::{Key, Mark, StoreError, within_size};
use super::Sqlite;

/// How many members are removed in one commit.
const CUT: i64 = 500;

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

    /// The value of one member.
    #[expect(clippy::unused_async, reason = "a store on the network has to wait")]
    pub(in crate::store) async fn index_get(
        &self,
        key: &Key,
        member: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let now = self.now();
        self.read(|connection| {
            connection
                .prepare_cached("SELECT value FROM member WHERE name = ?1 AND member = ?2 AND (expires IS NULL OR expires > ?3)")?
                .query_row(params![key.as_str(), member, now], |row| row.get(0))
                .optional()
        })
    }

    /// Up to `most` members behind a mark, whoever ends last first; members without an end are left out. It walks the index of ends, so that the time does
    /// not grow with the number of members.
    pub(in crate::store) async fn index_latest(
        &self,
        key: &Key,
        behind: Option<Mark>,
        most: usize,
    ) -> Result<Vec<(Mark, Vec<u8>)>, StoreError> {
        let (name, now) = (key.as_str().to_owned(), self.now());
        let behind = behind.unwrap_or_else(Mark::first);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.read_many(move |connection| {
            connection
                .prepare_cached(
                    "SELECT expires, member, value FROM member INDEXED BY member_expires
                     WHERE name = ?1 AND expires > ?2 AND expires <= ?3 AND (expires < ?3 OR member < ?4)
                     ORDER BY expires DESC, name DESC, member DESC LIMIT ?5",
                )?
                .query_map(
                    params![name, now, behind.ends, behind.member, most],
                    |row| {
                        let (ends, member) = (row.get(0)?, row.get(1)?);
                        Ok((Mark { ends, member }, row.get(2)?))
                    },
                )?
                .collect()
        })
        .await
    }

    /// Removes the members that end before a time in milliseconds since 1970, a little at a time.
    pub(in crate::store) async fn index_cut(
        &self,
        key: &Key,
        ends: i64,
    ) -> Result<usize, StoreError> {
        let mut removed = 0;
        loop {
            let name = key.as_str().to_owned();
            let cut = self
                .writer
                .write(move |connection| {
                    connection
                        .prepare_cached(
                            "DELETE FROM member WHERE name = ?1 AND member IN
                             (SELECT member FROM member INDEXED BY member_expires WHERE name = ?1 AND expires < ?2 ORDER BY expires LIMIT ?3)",
                        )?
                        .execute(params![name, ends, CUT])
                })
                .await?;
            removed += cut;
            if cut == 0 {
                return Ok(removed);
            }
        }
    }

    /// Removes all members with an end but the `most` that end last. It walks the index of ends, which holds no values: they may be large.
    pub(in crate::store) async fn index_keep(
        &self,
        key: &Key,
        most: usize,
    ) -> Result<usize, StoreError> {
        let name = key.as_str().to_owned();
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.writer
            .write(move |connection| {
                connection
                    .prepare_cached(
                        "DELETE FROM member WHERE name = ?1 AND member IN
                         (SELECT member FROM member INDEXED BY member_expires WHERE name = ?1 AND expires IS NOT NULL
                          ORDER BY expires DESC, name DESC, member DESC LIMIT -1 OFFSET ?2)",
                    )?
                    .execute(params![name, most])
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

    /// How many members there are.
    #[expect(clippy::unused_async, reason = "a store on the network has to wait")]
    pub(in crate::store) async fn index_count(&self, key: &Key) -> Result<usize, StoreError> {
        let now = self.now();
        let count: i64 = self.read(|connection| {
            connection
                .prepare_cached("SELECT count(*) FROM member WHERE name = ?1 AND (expires IS NULL OR expires > ?2)")?
                .query_row(params![key.as_str(), now], |row| row.get(0))
        })?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
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

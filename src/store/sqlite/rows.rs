//! Every value one after the other, whatever its name, and its exchange for the same value sealed anew.

use rusqlite::{Connection, Row, params};

use super::super::StoreError;
use super::{Sqlite, within_size};

/// Where a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Place {
    /// The entry of this name.
    Entry(String),
    /// A member of the index of this name.
    Member(String, String),
}

/// A value to be exchanged.
pub(in crate::store) struct Exchange {
    pub(in crate::store) place: Place,
    pub(in crate::store) old: Vec<u8>,
    pub(in crate::store) new: Vec<u8>,
}

impl Place {
    /// The name of the entry or of the index: what its value was sealed for.
    pub(in crate::store) fn name(&self) -> &str {
        match self {
            Self::Entry(name) | Self::Member(name, _) => name,
        }
    }
}

impl Sqlite {
    /// Up to `most` live values behind a place, in the order of their names: entries behind an entry, members behind a member. Counters, which are no
    /// bytes, are left out.
    pub(in crate::store) async fn values_after(
        &self,
        place: Place,
        most: usize,
    ) -> Result<Vec<(Place, Vec<u8>)>, StoreError> {
        let now = self.now();
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.read_many(move |connection| match place {
            Place::Entry(name) => connection
                .prepare_cached("SELECT name, value FROM entry WHERE name > ?1 AND typeof(value) = 'blob' AND (expires IS NULL OR expires > ?2) ORDER BY name LIMIT ?3")?
                .query_map(params![name, now, most], entry)?
                .collect(),
            Place::Member(name, member) => connection
                .prepare_cached("SELECT name, member, value FROM member WHERE (name, member) > (?1, ?2) AND (expires IS NULL OR expires > ?3) ORDER BY name, member LIMIT ?4")?
                .query_map(params![name, member, now, most], member_of_index)?
                .collect(),
        })
        .await
    }

    /// Exchanges values where exactly the old ones still are, all in one commit; what has an end keeps it. Returns how many were exchanged.
    pub(in crate::store) async fn exchange(
        &self,
        exchanges: Vec<Exchange>,
    ) -> Result<usize, StoreError> {
        exchanges
            .iter()
            .try_for_each(|exchange| within_size(&exchange.new))?;
        self.writer
            .write(move |connection| {
                let done = exchanges.iter().map(|exchange| exchange.on(connection));
                done.sum()
            })
            .await
    }
}

impl Exchange {
    fn on(&self, connection: &Connection) -> rusqlite::Result<usize> {
        match &self.place {
            Place::Entry(name) => connection
                .prepare_cached("UPDATE entry SET value = ?3 WHERE name = ?1 AND value = ?2")?
                .execute(params![name, self.old, self.new]),
            Place::Member(name, member) => connection
                .prepare_cached(
                    "UPDATE member SET value = ?4 WHERE name = ?1 AND member = ?2 AND value = ?3",
                )?
                .execute(params![name, member, self.old, self.new]),
        }
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(Place, Vec<u8>)> {
    Ok((Place::Entry(row.get(0)?), row.get(1)?))
}

fn member_of_index(row: &Row<'_>) -> rusqlite::Result<(Place, Vec<u8>)> {
    Ok((Place::Member(row.get(0)?, row.get(1)?), row.get(2)?))
}

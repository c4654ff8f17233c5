//! Every value one after the other, whatever its name, and its exchange for the same value sealed anew.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use super::super::rows::{Exchange, Place, Record, Stored, Walk};
use super::super::{StoreError, within_size};
use super::Sqlite;

impl Sqlite {
    /// Up to `most` live values, or a few: entries first and members then, each in the order of their names. Tells how far that is, or nothing when
    /// there is no more.
    pub(in crate::store) async fn walk(
        &self,
        walk: Walk,
        most: usize,
    ) -> Result<(Vec<Record>, Option<Walk>), StoreError> {
        let behind = match walk {
            Walk::Behind(place) => place,
            Walk::Beginning | Walk::At(_) => Place::Entry(String::new()),
        };
        let records = self.values_after(behind.clone(), most).await?;
        let next = match (records.last(), behind) {
            (Some(last), _) => Some(last.place.clone()),
            (None, Place::Entry(_)) => Some(Place::Member(String::new(), String::new())),
            (None, Place::Member(..)) => None,
        };
        Ok((records, next.map(Walk::Behind)))
    }

    async fn values_after(&self, place: Place, most: usize) -> Result<Vec<Record>, StoreError> {
        let now = self.now();
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.read_many(move |connection| match place {
            Place::Entry(name) => connection
                .prepare_cached("SELECT expires, value, name FROM entry WHERE name > ?1 AND (expires IS NULL OR expires > ?2) ORDER BY name LIMIT ?3")?
                .query_map(params![name, now, most], |row| record(row, Place::Entry(row.get(2)?)))?
                .collect(),
            Place::Member(name, member) => connection
                .prepare_cached("SELECT expires, value, name, member FROM member WHERE (name, member) > (?1, ?2) AND (expires IS NULL OR expires > ?3) ORDER BY name, member LIMIT ?4")?
                .query_map(params![name, member, now, most], |row| {
                    record(row, Place::Member(row.get(2)?, row.get(3)?))
                })?
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

/// Counters are the only values that are no bytes.
fn record(row: &Row<'_>, place: Place) -> rusqlite::Result<Record> {
    let stored = match row.get_ref(1)? {
        ValueRef::Blob(bytes) => Stored::Value(bytes.to_vec()),
        ValueRef::Integer(count) => Stored::Count(count.unsigned_abs()),
        other => Stored::Count(other.as_str()?.parse().unwrap_or_default()),
    };
    Ok(Record {
        place,
        stored,
        ends: row.get(0)?,
    })
}

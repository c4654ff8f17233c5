//! Every value one after the other, in no order, and its exchange for the same value sealed anew.
//!
//! Whatever is there from the beginning to the end of a walk is met, some of it twice: a walk under which the servers change begins again. Large indexes
//! are read a part at a time.

use tokio::task::JoinSet;

use super::super::rows::{Exchange, Place, Record, Walk};
use super::super::{StoreError, within_size};
use super::Redis;
use super::ground::Ground;
use super::names::{self, Kind};
use super::script::{self, Call};
use super::stamp::Stamped;

/// How often a walk begins again before it is given up.
const BEGINNINGS: u8 = 8;

/// How far a walk has come.
#[derive(Debug, Clone)]
pub(in crate::store) struct Cursor {
    /// What all that follows is true of.
    ground: Ground,
    /// How often it may still begin again.
    beginnings: u8,
    /// The servers that are left, each by a key that leads to it.
    servers: Vec<String>,
    /// Where the walk stands at the last of them.
    position: u64,
    /// Indexes that were met and not read to their end yet.
    indexes: Vec<(String, u64)>,
}

impl Redis {
    /// Some live values, about `most` or none. Tells how far that is, or nothing when there is no more.
    pub(in crate::store) async fn walk(
        &self,
        walk: Walk,
        most: usize,
    ) -> Result<(Vec<Record>, Option<Walk>), StoreError> {
        let mut cursor = match walk {
            Walk::At(cursor) => cursor,
            Walk::Beginning | Walk::Behind(_) => Cursor::over(self.ground().await?, BEGINNINGS),
        };
        let records = match cursor.indexes.pop() {
            Some(index) => self.members(&mut cursor, index, most).await?,
            None => self.keys(&mut cursor, most).await?,
        };
        let ground = self.ground().await?;
        if ground != cursor.ground {
            let again = cursor.again(ground)?;
            return Ok((Vec::new(), Some(Walk::At(again))));
        }
        let is_over = cursor.servers.is_empty() && cursor.indexes.is_empty();
        Ok((records, (!is_over).then_some(Walk::At(cursor))))
    }

    /// Goes on over the keys of one server: reads its entries, and notes its indexes.
    async fn keys(&self, cursor: &mut Cursor, most: usize) -> Result<Vec<Record>, StoreError> {
        let Some(server) = cursor.servers.last().cloned() else {
            return Ok(Vec::new());
        };
        let server = [server];
        let scan = Call::of(&script::SCAN, &server).with(self.now());
        let scan = scan.with(cursor.position).with(names::all()).with(most);
        let (position, keys): (u64, Vec<String>) = self.look(&scan).await?;
        cursor.position = position;
        if position == 0 {
            cursor.servers.pop();
        }
        let mut entries = Vec::new();
        for key in keys {
            match names::kind(&key) {
                Some(Kind::Entry(name)) => entries.push((key, name)),
                Some(Kind::Members(name)) => cursor.indexes.push((name, 0)),
                Some(Kind::Log) | None => {}
            }
        }
        self.entries_at(entries).await
    }

    /// Reads these at once.
    async fn entries_at(&self, entries: Vec<(String, String)>) -> Result<Vec<Record>, StoreError> {
        let mut reading = JoinSet::new();
        for (key, name) in entries {
            let redis = self.clone();
            reading.spawn(async move {
                let raw: Option<Vec<u8>> = redis.read(redis::cmd("GET").arg(key)).await?;
                Ok(raw.and_then(|raw| redis.record(Place::Entry(name), raw)))
            });
        }
        let read = reading.join_all().await;
        let read: Result<Vec<Option<Record>>, StoreError> = read.into_iter().collect();
        Ok(read?.into_iter().flatten().collect())
    }

    async fn members(
        &self,
        cursor: &mut Cursor,
        (name, position): (String, u64),
        most: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let [members, _] = names::index_named(&name);
        let mut scan = redis::cmd("HSCAN");
        scan.arg(members).arg(position).arg("COUNT").arg(most);
        let (position, found): (u64, Vec<(String, Vec<u8>)>) = self.read(&scan).await?;
        let record = |(member, raw)| self.record(Place::Member(name.clone(), member), raw);
        let records = found.into_iter().filter_map(record).collect();
        if position != 0 {
            cursor.indexes.push((name, position));
        }
        Ok(records)
    }

    fn record(&self, place: Place, raw: Vec<u8>) -> Option<Record> {
        let stamped = Stamped::read(raw)?;
        stamped.lives(self.now()).then_some(Record {
            place,
            stored: stamped.stored,
            ends: stamped.ends,
        })
    }

    /// Exchanges values where exactly the old ones still are; what has an end keeps it. Returns how many were exchanged.
    pub(in crate::store) async fn exchange(
        &self,
        exchanges: Vec<Exchange>,
    ) -> Result<usize, StoreError> {
        let mut done = 0;
        for exchange in exchanges {
            within_size(&exchange.new)?;
            done += usize::from(self.exchange_one(exchange).await?);
        }
        Ok(done)
    }

    async fn exchange_one(&self, exchange: Exchange) -> Result<bool, StoreError> {
        let (script, keys, member) = match exchange.place {
            Place::Entry(name) => (&script::EXCHANGE, names::entry_named(&name), None),
            Place::Member(name, member) => {
                let keys = names::index_named(&name).to_vec();
                (&script::EXCHANGE_MEMBER, keys, Some(member))
            }
        };
        let call = Call::of(script, &keys).with(self.now());
        let call = call.with(exchange.old).with(exchange.new);
        let call = match member {
            Some(member) => call.with(member),
            None => call,
        };
        self.write(&call).await
    }
}

impl Cursor {
    fn over(ground: Ground, beginnings: u8) -> Self {
        Self {
            servers: ground.servers.iter().map(|one| one.key.clone()).collect(),
            ground,
            beginnings,
            position: 0,
            indexes: Vec::new(),
        }
    }

    /// How many servers are left.
    #[cfg(test)]
    pub(super) fn left(&self) -> usize {
        self.servers.len()
    }

    fn again(self, ground: Ground) -> Result<Self, StoreError> {
        let Some(beginnings) = self.beginnings.checked_sub(1) else {
            let text = "Redis has changed its servers again and again while all was read";
            return Err(StoreError::Unavailable(text.to_owned()));
        };
        tracing::info!("Redis has changed its servers: all of it is read again");
        Ok(Self::over(ground, beginnings))
    }
}

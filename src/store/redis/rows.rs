//! Every value one after the other, in no order, and its exchange for the same value sealed anew.
//!
//! Whatever is there from the beginning to the end of a walk is met, some of it twice. Large indexes are read a part at a time.

use redis::{Cmd, FromRedisValue};
use tokio::task::JoinSet;

use super::super::rows::{Exchange, Place, Record, Walk};
use super::super::{StoreError, within_size};
use super::names::{self, Kind};
use super::route::Connection;
use super::script::{self, Call};
use super::stamp::Stamped;
use super::{Redis, unavailable, understood};

/// How far a walk has come.
#[derive(Debug, Clone)]
pub(in crate::store) struct Cursor {
    /// The servers that are left, each by a slot that it has; one without number where there is no cluster.
    servers: Vec<Option<u16>>,
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
            Walk::Beginning | Walk::Behind(_) => self.beginning().await?,
        };
        let records = match cursor.indexes.pop() {
            Some(index) => self.members(&mut cursor, index, most).await?,
            None => self.keys(&mut cursor, most).await?,
        };
        let is_over = cursor.servers.is_empty() && cursor.indexes.is_empty();
        Ok((records, (!is_over).then_some(Walk::At(cursor))))
    }

    async fn beginning(&self) -> Result<Cursor, StoreError> {
        let (_, mut connection) = self.link.connection().await.map_err(|e| unavailable(&e))?;
        let servers = connection.servers().await.map_err(|e| unavailable(&e))?;
        Ok(Cursor {
            servers,
            position: 0,
            indexes: Vec::new(),
        })
    }

    /// Goes on over the keys of one server: reads its entries, and notes its indexes.
    async fn keys(&self, cursor: &mut Cursor, most: usize) -> Result<Vec<Record>, StoreError> {
        let Some(server) = cursor.servers.last().copied() else {
            return Ok(Vec::new());
        };
        let mut scan = redis::cmd("SCAN");
        scan.arg(cursor.position).arg("MATCH").arg(names::all());
        scan.arg("COUNT").arg(most);
        let (position, keys): (u64, Vec<String>) = self.at_server(server, &scan).await?;
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

    async fn at_server<T: FromRedisValue>(
        &self,
        server: Option<u16>,
        command: &Cmd,
    ) -> Result<T, StoreError> {
        let (_, mut connection) = self.link.connection().await.map_err(|e| unavailable(&e))?;
        let value = connection.run_at(server, command).await;
        understood(value.map_err(|e| unavailable(&e))?)
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

impl Connection {
    /// Every server that has a part of the keys, by a slot that it has.
    async fn servers(&mut self) -> redis::RedisResult<Vec<Option<u16>>> {
        let Self::Cluster(_) = self else {
            return Ok(vec![None]);
        };
        let mut slots = redis::cmd("CLUSTER");
        slots.arg("SLOTS");
        let ranges = Vec::<Range>::from_redis_value(self.run(&slots).await?)?;
        let mut servers: Vec<(Server, u16)> = Vec::new();
        for (first, _, server) in ranges {
            if !servers.iter().any(|(known, _)| *known == server) {
                servers.push((server, first));
            }
        }
        Ok(servers.into_iter().map(|(_, slot)| Some(slot)).collect())
    }
}

/// A range of slots, its first and its last, and their master.
type Range = (u16, u16, Server);

/// A server's address, port and id; more may follow.
type Server = Vec<redis::Value>;

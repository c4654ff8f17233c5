//! What a walk stands on: the connection, the servers behind it, and in a cluster who has which keys.
//!
//! How far a walk has come means something only to the server that said so, and only until it is restarted: with other servers, or when keys have moved
//! between them, the walk has to begin again. A move that begins before a walk and ends behind it cannot be seen.

use redis::{FromRedisValue, Value};

use super::super::StoreError;
use super::route::Connection;
use super::script::{self, Call, Script};
use super::{Redis, names, unavailable, understood};

/// The ground under a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ground {
    /// Which connection it is.
    made: u64,
    /// Every server that has a part of the keys.
    pub(super) servers: Vec<Server>,
    /// Who has which slots; none where there is no cluster.
    ranges: Vec<Range>,
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    /// A slot that it has; none where there is no cluster.
    pub(super) slot: Option<u16>,
    /// A key in that slot, which is never written: whoever asks with it is led to whoever has the slot, where the slot alone leads to whoever had it.
    pub(super) key: String,
    /// What it has called itself since it was started; empty where it does not tell.
    run: String,
}

/// The first and the last of some slots, and the id of their master.
type Range = (u16, u16, String);

impl Redis {
    /// What a walk would stand on now.
    pub(super) async fn ground(&self) -> Result<Ground, StoreError> {
        let (made, connection) = self.link.connection().await.map_err(|e| unavailable(&e))?;
        let ranges = match connection {
            Connection::Single(_) => Vec::new(),
            Connection::Cluster(_) => self.ranges().await?,
        };
        let mut servers = Vec::new();
        for slot in one_slot_each(&ranges) {
            let key = names::leading_to(slot.unwrap_or_default());
            let run = self.ask(&script::RUN, &key).await?;
            servers.push(Server { slot, key, run });
        }
        Ok(Ground {
            made,
            servers,
            ranges,
        })
    }

    /// Runs a script at the server that this key leads to.
    async fn ask<T: FromRedisValue>(&self, script: &Script, key: &str) -> Result<T, StoreError> {
        let key = [key.to_owned()];
        self.look(&Call::of(script, &key).with(self.now())).await
    }

    /// The slots as the owner of the first knows them: for a moment others may know them otherwise.
    async fn ranges(&self) -> Result<Vec<Range>, StoreError> {
        let ranges: Vec<Value> = self.ask(&script::SLOTS, &names::leading_to(0)).await?;
        let ranges: Option<Vec<Range>> = ranges.into_iter().map(range).collect();
        let mut ranges = ranges.map_or_else(|| understood(Value::Nil), Ok)?;
        ranges.sort_unstable();
        Ok(ranges)
    }
}

/// A range as `CLUSTER SLOTS` gives it: its first slot, its last, its master, and any number of replicas. A server is its address, its port, its id.
fn range(given: Value) -> Option<Range> {
    let parts = Vec::<Value>::from_redis_value(given).ok()?;
    let [first, last, master, ..] = parts.as_slice() else {
        return None;
    };
    let master = Vec::<Value>::from_redis_value_ref(master).ok()?;
    let number = |slot: &Value| u16::from_redis_value_ref(slot).ok();
    let id = String::from_redis_value_ref(master.get(2)?).ok()?;
    Some((number(first)?, number(last)?, id))
}

fn one_slot_each(ranges: &[Range]) -> Vec<Option<u16>> {
    if ranges.is_empty() {
        return vec![None];
    }
    let mut met: Vec<(&str, u16)> = Vec::new();
    for (first, _, master) in ranges {
        if !met.iter().any(|(known, _)| known == master) {
            met.push((master, *first));
        }
    }
    met.into_iter().map(|(_, slot)| Some(slot)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_master_counts_once_with_its_first_slot() {
        let range = |first: u16, last, id: &str| (first, last, id.to_owned());
        let ranges = [range(0, 9, "a"), range(10, 19, "b"), range(20, 29, "a")];
        assert_eq!(one_slot_each(&ranges), [Some(0), Some(10)]);
        assert_eq!(one_slot_each(&[]), [None]);
    }
}

//! Small lists: members of an index, each with a value and an end of its own. A hash holds the values, a sorted set the ends.

use std::time::Duration;

use super::super::{Key, Mark, StoreError, within_size};
use super::script::{self, Call};
use super::stamp::{Stamped, stamped};
use super::{Redis, names, unreadable};

/// The most members that a script removes at once: others wait for it.
const CUT: usize = 500;

impl Redis {
    pub(in crate::store) async fn index_put(
        &self,
        key: &Key,
        member: &str,
        value: Vec<u8>,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        within_size(&value)?;
        let keys = names::index(key);
        let call = Call::of(&script::INDEX_PUT, &keys).with(self.now());
        let call = call.with(member).with(stamped(&value, self.expiry(life)));
        self.write::<bool>(&call).await.map(|_| ())
    }

    /// The value of one member.
    pub(in crate::store) async fn index_get(
        &self,
        key: &Key,
        member: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let [members, _] = names::index(key);
        let mut get = redis::cmd("HGET");
        get.arg(members).arg(member);
        let raw = self.read(&get).await?;
        self.living(key, raw)
    }

    /// Up to `most` members behind a mark, whoever ends last first; members without an end are left out.
    pub(in crate::store) async fn index_latest(
        &self,
        key: &Key,
        behind: Option<Mark>,
        most: usize,
    ) -> Result<Vec<(Mark, Vec<u8>)>, StoreError> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let keys = names::index(key);
        let behind = behind.unwrap_or_else(Mark::first);
        let call = Call::of(&script::INDEX_LATEST, &keys).with(self.now());
        let call = call.with(behind.ends).with(behind.member);
        let found: Vec<(String, Vec<u8>)> = self.look(&call.with(most)).await?;
        let marked = |(member, raw)| {
            let stamped = Stamped::read(raw).ok_or_else(|| unreadable(key))?;
            let ends = stamped.ends.ok_or_else(|| unreadable(key))?;
            let bytes = stamped.bytes().ok_or_else(|| unreadable(key))?;
            Ok((Mark { ends, member }, bytes))
        };
        found.into_iter().map(marked).collect()
    }

    /// Removes the members that end before a time in milliseconds since 1970, a little at a time.
    pub(in crate::store) async fn index_cut(
        &self,
        key: &Key,
        ends: i64,
    ) -> Result<usize, StoreError> {
        let keys = names::index(key);
        let call = Call::of(&script::INDEX_CUT, &keys).with(self.now());
        self.repeat(&call.with(ends)).await
    }

    /// Removes all members with an end but the `most` that end last, a little at a time.
    pub(in crate::store) async fn index_keep(
        &self,
        key: &Key,
        most: usize,
    ) -> Result<usize, StoreError> {
        let keys = names::index(key);
        let call = Call::of(&script::INDEX_KEEP, &keys).with(self.now());
        self.repeat(&call.with(most)).await
    }

    async fn repeat(&self, call: &Call<'_>) -> Result<usize, StoreError> {
        let mut removed = 0;
        loop {
            let cut: usize = self.write(call).await?;
            removed += cut;
            if cut < CUT {
                return Ok(removed);
            }
        }
    }

    pub(in crate::store) async fn index_list(
        &self,
        key: &Key,
    ) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let [members, _] = names::index(key);
        let mut all = redis::cmd("HGETALL");
        all.arg(members);
        let all: Vec<(String, Vec<u8>)> = self.read(&all).await?;
        let mut living = Vec::with_capacity(all.len());
        for (member, raw) in all {
            // What is nothing of ours opens with no key: the others are told apart from it above.
            let bytes = self.living(key, Some(raw)).unwrap_or(Some(Vec::new()));
            living.extend(bytes.map(|bytes| (member, bytes)));
        }
        living.sort_unstable();
        Ok(living)
    }

    /// How many members there are.
    pub(in crate::store) async fn index_count(&self, key: &Key) -> Result<usize, StoreError> {
        let [_, ends] = names::index(key);
        let mut count = redis::cmd("ZCOUNT");
        count.arg(ends).arg(format!("({}", self.now())).arg("+inf");
        self.read(&count).await
    }

    /// Removes one member. Returns whether it was there: of several who remove it, one is told so.
    pub(in crate::store) async fn index_remove(
        &self,
        key: &Key,
        member: &str,
    ) -> Result<bool, StoreError> {
        let keys = names::index(key);
        let call = Call::of(&script::INDEX_REMOVE, &keys).with(self.now());
        let removed: usize = self.write(&call.with(member)).await?;
        Ok(removed == 1)
    }
}

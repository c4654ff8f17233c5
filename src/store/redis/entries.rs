//! Single values: read, written, compared and exchanged, counted.

use std::time::Duration;

use super::super::{Key, StoreError, within_size};
use super::script::{self, Call};
use super::stamp::{Stamped, stamped};
use super::{Redis, names, unreadable};

impl Redis {
    pub(in crate::store) async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        let mut get = redis::cmd("GET");
        get.arg(&names::entry(key)[0]);
        let raw: Option<Vec<u8>> = self.read(&get).await?;
        self.living(key, raw)
    }

    /// The bytes of what was read, unless it has ended.
    pub(super) fn living(
        &self,
        key: &Key,
        raw: Option<Vec<u8>>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(raw) = raw else {
            return Ok(None);
        };
        let stamped = Stamped::read(raw).ok_or_else(|| unreadable(key))?;
        if !stamped.lives(self.now()) {
            return Ok(None);
        }
        stamped.bytes().map(Some).ok_or_else(|| unreadable(key))
    }

    pub(in crate::store) async fn put(
        &self,
        key: &Key,
        value: Vec<u8>,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        within_size(&value)?;
        let keys = names::entry(key);
        let call = Call::of(&script::PUT, &keys).with(self.now());
        let call = call.with(stamped(&value, self.expiry(life)));
        self.write::<bool>(&call).await.map(|_| ())
    }

    /// Writes only where nothing is. Returns whether it did.
    pub(in crate::store) async fn put_if_absent(
        &self,
        key: &Key,
        value: Vec<u8>,
        life: Option<Duration>,
    ) -> Result<bool, StoreError> {
        within_size(&value)?;
        let keys = names::entry(key);
        let call = Call::of(&script::PUT_IF_ABSENT, &keys).with(self.now());
        self.write(&call.with(stamped(&value, self.expiry(life))))
            .await
    }

    /// Writes only where exactly `expected` is. Returns whether it did.
    pub(in crate::store) async fn replace(
        &self,
        key: &Key,
        expected: Vec<u8>,
        value: Vec<u8>,
        life: Option<Duration>,
    ) -> Result<bool, StoreError> {
        within_size(&value)?;
        let keys = names::entry(key);
        let call = Call::of(&script::REPLACE, &keys).with(self.now());
        let call = call.with(expected).with(stamped(&value, self.expiry(life)));
        self.write(&call).await
    }

    /// Removes an entry, or only that of exactly this value. Returns whether something live was removed.
    pub(in crate::store) async fn remove(
        &self,
        key: &Key,
        expected: Option<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        let keys = names::entry(key);
        let call = Call::of(&script::REMOVE, &keys).with(self.now());
        let call = match expected {
            Some(expected) => call.with(expected),
            None => call,
        };
        self.write::<usize>(&call).await.map(|removed| removed == 1)
    }

    /// Counts up. The counter ends `life` after its first count.
    pub(in crate::store) async fn count(
        &self,
        key: &Key,
        life: Duration,
    ) -> Result<u64, StoreError> {
        let keys = names::entry(key);
        let head = super::stamp::counter(self.expiry(Some(life)));
        let call = Call::of(&script::COUNT, &keys).with(self.now()).with(head);
        self.write(&call).await
    }

    /// How many live entries there are whose names begin like this: of a kind that is counted. The time does not grow with their number.
    pub(in crate::store) async fn count_entries(
        &self,
        beginning: &'static str,
    ) -> Result<u64, StoreError> {
        let mut all = 0;
        for ends in names::shards(beginning) {
            let mut count = redis::cmd("ZCOUNT");
            count.arg(ends).arg(format!("({}", self.now())).arg("+inf");
            all += self.read::<u64>(&count).await?;
        }
        Ok(all)
    }
}

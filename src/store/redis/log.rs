//! Logs: appended at the end, dropped from the beginning, read in order or backwards. A list holds the values; a number says how many came before them.

use super::super::{Appended, Head, Key, StoreError, within_size};
use super::script::{self, Call, Script};
use super::{Redis, names};

/// More than fits into one answer.
const MOST: usize = 1_000_000;

impl Redis {
    /// Appends behind `head`, or not at all when that is no longer the end of the log.
    pub(in crate::store) async fn append(
        &self,
        log: &Key,
        head: Head,
        values: Vec<Vec<u8>>,
    ) -> Result<Appended, StoreError> {
        values.iter().try_for_each(|value| within_size(value))?;
        let keys = names::log(log);
        let call = Call::of(&script::LOG_APPEND, &keys).with(self.now());
        let call = values
            .iter()
            .fold(call.with(head.position).with(head.digest), Call::with);
        let (done, position, newest): (bool, u64, Vec<u8>) = self.write(&call).await?;
        Ok(match position {
            _ if done => Appended::Done,
            0 => Appended::Behind(None),
            _ => Appended::Behind(Some((position, newest))),
        })
    }

    /// Up to `most` entries behind a position, oldest first.
    pub(in crate::store) async fn read_log(
        &self,
        log: &Key,
        after: u64,
        most: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.entries(&script::LOG_READ, log, after, most).await
    }

    /// Up to `most` entries before a position, newest first.
    pub(in crate::store) async fn read_log_back(
        &self,
        log: &Key,
        before: u64,
        most: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let script = &script::LOG_READ_BACK;
        let mut entries = self.entries(script, log, before, most).await?;
        entries.reverse();
        Ok(entries)
    }

    async fn entries(
        &self,
        script: &Script,
        log: &Key,
        position: u64,
        most: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let keys = names::log(log);
        let call = Call::of(script, &keys).with(self.now());
        let call = call.with(position).with(most.min(MOST));
        let (before, values): (u64, Vec<Vec<u8>>) = self.look(&call).await?;
        Ok((before + 1..).zip(values).collect())
    }

    pub(in crate::store) async fn trim_log(
        &self,
        log: &Key,
        through: u64,
    ) -> Result<(), StoreError> {
        let keys = names::log(log);
        let call = Call::of(&script::LOG_TRIM, &keys).with(self.now());
        self.write::<usize>(&call.with(through)).await.map(|_| ())
    }

    /// The newest entry and its position.
    pub(in crate::store) async fn last_of_log(
        &self,
        log: &Key,
    ) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        Ok(self.read_log_back(log, u64::MAX, 1).await?.pop())
    }
}

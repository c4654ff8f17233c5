//! What holds more than one value: indexes, logs; and locks, which keep others out of all of it.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::lock::Lock;
use super::super::{Appended, Head, Key, Mark, StoreError};
use super::{Vault, read};

impl Vault {
    /// Puts a member into an index.
    pub async fn index_put<T: Serialize>(
        &self,
        index: &Key,
        member: &str,
        value: &T,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        self.inner
            .backend
            .index_put(index, member, self.seal(index, value)?, life)
            .await
    }

    /// All members of an index, in the order of their names; an error when one of them cannot be read. For what must be whole or not be used at all.
    pub async fn index_list<T: DeserializeOwned>(
        &self,
        index: &Key,
    ) -> Result<Vec<(String, T)>, StoreError> {
        let members = self.inner.backend.index_list(index).await?;
        members
            .into_iter()
            .map(|(member, sealed)| {
                Ok((
                    member,
                    read(index, self.ring().open(index.as_str(), &sealed))?,
                ))
            })
            .collect()
    }

    /// The members of an index that can be read, in the order of their names: one that was damaged, or sealed with a key that is gone, is left out, and the
    /// log says so. For what goes on better without it than not at all.
    pub async fn index_readable<T: DeserializeOwned>(
        &self,
        index: &Key,
    ) -> Result<Vec<(String, T)>, StoreError> {
        let members = self.inner.backend.index_list(index).await?;
        let (mut readable, mut others) = (Vec::new(), Vec::new());
        for (member, sealed) in members {
            match read(index, self.ring().open(index.as_str(), &sealed)) {
                Ok(value) => readable.push((member, value)),
                Err(_) => others.push(member),
            }
        }
        if let Some(first) = others.first() {
            let (list, count) = (Key::kind(index.as_str()), others.len());
            tracing::warn!(
                list,
                count,
                first,
                "entries of a list in the store cannot be read and are left out"
            );
        }
        Ok(readable)
    }

    /// The names of all members of an index, also of those that cannot be read.
    pub async fn index_names(&self, index: &Key) -> Result<Vec<String>, StoreError> {
        let members = self.inner.backend.index_list(index).await?;
        Ok(members.into_iter().map(|(member, _)| member).collect())
    }

    /// The value of one member of an index.
    pub async fn index_get<T: DeserializeOwned>(
        &self,
        index: &Key,
        member: &str,
    ) -> Result<Option<T>, StoreError> {
        let sealed = self.inner.backend.index_get(index, member).await?;
        sealed
            .map(|sealed| read(index, self.ring().open(index.as_str(), &sealed)))
            .transpose()
    }

    /// Up to `most` members of an index behind a mark, whoever ends last first. Where all are given the same life, that is whoever was put in last.
    pub async fn index_latest<T: DeserializeOwned>(
        &self,
        index: &Key,
        behind: Option<Mark>,
        most: usize,
    ) -> Result<Vec<(Mark, T)>, StoreError> {
        let members = self.inner.backend.index_latest(index, behind, most).await?;
        members
            .into_iter()
            .map(|(mark, sealed)| {
                Ok((
                    mark,
                    read(index, self.ring().open(index.as_str(), &sealed))?,
                ))
            })
            .collect()
    }

    /// How many members an index has.
    pub async fn index_count(&self, index: &Key) -> Result<usize, StoreError> {
        self.inner.backend.index_count(index).await
    }

    /// Removes the members of an index that end before a time. Returns how many.
    pub async fn index_cut(&self, index: &Key, ends: Timestamp) -> Result<usize, StoreError> {
        let ends = ends.as_millisecond();
        self.inner.backend.index_cut(index, ends).await
    }

    /// Removes all members of an index that have an end, but for the `most` that end last. Returns how many.
    pub async fn index_keep(&self, index: &Key, most: usize) -> Result<usize, StoreError> {
        self.inner.backend.index_keep(index, most).await
    }

    /// Takes a member out. Returns whether it was there.
    pub async fn index_remove(&self, index: &Key, member: &str) -> Result<bool, StoreError> {
        self.inner.backend.index_remove(index, member).await
    }

    /// Takes a lock, or gives up after `wait`. Should its holder die, the lock is free again after `life`; for as long as it is
    /// held it lasts.
    pub async fn lock(
        &self,
        key: &Key,
        life: Duration,
        wait: Duration,
    ) -> Result<Option<Lock>, StoreError> {
        self.inner
            .queues
            .take(&self.inner.backend, key, life, wait)
            .await
    }

    /// Appends to a log behind `head`, or not at all when that is no longer its end. Entries are written as they are given.
    pub async fn append(
        &self,
        log: &Key,
        head: Head,
        entries: Vec<Vec<u8>>,
    ) -> Result<Appended, StoreError> {
        self.inner.backend.append(log, head, entries).await
    }

    /// Up to `most` entries of a log behind a position, oldest first.
    pub async fn read_log(
        &self,
        log: &Key,
        after: u64,
        most: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.inner.backend.read_log(log, after, most).await
    }

    /// Up to `most` entries of a log before a position, newest first.
    pub async fn read_log_back(
        &self,
        log: &Key,
        before: u64,
        most: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.inner.backend.read_log_back(log, before, most).await
    }

    /// Drops the entries of a log up to and with this position, but never the newest: positions go on from it.
    pub async fn trim_log(&self, log: &Key, through: u64) -> Result<(), StoreError> {
        self.inner.backend.trim_log(log, through).await
    }

    /// The newest entry of a log.
    pub async fn last_of_log(&self, log: &Key) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        self.inner.backend.last_of_log(log).await
    }
}

//! The store, with every call that the vault makes timed, the wait for its commit included. Locks are not: how long somebody waits for one says nothing of the
//! store.

use std::ops::Deref;
use std::time::{Duration, Instant};

use crate::metrics::{Metrics, StoreCall};

use super::backend::Backend;
use super::{Appended, Head, Key, Mark, StoreError};

/// A backend that is timed. What is not named here goes to the backend as it is.
pub(super) struct Timed {
    backend: Backend,
    metrics: Metrics,
}

impl Timed {
    pub(super) fn new(backend: Backend, metrics: &Metrics) -> Self {
        Self {
            backend,
            metrics: metrics.clone(),
        }
    }
}

impl Deref for Timed {
    type Target = Backend;

    fn deref(&self) -> &Backend {
        &self.backend
    }
}

macro_rules! timed {
    ($($call:ident: $name:ident($($argument:ident: $type:ty),*) -> $result:ty;)+) => {
        impl Timed {
            $(pub(super) async fn $name(&self, $($argument: $type),*) -> Result<$result, StoreError> {
                let begun = Instant::now();
                let done = self.backend.$name($($argument),*).await;
                self.metrics.store(StoreCall::$call, done.is_ok(), begun.elapsed());
                done
            })+
        }
    };
}

timed! {
    Get: get(key: &Key) -> Option<Vec<u8>>;
    Put: put(key: &Key, value: Vec<u8>, life: Option<Duration>) -> ();
    PutIfAbsent: put_if_absent(key: &Key, value: Vec<u8>, life: Option<Duration>) -> bool;
    Replace: replace(key: &Key, expected: Vec<u8>, value: Vec<u8>, life: Option<Duration>) -> bool;
    Remove: remove(key: &Key, expected: Option<Vec<u8>>) -> bool;
    Count: count(key: &Key, life: Duration) -> u64;
    CountEntries: count_entries(beginning: &'static str) -> u64;
    IndexGet: index_get(index: &Key, member: &str) -> Option<Vec<u8>>;
    IndexList: index_list(index: &Key) -> Vec<(String, Vec<u8>)>;
    IndexList: index_latest(index: &Key, behind: Option<Mark>, most: usize) -> Vec<(Mark, Vec<u8>)>;
    IndexList: index_count(index: &Key) -> usize;
    IndexPut: index_put(index: &Key, member: &str, value: Vec<u8>, life: Option<Duration>) -> ();
    IndexRemove: index_cut(index: &Key, ends: i64) -> usize;
    IndexRemove: index_keep(index: &Key, most: usize) -> usize;
    IndexRemove: index_remove(index: &Key, member: &str) -> bool;
    LogAppend: append(log: &Key, head: Head, values: Vec<Vec<u8>>) -> Appended;
    LogRead: read_log(log: &Key, after: u64, most: usize) -> Vec<(u64, Vec<u8>)>;
    LogRead: read_log_back(log: &Key, before: u64, most: usize) -> Vec<(u64, Vec<u8>)>;
    LogRead: last_of_log(log: &Key) -> Option<(u64, Vec<u8>)>;
    LogTrim: trim_log(log: &Key, through: u64) -> ();
}

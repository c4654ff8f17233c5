//! The kinds of store: what either does, the other does too, and all above knows no difference.

use std::time::Duration;

use super::guard::Guarded;
use super::redis::Redis;
use super::rows::{Appended, Exchange, Head, Mark, Record, Walk};
use super::sqlite::Sqlite;
use super::{Key, StoreError};

/// A store of either kind. Clones share it.
#[derive(Clone)]
pub(super) enum Backend {
    /// One file of this machine.
    Sqlite(Sqlite),
    /// A server, or several, that many front doors share.
    Redis(Redis),
}

macro_rules! either {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)+) => {
        impl Backend {
            $(pub(super) async fn $name(&self, $($argument: $type),*) -> Result<$result, StoreError> {
                match self {
                    Self::Sqlite(store) => store.$name($($argument),*).await,
                    // What waits for a network is large; those who wait for a file need not be as large.
                    Self::Redis(store) => Box::pin(store.$name($($argument),*)).await,
                }
            })+
        }
    };
}

either! {
    get(key: &Key) -> Option<Vec<u8>>;
    put(key: &Key, value: Vec<u8>, life: Option<Duration>) -> ();
    put_if_absent(key: &Key, value: Vec<u8>, life: Option<Duration>) -> bool;
    replace(key: &Key, expected: Vec<u8>, value: Vec<u8>, life: Option<Duration>) -> bool;
    put_while(write: Guarded) -> bool;
    remove(key: &Key, expected: Option<Vec<u8>>) -> bool;
    count(key: &Key, life: Duration) -> u64;
    count_entries(beginning: &'static str) -> u64;
    index_get(index: &Key, member: &str) -> Option<Vec<u8>>;
    index_list(index: &Key) -> Vec<(String, Vec<u8>)>;
    index_latest(index: &Key, behind: Option<Mark>, most: usize) -> Vec<(Mark, Vec<u8>)>;
    index_count(index: &Key) -> usize;
    index_put(index: &Key, member: &str, value: Vec<u8>, life: Option<Duration>) -> ();
    index_cut(index: &Key, ends: i64) -> usize;
    index_keep(index: &Key, most: usize) -> usize;
    index_remove(index: &Key, member: &str) -> bool;
    append(log: &Key, head: Head, values: Vec<Vec<u8>>) -> Appended;
    read_log(log: &Key, after: u64, most: usize) -> Vec<(u64, Vec<u8>)>;
    read_log_back(log: &Key, before: u64, most: usize) -> Vec<(u64, Vec<u8>)>;
    last_of_log(log: &Key) -> Option<(u64, Vec<u8>)>;
    trim_log(log: &Key, through: u64) -> ();
    walk(walk: Walk, most: usize) -> (Vec<Record>, Option<Walk>);
    exchange(exchanges: Vec<Exchange>) -> usize;
    restore(records: Vec<Record>) -> ();
    restore_log(log: &Key, behind: u64, values: Vec<Vec<u8>>) -> bool;
    leave_no_trace() -> bool;
}

impl Backend {
    /// Whether it is uncertain that the next write will arrive.
    pub(super) fn is_doubtful(&self) -> bool {
        match self {
            Self::Sqlite(store) => store.is_doubtful(),
            Self::Redis(store) => store.is_doubtful(),
        }
    }
}

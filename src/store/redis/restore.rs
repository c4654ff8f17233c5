//! Values as another store had them, with the ends that they had there.

use tokio::task::JoinSet;

use super::super::rows::{Place, Record, Stored};
use super::super::{Key, StoreError};
use super::script::{self, Call};
use super::stamp::{counter, stamped};
use super::{Redis, names};

impl Redis {
    /// Writes these.
    pub(in crate::store) async fn restore(&self, records: Vec<Record>) -> Result<(), StoreError> {
        let mut writing = JoinSet::new();
        for record in records {
            let redis = self.clone();
            writing.spawn(async move { redis.restore_one(record).await });
        }
        writing.join_all().await.into_iter().collect()
    }

    async fn restore_one(&self, record: Record) -> Result<(), StoreError> {
        let raw = match record.stored {
            Stored::Value(bytes) => stamped(&bytes, record.ends),
            Stored::Count(count) => format!("{}{count}", counter(record.ends)).into_bytes(),
        };
        match record.place {
            Place::Entry(name) => {
                let keys = names::entry_named(&name);
                let call = Call::of(&script::PUT, &keys).with(self.now());
                self.write::<bool>(&call.with(raw)).await
            }
            Place::Member(name, member) => {
                let keys = names::index_named(&name);
                let call = Call::of(&script::INDEX_PUT, &keys).with(self.now());
                self.write::<bool>(&call.with(member).with(raw)).await
            }
        }
        .map(|_| ())
    }

    /// Writes entries of a log behind a position, which may be any where the log is empty. Returns whether it did.
    pub(in crate::store) async fn restore_log(
        &self,
        log: &Key,
        behind: u64,
        values: Vec<Vec<u8>>,
    ) -> Result<bool, StoreError> {
        let keys = names::log(log);
        let call = Call::of(&script::LOG_RESTORE, &keys).with(self.now());
        let call = values.iter().fold(call.with(behind), Call::with);
        self.write(&call).await
    }
}

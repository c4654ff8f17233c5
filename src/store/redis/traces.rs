//! What was removed lies in the files of Redis until it writes them anew. Every server that has a part of the keys is asked to do so.
//!
//! One that is doing so already may write what was there before: it is asked again when it is done. Replicas cannot be asked from here; they write their
//! own files anew when these have grown.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::super::{StoreError, Traces};
use super::{Redis, unavailable};

/// For how long one that is writing already is waited for: whoever has somebody forgotten waits with it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How soon it is asked again.
const AGAIN: Duration = Duration::from_millis(100);

impl Redis {
    /// Asks for the files to be written anew.
    pub(in crate::store) async fn leave_no_trace(&self) -> Result<Traces, StoreError> {
        Ok(match self.have_files_written().await {
            Ok(()) => Traces::UntilWrittenAnew,
            Err(error) => {
                tracing::warn!(%error, "Redis could not be asked to write its files anew");
                Traces::Left
            }
        })
    }

    async fn have_files_written(&self) -> Result<(), StoreError> {
        let mut asking = JoinSet::new();
        for server in self.ground().await?.servers {
            let redis = self.clone();
            asking.spawn(async move { redis.have_file_written(server.slot).await });
        }
        asking.join_all().await.into_iter().collect()
    }

    async fn have_file_written(&self, slot: Option<u16>) -> Result<(), StoreError> {
        let until = Instant::now() + PATIENCE;
        loop {
            let asked = self.link.run_at(slot, &redis::cmd("BGREWRITEAOF")).await;
            match asked {
                Ok(_) => return Ok(()),
                Err(error) if is_writing(&error) && Instant::now() < until => {
                    tokio::time::sleep(AGAIN).await;
                }
                Err(error) => return Err(unavailable(&error)),
            }
        }
    }
}

/// Whether it refuses because it is doing so already. Where it does something else first, it takes note and does not refuse.
fn is_writing(error: &redis::RedisError) -> bool {
    let detail = error.detail();
    detail.is_some_and(|words| words.contains("already in progress"))
}

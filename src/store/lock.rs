//! Locks: one holder at a time, in this process and in all that share the store.
//!
//! Within a process waiters queue and are woken; between processes a token in the store is tried again and again. The token has a short life, which
//! its holder prolongs for as long as it works: should it die, the others need not wait long.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::random;

use super::backend::Backend;
use super::{Key, StoreError};

/// How often a lock that another process holds is tried again.
const RETRY: Duration = Duration::from_millis(50);

/// The queues of this process, by name; a queue that nobody stands in is gone.
#[derive(Default)]
pub(super) struct Queues {
    by_name: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

/// A lock that is held. Dropping it gives it back too; [`Lock::release`] waits until that is done.
pub struct Lock {
    held: Option<Held>,
}

struct Held {
    backend: Backend,
    key: Key,
    token: Vec<u8>,
    prolonging: AbortHandle,
    _turn: OwnedMutexGuard<()>,
}

impl Queues {
    fn of(&self, key: &Key) -> Arc<tokio::sync::Mutex<()>> {
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = by_name.get(key.as_str()).and_then(Weak::upgrade) {
            return queue;
        }
        by_name.retain(|_, queue| queue.strong_count() > 0);
        let queue = Arc::default();
        by_name.insert(key.as_str().to_owned(), Arc::downgrade(&queue));
        queue
    }

    /// Takes the lock, or gives up after `wait`. A holder that dies loses it after `life`; one that lives keeps it.
    pub(super) async fn take(
        &self,
        backend: &Backend,
        key: &Key,
        life: Duration,
        wait: Duration,
    ) -> Result<Option<Lock>, StoreError> {
        let until = Instant::now() + wait;
        let Ok(turn) = tokio::time::timeout_at(until, self.of(key).lock_owned()).await else {
            return Ok(None);
        };
        let token = random::token::<16>().into_bytes();
        while !backend
            .put_if_absent(key, token.clone(), Some(life))
            .await?
        {
            if Instant::now() + RETRY > until {
                return Ok(None);
            }
            tokio::time::sleep(RETRY).await;
        }
        Ok(Some(Lock {
            held: Some(Held {
                backend: backend.clone(),
                key: key.clone(),
                prolonging: prolong(backend.clone(), key.clone(), token.clone(), life),
                token,
                _turn: turn,
            }),
        }))
    }
}

/// Prolongs the token's life again and again, until it is stopped or the token is no longer ours.
fn prolong(backend: Backend, key: Key, token: Vec<u8>, life: Duration) -> AbortHandle {
    let work = async move {
        loop {
            tokio::time::sleep(life / 4).await;
            match backend
                .replace(&key, token.clone(), token.clone(), Some(life))
                .await
            {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "a lock could not be prolonged"),
            }
        }
    };
    tokio::spawn(work).abort_handle()
}

impl Lock {
    /// Gives the lock back.
    pub async fn release(mut self) -> Result<(), StoreError> {
        match self.held.take() {
            Some(held) => held.give_back().await,
            None => Ok(()),
        }
    }
}

impl Held {
    async fn give_back(self) -> Result<(), StoreError> {
        self.prolonging.abort();
        self.backend
            .remove(&self.key, Some(self.token.clone()))
            .await
            .map(|_| ())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The visitor went away in the middle: the next in the queue must not wait until the token expires.
        if let (Some(held), Ok(runtime)) = (self.held.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(async move {
                if let Err(error) = held.give_back().await {
                    tracing::warn!(%error, "a lock could not be given back and will expire");
                }
            });
        }
    }
}

//! What a server was asked, so that a test can say what was and what was not.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rocket::tokio::sync::Notify;

/// One request that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<O> {
    /// Which of the server's operations was asked for.
    pub operation: O,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path without its query.
    pub path: String,
}

/// All requests since the start, or since they were last forgotten.
#[derive(Debug)]
pub(crate) struct Calls<O> {
    made: Mutex<Vec<Call<O>>>,
    another: Notify,
}

impl<O> Default for Calls<O> {
    fn default() -> Self {
        Self {
            made: Mutex::default(),
            another: Notify::new(),
        }
    }
}

impl<O: Copy + PartialEq> Calls<O> {
    pub(crate) fn record(&self, operation: O, method: &str, path: &str) {
        self.lock().push(Call {
            operation,
            method: method.to_owned(),
            path: path.to_owned(),
        });
        self.another.notify_waiters();
    }

    pub(crate) fn all(&self) -> Vec<Call<O>> {
        self.lock().clone()
    }

    pub(crate) fn count(&self, operation: O) -> usize {
        self.lock()
            .iter()
            .filter(|call| call.operation == operation)
            .count()
    }

    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    /// Waits until `operation` was asked for `times` times.
    pub(crate) async fn wait_for(&self, operation: O, times: usize) {
        loop {
            let another = self.another.notified();
            if self.count(operation) >= times {
                return;
            }
            another.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Call<O>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

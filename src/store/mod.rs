//! The store: everything that lasts, behind a small set of operations that SQLite and Redis each do in one round trip.
//!
//! Rooms above use [`Vault`]: it seals every value before the store sees it. The store itself knows bytes, names and expiries.

use std::time::Duration;

mod backend;
mod copy;
mod guard;
mod keys;
mod lock;
mod pulse;
mod redis;
mod rows;
mod schema;
mod seal;
mod secret_file;
mod sqlite;
#[cfg(test)]
mod tests;
mod timed;
mod vault;
mod writer;

pub use copy::{Copied, CopyError, copy};
pub use keys::Key;
pub use lock::Lock;
pub use redis::{Condition, Redis};
pub use rows::{Appended, Head, Mark};
pub use seal::KeyRing;
pub use seal::NoKey;
pub use sqlite::Sqlite;
pub use vault::{Discord, Duty, NotEntered, Others, Register, Unfit, Vault, VaultError, Version};

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is away, full, locked or broken; the text is for the log.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// A value is not what was written there: sealed with another key, damaged, or of another version.
    #[error("the store holds something unreadable at {0}")]
    Unreadable(String),
    /// A value is larger than the store takes.
    #[error("a value of {0} bytes is too large for the store")]
    TooLarge(usize),
}

/// What is left in the store's files of something that was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traces {
    /// Nothing.
    None,
    /// It is there until the log is written back into the file, since somebody is reading now.
    UntilWrittenBack,
    /// It is there until Redis has written its files anew, as it was asked to.
    UntilWrittenAnew,
    /// It is there, and Redis could not be asked to write its files anew.
    Left,
}

/// How long an entry stays that was only written to see whether it can be.
const PROBE_LIFE: Duration = Duration::from_mins(1);

/// The largest value: far above anything the front door keeps.
const LARGEST_VALUE: usize = 1024 * 1024;

fn within_size(value: &[u8]) -> Result<(), StoreError> {
    if value.len() <= LARGEST_VALUE {
        Ok(())
    } else {
        Err(StoreError::TooLarge(value.len()))
    }
}

/// When something ends that is given this life now, in milliseconds since 1970.
fn expiry(now: i64, life: Option<Duration>) -> Option<i64> {
    life.map(|life| now.saturating_add(i64::try_from(life.as_millis()).unwrap_or(i64::MAX)))
}

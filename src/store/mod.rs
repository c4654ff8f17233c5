//! The store: everything that lasts, behind a small set of operations that SQLite and, later, Redis can each do in one round trip.
//!
//! Rooms above use [`Vault`]: it seals every value before the store sees it. The store itself knows bytes, names and expiries.

mod keys;
mod lock;
mod pulse;
mod schema;
mod seal;
mod secret_file;
mod sqlite;
#[cfg(test)]
mod tests;
mod timed;
mod vault;
mod writer;

pub use keys::Key;
pub use lock::Lock;
pub use seal::KeyRing;
pub use sqlite::{Mark, Sqlite};
pub use vault::{Vault, VaultError, Version};

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

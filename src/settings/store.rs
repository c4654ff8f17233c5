//! `store`, `secret_key` and `previous_secret_key`.

use std::path::PathBuf;

use secrecy::SecretSlice;

/// Where everything that lasts is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// `sqlite:<path>`.
    Sqlite(PathBuf),
}

/// The key that seals cookies and stored values, and the one before it.
#[derive(Debug, Clone)]
pub struct SecretKeys {
    /// 64 bytes; `None` only with SQLite: it is then made on first start and kept beside the database.
    pub current: Option<SecretSlice<u8>>,
    /// Still opens what it sealed.
    pub previous: Option<SecretSlice<u8>>,
}

//! For tests: a vault of its own in a folder.

use std::path::Path;
use std::time::Duration;

use crate::clock::Clock;
use crate::settings::{SecretKeys, StoreAddress};

use super::super::Key;
use super::Vault;

impl Vault {
    /// The vault in this folder, with the key beside it; made when it is not there.
    pub(crate) async fn in_folder(folder: &Path, clock: &Clock) -> Self {
        let address = StoreAddress::Sqlite(folder.join("store.sqlite"));
        let secrets = SecretKeys {
            current: None,
            previous: None,
        };
        Self::open(&address, &secrets, clock.clone()).await.unwrap()
    }

    /// As after standing still for long.
    pub(crate) fn stand_still(&self) {
        self.inner.standing.lasts(0, Duration::ZERO);
    }

    /// Puts something into an index that no key opens.
    pub(crate) async fn index_put_damaged(&self, index: &Key, member: &str) {
        let put = self
            .inner
            .backend
            .index_put(index, member, b"?".to_vec(), None);
        put.await.unwrap();
    }
}

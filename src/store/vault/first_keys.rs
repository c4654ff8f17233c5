//! The two keys that a store begins with: the secret key that seals, and the one that makes pseudonyms.

use std::path::Path;

use aws_lc_rs::hmac;
use secrecy::SecretSlice;

use crate::clock::Clock;
use crate::random;
use crate::settings::{SecretKeys, StoreAddress};

use super::super::backend::Backend;
use super::super::redis::Redis;
use super::super::seal::KeyRing;
use super::super::sqlite::Sqlite;
use super::super::{Key, secret_file};
use super::VaultError;

/// Opens the store that is at an address, and its secret key.
pub(super) async fn open(
    address: &StoreAddress,
    secrets: &SecretKeys,
    clock: Clock,
) -> Result<(Backend, SecretSlice<u8>), VaultError> {
    match address {
        StoreAddress::Sqlite(path) => {
            let store = Sqlite::open(path, clock).map_err(|error| VaultError::Store {
                path: path.display().to_string(),
                error,
            })?;
            let current = secret(&store, path, secrets).await?;
            Ok((Backend::Sqlite(store), current))
        }
        StoreAddress::Redis(address) => {
            let current = secrets.current.clone().ok_or(VaultError::KeyMissing)?;
            Ok((Backend::Redis(Redis::at(address, clock)), current))
        }
    }
}

/// The secret key: given, or kept beside the database, or made when the database is new.
async fn secret(
    store: &Sqlite,
    database: &Path,
    secrets: &SecretKeys,
) -> Result<SecretSlice<u8>, VaultError> {
    if let Some(current) = &secrets.current {
        return Ok(current.clone());
    }
    let file = secret_file::beside(database);
    let path = file.display().to_string();
    let broken = |error| VaultError::KeyFile {
        path: path.clone(),
        error,
    };
    if let Some(found) = secret_file::read(&file).map_err(broken)? {
        return Ok(found);
    }
    if store.get(&Key::naming()).await?.is_some() {
        return Err(VaultError::KeyGone { path });
    }
    secret_file::make(&file).map_err(broken)
}

/// The key of pseudonyms, made on first start.
pub(super) async fn naming_key(backend: &Backend, ring: &KeyRing) -> Result<hmac::Key, VaultError> {
    let key = Key::naming();
    if backend.get(&key).await?.is_none() {
        let made = ring.seal(key.as_str(), &random::bytes::<32>())?;
        backend.put_if_absent(&key, made, None).await?;
    }
    let sealed = backend.get(&key).await?.ok_or(VaultError::Sealed)?;
    let opened = ring.open(key.as_str(), &sealed).ok_or(VaultError::Sealed)?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &opened.plain))
}

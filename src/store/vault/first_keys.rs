//! The two keys that a store begins with: the secret key that seals, and the one that makes pseudonyms.

use aws_lc_rs::hmac;
use secrecy::SecretSlice;

use crate::random;
use crate::settings::SecretKeys;

use super::super::seal::KeyRing;
use super::super::{Key, secret_file};
use super::{Backend, VaultError};

/// The secret key: given, or kept beside the database, or made when the database is new.
pub(super) async fn secret(
    backend: &Backend,
    database: &std::path::Path,
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
    if backend.get(&Key::naming()).await?.is_some() {
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

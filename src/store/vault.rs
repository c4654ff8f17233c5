//! The vault: the store with everything in it sealed. What all rooms above use.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::settings::{SecretKeys, StoreAddress};

use super::lock::Queues;
use super::seal::{KeyRing, NoKey, Opened};
use super::sqlite::OpenError;
use super::timed::Timed;
use super::{Key, PROBE_LIFE, StoreError, Traces};

mod duty;
mod first_keys;
#[cfg(test)]
mod for_tests;
mod leave;
mod lists;
mod register;
mod reseal;
mod sealing;
mod standing;

pub use duty::Duty;
use first_keys::naming_key;
pub use register::{Discord, NotEntered, Others, Register};
#[cfg(test)]
pub(super) use sealing::Sealing;
pub use standing::Unfit;

/// A value as it stood when it was read: what a later compare-and-set compares with.
#[derive(Debug, Clone)]
pub struct Version(Vec<u8>);

/// The sealed store. Clones share it.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

struct Inner {
    backend: Timed,
    ring: KeyRing,
    names: hmac::Key,
    queues: Queues,
    standing: standing::Standing,
}

/// Why the vault cannot be opened. None of these is a reason to make new keys.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The database cannot be used.
    #[error("the store at {path} cannot be used: {error}")]
    Store {
        /// The database.
        path: String,
        /// What is wrong.
        error: OpenError,
    },
    /// The key file cannot be read or made.
    #[error("the secret key at {path} cannot be used: {error}")]
    KeyFile {
        /// The file.
        path: String,
        /// What is wrong.
        error: std::io::Error,
    },
    /// The database has sealed content, but its key file is gone.
    #[error(
        "the store was sealed with a secret key that is no longer at {path}: bring the file back, or set secret_key to what it held"
    )]
    KeyGone {
        /// Where the key file was.
        path: String,
    },
    /// Several share the store, so that none of them can make the secret key.
    #[error("secret_key must be set where the store is Redis")]
    KeyMissing,
    /// The secret key is not the one that the store was sealed with.
    #[error(
        "the store opens with neither secret_key nor previous_secret_key: set the key that it was sealed with, as previous_secret_key when secret_key was changed since"
    )]
    Sealed,
    /// No sealing key could be derived.
    #[error(transparent)]
    NoKey(#[from] NoKey),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl Vault {
    /// Opens the store, makes what a first start has to make, and proves that the secret key is the right one.
    pub async fn open(
        address: &StoreAddress,
        secrets: &SecretKeys,
        clock: Clock,
    ) -> Result<Self, VaultError> {
        Self::open_metered(address, secrets, clock, &Metrics::default()).await
    }

    /// The same, with every call timed.
    pub async fn open_metered(
        address: &StoreAddress,
        secrets: &SecretKeys,
        clock: Clock,
        metrics: &Metrics,
    ) -> Result<Self, VaultError> {
        let standing = standing::Standing::by(clock.clone());
        let (backend, current) = first_keys::open(address, secrets, clock).await?;
        let ring = KeyRing::new(&current, secrets.previous.as_ref())?;
        let names = naming_key(&backend, &ring).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                backend: Timed::new(backend, metrics),
                ring,
                names,
                queues: Queues::default(),
                standing,
            }),
        })
    }

    /// The key ring, for what is sealed outside the store: cookies and addresses.
    #[must_use]
    pub fn ring(&self) -> &KeyRing {
        &self.inner.ring
    }

    /// A name for somebody that tells nothing about them and is always the same: HMAC-SHA256 under a key that never leaves the vault.
    #[must_use]
    pub fn pseudonym(&self, purpose: &str, text: &str) -> String {
        let mut context = hmac::Context::with_key(&self.inner.names);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(text.as_bytes());
        URL_SAFE_NO_PAD.encode(context.sign())
    }

    /// The value at a name.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        Ok(self.get_versioned(key).await?.map(|(value, _)| value))
    }

    /// The value at a name, and its version for [`Vault::replace`].
    pub async fn get_versioned<T: DeserializeOwned>(
        &self,
        key: &Key,
    ) -> Result<Option<(T, Version)>, StoreError> {
        let Some(sealed) = self.inner.backend.get(key).await? else {
            return Ok(None);
        };
        let value = read(key, self.ring().open(key.as_str(), &sealed))?;
        Ok(Some((value, Version(sealed))))
    }

    /// Whether something is at a name.
    pub async fn exists(&self, key: &Key) -> Result<bool, StoreError> {
        Ok(self.inner.backend.get(key).await?.is_some())
    }

    /// Writes a value, for ever or for a while.
    pub async fn put<T: Serialize + ?Sized>(
        &self,
        key: &Key,
        value: &T,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        self.inner
            .backend
            .put(key, self.seal(key, value)?, life)
            .await
    }

    /// Writes a value only where none is. Returns whether it did.
    pub async fn put_if_absent<T: Serialize + ?Sized>(
        &self,
        key: &Key,
        value: &T,
        life: Option<Duration>,
    ) -> Result<bool, StoreError> {
        self.inner
            .backend
            .put_if_absent(key, self.seal(key, value)?, life)
            .await
    }

    /// Writes a value only where still that version is. Returns whether it did.
    pub async fn replace<T: Serialize + ?Sized>(
        &self,
        key: &Key,
        version: &Version,
        value: &T,
        life: Option<Duration>,
    ) -> Result<bool, StoreError> {
        let (backend, sealed) = (&self.inner.backend, self.seal(key, value)?);
        let expected = version.0.clone();
        if backend.replace(key, expected, sealed.clone(), life).await? {
            return Ok(true);
        }
        match self.resealed(key, version).await? {
            Some(expected) => backend.replace(key, expected, sealed, life).await,
            None => Ok(false),
        }
    }

    /// Removes a value. Returns whether there was one.
    pub async fn remove(&self, key: &Key) -> Result<bool, StoreError> {
        self.inner.backend.remove(key, None).await
    }

    /// Writes a value that opens only together with `secret`.
    pub async fn put_under<T: Serialize>(
        &self,
        key: &Key,
        secret: &[u8],
        value: &T,
        life: Option<Duration>,
    ) -> Result<(), StoreError> {
        self.inner
            .backend
            .put(key, self.seal_under(key, secret, value)?, life)
            .await
    }

    /// The value that was written under `secret`. A value of another secret is none.
    pub async fn get_under<T: DeserializeOwned>(
        &self,
        key: &Key,
        secret: &[u8],
    ) -> Result<Option<(T, Version)>, StoreError> {
        let Some(sealed) = self.inner.backend.get(key).await? else {
            return Ok(None);
        };
        let Some(opened) = self.ring().open_under(secret, key.as_str(), &sealed) else {
            return Ok(None);
        };
        let value = read(key, Some(opened))?;
        Ok(Some((value, Version(sealed))))
    }

    /// Writes a value under `secret` only where still that version is: what was removed meanwhile stays removed.
    pub async fn replace_under<T: Serialize>(
        &self,
        key: &Key,
        secret: &[u8],
        version: &Version,
        value: &T,
        life: Option<Duration>,
    ) -> Result<Option<Version>, StoreError> {
        let sealed = self.seal_under(key, secret, value)?;
        let replaced = self
            .inner
            .backend
            .replace(key, version.0.clone(), sealed.clone(), life)
            .await?;
        Ok(replaced.then_some(Version(sealed)))
    }

    /// Sees to it that nothing of what was removed is left in the store's files, as far as that can be done now.
    pub async fn leave_no_trace(&self) -> Result<Traces, StoreError> {
        self.inner.backend.leave_no_trace().await
    }

    /// Claims a name: of many who do, one is told `true`.
    pub async fn claim(&self, key: &Key, life: Duration) -> Result<bool, StoreError> {
        self.inner
            .backend
            .put_if_absent(key, b"claimed".to_vec(), Some(life))
            .await
    }

    /// Counts up, and tells the count. A counter ends `life` after its first count.
    pub async fn count(&self, key: &Key, life: Duration) -> Result<u64, StoreError> {
        self.inner.backend.count(key, life).await
    }

    /// How many sessions are open.
    pub async fn count_sessions(&self) -> Result<u64, StoreError> {
        self.inner.backend.count_entries(Key::sessions()).await
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.inner.backend.get(&Key::naming()).await.map(|_| ())
    }

    /// Whether the store takes writes. One is tried unless another arrived just now.
    pub async fn takes_writes(&self) -> Result<(), StoreError> {
        if self.inner.backend.is_doubtful() {
            self.put(&Key::probe(), "taken", Some(PROBE_LIFE)).await?;
        }
        Ok(())
    }

    fn seal<T: Serialize + ?Sized>(&self, key: &Key, value: &T) -> Result<Vec<u8>, StoreError> {
        self.inner.standing.allows(key)?;
        self.ring()
            .seal(key.as_str(), &plain(key, value)?)
            .map_err(|_| unreadable(key.as_str()))
    }

    fn seal_under<T: Serialize>(
        &self,
        key: &Key,
        secret: &[u8],
        value: &T,
    ) -> Result<Vec<u8>, StoreError> {
        self.inner.standing.allows(key)?;
        self.ring()
            .seal_under(secret, key.as_str(), &plain(key, value)?)
            .map_err(|_| unreadable(key.as_str()))
    }
}

fn plain<T: Serialize + ?Sized>(key: &Key, value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|_| unreadable(key.as_str()))
}

fn read<T: DeserializeOwned>(key: &Key, opened: Option<Opened>) -> Result<T, StoreError> {
    let opened = opened.ok_or_else(|| unreadable(key.as_str()))?;
    serde_json::from_slice(&opened.plain).map_err(|_| unreadable(key.as_str()))
}

/// The kind of entry is enough for the log; its name is nobody's business.
fn unreadable(name: &str) -> StoreError {
    StoreError::Unreadable(Key::kind(name).to_owned())
}

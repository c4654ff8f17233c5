//! Keeps the signing keys: made on first start, sealed in the store, prepared and switched by command while the server runs.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::store::{Key, StoreError, Vault};

use super::keys::{Certificate, KeyError, SigningKey, SigningKeys};
use super::signature::Signer;

/// How often a change is tried again when another process changes the keys at the same moment.
const TRIES: u32 = 5;

/// The keys in the store, and the current one at hand.
#[derive(Clone)]
pub struct KeyKeeper {
    vault: Vault,
    public_host: String,
    at_hand: Arc<Mutex<Option<AtHand>>>,
}

/// The key that signs now, parsed, by its certificate.
type AtHand = (Certificate, Arc<Signer>);

/// Why there are no keys to work with.
#[derive(Debug, Clone, thiserror::Error)]
pub enum KeeperError {
    /// A key could not be made, read or switched.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Others changed the keys again and again.
    #[error("the signing keys were changed by somebody else at the same moment; try again")]
    Busy,
}

impl KeyKeeper {
    /// A keeper of the keys in this vault; certificates name `public_host`.
    #[must_use]
    pub fn new(vault: Vault, public_host: String) -> Self {
        Self {
            vault,
            public_host,
            at_hand: Arc::default(),
        }
    }

    /// Makes the first key when there is none. Of several that start at once, one's key is kept.
    pub async fn make_first(&self, now: Timestamp) -> Result<(), KeeperError> {
        if self
            .vault
            .get::<SigningKeys>(&Key::signing_keys())
            .await?
            .is_none()
        {
            let first = SigningKeys::new(self.generate(now).await?);
            self.vault
                .put_if_absent(&Key::signing_keys(), &first, None)
                .await?;
        }
        Ok(())
    }

    /// All keys, as they are now.
    pub async fn keys(&self) -> Result<SigningKeys, KeeperError> {
        let keys = self.vault.get(&Key::signing_keys()).await?;
        keys.ok_or_else(|| KeyError::Unreadable.into())
    }

    /// What signs now. The store is asked each time, so that a switch counts at once; the key is parsed once.
    pub async fn signer(&self) -> Result<Arc<Signer>, KeeperError> {
        let current = self.keys().await?.current;
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        match at_hand.as_ref() {
            Some((certificate, signer)) if certificate == current.certificate() => {
                Ok(signer.clone())
            }
            _ => {
                let signer = Arc::new(Signer::new(&current)?);
                *at_hand = Some((current.certificate().clone(), signer.clone()));
                Ok(signer)
            }
        }
    }

    /// Makes the next key, or leaves the one that is prepared already.
    pub async fn prepare(&self, now: Timestamp) -> Result<SigningKeys, KeeperError> {
        let next = self.generate(now).await?;
        self.change(move |keys| Ok(keys.prepare(next.clone())))
            .await
    }

    /// Signs with the next key from now on.
    pub async fn switch(&self) -> Result<SigningKeys, KeeperError> {
        self.change(SigningKeys::switch).await
    }

    async fn change(
        &self,
        change: impl Fn(SigningKeys) -> Result<SigningKeys, KeyError>,
    ) -> Result<SigningKeys, KeeperError> {
        for _ in 0..TRIES {
            let read = self
                .vault
                .get_versioned::<SigningKeys>(&Key::signing_keys())
                .await?;
            let (keys, version) = read.ok_or(KeyError::Unreadable)?;
            let changed = change(keys)?;
            if self
                .vault
                .replace(&Key::signing_keys(), &version, &changed, None)
                .await?
            {
                return Ok(changed);
            }
        }
        Err(KeeperError::Busy)
    }

    /// Making an RSA key keeps a processor busy: it has a thread of its own.
    async fn generate(&self, now: Timestamp) -> Result<SigningKey, KeeperError> {
        let host = self.public_host.clone();
        let made = tokio::task::spawn_blocking(move || SigningKey::generate(&host, now)).await;
        Ok(made.map_err(|_| KeyError::NotMade)??)
    }
}

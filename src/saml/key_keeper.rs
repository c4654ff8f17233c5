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

/// The key that will sign next.
pub struct Prepared {
    /// The key.
    pub next: SigningKey,
    /// Whether it was made just now.
    pub new: bool,
}

/// What the audit trail says of a key that was `prepared` or `switched`.
#[must_use]
pub fn told(what: &str, key: &SigningKey) -> serde_json::Value {
    serde_json::json!({ "signing_key": what, "thumbprint": key.certificate().thumbprint() })
}

/// Why there are no keys to work with.
#[derive(Debug, Clone, thiserror::Error)]
pub enum KeeperError {
    /// The store has none: the front door has never been started on it.
    #[error("there are no signing keys yet")]
    Missing,
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
        keys.ok_or(KeeperError::Missing)
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

    /// The next key: the one that is prepared already, or a new one. A key takes a second to make, so it is only made when it is needed.
    pub async fn prepare(&self, now: Timestamp) -> Result<Prepared, KeeperError> {
        if let Some(next) = self.keys().await?.next {
            return Ok(Prepared { next, new: false });
        }
        let made = self.generate(now).await?;
        let keys = self.change(|keys| Ok(keys.prepare(made.clone()))).await?;
        // Somebody else may have been quicker.
        let next = keys.next.ok_or(KeyError::NothingPrepared)?;
        let new = next.certificate() == made.certificate();
        Ok(Prepared { next, new })
    }

    /// Signs with the next key from now on.
    pub async fn switch(&self) -> Result<SigningKeys, KeeperError> {
        self.change(SigningKeys::switch).await
    }

    /// The same, but only to the key with this certificate.
    pub async fn switch_to(&self, thumbprint: &str) -> Result<SigningKeys, KeeperError> {
        self.change(|keys| keys.switch_to(thumbprint)).await
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
            let (keys, version) = read.ok_or(KeeperError::Missing)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::saml::fixtures::now;

    /// A process with the store in this folder.
    async fn process(folder: &tempfile::TempDir) -> KeyKeeper {
        let vault = Vault::in_folder(folder.path(), &Clock::system()).await;
        KeyKeeper::new(vault, "sso.example.test".to_owned())
    }

    async fn current(keeper: &KeyKeeper) -> String {
        keeper
            .keys()
            .await
            .unwrap()
            .current
            .certificate()
            .thumbprint()
    }

    #[tokio::test]
    async fn of_two_that_start_at_once_one_key_is_kept_by_both() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (process(&folder).await, process(&folder).await);
        let (first, second) = tokio::join!(one.make_first(now()), other.make_first(now()));
        first.unwrap();
        second.unwrap();
        let kept = current(&one).await;
        assert_eq!(current(&other).await, kept);
        process(&folder).await.make_first(now()).await.unwrap();
        assert_eq!(current(&one).await, kept);
    }

    #[tokio::test]
    async fn a_switch_in_one_process_counts_at_once_in_another() {
        let folder = tempfile::tempdir().unwrap();
        let (server, command) = (process(&folder).await, process(&folder).await);
        server.make_first(now()).await.unwrap();
        let before = server.signer().await.unwrap();
        assert!(Arc::ptr_eq(&before, &server.signer().await.unwrap()));
        let prepared = command.prepare(now()).await.unwrap();
        assert!(Arc::ptr_eq(&before, &server.signer().await.unwrap()));
        command.switch().await.unwrap();
        assert!(!Arc::ptr_eq(&before, &server.signer().await.unwrap()));
        let next = prepared.next.certificate().thumbprint();
        assert_eq!(current(&server).await, next);
    }

    #[tokio::test]
    async fn preparing_again_shows_the_certificate_that_was_prepared() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = process(&folder).await;
        keeper.make_first(now()).await.unwrap();
        let first = keeper.prepare(now()).await.unwrap();
        let again = keeper.prepare(now()).await.unwrap();
        assert_eq!(first.next.certificate(), again.next.certificate());
        assert!(first.new && !again.new, "made once, and said so once");
    }

    #[tokio::test]
    async fn a_switch_without_a_prepared_key_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = process(&folder).await;
        keeper.make_first(now()).await.unwrap();
        let before = current(&keeper).await;
        assert!(matches!(
            keeper.switch().await,
            Err(KeeperError::Key(KeyError::NothingPrepared))
        ));
        assert_eq!(current(&keeper).await, before);
    }
}

//! A key for every person: what seals their fields in the trail. Destroying it forgets the person while the chain still holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::random;
use crate::store::{Key, KeyRing, StoreError, Vault};

use super::event::Person;

/// How many keys are kept at hand; beyond that all are read again.
const AT_HAND: usize = 10_000;

/// How soon a running server drops the keys of who was forgotten by command.
const NOTICE_WITHIN: Duration = Duration::from_secs(2);

/// What the sealed fields are bound to.
const CONTEXT: &str = "audit";

/// The keys, most of them at hand.
pub(super) struct Persons {
    vault: Vault,
    at_hand: Mutex<HashMap<String, Known>>,
}

/// What was found when a key was looked for.
#[derive(Clone)]
enum Known {
    Key(Arc<KeyRing>),
    /// There was none: whoever makes it need not look again. Another process may have made it since.
    None,
}

impl Persons {
    pub(super) fn new(vault: Vault) -> Self {
        Self {
            vault,
            at_hand: Mutex::default(),
        }
    }

    /// Seals a person's fields with their own key, made when it is needed first. `None` for an event without a person.
    pub(super) async fn seal(
        &self,
        person: &Person,
    ) -> Result<Option<(String, String)>, StoreError> {
        if *person == Person::default() {
            return Ok(None);
        }
        let whose = self.vault.pseudonym("person", &one_person(person));
        let known = match self.at_hand(&whose) {
            Some(known) => known,
            None => self.read(&whose).await?,
        };
        let ring = match known {
            Known::Key(ring) => ring,
            Known::None => self.make(&whose).await?,
        };
        let plain = serde_json::to_vec(person).map_err(|_| unsealable())?;
        let sealed = ring.seal(CONTEXT, &plain).map_err(|_| unsealable())?;
        Ok(Some((whose, URL_SAFE_NO_PAD.encode(sealed))))
    }

    /// Opens them again. A forgotten person's fields are empty.
    pub(super) async fn open(
        &self,
        sealed: Option<&(String, String)>,
    ) -> Result<Person, StoreError> {
        let Some((whose, sealed)) = sealed else {
            return Ok(Person::default());
        };
        let Some(ring) = self.key(whose).await? else {
            return Ok(Person::default());
        };
        let opened = URL_SAFE_NO_PAD
            .decode(sealed)
            .ok()
            .and_then(|sealed| ring.open(CONTEXT, &sealed));
        Ok(opened
            .and_then(|opened| serde_json::from_slice(&opened.plain).ok())
            .unwrap_or_default())
    }

    /// Has the key of whoever has this address at hand, should there be one: their next event then waits for nothing.
    pub(super) async fn prepare(&self, email: &str) -> Result<(), StoreError> {
        let whose = self.whose(email);
        if self.at_hand(&whose).is_none() {
            self.read(&whose).await?;
        }
        Ok(())
    }

    /// Whose events those of this address are.
    pub(super) fn whose(&self, email: &str) -> String {
        self.vault.pseudonym("person", &of_email(email))
    }

    /// Destroys the keys of a person: of the addresses, and of events that named a subject alone.
    pub(super) async fn forget<'a>(
        &self,
        emails: impl Iterator<Item = &'a str>,
        subjects: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), StoreError> {
        let by_subject = subjects.map(|(provider, subject)| of_subject(provider, subject));
        for one in emails.map(of_email).chain(by_subject) {
            let whose = self.vault.pseudonym("person", &one);
            self.vault.remove(&Key::person_key(&whose)).await?;
        }
        // So that no running server goes on with a key that it has at hand.
        self.vault
            .put(&Key::forgotten(), &random::token::<16>(), None)
            .await?;
        self.drop_all_at_hand();
        Ok(())
    }

    /// Watches for people who are forgotten by another process. Never ends.
    pub(super) async fn notice_forgotten(&self) {
        let mut last = None;
        loop {
            match self.vault.get::<String>(&Key::forgotten()).await {
                Ok(mark) if mark != last => {
                    last = mark;
                    self.drop_all_at_hand();
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "whether somebody was forgotten could not be read");
                }
            }
            tokio::time::sleep(NOTICE_WITHIN).await;
        }
    }

    fn drop_all_at_hand(&self) {
        self.at_hand
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// The key, if there is one by now.
    async fn key(&self, whose: &str) -> Result<Option<Arc<KeyRing>>, StoreError> {
        let known = match self.at_hand(whose) {
            Some(Known::Key(ring)) => return Ok(Some(ring)),
            Some(Known::None) | None => self.read(whose).await?,
        };
        Ok(match known {
            Known::Key(ring) => Some(ring),
            Known::None => None,
        })
    }

    fn at_hand(&self, whose: &str) -> Option<Known> {
        let at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        at_hand.get(whose).cloned()
    }

    async fn read(&self, whose: &str) -> Result<Known, StoreError> {
        let secret: Option<String> = self.vault.get(&Key::person_key(whose)).await?;
        let known = match secret {
            Some(secret) => Known::Key(ring(secret)?),
            None => Known::None,
        };
        self.keep_at_hand(whose, known.clone());
        Ok(known)
    }

    fn keep_at_hand(&self, whose: &str, known: Known) {
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        if at_hand.len() >= AT_HAND {
            at_hand.clear();
        }
        at_hand.insert(whose.to_owned(), known);
    }

    async fn make(&self, whose: &str) -> Result<Arc<KeyRing>, StoreError> {
        let (key, secret) = (Key::person_key(whose), random::token::<32>());
        // Of two who make it at once, the first wins and both use it.
        if self.vault.put_if_absent(&key, &secret, None).await? {
            let ring = ring(secret)?;
            self.keep_at_hand(whose, Known::Key(ring.clone()));
            return Ok(ring);
        }
        self.key(whose).await?.ok_or_else(unsealable)
    }
}

fn ring(secret: String) -> Result<Arc<KeyRing>, StoreError> {
    let ring = KeyRing::new(&secret.into_bytes().into(), None);
    ring.map(Arc::new).map_err(|_| unsealable())
}

/// Who it is, across providers and events: the address; without one, provider and subject; for a stranger, nobody in particular.
fn one_person(person: &Person) -> String {
    match (&person.email, &person.provider, &person.subject) {
        (Some(email), _, _) => of_email(email),
        (None, Some(provider), Some(subject)) => of_subject(provider, subject),
        _ => "nobody".to_owned(),
    }
}

fn of_email(email: &str) -> String {
    format!("email {email}")
}

fn of_subject(provider: &str, subject: &str) -> String {
    format!("subject {provider} {subject}")
}

fn unsealable() -> StoreError {
    StoreError::Unreadable("person-key".to_owned())
}

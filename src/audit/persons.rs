//! A key for every person: what seals their fields in the trail. Destroying it forgets the person while the chain still holds.
//!
//! A Redis that fails over may lose a key that it has confirmed. So whoever has one at hand looks a minute later whether it is still there, writes it again
//! where it is not, and reads it again after ten minutes. A key that was destroyed leaves a mark in its place for an hour: over that nobody writes it again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use crate::random;
use crate::store::{Key, KeyRing, StoreError, Vault};

use super::event::Person;

/// How many keys are kept at hand; beyond that all are read again.
const AT_HAND: usize = 10_000;

/// How soon a running server drops the keys of who was forgotten by command.
const NOTICE_WITHIN: Duration = Duration::from_secs(2);

/// How long after it came to hand a key is looked for once more: by then a Redis that lost it has another master, or was started again.
const CONFIRM_AFTER: Duration = Duration::from_mins(1);

/// How long a key that could not be looked for may be written again.
const CONFIRM_WITHIN: Duration = Duration::from_mins(30);

/// How many are looked for in one go.
const CONFIRM_AT_ONCE: usize = 500;

/// How long what is at hand is believed.
const BELIEVED: Duration = Duration::from_mins(10);

/// What stands where a key was destroyed.
const DESTROYED: &str = "";

/// For how long it does: longer than anybody may write the key again.
const DESTROYED_FOR: Duration = Duration::from_hours(1);

/// What the sealed fields are bound to.
const CONTEXT: &str = "audit";

/// The keys, most of them at hand.
pub(super) struct Persons {
    vault: Vault,
    at_hand: Mutex<HashMap<String, AtHand>>,
}

/// What is at hand of a person.
struct AtHand {
    known: Known,
    since: Instant,
    /// What the key was made of, until it was found in the store once more.
    unconfirmed: Option<SecretString>,
}

impl AtHand {
    fn is_believed(&self) -> bool {
        self.unconfirmed.is_some() || self.since.elapsed() < BELIEVED
    }
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
            let key = Key::person_key(&whose);
            self.vault.put(&key, DESTROYED, Some(DESTROYED_FOR)).await?;
        }
        // So that no running server goes on with a key that it has at hand.
        self.vault
            .put(&Key::forgotten(), &random::token::<16>(), None)
            .await?;
        self.drop_all_at_hand();
        Ok(())
    }

    /// Watches for people who are forgotten by another process, and for keys that the store has lost. Never ends.
    pub(super) async fn watch(&self) {
        let mut last = None;
        loop {
            if let Err(error) = self.look(&mut last).await {
                tracing::warn!(%error, "whether somebody was forgotten could not be read");
            }
            tokio::time::sleep(NOTICE_WITHIN).await;
        }
    }

    async fn look(&self, last: &mut Option<String>) -> Result<(), StoreError> {
        let mark = self.vault.get::<String>(&Key::forgotten()).await?;
        if mark != *last {
            *last = mark;
            self.drop_all_at_hand();
        }
        self.confirm(Instant::now()).await
    }

    /// Looks whether the keys that came to hand a while ago are in the store, and writes again what it has lost.
    async fn confirm(&self, now: Instant) -> Result<(), StoreError> {
        for (whose, secret) in self.due(now) {
            let key = Key::person_key(&whose);
            let found = self.vault.get::<String>(&key).await?;
            let is_there = match &found {
                Some(found) => found == secret.expose_secret(),
                None => self.put_again(&key, &secret).await?,
            };
            self.confirmed(&whose, is_there);
        }
        Ok(())
    }

    async fn put_again(&self, key: &Key, secret: &SecretString) -> Result<bool, StoreError> {
        tracing::warn!("the store has lost a key of the audit trail; it is written again");
        let secret = secret.expose_secret();
        self.vault.put_if_absent(key, secret, None).await
    }

    /// The keys to be looked for. What has waited for too long is dropped.
    fn due(&self, now: Instant) -> Vec<(String, SecretString)> {
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |one: &AtHand| now.saturating_duration_since(one.since);
        at_hand.retain(|_, one| one.unconfirmed.is_none() || age(one) < CONFIRM_WITHIN);
        let due = at_hand.iter().filter(|(_, one)| age(one) >= CONFIRM_AFTER);
        due.filter_map(|(whose, one)| Some((whose.clone(), one.unconfirmed.clone()?)))
            .take(CONFIRM_AT_ONCE)
            .collect()
    }

    /// Keeps a key that is in the store; one that is not is read anew when it is needed.
    fn confirmed(&self, whose: &str, is_there: bool) {
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_there {
            at_hand.remove(whose);
        } else if let Some(one) = at_hand.get_mut(whose) {
            one.unconfirmed = None;
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
        let one = at_hand.get(whose).filter(|one| one.is_believed())?;
        Some(one.known.clone())
    }

    async fn read(&self, whose: &str) -> Result<Known, StoreError> {
        let secret: Option<String> = self.vault.get(&Key::person_key(whose)).await?;
        match secret {
            Some(secret) if secret != DESTROYED => self.take(whose, secret).map(Known::Key),
            _ => {
                self.keep_at_hand(whose, Known::None, None);
                Ok(Known::None)
            }
        }
    }

    /// Takes a key to hand.
    fn take(&self, whose: &str, secret: String) -> Result<Arc<KeyRing>, StoreError> {
        let ring = ring(&secret)?;
        self.keep_at_hand(whose, Known::Key(ring.clone()), Some(secret.into()));
        Ok(ring)
    }

    fn keep_at_hand(&self, whose: &str, known: Known, unconfirmed: Option<SecretString>) {
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        if at_hand.len() >= AT_HAND {
            at_hand.clear();
        }
        let one = AtHand {
            known,
            since: Instant::now(),
            unconfirmed,
        };
        at_hand.insert(whose.to_owned(), one);
    }

    async fn make(&self, whose: &str) -> Result<Arc<KeyRing>, StoreError> {
        let (key, secret) = (Key::person_key(whose), random::token::<32>());
        // Of two who make it at once, the first wins and both use it.
        let is_ours = self.vault.put_if_absent(&key, &secret, None).await?
            || self.begin_anew(&key, &secret).await?;
        if is_ours {
            return self.take(whose, secret);
        }
        self.key(whose).await?.ok_or_else(unsealable)
    }

    /// Puts the key of somebody who was forgotten a moment ago, and has come back, in the place of the mark.
    async fn begin_anew(&self, key: &Key, secret: &str) -> Result<bool, StoreError> {
        match self.vault.get_versioned::<String>(key).await? {
            Some((found, version)) if found == DESTROYED => {
                self.vault.replace(key, &version, secret, None).await
            }
            _ => Ok(false),
        }
    }
}

fn ring(secret: &str) -> Result<Arc<KeyRing>, StoreError> {
    let ring = KeyRing::new(&secret.as_bytes().to_vec().into(), None);
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

#[cfg(test)]
#[path = "persons_tests.rs"]
mod tests;

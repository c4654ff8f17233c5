//! A key for every person: what seals their fields in the trail. Destroying it forgets the person while the chain still holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::random;
use crate::store::{Key, KeyRing, StoreError, Vault};

use super::event::Person;

/// How many keys are kept at hand; beyond that all are read again.
const AT_HAND: usize = 10_000;

/// What the sealed fields are bound to.
const CONTEXT: &str = "audit";

/// The keys, most of them at hand.
pub(super) struct Persons {
    vault: Vault,
    at_hand: Mutex<HashMap<String, Arc<KeyRing>>>,
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
        let ring = match self.key(&whose).await? {
            Some(ring) => ring,
            None => self.make(&whose).await?,
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

    async fn key(&self, whose: &str) -> Result<Option<Arc<KeyRing>>, StoreError> {
        if let Some(ring) = self
            .at_hand
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(whose)
        {
            return Ok(Some(ring.clone()));
        }
        let Some(secret) = self.vault.get::<String>(&Key::person_key(whose)).await? else {
            return Ok(None);
        };
        let ring =
            Arc::new(KeyRing::new(&secret.into_bytes().into(), None).map_err(|_| unsealable())?);
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        if at_hand.len() >= AT_HAND {
            at_hand.clear();
        }
        at_hand.insert(whose.to_owned(), ring.clone());
        Ok(Some(ring))
    }

    async fn make(&self, whose: &str) -> Result<Arc<KeyRing>, StoreError> {
        // Of two who make it at once, the first wins and both use it.
        self.vault
            .put_if_absent(&Key::person_key(whose), &random::token::<32>(), None)
            .await?;
        self.key(whose).await?.ok_or_else(unsealable)
    }
}

/// Who it is, across providers and events: the address; without one, provider and subject; for a stranger, nobody in particular.
fn one_person(person: &Person) -> String {
    match (&person.email, &person.provider, &person.subject) {
        (Some(email), _, _) => format!("email {email}"),
        (None, Some(provider), Some(subject)) => format!("subject {provider} {subject}"),
        _ => "nobody".to_owned(),
    }
}

fn unsealable() -> StoreError {
    StoreError::Unreadable("person-key".to_owned())
}

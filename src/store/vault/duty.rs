//! Duties: work that one of all front doors on a store does, with a number that tells every later holder from those before.
//!
//! A lock alone is not enough. Its holder may stand still (a process that is stopped, a machine that is moved, a Redis that became master without the
//! lock) until it is over and somebody else's, and go on then as if nothing had been. So whoever takes a duty leaves a number in the store, one higher than
//! the number before, with a word of its own; and what it writes by [`Duty::put`] the store takes only while exactly that is there. The word is for a master
//! that had not heard of the last number: two holders of one number still are two.

use std::time::Duration;

use serde::Serialize;

use crate::random;

use super::super::guard::Guarded;
use super::super::lock::Lock;
use super::super::{Key, StoreError};
use super::Vault;

/// A duty that was taken. It is over when this is dropped, or when somebody else takes it.
pub struct Duty {
    vault: Vault,
    guard: Key,
    number: u64,
    held: Vec<u8>,
    lock: Lock,
}

impl Vault {
    /// Takes the duty that has this name, or gives up after `wait`. Should its holder die, it is free again after `life`.
    pub async fn take_duty(
        &self,
        name: &str,
        life: Duration,
        wait: Duration,
    ) -> Result<Option<Duty>, StoreError> {
        let Some(lock) = self.lock(&Key::duty_lock(name), life, wait).await? else {
            return Ok(None);
        };
        let (guard, backend) = (Key::duty(name), &self.inner.backend);
        let before = backend.get(&guard).await?;
        let number = before.as_deref().map_or(0, number) + 1;
        let held = format!("{number} {}", random::token::<16>()).into_bytes();
        let taken = match before {
            Some(before) => backend.replace(&guard, before, held.clone(), None).await?,
            None => backend.put_if_absent(&guard, held.clone(), None).await?,
        };
        Ok(taken.then(|| Duty {
            vault: self.clone(),
            guard,
            number,
            held,
            lock,
        }))
    }
}

/// The number that stands in front.
fn number(held: &[u8]) -> u64 {
    let text = std::str::from_utf8(held).unwrap_or_default();
    let first = text.split(' ').next().unwrap_or_default();
    first.parse().unwrap_or(0)
}

impl Duty {
    /// Higher than that of every holder before.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether nobody has taken it since.
    pub async fn is_held(&self) -> Result<bool, StoreError> {
        let now = self.vault.inner.backend.get(&self.guard).await?;
        Ok(now.as_ref() == Some(&self.held))
    }

    /// Writes a value for ever, unless somebody else has taken the duty since: the store looks at that in the same step. Returns whether it did. Of the
    /// keys, those alone can be written so that belong to the duty by their name.
    pub async fn put<T: Serialize + ?Sized>(
        &self,
        key: &Key,
        value: &T,
    ) -> Result<bool, StoreError> {
        let write = Guarded {
            key: key.clone(),
            value: self.vault.seal(key, value)?,
            guard: self.guard.clone(),
            held: self.held.clone(),
        };
        self.vault.inner.backend.put_while(write).await
    }

    /// Gives it back.
    pub async fn give_back(self) -> Result<(), StoreError> {
        self.lock.release().await
    }
}

//! Seals again with the current key what the previous secret key sealed, so that the secret key can be changed as often as need be.
//!
//! It goes on beside everything else. A value is only exchanged for itself: what somebody writes or removes meanwhile stays as they left it. Where it
//! stopped does not matter to the next start, since what is done already opens with the current key. The key of pseudonyms, without which no store
//! opens, comes last: a previous key that is taken away too early stops the start, instead of leaving a store of which only a part can be read.
//!
//! Sessions are sealed under their cookies and cannot be opened here. They are sealed again when their owners come back, and end soon if they do not.

use super::super::rows::{Exchange, Place, Record, Stored, Walk};
use super::super::{Key, StoreError};
use super::{Vault, Version, unreadable};

/// How many values are read, and written in one commit, at once: others who write wait a few milliseconds at most.
const BATCH: usize = 128;

/// The work, and what has come of it so far.
pub(in crate::store) struct Reseal<'a> {
    vault: &'a Vault,
    /// Values that were sealed again.
    pub(in crate::store) resealed: usize,
    /// Values that open with neither key.
    pub(in crate::store) unreadable: usize,
}

impl Vault {
    /// How a value stands in the store when it was sealed again since it was read, and nothing else happened to it.
    pub(super) async fn resealed(
        &self,
        key: &Key,
        read: &Version,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let open = |sealed: &[u8]| self.ring().open(key.as_str(), sealed);
        let Some(before) = open(&read.0).filter(|before| before.by_previous) else {
            return Ok(None);
        };
        let now = self.inner.backend.get(key).await?;
        Ok(now.filter(|now| open(now).is_some_and(|now| now.plain == before.plain)))
    }
}

impl<'a> Reseal<'a> {
    pub(in crate::store) fn of(vault: &'a Vault) -> Self {
        Self {
            vault,
            resealed: 0,
            unreadable: 0,
        }
    }

    /// Goes over everything until nothing is left that needs the previous key, and seals the key of pseudonyms then; stops where `goes_on` says no. Returns
    /// whether that is done.
    pub(in crate::store) async fn run_while(
        &mut self,
        goes_on: impl Fn() -> bool,
    ) -> Result<bool, StoreError> {
        while self.go_over_all(&goes_on).await? > 0 {}
        if !goes_on() {
            return Ok(false);
        }
        let naming = Key::naming();
        if let Some(sealed) = self.vault.inner.backend.get(&naming).await? {
            let place = Place::Entry(naming.as_str().to_owned());
            self.batch(vec![(place, sealed)]).await?;
        }
        Ok(true)
    }

    /// Goes over all there is. Returns how many values were found that needed the previous key; none when it was stopped.
    async fn go_over_all(&mut self, goes_on: &impl Fn() -> bool) -> Result<usize, StoreError> {
        self.unreadable = 0;
        let (mut found, mut walk) = (0, Some(Walk::Beginning));
        while let Some(from) = walk {
            if !goes_on() {
                return Ok(0);
            }
            let (records, next) = self.vault.inner.backend.walk(from, BATCH).await?;
            walk = next;
            found += self.batch(values(records)).await?;
        }
        Ok(found)
    }

    /// Seals these again, where it takes the previous key to open them. Returns how many those were.
    async fn batch(&mut self, values: Vec<(Place, Vec<u8>)>) -> Result<usize, StoreError> {
        let mut exchanges = Vec::new();
        for (place, old) in values {
            match self.vault.ring().open(place.name(), &old) {
                Some(opened) if opened.by_previous => {
                    let new = self.vault.ring().seal(place.name(), &opened.plain);
                    let new = new.map_err(|_| unreadable(place.name()))?;
                    exchanges.push(Exchange { place, old, new });
                }
                Some(_) => {}
                None => self.unreadable += usize::from(Key::is_sealed_alone(place.name())),
            }
        }
        let found = exchanges.len();
        if found > 0 {
            self.resealed += self.vault.inner.backend.exchange(exchanges).await?;
        }
        Ok(found)
    }
}

/// Everything that may be sealed, but for the key of pseudonyms, which comes last.
fn values(records: Vec<Record>) -> Vec<(Place, Vec<u8>)> {
    let value = |record: Record| match record.stored {
        Stored::Value(bytes) => Some((record.place, bytes)),
        Stored::Count(_) => None,
    };
    let mut values: Vec<_> = records.into_iter().filter_map(value).collect();
    values.retain(|(place, _)| place.name() != Key::naming().as_str());
    values
}

#[cfg(test)]
#[path = "reseal_tests.rs"]
mod tests;

//! What one person can make the trail write by asking for the same thing again and again: one record in ten minutes.
//!
//! Whoever is signed in and may not go somewhere can load its page without end, and a record stays for as long as the trail is kept. What comes again is a line of
//! the log alone; and the figures, which count records, tell of people and not of page loads. That it was recorded is noted in the store, for all processes.

use std::time::Duration;

use crate::store::{Key, StoreError};

use super::event::{Event, EventName};
use super::trail::Trail;

/// For how long the same of the same person is not recorded again.
const ONCE_IN: Duration = Duration::from_mins(10);

impl Trail {
    /// Records an event that `whose` person can cause without end: once in [`ONCE_IN`] for each link, reason and whatever else it tells, but for where they are.
    pub async fn record_once(&self, event: Event, whose: &str) -> Result<(), StoreError> {
        let noted = self.note_of(&event, whose);
        if !self.is_first(&noted).await? {
            event.log(self.clock.now());
            return Ok(());
        }
        // Nobody who is let in waits for two commits.
        let recorded = match event.name {
            EventName::WouldRefuse => self.record_soon(event).await,
            _ => self.record(event).await,
        };
        if recorded.is_err() {
            self.vault.remove(&noted).await?;
        }
        recorded
    }

    /// A look before the claim: who comes again costs a read and no write.
    async fn is_first(&self, noted: &Key) -> Result<bool, StoreError> {
        Ok(!self.vault.exists(noted).await? && self.vault.claim(noted, ONCE_IN).await?)
    }

    fn note_of(&self, event: &Event, whose: &str) -> Key {
        let what = (
            event.name,
            &event.link,
            &event.reason,
            &event.changes,
            whose,
        );
        let name = serde_json::json!(what).to_string();
        Key::recorded(&self.vault.pseudonym("recorded", &name))
    }
}

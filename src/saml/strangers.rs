//! What people whom nobody knows may make the audit trail write: little, however many they are and wherever they come from.
//!
//! Anyone can put a request together and send it, and a record stays for as long as the trail is kept. Beyond the budget such an event is a line of
//! the log alone.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::audit::{Event, Trail};
use crate::store::StoreError;

/// Records a minute, all strangers together: enough to see that somebody tries, and what.
const RECORDS_A_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();

/// The budget of one process.
pub(super) struct Strangers(DefaultDirectRateLimiter);

impl Strangers {
    pub(super) fn new() -> Self {
        Self(RateLimiter::direct(Quota::per_minute(RECORDS_A_MINUTE)))
    }

    /// Records a stranger's event, while there is budget.
    pub(super) async fn record(&self, trail: &Trail, event: Event) -> Result<(), StoreError> {
        if self.0.check().is_ok() {
            trail.record(event).await
        } else {
            trail.only_log(&event);
            Ok(())
        }
    }
}

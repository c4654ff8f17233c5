//! How much people whom nobody knows may make the trail write: little, however many they are and wherever they come from.
//!
//! Anyone can put a SAML request together, or come back from a login that they cancelled, and a record stays for as long as the trail is kept. Beyond the
//! budget such an event is a line of the log, and counted.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Records a minute, all strangers together: enough to see that somebody tries, and what.
const RECORDS_A_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();

/// The budget of one process.
pub(super) struct Strangers(DefaultDirectRateLimiter);

impl Strangers {
    pub(super) fn new() -> Self {
        Self(RateLimiter::direct(Quota::per_minute(RECORDS_A_MINUTE)))
    }

    /// Whether one more may be written.
    pub(super) fn may_write(&self) -> bool {
        self.0.check().is_ok()
    }
}

//! How many visits are kept at most: whoever comes, and however often, in the three days that they stay it is half a million of a few kilobytes.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Visits a minute, all strangers together: anyone can be refused without end.
const STRANGERS: Quota = Quota::per_minute(NonZeroU32::new(60).unwrap());

/// Refused people who are known: all of a bad morning's beginning, then one every two seconds.
const REFUSED: Quota =
    Quota::per_minute(NonZeroU32::new(30).unwrap()).allow_burst(NonZeroU32::new(300).unwrap());

/// Visits that completed something. They are only for completeness, and must not take the room of those who were refused.
const COMPLETED: Quota =
    Quota::per_minute(NonZeroU32::new(30).unwrap()).allow_burst(NonZeroU32::new(120).unwrap());

/// Whose visit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nobody vouched for whoever it was.
    Stranger,
    /// Somebody known was refused.
    Refused,
    /// Somebody known went on.
    Completed,
}

/// The budgets of one process.
pub(super) struct Budget {
    strangers: DefaultDirectRateLimiter,
    refused: DefaultDirectRateLimiter,
    completed: DefaultDirectRateLimiter,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self {
            strangers: RateLimiter::direct(STRANGERS),
            refused: RateLimiter::direct(REFUSED),
            completed: RateLimiter::direct(COMPLETED),
        }
    }

    /// Whether one more may be kept.
    pub(super) fn allows(&self, kind: Kind) -> bool {
        let limiter = match kind {
            Kind::Stranger => &self.strangers,
            Kind::Refused => &self.refused,
            Kind::Completed => &self.completed,
        };
        limiter.check().is_ok()
    }
}

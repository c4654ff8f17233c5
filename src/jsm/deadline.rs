//! Until when an answer is of use to whoever asks.

use std::time::Duration;

use tokio::time::Instant;

/// The end of a budget that several calls share, such as all calls of one admission.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// `budget` from now on.
    #[must_use]
    pub fn after(budget: Duration) -> Self {
        Self(Instant::now() + budget)
    }

    /// This one, or `most` from now on if that is sooner.
    pub(super) fn at_most(self, most: Duration) -> Self {
        Self(self.0.min(Instant::now() + most))
    }

    /// What is left; `None` when it is over.
    #[must_use]
    pub fn left(self) -> Option<Duration> {
        let left = self.0.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }
}

//! Whether writes arrive in the store, as the last of them told. A full disk can still be read: that alone says nothing of the next login.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

use super::StoreError;

/// For how long a write that arrived says that the next one will.
const BELIEVED: SignedDuration = SignedDuration::from_secs(10);

/// What became of the last write. Clones share it.
#[derive(Clone)]
pub(super) struct Pulse {
    last: Arc<Mutex<Last>>,
    clock: Clock,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// There was none yet.
    None,
    Arrived(Timestamp),
    Failed,
}

impl Pulse {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            last: Arc::new(Mutex::new(Last::None)),
            clock,
        }
    }

    /// Something was written and committed.
    pub(super) fn arrived(&self) {
        if self.replace(Last::Arrived(self.clock.now())) == Last::Failed {
            tracing::info!("the store takes writes again");
        }
    }

    /// A write or its commit failed. The log is told of the first in a row.
    pub(super) fn failed(&self, error: &StoreError) {
        if self.replace(Last::Failed) != Last::Failed {
            tracing::error!(%error, "a write to the store has failed");
        }
    }

    /// Whether nothing is known of how the next write will do, or nothing good.
    pub(super) fn is_doubtful(&self) -> bool {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let Last::Arrived(at) = last else {
            return true;
        };
        // Negative where the system's clock was set back.
        let age = self.clock.now().duration_since(at);
        !(SignedDuration::ZERO..BELIEVED).contains(&age)
    }

    fn replace(&self, last: Last) -> Last {
        let mut held = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut held, last)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_write_that_arrived_is_believed_for_ten_seconds() {
        let clock = Clock::system();
        let pulse = Pulse::new(clock.clone());
        assert!(pulse.is_doubtful(), "nothing was written yet");
        pulse.arrived();
        assert!(!pulse.is_doubtful());
        clock.advance(Duration::from_secs(10));
        assert!(pulse.is_doubtful());
    }

    #[test]
    fn a_write_that_failed_is_believed_until_another_arrives() {
        let pulse = Pulse::new(Clock::system());
        pulse.arrived();
        pulse.failed(&StoreError::Unavailable("full".to_owned()));
        assert!(pulse.is_doubtful());
        pulse.arrived();
        assert!(!pulse.is_doubtful());
    }
}

//! The one place that reads the clock; everything else is given the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

/// Tells the time. Clones share one clock, so that a test which moves it moves it for the whole house.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    hands: Arc<Hands>,
}

#[derive(Debug, Default)]
struct Hands {
    /// How wrong the system's clock is, in a test.
    off_ms: i64,
    ahead_ms: AtomicI64,
    moved: Notify,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// The clock of a system whose clock is wrong by this much.
    #[must_use]
    pub fn off_by(wrong: SignedDuration) -> Self {
        let hands = Hands {
            off_ms: i64::try_from(wrong.as_millis()).unwrap_or(0),
            ..Hands::default()
        };
        Self {
            hands: Arc::new(hands),
        }
    }

    /// Now, in UTC.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.hands.ahead_ms.load(Ordering::Relaxed));
        self.system_now()
            .checked_add(ahead)
            .unwrap_or(Timestamp::MAX)
    }

    /// What the system's clock shows, however far this one was moved ahead of it: what can be compared with other machines.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn system_now(&self) -> Timestamp {
        let off = SignedDuration::from_millis(self.hands.off_ms);
        Timestamp::now().checked_add(off).unwrap_or(Timestamp::MAX)
    }

    /// Moves this clock ahead of the system's, so that a test meets an expiry without waiting for it.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.hands.ahead_ms.fetch_add(by, Ordering::Relaxed);
        self.hands.moved.notify_waiters();
    }

    /// Waits until this clock shows a time, also when it is moved there.
    pub async fn wait_until(&self, time: Timestamp) {
        loop {
            let moved = self.hands.moved.notified();
            let left = time.duration_since(self.now());
            match Duration::try_from(left) {
                Ok(left) if !left.is_zero() => tokio::select! {
                    () = moved => {}
                    () = tokio::time::sleep(left) => {}
                },
                _ => return,
            }
        }
    }
}

//! `session`: how long a sign-in lasts.

use std::time::Duration;

/// A session's two ends.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// `idle`: it ends this long after it was last seen.
    pub idle: Duration,
    /// `absolute`: it ends this long after the login, whatever happens.
    pub absolute: Duration,
    /// `recheck`: how stale a verdict's grounds may get while a session lives.
    pub recheck: Duration,
}

impl SessionSettings {
    /// How old "last seen" may get before it is written again: a tenth of `idle`, or a minute, whichever is less.
    #[must_use]
    pub fn touch_after(&self) -> Duration {
        (self.idle / 10).min(Duration::from_secs(60))
    }
}

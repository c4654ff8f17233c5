//! `session`: how long a sign-in lasts.

use std::time::Duration;

use super::field::Field;
use super::reader::Table;

/// Nobody could log in and get anywhere, an administrator neither, if sessions ended sooner.
const LEAST: Duration = Duration::from_mins(5);

/// No browser keeps a cookie for longer.
const MOST: Duration = Duration::from_hours(24 * 400);

/// The provider is asked again no more often than this.
const LEAST_RECHECK: Duration = Duration::from_mins(1);

/// A session's two ends.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// `idle`: it ends this long after it was last seen.
    pub idle: Duration,
    /// `absolute`: it ends this long after the login, whatever happens.
    pub absolute: Duration,
    /// `recheck`: how stale a verdict's grounds may get while a session lives, the provider's word among them.
    pub recheck: Duration,
}

impl SessionSettings {
    /// How old "last seen" may get before it is written again: a tenth of `idle`, or a minute, whichever is less.
    #[must_use]
    pub fn touch_after(&self) -> Duration {
        (self.idle / 10).min(Duration::from_mins(1))
    }
}

/// Reads `session`.
pub(super) fn read(table: Table<'_>) -> SessionSettings {
    let duration = |key, least, usual| {
        let read = |field: &Field<'_>| field.duration(least, MOST);
        table.read(key, read).unwrap_or(usual)
    };
    let settings = SessionSettings {
        idle: duration("idle", LEAST, Duration::from_hours(2)),
        absolute: duration("absolute", LEAST, Duration::from_hours(12)),
        recheck: duration("recheck", LEAST_RECHECK, Duration::from_mins(15)),
    };
    table.finish();
    settings
}

//! `session`: how long a sign-in lasts.

use std::time::Duration;

use super::field::Field;
use super::reader::Table;

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
        (self.idle / 10).min(Duration::from_mins(1))
    }
}

/// Reads `session`.
pub(super) fn read(table: Table<'_>) -> SessionSettings {
    let duration = |key, default| table.read(key, Field::duration).unwrap_or(default);
    let settings = SessionSettings {
        idle: duration("idle", Duration::from_hours(2)),
        absolute: duration("absolute", Duration::from_hours(12)),
        recheck: duration("recheck", Duration::from_mins(15)),
    };
    table.finish();
    settings
}

//! Pages that are asked for again by themselves: why, and what they say of it. The browser does it (`Refresh`), so that it works without script.

use std::borrow::Cow;

use super::Layout;
use super::texts::Key;

/// From so many seconds on, minutes are told.
const MINUTES_FROM: u64 = 100;

/// Why somebody comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ComeBack {
    /// What they need may work by then.
    MayWork,
    /// It is their turn by then. So many are before them, where they have a place.
    Turn(Option<u32>),
}

impl ComeBack {
    /// What the page says of it, which asks again in so many seconds.
    pub(super) fn sentences(self, layout: &Layout, seconds: u64) -> Vec<Cow<'static, str>> {
        let (in_seconds, in_minutes) = match self {
            Self::MayWork => (Key("again-in-seconds"), Key("again-in-minutes")),
            Self::Turn(_) => (Key("turn-in-seconds"), Key("turn-in-minutes")),
        };
        let when = if seconds < MINUTES_FROM {
            counted(layout, in_seconds, seconds.max(2))
        } else {
            counted(layout, in_minutes, (seconds + 30) / 60)
        };
        let before = match self {
            Self::MayWork | Self::Turn(None) => None,
            Self::Turn(Some(0)) => Some(layout.text(Key("ahead-nobody").0)),
            Self::Turn(Some(1)) => Some(layout.text(Key("ahead-one").0)),
            Self::Turn(Some(ahead)) => Some(counted(layout, Key("ahead-many"), ahead)),
        };
        before.into_iter().chain([when]).collect()
    }
}

fn counted(layout: &Layout, Key(name): Key, count: impl ToString) -> Cow<'static, str> {
    layout.text_with(name, &[("count", &count.to_string())])
}

//! Where values are, for whoever goes over all of them or reads them by their ends: the same in every kind of store.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::redis::Cursor;

/// A member's place in an index whose members are read by their ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// When it ends, in milliseconds since 1970.
    pub ends: i64,
    /// Its name.
    pub member: String,
}

impl Mark {
    /// Behind which all members are.
    pub(super) fn first() -> Self {
        Self {
            ends: i64::MAX,
            member: String::new(),
        }
    }
}

/// Where a value is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The entry of this name.
    Entry(String),
    /// A member of the index of this name.
    Member(String, String),
}

impl Place {
    /// The name of the entry or of the index: what its value was sealed for.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Entry(name) | Self::Member(name, _) => name,
        }
    }
}

/// A value as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stored {
    /// Bytes as they were given.
    Value(Vec<u8>),
    /// A counter.
    Count(u64),
}

/// A value, where it is, and when it ends, in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) place: Place,
    pub(super) stored: Stored,
    pub(super) ends: Option<i64>,
}

/// A value to be exchanged.
pub(super) struct Exchange {
    pub(super) place: Place,
    pub(super) old: Vec<u8>,
    pub(super) new: Vec<u8>,
}

/// How far somebody has come who goes over everything.
#[derive(Debug, Clone, Default)]
pub(super) enum Walk {
    /// Nowhere yet.
    #[default]
    Beginning,
    /// Behind this place, in a store that has an order.
    Behind(Place),
    /// At this cursor, in a store that has none.
    At(Cursor),
}

/// The end of a log as whoever appends has seen it: its position alone would not tell that the newest entry was lost and another took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub(super) position: u64,
    /// SHA-1 of the newest entry in hexadecimal: the one that the scripts of Redis can make. Nobody has to be kept from finding a second entry of the same.
    pub(super) digest: String,
}

impl Head {
    /// That of a log in which nothing is.
    #[must_use]
    pub fn empty() -> Self {
        Self::at(0, b"")
    }

    /// That of a log whose newest entry is this one.
    #[must_use]
    pub fn at(position: u64, newest: &[u8]) -> Self {
        use std::fmt::Write as _;
        let made = digest(&SHA1_FOR_LEGACY_USE_ONLY, newest);
        let digest = made.as_ref().iter().fold(String::new(), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ok = write!(text, "{byte:02x}");
            text
        });
        Self { position, digest }
    }

    /// Where the newest entry is.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }
}

/// What came of appending to a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It was appended.
    Done,
    /// Nothing was: its end is another one. This is the newest entry, with its position; none of a log that is empty.
    Behind(Option<(u64, Vec<u8>)>),
}

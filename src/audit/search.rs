//! Finding events among very many: a piece at a time, never all at once.
//!
//! What is looked for may stand in sealed fields, so there is no index of it: records are read one after the other, but only in the time that was asked
//! for, and only so many at a time.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::store::{Key, StoreError, Vault};

use super::chain::PAGE;
use super::filter::Filter;
use super::keep::Beginning;
use super::persons::Persons;
use super::record::{Record, Stored};

/// How far a record's time may lie from its place: it is taken before the record waits for its place, and several machines' clocks differ.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

/// How far one search may go; whoever wants more goes on from where it stopped.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The most events that are found.
    pub found: usize,
    /// The most records that are looked at, give or take a page.
    pub looked_at: u64,
    /// The longest that it takes, give or take a page.
    pub within: Duration,
}

/// What a search found, newest first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The events with their places in the trail.
    pub records: Vec<(u64, Record)>,
    /// Whether there may be older ones.
    pub older: Older,
    /// Records on the way that cannot be read: they are not what was written.
    pub unreadable: u64,
}

/// What lies behind a search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Older {
    /// Nothing that is looked for.
    #[default]
    None,
    /// More of it, before this place.
    Before(u64),
    /// Nobody knows: the search stopped at this place, and at this time if the record there can be read.
    Unknown(u64, Option<Timestamp>),
}

/// Searches one trail.
pub(super) struct Search<'a> {
    pub(super) vault: &'a Vault,
    pub(super) persons: &'a Persons,
    pub(super) filter: &'a Filter,
}

impl Search<'_> {
    /// What is found before a place, or from the newest record on.
    pub(super) async fn back(
        &self,
        before: Option<u64>,
        bounds: &Bounds,
    ) -> Result<Found, StoreError> {
        let until = Instant::now() + bounds.within;
        let (mut before, mut looked_at) = (self.start(before).await?, 0);
        let mut found = Found::default();
        loop {
            let key = Key::audit();
            let page = self.vault.read_log_back(&key, before, PAGE).await?;
            let reached = page.last().and_then(|(_, bytes)| read(bytes));
            let reached = reached.map(|stored| stored.at);
            let is_over = page.len() < PAGE || self.is_before_all(reached);
            before = page.last().map_or(0, |(position, _)| *position);
            looked_at += page.len() as u64;
            if self.take_page(page, bounds, &mut found).await? || is_over {
                return Ok(found);
            }
            if looked_at >= bounds.looked_at || Instant::now() >= until {
                found.older = Older::Unknown(before, reached);
                return Ok(found);
            }
        }
    }

    /// The place before which everything lies that is looked for.
    async fn start(&self, before: Option<u64>) -> Result<u64, StoreError> {
        match (before, self.filter.to) {
            (Some(before), _) => Ok(before),
            (None, Some(to)) => {
                let last = behind(self.vault, true, |at| at <= later(to)).await?;
                Ok(last + 1)
            }
            (None, None) => Ok(u64::MAX),
        }
    }

    /// Whether nothing that is looked for lies before a record of this time.
    fn is_before_all(&self, reached: Option<Timestamp>) -> bool {
        let oldest = self.filter.from.map(earlier);
        oldest.zip(reached).is_some_and(|(from, at)| at < from)
    }

    /// Takes in what is looked for. Returns whether that was enough.
    async fn take_page(
        &self,
        page: Vec<(u64, Vec<u8>)>,
        bounds: &Bounds,
        found: &mut Found,
    ) -> Result<bool, StoreError> {
        for (position, bytes) in page {
            if self.take(position, &bytes, found).await? && found.is_full(bounds) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes a record in if it is looked for. Returns whether it was.
    async fn take(
        &self,
        position: u64,
        bytes: &[u8],
        found: &mut Found,
    ) -> Result<bool, StoreError> {
        let Some(stored) = read(bytes) else {
            found.unreadable += 1;
            return Ok(false);
        };
        let record = self.wanted(stored).await?;
        let taken = record.is_some();
        found
            .records
            .extend(record.map(|record| (position, record)));
        Ok(taken)
    }

    /// The record as it is shown, if it is looked for.
    async fn wanted(&self, stored: Stored) -> Result<Option<Record>, StoreError> {
        if !self.filter.wants(&stored) {
            return Ok(None);
        }
        let person = self.persons.open(stored.person.as_ref()).await?;
        let about = self.filter.is_about(&person, stored.actor.as_deref());
        Ok(about.then(|| Record::of(stored, person)))
    }
}

impl Found {
    /// Whether there is one more than was asked for; which is left for the next time then.
    fn is_full(&mut self, bounds: &Bounds) -> bool {
        if self.records.len() <= bounds.found {
            return false;
        }
        self.records.truncate(bounds.found);
        let last = self.records.last();
        self.older = last.map_or(Older::None, |(position, _)| Older::Before(*position));
        true
    }
}

/// Everything that is looked for, oldest first, page by page: what was there when it began.
pub struct Matching {
    vault: Vault,
    persons: Arc<Persons>,
    filter: Filter,
    /// The places behind which, and up to which, there is still to look; `None` before the first page.
    rest: Option<(u64, u64)>,
    unreadable: u64,
}

impl Matching {
    pub(super) fn new(vault: Vault, persons: Arc<Persons>, filter: Filter) -> Self {
        Self {
            vault,
            persons,
            filter,
            rest: None,
            unreadable: 0,
        }
    }

    /// Records so far that cannot be read: they are not what was written.
    #[must_use]
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// The next events, of which a page may have none; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Record>>, StoreError> {
        let (after, through) = match self.rest {
            Some(rest) => rest,
            None => self.everything().await?,
        };
        let mut page = self.vault.read_log(&Key::audit(), after, PAGE).await?;
        page.retain(|(position, _)| *position <= through);
        let last = page.last().map(|(position, _)| *position);
        self.rest = Some((last.unwrap_or(through), through));
        let records = self.wanted(page).await?;
        Ok(last.map(|_| records))
    }

    async fn wanted(&mut self, page: Vec<(u64, Vec<u8>)>) -> Result<Vec<Record>, StoreError> {
        let newest = self.filter.to.map(later);
        let mut records = Vec::new();
        for (_, bytes) in page {
            let Some(stored) = read(&bytes) else {
                self.unreadable += 1;
                continue;
            };
            if newest.is_some_and(|to| stored.at > to) {
                // Nothing behind it is looked for.
                self.rest = self.rest.map(|(_, through)| (through, through));
                break;
            }
            records.extend(self.search().wanted(stored).await?);
        }
        Ok(records)
    }

    fn search(&self) -> Search<'_> {
        Search {
            vault: &self.vault,
            persons: &self.persons,
            filter: &self.filter,
        }
    }

    async fn everything(&self) -> Result<(u64, u64), StoreError> {
        let after = match self.filter.from {
            Some(from) => behind(&self.vault, false, |at| at < earlier(from)).await?,
            None => Beginning::read(&self.vault).await?.position,
        };
        let last = self.vault.last_of_log(&Key::audit()).await?;
        Ok((after, last.map_or(0, |(position, _)| position)))
    }
}

/// A record's bytes, if they are what one looks like.
pub(super) fn read(bytes: &[u8]) -> Option<Stored> {
    serde_json::from_slice(bytes).ok()
}

fn earlier(time: Timestamp) -> Timestamp {
    time.saturating_sub(SLACK).unwrap_or(time)
}

fn later(time: Timestamp) -> Timestamp {
    time.saturating_add(SLACK).unwrap_or(time)
}

/// The last place of those with which the trail begins and whose times are `low`, found by halving; a record that cannot be read counts as `unreadable`
/// says.
async fn behind(
    vault: &Vault,
    unreadable: bool,
    low: impl Fn(Timestamp) -> bool,
) -> Result<u64, StoreError> {
    let mut from = Beginning::read(vault).await?.position;
    let last = vault.last_of_log(&Key::audit()).await?;
    let mut to = last.map_or(0, |(position, _)| position) + 1;
    while to.saturating_sub(from) > 1 {
        let middle = from + (to - from) / 2;
        let page = vault.read_log(&Key::audit(), middle - 1, 1).await?;
        let at = page.first().map(|(_, bytes)| read(bytes));
        let is_low = at.is_some_and(|stored| stored.map_or(unreadable, |stored| low(stored.at)));
        if is_low {
            from = middle;
        } else {
            to = middle;
        }
    }
    Ok(from)
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;

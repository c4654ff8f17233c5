//! Moves everything from one store to another, of whatever kind, and compares what has arrived.
//!
//! What is sealed stays sealed as it is, so the secret key belongs to the copy as it belonged to the first.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};

use crate::clock::Clock;
use crate::settings::StoreAddress;

use super::backend::Backend;
use super::redis::Redis;
use super::rows::{Place, Record, Stored, Walk};
use super::sqlite::{OpenError, Sqlite};
use super::{Key, StoreError};

/// How many values are moved at once.
const BATCH: usize = 500;

/// What was moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// Single values and counters.
    pub entries: usize,
    /// Members of indexes.
    pub members: usize,
    /// Entries of logs.
    pub logged: usize,
}

/// Why a store was not copied, or not as a whole.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is nothing to be copied.
    #[error("there is no store of a front door to copy from")]
    Nothing,
    /// Something would be lost.
    #[error("the store to copy to already holds a front door's things: give an empty one")]
    NotEmpty,
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] OpenError),
    /// One of the two did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They are not alike.
    #[error(
        "the stores differ in {0} values after the copy: was a front door running on one of them? Stop it, empty the copy and try again"
    )]
    Differ(usize),
}

/// Copies everything that has not ended, and compares.
pub async fn copy(
    from: &StoreAddress,
    to: &StoreAddress,
    clock: &Clock,
) -> Result<Copied, CopyError> {
    let is_there = |address: &StoreAddress| match address {
        StoreAddress::Sqlite(path) => path.exists(),
        StoreAddress::Redis(_) => true,
    };
    if !is_there(from) {
        return Err(CopyError::Nothing);
    }
    let from = open(from, clock)?;
    if from.get(&Key::naming()).await?.is_none() {
        return Err(CopyError::Nothing);
    }
    let to = open(to, clock)?;
    if to.get(&Key::naming()).await?.is_some() {
        return Err(CopyError::NotEmpty);
    }
    for log in Key::logs() {
        copy_log(&from, &to, &log).await?;
    }
    copy_values(&from, &to).await?;
    compare(&from, &to, clock).await
}

fn open(address: &StoreAddress, clock: &Clock) -> Result<Backend, OpenError> {
    match address {
        StoreAddress::Sqlite(path) => Sqlite::open(path, clock.clone()).map(Backend::Sqlite),
        StoreAddress::Redis(address) => Ok(Backend::Redis(Redis::at(address, clock.clone()))),
    }
}

/// The key of pseudonyms, which makes it a store that can be opened, comes last.
async fn copy_values(from: &Backend, to: &Backend) -> Result<(), StoreError> {
    let (mut last, mut walk) = (Vec::new(), Some(Walk::Beginning));
    while let Some(behind) = walk {
        let (records, next) = from.walk(behind, BATCH).await?;
        let is_naming = |record: &Record| record.place.name() == Key::naming().as_str();
        let (naming, others): (Vec<_>, Vec<_>) = records.into_iter().partition(is_naming);
        last.extend(naming);
        to.restore(others).await?;
        walk = next;
    }
    to.restore(last).await
}

async fn copy_log(from: &Backend, to: &Backend, log: &Key) -> Result<(), CopyError> {
    let mut behind = 0;
    loop {
        let page = from.read_log(log, behind, BATCH).await?;
        let (Some((first, _)), Some((last, _))) = (page.first(), page.last()) else {
            return Ok(());
        };
        let (first, last) = (*first, *last);
        let values = page.into_iter().map(|(_, value)| value).collect();
        if !to.restore_log(log, first - 1, values).await? {
            return Err(CopyError::NotEmpty);
        }
        behind = last;
    }
}

async fn compare(from: &Backend, to: &Backend, clock: &Clock) -> Result<Copied, CopyError> {
    let (mut before, mut after) = (values(from).await?, values(to).await?);
    let now = clock.now().as_millisecond();
    for values in [&mut before, &mut after] {
        values.retain(|_, (_, ends)| ends.is_none_or(|ends| ends > now));
    }
    let is_in = |other: &Values, (place, value): (&Place, &_)| other.get(place) == Some(value);
    let lost = before.iter().filter(|one| !is_in(&after, *one)).count();
    let strange = after.keys().filter(|place| !before.contains_key(*place));
    let mut differ = lost + strange.count();
    let mut copied = Copied::default();
    for place in after.keys() {
        match place {
            Place::Entry(_) => copied.entries += 1,
            Place::Member(..) => copied.members += 1,
        }
    }
    for log in Key::logs() {
        let (same, other) = compare_log(from, to, &log).await?;
        copied.logged += same;
        differ += other;
    }
    match differ {
        0 => Ok(copied),
        differ => Err(CopyError::Differ(differ)),
    }
}

/// Of each value its hash, which is enough to compare it, and its end.
type Values = BTreeMap<Place, (Vec<u8>, Option<i64>)>;

fn hash(stored: &Stored) -> Vec<u8> {
    let count;
    let bytes = match stored {
        Stored::Value(bytes) => bytes,
        Stored::Count(number) => {
            count = format!("count {number}").into_bytes();
            &count
        }
    };
    digest(&SHA256, bytes).as_ref().to_vec()
}

async fn values(store: &Backend) -> Result<Values, StoreError> {
    let (mut all, mut walk) = (Values::new(), Some(Walk::Beginning));
    while let Some(behind) = walk {
        let (records, next) = store.walk(behind, BATCH).await?;
        let value = |record: Record| (record.place, (hash(&record.stored), record.ends));
        all.extend(records.into_iter().map(value));
        walk = next;
    }
    Ok(all)
}

/// How many entries are the same, and how many are not.
async fn compare_log(
    from: &Backend,
    to: &Backend,
    log: &Key,
) -> Result<(usize, usize), StoreError> {
    let (mut same, mut other, mut behind) = (0, 0, 0);
    loop {
        let before = from.read_log(log, behind, BATCH).await?;
        let after = to.read_log(log, behind, BATCH).await?;
        let alike = before.iter().zip(&after).filter(|(a, b)| a == b).count();
        same += alike;
        other += before.len().max(after.len()) - alike;
        match before.last().max(after.last()) {
            Some((last, _)) => behind = *last,
            None => return Ok((same, other)),
        }
    }
}

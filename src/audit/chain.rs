//! The chain of hashes, walked from its beginning: each record is checked against the one before it.

use crate::store::{Key, StoreError, Vault};

use super::keep::Beginning;
use super::record::Stored;

/// How many records are read at once.
pub(super) const PAGE: usize = 500;

/// Why the trail cannot be read to its end.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record is not what was written, or one before it is missing.
    #[error(
        "the audit trail is broken at record {0}: it was changed, or records before it were removed"
    )]
    Broken(u64),
}

/// A walk along the chain.
pub(super) struct Chain<'a> {
    vault: &'a Vault,
    /// The record that was read last; before the first one, what the trail begins behind.
    last: Option<Beginning>,
}

impl<'a> Chain<'a> {
    pub(super) fn new(vault: &'a Vault) -> Self {
        Self { vault, last: None }
    }

    /// The record that was read last; `None` before the first step.
    pub(super) fn last(&self) -> Option<&Beginning> {
        self.last.as_ref()
    }

    /// The next page of records, oldest first; empty at the end.
    pub(super) async fn next(&mut self) -> Result<Vec<Stored>, Fault> {
        let mut last = match self.last.take() {
            Some(last) => last,
            None => Beginning::read(self.vault).await?,
        };
        let page = self.behind(&mut last).await?;
        let mut records = Vec::with_capacity(page.len());
        for (position, bytes) in page {
            records.push(check(&last, position, &bytes)?);
            last = Beginning::behind(position, &bytes);
        }
        self.last = Some(last);
        Ok(records)
    }

    /// What stands behind `last`; which moves to where the trail begins by now, when what stood there has meanwhile grown old and was dropped.
    async fn behind(&self, last: &mut Beginning) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        loop {
            let page = self
                .vault
                .read_log(&Key::audit(), last.position, PAGE)
                .await?;
            let next = page.first().map(|(position, _)| *position);
            if next.is_none_or(|next| next == last.position + 1) {
                return Ok(page);
            }
            let beginning = Beginning::read(self.vault).await?;
            if beginning.position <= last.position {
                return Ok(page);
            }
            *last = beginning;
        }
    }
}

/// Whether a record is the one that was written behind `last`.
pub(super) fn check(last: &Beginning, position: u64, bytes: &[u8]) -> Result<Stored, Fault> {
    let stored: Stored = serde_json::from_slice(bytes).map_err(|_| Fault::Broken(position))?;
    if stored.previous == last.hash && position == last.position + 1 {
        Ok(stored)
    } else {
        Err(Fault::Broken(position))
    }
}

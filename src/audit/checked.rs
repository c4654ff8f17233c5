//! Checking the chain of hashes from its beginning to its end, or as far as there is time.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::store::Vault;

use super::chain::{Chain, Fault};

/// What was checked of a chain that holds.
///
/// Records that somebody took away from the very end leave no trace in the chain: only a later check shows that, when the last record's number and hash
/// were noted before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// How many records were checked.
    pub records: u64,
    /// Whether those were all.
    pub all: bool,
    /// When the last of them happened.
    pub newest: Option<Timestamp>,
    /// Its number in the trail; 0: there never was a record.
    pub position: u64,
    /// Its hash, which the next record will hold.
    pub hash: String,
}

/// Checks for as long as `within`, or all of it.
pub(super) async fn check(vault: &Vault, within: Option<Duration>) -> Result<Checked, Fault> {
    let until = within.map(|within| Instant::now() + within);
    let mut chain = Chain::new(vault);
    let (mut records, mut newest, mut all) = (0, None, false);
    while !all && until.is_none_or(|until| Instant::now() < until) {
        let page = chain.next().await?;
        all = page.is_empty();
        records += page.len() as u64;
        newest = page.last().map(|record| record.at).or(newest);
    }
    let last = chain.last().cloned().unwrap_or_default();
    Ok(Checked {
        records,
        all,
        newest,
        position: last.position,
        hash: last.hash,
    })
}

#[cfg(test)]
mod tests {
    use crate::audit::{Event, EventName, Trail};
    use crate::clock::Clock;

    use super::*;

    async fn trail(folder: &tempfile::TempDir, records: usize) -> (Vault, Trail) {
        let vault = Vault::in_folder(folder.path(), &Clock::system()).await;
        let trail = Trail::new(vault.clone(), Clock::system());
        for _ in 0..records {
            let event = Event::new(EventName::SignedIn).email("ada@acme.example");
            trail.record_soon(event).await.unwrap();
        }
        trail.flush().await.unwrap();
        (vault, trail)
    }

    #[tokio::test]
    async fn a_chain_that_holds_is_told_with_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, trail) = trail(&folder, 700).await;
        let checked = trail.check(None).await.unwrap();
        assert_eq!(
            (checked.records, checked.all, checked.position),
            (700, true, 700)
        );
        let last = vault.last_of_log(&crate::store::Key::audit()).await;
        let (_, bytes) = last.unwrap().unwrap();
        assert_eq!(checked.hash, crate::audit::record::hash(&bytes));
    }

    #[tokio::test]
    async fn a_check_without_time_says_that_it_did_not_see_everything() {
        let folder = tempfile::tempdir().unwrap();
        let (_, trail) = trail(&folder, 3).await;
        let checked = trail.check(Some(Duration::ZERO)).await.unwrap();
        assert_eq!((checked.records, checked.all), (0, false));
    }

    #[tokio::test]
    async fn an_empty_trail_holds() {
        let folder = tempfile::tempdir().unwrap();
        let (_, trail) = trail(&folder, 0).await;
        let checked = trail.check(None).await.unwrap();
        assert_eq!(
            (checked.records, checked.all, checked.newest),
            (0, true, None)
        );
    }
}

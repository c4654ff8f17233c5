//! The caretaker: keeps the house in order in the background, and furnishes it anew when the saved settings change, by whichever process.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::settings::{Layered, Saved};
use crate::store::{Key, StoreError};
use crate::web::Live;

use super::furnishing::{Foundations, Furnishing};

/// How often the saved settings are looked at: what changes takes effect within five seconds.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Everything that goes on beside the requests.
pub(super) struct Caretaker {
    foundations: Foundations,
    live: Live,
    saved: Saved,
    furnishing: Furnishing,
}

impl Caretaker {
    pub(super) fn new(
        foundations: Foundations,
        live: Live,
        saved: Saved,
        furnishing: Furnishing,
    ) -> Self {
        Self {
            foundations,
            live,
            saved,
            furnishing,
        }
    }

    /// Never ends; dropping it ends everything that it began.
    pub(super) async fn work(mut self) {
        let mut work = self.begin();
        loop {
            // Another process may have saved something; this one says so.
            let woken = self.foundations.effect.woken();
            let _elapsed = tokio::time::timeout(LOOK_EVERY, woken).await;
            match self.look().await {
                Ok(true) => work = self.begin(),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "the saved settings could not be read");
                }
            }
            // None may end by a panic: then all begin anew.
            if has_panicked(&mut work) {
                tracing::error!("work in the background has panicked and begins anew");
                work = self.begin();
            }
        }
    }

    /// Everything that keeps the house in order. It ends when the set is dropped, and may begin at any time.
    fn begin(&self) -> JoinSet<()> {
        let mut work = self.furnishing.work(&self.foundations);
        work.spawn(self.foundations.trail.clone().notice_forgotten());
        work.spawn(self.foundations.trail.clone().keep_telling());
        work.spawn(self.foundations.traces.clone().keep_writing());
        work.spawn(self.foundations.spans.clone().keep_sending());
        work.spawn(self.foundations.figures.clone().keep_counting());
        work.spawn(self.foundations.vault.clone().leave_previous_key());
        work
    }

    /// Furnishes the house anew when other settings are saved than it was furnished by. Returns whether it did.
    async fn look(&mut self) -> Result<bool, StoreError> {
        let saved: Option<Saved> = self.foundations.vault.get(&Key::settings()).await?;
        let saved = saved.unwrap_or_default();
        if saved == self.saved {
            return Ok(false);
        }
        let layered = match self.foundations.outside.with_usable(&saved) {
            Ok(layered) => layered,
            Err(problems) => {
                tracing::error!(%problems, "the changed settings cannot be used now; they are tried again");
                return Ok(false);
            }
        };
        self.saved = saved;
        tell_of(&layered);
        self.furnishing = Furnishing::of(&self.foundations, &layered, Some(&self.furnishing)).await;
        self.live.exchange(self.furnishing.rooms.clone());
        self.foundations.effect.reached(self.saved.clone());
        tracing::info!("the saved settings have changed and are in effect");
        Ok(true)
    }
}

/// Whether anything of this has ended by a panic since it was asked last. Some ends at once, having nothing to do with the settings.
fn has_panicked(work: &mut JoinSet<()>) -> bool {
    let mut panicked = false;
    while let Some(ended) = work.try_join_next() {
        panicked |= ended.is_err_and(|error| error.is_panic());
    }
    panicked
}

/// Says in the log what of the saved settings does not count.
pub(super) fn tell_of(layered: &Layered) {
    for problem in &layered.ignored {
        tracing::error!("a saved setting is ignored: {problem}");
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn a_panic_in_the_background_is_noticed_and_an_end_is_none() {
        let mut work = JoinSet::new();
        work.spawn(async {});
        work.spawn(pending()).abort();
        while !work.is_empty() {
            assert!(!has_panicked(&mut work));
            tokio::task::yield_now().await;
        }
        work.spawn(pending());
        work.spawn(async { panic!("planted") });
        while !has_panicked(&mut work) {
            tokio::task::yield_now().await;
        }
        assert_eq!(work.len(), 1, "the others go on until all begin anew");
    }
}

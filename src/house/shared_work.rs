//! The work in the background that all front doors on a store need done once, by whichever of them has the duty now; and, for each kind of work, who does
//! it and why nothing comes of two that do it at once.
//!
//! | work | by | what if somebody who was overtaken goes on |
//! |---|---|---|
//! | reading the service desks | the one on duty, or whoever meets an unknown link | its reading is refused by the store (`link::shared`) |
//! | doing later what Atlassian failed at | the one on duty | one person at a time, under their lock; their record takes only what follows from how it was read |
//! | unanswered hand-overs | the one on duty | a note is taken away by one, who records it |
//! | dropping old audit records | the one on duty | the new beginning is compared and set; only what lies before it is dropped |
//! | dropping old visits | the one on duty | what is old for one is old for all |
//! | sealing again with the current key | one of those that have two keys (`store::vault::leave`) | a value is exchanged for itself alone; that it is done is refused when anybody began to seal meanwhile |
//! | looking for changed settings, other readings, forgotten people | each for itself | nothing is written |
//! | counting the figures | each for itself, in memory | what is stored is compared and set, and only where it goes further |
//! | providers' endpoints and keys, names of organizations | each for itself, in memory | nothing is written |
//! | traces, refusals beyond the budget, the audit trail's queue | each its own | the chain's end is compared and set |
//! | the entry in the register | each its own | nothing else is written |
//!
//! What Atlassian is asked for cannot be refused so: it knows no numbers of ours. There nobody is made twice since whoever makes somebody looks first what
//! Atlassian has, and says in the store before that it is about to.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::admission::{Admission, later, visits};
use crate::audit::Trail;
use crate::clock::Clock;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::hand_over::HandOvers;
use crate::store::{Duty, StoreError, Vault};

use super::may_come::may_come;

/// The name of the duty.
const DUTY: &str = "caretaker";

/// When it is free again should its holder die. With the time between two tries, another takes over within ten seconds.
const LIFE: Duration = Duration::from_secs(6);

/// How often those who do not have it try to take it, and the one who has it looks whether it still does.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How the one who has it looks whether it still does.
#[derive(Debug, Clone, Copy)]
struct Pace {
    look_every: Duration,
    life: Duration,
}

const PACE: Pace = Pace {
    look_every: LOOK_EVERY,
    life: LIFE,
};

/// What the one on duty works with.
pub(super) struct SharedWork {
    pub(super) vault: Vault,
    pub(super) clock: Clock,
    pub(super) keep: Duration,
    pub(super) admission: Admission,
    pub(super) links: Arc<CatalogueKeeper>,
    pub(super) hand_overs: HandOvers,
    pub(super) trail: Trail,
}

impl SharedWork {
    /// Does the work whenever this front door has the duty. Never ends by itself; when it is dropped, the duty is given back.
    pub(super) async fn keep(self) {
        // The one before may be giving it back just now.
        let mut patience = LOOK_EVERY;
        loop {
            match self.vault.take_duty(DUTY, LIFE, patience).await {
                Ok(Some(duty)) => self.on_duty(&duty).await,
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "whether this front door works for all could not be told");
                }
            }
            patience = Duration::ZERO;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn on_duty(&self, duty: &Duty) {
        let number = duty.number();
        tracing::info!(number, "this front door does the shared work");
        work_while(PACE, || duty.is_held(), || self.begin()).await;
        tracing::warn!(number, "this front door does the shared work no more");
    }

    fn begin(&self) -> JoinSet<()> {
        let Self {
            vault,
            clock,
            keep,
            admission,
            links,
            hand_overs,
            trail,
        } = self;
        let mut work = JoinSet::new();
        work.spawn(visits::keep_only(vault.clone(), clock.clone(), *keep));
        let may_come = may_come(admission.clone(), links.clone());
        work.spawn(later::keep_doing(admission.clone(), may_come));
        work.spawn(links.clone().keep_fresh(std::future::pending()));
        work.spawn(hand_overs.clone().keep_watch());
        work.spawn(trail.clone().keep_only(*keep));
        work
    }
}

/// Has work done until somebody else has the duty, or nothing was heard of it for as long as it lasts. Then none of it goes on.
async fn work_while<F>(pace: Pace, is_held: impl Fn() -> F, begin: impl Fn() -> JoinSet<()>)
where
    F: Future<Output = Result<bool, StoreError>>,
{
    let mut work = begin();
    let mut certain = Instant::now();
    loop {
        tokio::time::sleep(pace.look_every).await;
        match is_held().await {
            Ok(true) => certain = Instant::now(),
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "whether this front door works for all could not be told");
                if certain.elapsed() >= pace.life {
                    return;
                }
            }
        }
        if has_panicked(&mut work) {
            tracing::error!("shared work in the background has panicked and begins anew");
            work = begin();
        }
    }
}

/// Whether some of it has ended by a panic. Some ends at once, having nothing to do.
fn has_panicked(work: &mut JoinSet<()>) -> bool {
    let mut panicked = false;
    while let Some(ended) = work.try_join_next() {
        panicked |= ended.is_err_and(|error| error.is_panic());
    }
    panicked
}

#[cfg(test)]
#[path = "shared_work_tests.rs"]
mod tests;

//! The organizations of the site by name, as they were found lately: so that joining one costs one call and not two.
//!
//! Jira has no look-up of an organization by its name: one is either made (which gives the existing one of that name), or looked for in the whole list.
//! With thousands of organizations the list takes longer than a visit has time. So it is read beside the visits, once for all who want it: when the house
//! begins to stand, and again when somebody needs what is older than ten minutes, or is not in it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::jsm::{Deadline, Jsm, JsmError, Organization};

use super::Admission;
use super::organizations::Belonging;

/// After how long what was found is looked up again.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// After how long it is looked again whether the list has a name by now that was not there.
const LOOKED: SignedDuration = SignedDuration::from_mins(1);

/// How long it is believed meanwhile.
const BELIEVED: SignedDuration = SignedDuration::from_hours(1);

/// The most names that are remembered: as many as the longest list that is read.
const MOST: usize = 20_000;

/// How long reading the whole list may take.
const READING: Duration = Duration::from_mins(2);

/// How long after a failure the list is read again, when the house has just begun to stand.
const READ_AGAIN: Duration = Duration::from_secs(30);

/// What was found; clones share it.
#[derive(Clone)]
pub(super) struct Directory {
    found: Arc<Mutex<Found>>,
    clock: Clock,
}

#[derive(Default)]
struct Found {
    by_name: HashMap<String, (Organization, Timestamp)>,
    /// When the whole list was read.
    listed: Option<Timestamp>,
    /// What comes of reading it now.
    reading: Option<Outcome>,
}

/// What comes of reading the list, once it is known.
type Outcome = watch::Receiver<Option<Result<(), JsmError>>>;

impl Directory {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            found: Arc::default(),
            clock,
        }
    }

    /// The organization of this name: remembered, made, or looked for.
    pub(super) async fn find(
        &self,
        jsm: &Jsm,
        one: &Belonging,
        deadline: Deadline,
    ) -> Result<Option<Organization>, JsmError> {
        if let Some((known, at)) = self.remembered(&one.name) {
            if self.age(at) >= FRESH {
                self.read(jsm);
            }
            return Ok(Some(known));
        }
        if one.create {
            let made = jsm.create_or_get_organization(&one.name, deadline).await?;
            self.remember(one.name.clone(), made.clone());
            return Ok(Some(made));
        }
        if !self.was_just_listed() {
            read_by(self.read(jsm), deadline).await?;
        }
        Ok(self.remembered(&one.name).map(|(known, _)| known))
    }

    /// Reads the list beside whoever wants it, unless that is going on already.
    fn read(&self, jsm: &Jsm) -> Outcome {
        let mut found = self.found();
        let going = found.reading.take().filter(|outcome| {
            let is_going = outcome.has_changed().is_ok();
            is_going && outcome.borrow().is_none()
        });
        let outcome = going.unwrap_or_else(|| self.begin_to_read(jsm));
        found.reading = Some(outcome.clone());
        outcome
    }

    fn begin_to_read(&self, jsm: &Jsm) -> Outcome {
        let (told, outcome) = watch::channel(None);
        let (directory, jsm) = (self.clone(), jsm.clone());
        tokio::spawn(async move {
            let all = jsm.organizations(Deadline::after(READING)).await;
            let read = all.map(|all| directory.remember_all(all));
            told.send_replace(Some(read));
        });
        outcome
    }

    /// Whatever was found under this name is there no longer.
    pub(super) fn forget(&self, name: &str) {
        let mut found = self.found();
        found.by_name.remove(name);
        found.listed = None;
    }

    fn remembered(&self, name: &str) -> Option<(Organization, Timestamp)> {
        let found = self.found();
        let (organization, at) = found.by_name.get(name)?;
        (self.age(*at) < BELIEVED).then(|| (organization.clone(), *at))
    }

    fn remember(&self, name: String, one: Organization) {
        let now = self.clock.now();
        let mut found = self.found();
        if found.by_name.len() >= MOST {
            found.by_name.clear();
        }
        found.by_name.insert(name, (one, now));
    }

    fn remember_all(&self, all: Vec<Organization>) {
        let now = self.clock.now();
        let named = |one: Organization| (one.name.clone(), (one, now));
        // Of two that have one name, the first in Jira's order.
        let by_name = all.into_iter().rev().map(named).collect();
        let mut found = self.found();
        found.by_name = by_name;
        found.listed = Some(now);
    }

    fn was_just_listed(&self) -> bool {
        self.found().listed.is_some_and(|at| self.age(at) < LOOKED)
    }

    fn age(&self, at: Timestamp) -> SignedDuration {
        self.clock.now().duration_since(at)
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the list. Whoever has no more time goes on without; it is read all the same.
async fn read_by(mut outcome: Outcome, deadline: Deadline) -> Result<(), JsmError> {
    let too_slow = || JsmError::TooSlow {
        operation: "list_organizations",
    };
    let left = deadline.left().unwrap_or_default();
    let read = tokio::time::timeout(left, outcome.wait_for(Option::is_some)).await;
    let read = read.map_err(|_| too_slow())?.map_err(|_| too_slow())?;
    read.clone().ok_or_else(too_slow)?
}

impl Admission {
    /// Reads the organizations once when the house begins to stand, so that no first visit has to wait for it.
    pub async fn know_organizations(self) {
        let Some(jsm) = self.jsm.as_ref().filter(|_| !self.organizations.is_empty()) else {
            return;
        };
        loop {
            let read = read_by(self.directory.read(jsm), Deadline::after(READING)).await;
            let Err(error) = read else { return };
            tracing::info!(%error, "the organizations could not be read before somebody needs them");
            if !error.passes() {
                return;
            }
            tokio::time::sleep(READ_AGAIN).await;
        }
    }
}

//! The organizations of the site by name, as they were found lately: so that joining one costs one call and not two.
//!
//! Jira has no look-up of an organization by its name: one is either made (which gives the existing one of that name), or looked for in the whole list.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::jsm::{Deadline, Jsm, JsmError, Organization};

use super::organizations::Belonging;

/// How long what was found is believed.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// The most names that are remembered: more than the longest list that is read.
const MOST: usize = 20_000;

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
}

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
        if let Some(known) = self.remembered(&one.name) {
            return Ok(Some(known));
        }
        if one.create {
            let made = jsm.create_or_get_organization(&one.name, deadline).await?;
            self.remember(one.name.clone(), made.clone());
            return Ok(Some(made));
        }
        if !self.is_listed() {
            let all = jsm.organizations(deadline).await?;
            self.remember_all(all);
        }
        Ok(self.remembered(&one.name))
    }

    /// Whatever was found under this name is there no longer.
    pub(super) fn forget(&self, name: &str) {
        let mut found = self.found();
        found.by_name.remove(name);
        found.listed = None;
    }

    fn remembered(&self, name: &str) -> Option<Organization> {
        let found = self.found();
        let (organization, at) = found.by_name.get(name)?;
        self.is_fresh(*at).then(|| organization.clone())
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
        for one in all {
            self.remember(one.name.clone(), one);
        }
        self.found().listed = Some(self.clock.now());
    }

    fn is_listed(&self) -> bool {
        self.found().listed.is_some_and(|at| self.is_fresh(at))
    }

    fn is_fresh(&self, at: Timestamp) -> bool {
        self.clock.now().duration_since(at) < LIFE
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! What Jira is told of a customer beyond their being one: the display name and the detail fields, so that both follow the claims.
//!
//! Jira takes them by an API that not every site has. Where it is missing that is said once, nothing of it is planned for a while, and nobody notices.
//! "Not found" may mean the site or this one customer: only when several customers in a row are not found is it taken for the site.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::identity::Identity;
use crate::jsm::{AccountId, JsmError};
use crate::settings::MappingSettings;
use crate::settings::template::Source;

use super::customer::Customer;
use super::membership::When;

/// For how long a site that has no such API is not asked again.
const MISSING: SignedDuration = SignedDuration::from_hours(1);

/// So many customers in a row who are not found: the site has none of it.
const NOT_FOUND: usize = 3;

/// The most values of one field.
const MOST_VALUES: usize = 50;

/// The longest value, in characters.
const LONGEST_VALUE: usize = 255;

/// One thing that is told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// What they are called.
    Name,
    /// The detail field of this name.
    Detail(String),
}

/// What Jira was told last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What it is about.
    pub fact: Fact,
    /// What it says there; a name is one value.
    pub values: Vec<String>,
    /// When telling something else failed last, and whether it passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<(Timestamp, bool)>,
}

/// What follows the claims, and whether the site takes it.
#[derive(Clone)]
pub(super) struct Details {
    mapping: MappingSettings,
    site: Arc<Mutex<Site>>,
    clock: Clock,
}

#[derive(Default)]
struct Site {
    missing_since: Option<Timestamp>,
    /// Who was not found since somebody was.
    not_found: BTreeSet<AccountId>,
    was_told: bool,
}

impl Details {
    pub(super) fn new(mapping: MappingSettings, clock: Clock) -> Self {
        Self {
            mapping,
            site: Arc::default(),
            clock,
        }
    }

    /// What the site is still to be told of this customer.
    pub(super) fn left(
        &self,
        identity: &Identity,
        known: &Customer,
        when: When,
    ) -> Vec<(Fact, Vec<String>)> {
        if self.is_missing() {
            return Vec::new();
        }
        let is_left =
            |(fact, values): &(Fact, Vec<String>)| known.is_to_be_told(fact, values, when);
        self.wanted(identity, known)
            .into_iter()
            .filter(is_left)
            .collect()
    }

    /// Everything that the claims say of this customer, whether the site takes it now or not.
    pub(super) fn wanted(&self, identity: &Identity, known: &Customer) -> Vec<(Fact, Vec<String>)> {
        let follows = self.mapping.update_existing || known.new;
        if follows && !known.atlassian {
            wanted(identity, &self.mapping)
        } else {
            Vec::new()
        }
    }

    /// Whether only new customers are told of.
    pub(super) fn follow_for_new_alone(&self) -> bool {
        !self.mapping.update_existing
    }

    fn is_missing(&self) -> bool {
        let since = self.site().missing_since;
        since.is_some_and(|since| self.clock.now().duration_since(since) < MISSING)
    }

    /// Telling something of this customer failed. Returns whether that is because the site has no such API, or does not let the service account use it.
    pub(super) fn is_missing_after(&self, account: &AccountId, error: &JsmError) -> bool {
        let mut site = self.site();
        let is_missing = match error {
            JsmError::Forbidden { .. } | JsmError::Refused { status: 412, .. } => true,
            JsmError::NotFound { .. } => {
                site.not_found.insert(account.clone());
                site.not_found.len() >= NOT_FOUND
            }
            _ => false,
        };
        if is_missing {
            site.missing_since = Some(self.clock.now());
            site.not_found.clear();
            if !std::mem::replace(&mut site.was_told, true) {
                tracing::warn!(
                    why = %error,
                    "display names and customer details are not changed at Jira: the site has no Customer Service Management API, or the service account may not use it"
                );
            }
        }
        is_missing
    }

    pub(super) fn note_there(&self) {
        *self.site() = Site::default();
    }

    fn site(&self) -> std::sync::MutexGuard<'_, Site> {
        self.site.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything that the claims say.
fn wanted(identity: &Identity, mapping: &MappingSettings) -> Vec<(Fact, Vec<String>)> {
    let name = (Fact::Name, vec![identity.display_name.clone()]);
    let details = mapping.details.iter().map(|(field, source)| {
        let values = values(identity, source);
        (Fact::Detail(field.clone()), values)
    });
    std::iter::once(name).chain(details).collect()
}

/// A claim may have several values; a template makes one.
fn values(identity: &Identity, source: &Source) -> Vec<String> {
    let claims = &identity.claims;
    let all = match source {
        Source::Claim(name) => {
            let list = claims.list(name);
            if list.is_empty() {
                claims.text(name).into_iter().map(Into::into).collect()
            } else {
                list
            }
        }
        Source::Template(_) => source
            .value(|claim| claims.text(claim))
            .into_iter()
            .collect(),
    };
    let tidy = |value: String| -> Option<String> {
        let visible = value.chars().filter(|c| !c.is_control());
        let value: String = visible.take(LONGEST_VALUE).collect();
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    all.into_iter().filter_map(tidy).take(MOST_VALUES).collect()
}

impl Customer {
    fn told(&self, fact: &Fact) -> Option<&Told> {
        self.told.iter().find(|told| told.fact == *fact)
    }

    fn is_to_be_told(&self, fact: &Fact, values: &[String], when: When) -> bool {
        match self.told(fact) {
            Some(told) => {
                let may_try = told.failed.is_none_or(|(at, passes)| {
                    if passes {
                        when.may_try(at)
                    } else {
                        when.may_look(at)
                    }
                });
                told.values != values && may_try
            }
            None => !values.is_empty(),
        }
    }

    /// Notes what Jira has been told, or that it could not be.
    pub(super) fn note_told(&mut self, fact: &Fact, told: Result<Vec<String>, (Timestamp, bool)>) {
        let before = self.told(fact).map(|told| told.values.clone());
        let (values, failed) = match told {
            Ok(values) => (values, None),
            Err(failed) => (before.unwrap_or_default(), Some(failed)),
        };
        self.told.retain(|told| told.fact != *fact);
        self.told.push(Told {
            fact: fact.clone(),
            values,
            failed,
        });
    }
}

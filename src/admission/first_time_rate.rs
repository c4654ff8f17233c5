//! How many people may become customers within an hour of the clock, at each link: a flood of invented people stops there.
//!
//! Who is about to be made is counted, and taken out again when Jira had them before. Each person counts once, however often they come: one alone uses up
//! nobody's hour. It is counted in the store, so that several processes count together and a restart forgets nothing; two hours later nothing of it is left.

use std::time::Duration;

use crate::identity::Identity;
use crate::jsm::ServiceDeskId;
use crate::store::{Key, StoreError};

use super::person::PersonId;
use super::policy::LinkRules;
use super::{Admission, AdmissionError};

/// An hour, in seconds.
const HOUR: i64 = 3_600;

/// How long a count is kept: its hour is over by then.
const LIFE: Duration = Duration::from_hours(1);

impl Admission {
    /// Counts a newcomer, and stops them when enough others came within this hour. Called under the lock of the person.
    pub(super) async fn within_rate(
        &self,
        identity: &Identity,
        rules: Option<&LinkRules>,
    ) -> Result<(), AdmissionError> {
        let (hour, person) = self.hour_of(identity, rules);
        if self
            .vault
            .index_get::<()>(&hour, person.as_str())
            .await?
            .is_some()
        {
            return Ok(());
        }
        // First in, then counted: of those who come at the same moment too few may come in, and never too many.
        self.vault
            .index_put(&hour, person.as_str(), &(), Some(LIFE))
            .await?;
        let most = usize::try_from(self.access.first_time_per_hour).unwrap_or(usize::MAX);
        if self.vault.index_count(&hour).await? <= most {
            return Ok(());
        }
        self.vault.index_remove(&hour, person.as_str()).await?;
        let rest = HOUR - self.now().as_second().rem_euclid(HOUR);
        Err(AdmissionError::TooManyNewcomers {
            link: rules.map(|rules| rules.slug.clone()),
            wait: Duration::from_secs(rest.unsigned_abs()),
        })
    }

    /// Somebody who was counted is no newcomer after all.
    pub(super) async fn was_none(
        &self,
        identity: &Identity,
        rules: Option<&LinkRules>,
    ) -> Result<(), StoreError> {
        let (hour, person) = self.hour_of(identity, rules);
        self.vault.index_remove(&hour, person.as_str()).await?;
        Ok(())
    }

    /// Where those are counted who come where they do in this hour, and what they are called there.
    fn hour_of(&self, identity: &Identity, rules: Option<&LinkRules>) -> (Key, PersonId) {
        let place = rules.and_then(|rules| rules.service_desk.as_ref());
        let place = place.map_or("portal", ServiceDeskId::as_str);
        let hour = self.now().as_second().div_euclid(HOUR);
        let person = PersonId::of(&self.vault, &identity.email);
        (Key::first_times(place, hour), person)
    }
}

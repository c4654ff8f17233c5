//! How many people may come for the first time within an hour of the clock, at each link: a flood of invented people stops there.
//!
//! Each person counts once, however often they come: one alone uses up nobody's hour. It is counted in the store, so that several processes count together
//! and a restart forgets nothing; two hours later nothing of it is left.

use std::time::Duration;

use crate::identity::Identity;
use crate::jsm::ServiceDeskId;
use crate::store::Key;

use super::person::PersonId;
use super::policy::LinkRules;
use super::{Admission, AdmissionError};

/// An hour, in seconds.
const HOUR: i64 = 3_600;

/// How long a count is kept: its hour is over by then.
const LIFE: Duration = Duration::from_hours(1);

impl Admission {
    /// Counts somebody who is not known yet, and stops them when enough others came within this hour. Called under the lock of the person.
    pub(super) async fn within_rate(
        &self,
        identity: &Identity,
        rules: Option<&LinkRules>,
    ) -> Result<(), AdmissionError> {
        let second = self.now().as_second();
        let hour = second.div_euclid(HOUR);
        let place = rules.and_then(|rules| rules.service_desk.as_ref());
        let place = place.map_or("portal", ServiceDeskId::as_str);
        let person = PersonId::of(&self.vault, &identity.email);
        let counted = Key::newcomer(place, hour, person.as_str());
        if self.vault.exists(&counted).await? {
            return Ok(());
        }
        let newcomers = self
            .vault
            .count(&Key::first_times(place, hour), LIFE)
            .await?;
        if newcomers > u64::from(self.access.first_time_per_hour) {
            let rest = HOUR - second.rem_euclid(HOUR);
            return Err(AdmissionError::TooManyNewcomers {
                link: rules.map(|rules| rules.slug.clone()),
                wait: Duration::from_secs(rest.unsigned_abs()),
            });
        }
        self.vault.claim(&counted, LIFE).await?;
        Ok(())
    }
}

//! Where people wait whom Atlassian cannot be asked about yet: the line of first visits, and the patience of those who came in vain. It lasts while
//! settings change.

use std::time::Duration;

use tokio::time::Instant;

use crate::identity::Identity;
use crate::random;
use crate::store::Vault;
use crate::web::Visit;

use super::patience::Patience;
use super::waiting::WaitingLine;
use super::{Admission, AdmissionError};

/// The least and the most that somebody is told to wait, whatever Atlassian asks.
const LEAST_WAIT: Duration = Duration::from_secs(5);
const MOST_WAIT: Duration = Duration::from_hours(1);

/// The line, and what is known of those who came in vain.
#[derive(Debug, Default)]
pub struct WaitingRoom {
    line: WaitingLine,
    patience: Patience,
}

impl WaitingRoom {
    /// With a line of its own pace.
    #[must_use]
    pub fn with_line(line: WaitingLine) -> Self {
        Self {
            line,
            patience: Patience::default(),
        }
    }
}

impl Admission {
    /// Waits until a first visit may begin, or says when. Only `unknown` people cost Atlassian calls enough to stand in line.
    pub(super) async fn stand_in_line(
        &self,
        visit: &Visit,
        identity: &Identity,
        unknown: bool,
    ) -> Result<(), AdmissionError> {
        if !unknown || self.jsm.is_none() {
            return Ok(());
        }
        let person = person(&self.vault, identity);
        self.waiting_room
            .line
            .enter(&person)
            .await
            .map_err(|place| {
                visit.steps.note("Waiting line", place.to_string());
                AdmissionError::InLine(place)
            })
    }

    /// The same error with the time to come back, where coming back may help.
    pub(super) fn patiently(&self, identity: &Identity, error: AdmissionError) -> AdmissionError {
        let wait = match &error {
            AdmissionError::Atlassian(error) if error.passes() => error.wait(),
            AdmissionError::Busy => None,
            _ => return error,
        };
        let person = person(&self.vault, identity);
        let pause = self.waiting_room.patience.in_vain(&person, Instant::now());
        // Not all at once when it is back.
        let apart = |pause: Duration| pause.mul_f64(1.0 + random::fraction() / 4.0);
        let least = pause.map_or(LEAST_WAIT, apart);
        AdmissionError::ComeBack {
            wait: wait.unwrap_or_default().max(least).min(MOST_WAIT),
            by_itself: pause.is_some(),
            error: Box::new(error),
        }
    }

    /// Forgets that somebody came in vain before.
    pub(super) fn came_in(&self, identity: &Identity) {
        let person = person(&self.vault, identity);
        self.waiting_room.patience.came_in(&person);
    }
}

/// A person by the address, as locks tell them apart; the address itself is kept nowhere.
fn person(vault: &Vault, identity: &Identity) -> String {
    vault.pseudonym("customer", identity.email.as_str())
}

//! What a change means beyond its old and new values: what it deletes for good, and what should be looked at before it is saved.

use std::time::Duration;

use jiff::SignedDuration;

use crate::audit::{GRACE, Held};
use crate::settings::{Edit, Problem, Settings, Warning};
use crate::store::StoreError;
use crate::web::pages::for_people;

use super::Editor;

impl Editor {
    /// What can never be had back once these settings are in effect: by what is kept now, which may be more than what is set.
    pub(super) async fn deleted(&self, after: &Settings) -> Result<Option<String>, StoreError> {
        let (set, wanted) = (self.settings().audit_keep, after.audit_keep);
        let held = self.trail.held(set).await?;
        let loses = wanted != set && wanted < held.keep;
        Ok(loses.then(|| self.first_kept(wanted)).flatten().map(|first| format!(
            "Events before {first} are deleted for good, a day after this was saved. Until then it can be taken back; afterwards taking it back does not bring them back."
        )))
    }

    /// The day of the oldest event that is left after a day.
    fn first_kept(&self, keep: Duration) -> Option<String> {
        let keep = SignedDuration::try_from(keep).ok()?;
        let then = self.clock.now().checked_add(GRACE).ok()?;
        let first = then.checked_sub(keep).ok()?;
        Some(first.strftime("%-d %B %Y").to_string())
    }

    /// That events are still kept for longer than is set, while that is so.
    pub(in crate::admin) async fn kept_for_longer(&self) -> Result<Option<String>, StoreError> {
        let set = self.settings().audit_keep;
        let Held { keep, until } = self.trail.held(set).await?;
        Ok(until.map(|until| format!(
            "Events are still kept for {} until {}. From then on they are kept for {}, and older ones are deleted for good. Until then that can be taken back: set “Kept for”, on the page Settings, to as long as before.",
            days(keep),
            for_people(until),
            days(set)
        )))
    }
}

/// A time for which events are kept, as its setting is written.
fn days(keep: Duration) -> String {
    const HOUR: u64 = 60 * 60;
    match keep.as_secs() {
        seconds if seconds % (24 * HOUR) == 0 => format!("{}d", seconds / (24 * HOUR)),
        seconds if seconds % HOUR == 0 => format!("{}h", seconds / HOUR),
        seconds => format!("{seconds}s"),
    }
}

/// The warnings about what is changed, as they are shown with their fields.
pub(super) fn notes(edits: &[Edit], warnings: Vec<Warning>) -> Vec<Problem> {
    let is_changed = |warning: &Warning| edits.iter().any(|edit| edit.key() == warning.key);
    let warnings = warnings.into_iter().filter(is_changed);
    let note = |warning: Warning| Problem {
        key: warning.key,
        origin: warning.origin,
        message: warning.message,
    };
    warnings.map(note).collect()
}

//! What a change means beyond its old and new values: what it deletes for good, and what should be looked at before it is saved.

use jiff::SignedDuration;

use crate::audit::GRACE;
use crate::settings::{Edit, Problem, Settings, Warning};

use super::Editor;

/// What can never be had back once these settings are in effect.
pub(super) fn deleted(editor: &Editor, after: &Settings) -> Option<String> {
    if after.audit_keep >= editor.settings().audit_keep {
        return None;
    }
    let keep = SignedDuration::try_from(after.audit_keep).ok()?;
    let first = editor.clock.now().checked_add(GRACE).ok()?;
    let first = first.checked_sub(keep).ok()?;
    Some(format!(
        "Events before {} are deleted for good, a day after this was saved. Until then it can be taken back; afterwards taking it back does not bring them back.",
        first.strftime("%-d %B %Y")
    ))
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

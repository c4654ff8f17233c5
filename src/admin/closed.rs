//! That every link is closed, and why: on purpose, or since something that was saved cannot be used.

use super::change::Editor;

/// Why nobody can come in by any link. A template that has it as `closed` includes `admin/closed.html`.
#[derive(Debug)]
pub(crate) enum Closed {
    /// At the desk.
    OnPurpose,
    /// In this file or variable.
    Outside(String),
    /// It may be that a setting which cannot be used was to keep somebody out.
    Unusable,
}

impl Closed {
    /// `None`: each link is open or not by its own settings.
    pub(super) fn of(editor: &Editor) -> Option<Self> {
        if !editor.settings().links_closed {
            return None;
        }
        if editor.is_shut() {
            return Some(Self::Unusable);
        }
        let locked = editor.outside().locked("links_closed");
        Some(locked.map_or(Self::OnPurpose, |locked| Self::Outside(locked.by)))
    }

    pub(crate) fn words(&self) -> String {
        match self {
            Self::OnPurpose => "You closed every link under Settings (All links). Nobody can come in by any link, whatever its own settings say, until they are opened there.".to_owned(),
            Self::Outside(by) => format!("Every link is closed on purpose: {by} sets links_closed. Nobody can come in by any link, whatever its own settings say, until they are opened there."),
            Self::Unusable => "Every link is closed: saved settings cannot be used. The overview says which.".to_owned(),
        }
    }

    /// Address and name of the page that leads further.
    pub(crate) fn page(&self) -> (&'static str, &'static str) {
        match self {
            Self::OnPurpose | Self::Outside(_) => ("/admin/settings#links_closed", "Settings"),
            Self::Unusable => ("/admin", "Overview"),
        }
    }
}

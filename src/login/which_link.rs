//! Which link a login leads to, so that its refusal is told and counted there. Which links there are is another room's knowledge: it is asked, so that no name
//! that somebody made up gets into the audit trail.

use std::fmt;

use crate::settings::Slug;

use super::attempt::LoginAttempt;

/// Knows the link that a login attempt leads to, if it leads to one.
pub struct WhichLink(Box<Find>);

type Find = dyn Fn(&LoginAttempt) -> Option<Slug> + Send + Sync;

impl WhichLink {
    /// By whoever knows the links.
    #[must_use]
    pub fn new(find: impl Fn(&LoginAttempt) -> Option<Slug> + Send + Sync + 'static) -> Self {
        Self(Box::new(find))
    }

    pub(super) fn of(&self, attempt: &LoginAttempt) -> Option<Slug> {
        (self.0)(attempt)
    }
}

impl fmt::Debug for WhichLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WhichLink(…)")
    }
}

//! Who is an administrator, by the settings.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::identity::Identity;
use crate::session::Session;
use crate::settings::Settings;
use crate::settings::names::Group;

/// Who is an administrator, and for how long a login makes one who may change something.
#[derive(Debug, Clone)]
pub struct Administrators {
    groups: Vec<Group>,
    login_within: Duration,
    clock: Clock,
}

impl Administrators {
    /// By these settings.
    #[must_use]
    pub fn new(settings: &Settings, clock: Clock) -> Self {
        Self {
            groups: settings.admin_groups.clone(),
            login_within: settings.admin_login_within,
            clock,
        }
    }

    /// Whether this identity is one. Nobody is where no group is set.
    #[must_use]
    pub fn include(&self, identity: &Identity) -> bool {
        Self::among(&self.groups, identity)
    }

    /// Whether this identity is one where these are the administrators' groups.
    #[must_use]
    pub(super) fn among(groups: &[Group], identity: &Identity) -> bool {
        identity.groups.iter().any(|group| groups.contains(group))
    }

    /// Whether the login is too old for a change. It is as old as the provider says; where it does not say, as old as the session.
    pub(super) fn must_log_in_again(&self, session: &Session) -> bool {
        let proved = session.data.identity.auth_time;
        let proved = proved.unwrap_or(session.data.started);
        let until = proved.saturating_add(self.login_within);
        self.clock.now() > until.unwrap_or(Timestamp::MAX)
    }
}

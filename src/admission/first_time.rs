//! The first time: what somebody must have, beyond the rules, who is no customer yet or comes to a service desk where they are none yet.
//!
//! Asked under the lock of the person, after the verdict and before anything is done at Atlassian.

use std::collections::BTreeSet;

use crate::identity::Identity;
use crate::web::Visit;

use super::cause::Came;
use super::{Admission, AdmissionError};

/// What somebody may who comes for the first time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Leave {
    /// Whether a customer may be made for them.
    pub create: bool,
    /// Whether they count among the new customers of the hour, should one be made.
    pub counts: bool,
    /// Organizations that an invitation gives them, by name.
    pub organizations: BTreeSet<String>,
}

impl Admission {
    /// Whether they may come in for the first time, and as what. `unknown`: they are no customer at all yet.
    ///
    /// Somebody whom an administrator has looked at, by an invitation or an approval, becomes a customer also where only the invited do, and does not count
    /// among the new ones of the hour. At the portal as a whole approvals were asked for before.
    pub(super) async fn first_time(
        &self,
        visit: &Visit,
        identity: &Identity,
        came: Came<'_>,
        unknown: bool,
    ) -> Result<Leave, AdmissionError> {
        let rules = came.rules();
        let invitation = self.take_invitation(visit, identity, rules).await?;
        let approved = match came {
            Came::By(rules) if invitation.is_none() => {
                self.approved(visit, identity, rules, unknown).await?
            }
            Came::By(_) => false,
            Came::ByNone { approved } => approved,
        };
        let is_looked_at = approved || invitation.is_some();
        let create = self.access.create_customers.creates(is_looked_at);
        Ok(Leave {
            create,
            counts: !is_looked_at,
            organizations: invitation.map(|one| one.organizations).unwrap_or_default(),
        })
    }
}

//! What became of a customer's belonging to one organization, as the front door keeps it.
//!
//! Only a membership that the front door gave is ever taken away. Jira does not tell who gave one, and giving it twice succeeds; so whoever was a customer
//! before is asked about first, and the intention is kept before the call and the outcome behind it: what is interrupted between the two is done again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::jsm::OrganizationId;
use crate::settings::OrganizationSettings;

use super::organizations::takes_away;

/// How long an organization that a customer could not be added to is not asked for again.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// How long an organization is let alone when Atlassian failed at it, so that a bad day of Atlassian's does not slow every login.
const TRY_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// One membership.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Membership {
    /// The customer is a member, and not known to be one through the front door.
    Joined(OrganizationId),
    /// The front door is about to make the customer a member, who was none.
    Giving {
        /// JSM's id of the organization.
        id: OrganizationId,
        /// Why.
        by: By,
        /// When it failed last so that it may be done all the same. It is tried again a quarter of an hour later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<Timestamp>,
    },
    /// The front door made the customer a member.
    Given {
        /// JSM's id of the organization.
        id: OrganizationId,
        /// Why.
        by: By,
        /// When taking it away again failed last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<Timestamp>,
    },
    /// JSM has no such organization and it may not be created, or SCIM manages its members.
    NotPossible {
        /// When that was found. It is looked for again a day later, so that an organization made meanwhile is found and a login still costs nothing.
        found: Timestamp,
    },
    /// Atlassian failed in a way that passes. It is tried again a quarter of an hour later.
    PutOff {
        /// When it failed.
        at: Timestamp,
    },
}

/// What gives somebody an organization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A rule that names it.
    Rule,
    /// A rule by which this claim names it.
    Claim(String),
    /// No rule gives them any other.
    Default,
    /// An invitation.
    Invitation,
}

/// When something is planned.
#[derive(Debug, Clone, Copy)]
pub struct When {
    /// The time.
    pub now: Timestamp,
    /// Whether it is what was put off: that is then not left alone for longer.
    pub again: bool,
}

impl When {
    /// In a visit.
    #[must_use]
    pub fn visit(now: Timestamp) -> Self {
        Self { now, again: false }
    }

    /// Whether what failed then may be tried again.
    #[must_use]
    pub fn may_try(self, failed: Timestamp) -> bool {
        self.again || self.now.duration_since(failed) >= TRY_AGAIN
    }

    /// Whether what was found to be impossible then is looked at again.
    #[must_use]
    pub fn may_look(self, found: Timestamp) -> bool {
        self.now.duration_since(found) >= LOOK_AGAIN
    }
}

impl Membership {
    /// Whether nothing is to be done so that the customer is a member, or nothing now.
    #[must_use]
    pub fn stands(&self, when: When) -> bool {
        match self {
            Self::Joined(_) | Self::Given { .. } => true,
            Self::Giving { failed, .. } => failed.is_some_and(|at| !when.may_try(at)),
            Self::NotPossible { found } => !when.may_look(*found),
            Self::PutOff { at } => !when.may_try(*at),
        }
    }

    /// What could be taken away now: the organization, and why the front door gave it.
    #[must_use]
    pub fn may_end(&self, when: When) -> Option<(&OrganizationId, &By)> {
        match self {
            Self::Given { id, by, kept } if kept.is_none_or(|at| when.may_try(at)) => {
                Some((id, by))
            }
            // The call may have been made.
            Self::Giving { id, by, failed } if failed.is_none_or(|at| when.may_try(at)) => {
                Some((id, by))
            }
            _ => None,
        }
    }

    /// JSM's id of the organization, where the customer is or may be a member.
    #[must_use]
    pub fn id(&self) -> Option<&OrganizationId> {
        match self {
            Self::Joined(id) | Self::Giving { id, .. } | Self::Given { id, .. } => Some(id),
            Self::NotPossible { .. } | Self::PutOff { .. } => None,
        }
    }

    /// Notes what gives it now, where the front door gave it.
    pub(super) fn is_given_by(&mut self, now: &By) {
        if let Self::Giving { by, .. } | Self::Given { by, .. } = self {
            by.clone_from(now);
        }
    }

    /// Whether the customer is a member.
    #[must_use]
    pub fn is_member(&self) -> bool {
        matches!(self, Self::Joined(_) | Self::Given { .. })
    }

    /// Whether something of it waits for Atlassian to be well again.
    #[must_use]
    pub fn waits(&self) -> bool {
        match self {
            Self::PutOff { .. } => true,
            Self::Given { kept: at, .. } | Self::Giving { failed: at, .. } => at.is_some(),
            Self::Joined(_) | Self::NotPossible { .. } => false,
        }
    }

    /// Forgets that taking it away or giving it failed, once nobody wants it done any more.
    pub(super) fn settle(&mut self, is_wanted: bool, rules: &[OrganizationSettings], name: &str) {
        match self {
            Self::Given { by, kept, .. } if is_wanted || !takes_away(rules, name, by) => {
                *kept = None;
            }
            Self::Giving { by, failed, .. } if !is_wanted && !takes_away(rules, name, by) => {
                *failed = None;
            }
            _ => {}
        }
    }

    /// Forgets that giving it failed: it is given again at the next visit.
    pub(super) fn wait_no_more(&mut self) {
        if let Self::Giving { failed: at, .. } | Self::Given { kept: at, .. } = self {
            *at = None;
        }
    }

    /// Whether it is no membership, but one that could not be given.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::PutOff { .. } | Self::NotPossible { .. })
    }
}

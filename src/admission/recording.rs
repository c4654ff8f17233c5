//! What admission puts into the audit trail: whom it refused, or would have, and why.

use crate::audit::EventName;
use crate::identity::Identity;
use crate::store::StoreError;
use crate::web::{Reason, Visit};

use super::policy::{LinkRules, Objection};
use super::{Admission, AdmissionError, all_links};

impl Admission {
    pub(super) async fn record_objection(
        &self,
        visit: &Visit,
        identity: &Identity,
        rules: &LinkRules,
        objection: &Objection,
    ) -> Result<(), StoreError> {
        let name = if rules.enforce {
            EventName::Refused
        } else {
            EventName::WouldRefuse
        };
        let event = visit
            .event(name)
            .identity(identity)
            .link(rules.slug.as_str())
            .reason(objection.reason().name())
            .changes_of_the_person(objection.told());
        let whose = format!("{} {}", identity.key(), objection.rule());
        self.trail.record_once(event, &whose).await
    }

    pub(super) async fn record_failure(
        &self,
        visit: &Visit,
        identity: &Identity,
        rules: Option<&LinkRules>,
        error: &AdmissionError,
    ) -> Result<(), StoreError> {
        let (name, reason) = match error {
            // The trail is kept in the same store, and the log has it; and nobody is refused who stands in line.
            AdmissionError::Store(_) | AdmissionError::InLine(_) => return Ok(()),
            AdmissionError::AtlassianAccount(_) => {
                (EventName::AtlassianAccountFound, Reason::AtlassianAccount)
            }
            AdmissionError::NoLink(objection) => {
                (EventName::Refused, all_links::reason(objection.as_ref()))
            }
            AdmissionError::IdentityConflict(_) => (EventName::Refused, Reason::IdentityConflict),
            AdmissionError::NotInvited => (EventName::Refused, Reason::NotInvited),
            AdmissionError::NotCreated | AdmissionError::NotApproved(_) => {
                (EventName::Refused, Reason::NotAllowed)
            }
            AdmissionError::AwaitingApproval { .. } => {
                (EventName::Refused, Reason::AwaitingApproval)
            }
            AdmissionError::Blocked => (EventName::Refused, Reason::Blocked),
            AdmissionError::TooManyNewcomers { .. } => {
                (EventName::Refused, Reason::TooManyRequests)
            }
            _ => (EventName::Refused, Reason::AtlassianUnavailable),
        };
        let event = visit.event(name).identity(identity).reason(reason.name());
        let event = match rules {
            Some(rules) => event.link(rules.slug.as_str()),
            None => event.changes(to_the_portal()),
        };
        self.trail.record_once(event, &identity.key()).await
    }
}

/// Where somebody was going who followed no link: the portal itself asked for them.
fn to_the_portal() -> serde_json::Value {
    serde_json::json!({ "destination": "portal" })
}

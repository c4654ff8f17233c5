//! What can happen, and what is said of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::identity::Identity;

/// The name of an event, as it stands in the trail and in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// A login succeeded and a session began.
    SignedIn,
    /// A login or an admission was refused.
    Refused,
    /// A pilot's rules would have refused.
    WouldRefuse,
    /// A person signed out.
    SignedOut,
    /// A session was ended by somebody else than its person, or everywhere at once.
    SessionEnded,
    /// A portal-only customer was created.
    CustomerCreated,
    /// A customer's data was changed.
    CustomerUpdated,
    /// A customer was added to a service desk.
    CustomerAdded,
    /// An identity was linked to a customer that JSM already had.
    CustomerLinked,
    /// A customer was added to an organization.
    OrganizationJoined,
    /// A customer was removed from an organization.
    OrganizationLeft,
    /// The address belongs to an Atlassian account.
    AtlassianAccountFound,
    /// A customer was sent to the portal.
    HandedOver,
    /// A hand-over after which no AuthnRequest came.
    HandOverUnanswered,
    /// An assertion was sent to a service provider.
    AssertionSent,
    /// A service provider's request was refused.
    SamlRefused,
    /// Settings were changed.
    SettingsChanged,
    /// A link was changed.
    LinkChanged,
    /// A person was blocked.
    Blocked,
    /// A person was unblocked.
    Unblocked,
    /// An invitation was made.
    InvitationMade,
    /// An invitation was used.
    InvitationUsed,
    /// A first-time customer waits for approval.
    ApprovalAsked,
    /// An administrator approved.
    ApprovalGiven,
    /// An administrator did not approve.
    ApprovalRefused,
    /// A setup code was made.
    SetupCodeMade,
    /// A setup code was used.
    SetupCodeUsed,
    /// A signing key was prepared or switched.
    KeyRotated,
    /// A person was erased from our records.
    PersonForgotten,
}

impl EventName {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 29] = [
        Self::SignedIn,
        Self::Refused,
        Self::WouldRefuse,
        Self::SignedOut,
        Self::SessionEnded,
        Self::CustomerCreated,
        Self::CustomerUpdated,
        Self::CustomerAdded,
        Self::CustomerLinked,
        Self::OrganizationJoined,
        Self::OrganizationLeft,
        Self::AtlassianAccountFound,
        Self::HandedOver,
        Self::HandOverUnanswered,
        Self::AssertionSent,
        Self::SamlRefused,
        Self::SettingsChanged,
        Self::LinkChanged,
        Self::Blocked,
        Self::Unblocked,
        Self::InvitationMade,
        Self::InvitationUsed,
        Self::ApprovalAsked,
        Self::ApprovalGiven,
        Self::ApprovalRefused,
        Self::SetupCodeMade,
        Self::SetupCodeUsed,
        Self::KeyRotated,
        Self::PersonForgotten,
    ];

    /// The name as it is written.
    #[must_use]
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(text)) => text,
            _ => format!("{self:?}"),
        }
    }

    /// The event of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }
}

/// One event before it is recorded. Only the name is always there.
#[derive(Debug, Clone)]
pub struct Event {
    pub(super) name: EventName,
    pub(super) reference: Option<String>,
    pub(super) link: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) actor: Option<String>,
    pub(super) changes: Option<serde_json::Value>,
    pub(super) person: Person,
}

/// The fields that tell who it was: sealed with the person's own key, and gone when that is destroyed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) provider: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) customer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client: Option<String>,
    /// Changes that speak of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) changes: Option<serde_json::Value>,
}

impl Event {
    /// An event of this name and nothing else yet.
    #[must_use]
    pub fn new(name: EventName) -> Self {
        Self {
            name,
            reference: None,
            link: None,
            reason: None,
            actor: None,
            changes: None,
            person: Person::default(),
        }
    }

    /// The reference of the request in which it happened.
    #[must_use]
    pub fn reference(mut self, reference: &str) -> Self {
        self.reference = Some(reference.to_owned());
        self
    }

    /// The link, by its slug.
    #[must_use]
    pub fn link(mut self, slug: &str) -> Self {
        self.link = Some(slug.to_owned());
        self
    }

    /// The reason, by its name.
    #[must_use]
    pub fn reason(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    /// The administrator who did it; the command line is `command line`.
    #[must_use]
    pub fn actor(mut self, actor: &str) -> Self {
        self.actor = Some(actor.to_owned());
        self
    }

    /// What changed, old and new, without secrets.
    #[must_use]
    pub fn changes(mut self, changes: serde_json::Value) -> Self {
        self.changes = Some(changes);
        self
    }

    /// What changed, in words that speak of the person: sealed with their key, and gone when they are forgotten.
    #[must_use]
    pub fn changes_of_the_person(mut self, changes: serde_json::Value) -> Self {
        self.person.changes = Some(changes);
        self
    }

    /// The identity it happened to.
    #[must_use]
    pub fn identity(mut self, identity: &Identity) -> Self {
        self.person.provider = Some(identity.provider.to_string());
        self.person.subject = Some(identity.subject.clone());
        self.person.email = Some(identity.email.to_string());
        self
    }

    /// The provider, when there is no identity.
    #[must_use]
    pub fn provider(mut self, provider: &str) -> Self {
        self.person.provider = Some(provider.to_owned());
        self
    }

    /// The provider's own name of somebody, when there is no identity.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.person.subject = Some(subject.to_owned());
        self
    }

    /// The mail address, when there is no identity.
    #[must_use]
    pub fn email(mut self, email: &str) -> Self {
        self.person.email = Some(email.to_owned());
        self
    }

    /// JSM's `accountId`.
    #[must_use]
    pub fn customer(mut self, account_id: &str) -> Self {
        self.person.customer = Some(account_id.to_owned());
        self
    }

    /// The client's address.
    #[must_use]
    pub fn client(mut self, address: &str) -> Self {
        self.person.client = Some(address.to_owned());
        self
    }

    /// The same event as a line of the log.
    pub(super) fn log(&self, at: Timestamp) {
        let Person {
            provider,
            subject,
            email,
            customer,
            client,
            changes,
        } = &self.person;
        tracing::info!(
            target: "audit",
            at = %at,
            event = self.name.name(),
            reference = self.reference,
            provider,
            subject,
            email,
            customer,
            link = self.link,
            reason = self.reason,
            client,
            actor = self.actor,
            changes = self.changes.as_ref().or(changes.as_ref()).map(ToString::to_string),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_listed_once_and_found_by_its_name() {
        let unknown = serde_json::from_str::<EventName>("\"\"").unwrap_err();
        let known = unknown.to_string().matches('`').count() / 2 - 1;
        assert_eq!(EventName::ALL.len(), known, "{unknown}");
        for event in EventName::ALL {
            assert_eq!(EventName::of_name(&event.name()), Some(event));
        }
        let mut names = EventName::ALL.map(EventName::name).to_vec();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), known);
    }
}

//! What events and reasons are called for administrators, who want to know what happened rather than what to do next.

use crate::audit::{EventName, Record};
use crate::web::Reason;

/// What happened, in one sentence without its full stop.
#[must_use]
pub fn event(record: &Record) -> String {
    match record.reason.as_deref() {
        // Its name says the reason already.
        Some(_) if record.event == EventName::AtlassianAccountFound => {
            event_name(record.event).to_owned()
        }
        Some(name) => format!("{}: {}", event_name(record.event), reason(name)),
        None if !record.counted().is_empty() => {
            "Refused, without a record of each: too many at once".to_owned()
        }
        None => event_name(record.event).to_owned(),
    }
}

/// What an event is called.
#[must_use]
pub fn event_name(event: EventName) -> &'static str {
    match event {
        EventName::SignedIn => "Signed in",
        EventName::Refused => "Refused",
        EventName::WouldRefuse => "Would have been refused, had the link not been a pilot",
        EventName::SignedOut => "Signed out",
        EventName::SessionEnded => "Sessions ended",
        EventName::CustomerCreated => "Customer created in Jira",
        EventName::CustomerUpdated => "Customer’s data changed in Jira",
        EventName::CustomerAdded => "Customer added to a service desk",
        EventName::CustomerLinked => "Linked to a customer that Jira had already",
        EventName::OrganizationJoined => "Added to an organization",
        EventName::OrganizationLeft => "Removed from an organization",
        EventName::AtlassianAccountFound => "Refused: the mail address has an Atlassian account",
        EventName::HandedOver => "Let through and sent to the portal",
        EventName::HandOverUnanswered => "Sent to the portal, but Atlassian never asked for them",
        EventName::AssertionSent => "Signed in at a service provider",
        EventName::SamlRefused => "A service provider’s request was not granted",
        EventName::SettingsChanged => "Settings changed",
        EventName::LinkChanged => "Link changed",
        EventName::Blocked => "Blocked",
        EventName::Unblocked => "Unblocked",
        EventName::InvitationMade => "Invitation made or withdrawn",
        EventName::InvitationUsed => "Invitation used",
        EventName::ApprovalAsked => "Waits for approval",
        EventName::ApprovalGiven => "Approved",
        EventName::ApprovalRefused => "Not approved",
        EventName::SetupCodeMade => "Setup code made",
        EventName::SetupCodeUsed => "Setup code used",
        EventName::KeyRotated => "Signing key prepared or switched",
        EventName::PersonForgotten => "A person was forgotten",
    }
}

/// A reason in words, by its name.
#[must_use]
pub fn reason(name: &str) -> &str {
    match Reason::named(name) {
        Some(known) => of(known),
        None => name,
    }
}

/// A reason in words.
#[must_use]
pub fn of(reason: Reason) -> &'static str {
    match reason {
        Reason::LoginExpired => "the sign-in was too old or already used",
        Reason::LoginInvalid => "the provider’s answer failed a check",
        Reason::LoginLoop => "sent back again and again within a minute",
        Reason::ServiceProviderUnknown => "the service provider is not registered",
        Reason::SamlRequestInvalid => "the service provider’s request broke a rule",
        Reason::BadRequest => "the request made no sense",
        Reason::LoginRequired => "not signed in",
        Reason::LoginRefused => "the provider said no, or the sign-in was cancelled",
        Reason::EmailMissing => "no usable mail address",
        Reason::EmailUnverified => "the mail address is not verified",
        Reason::DomainNotAllowed => "the mail domain may not come in",
        Reason::GroupRequired => "in none of the groups that are asked for",
        Reason::OrganizationRequired => "in none of the organizations that are asked for",
        Reason::ClaimRequired => "a claim that is asked for is missing or different",
        Reason::NetworkNotAllowed => "from outside the allowed networks",
        Reason::OutsideHours => "outside the opening hours",
        Reason::Blocked => "blocked by an administrator",
        Reason::NotInvited => "not a customer yet, and not invited",
        Reason::AwaitingApproval => "not approved yet",
        Reason::NotAllowed => "not allowed to go there",
        Reason::LinkUnknown => "no link of that name",
        Reason::NotFound => "nothing at that address",
        Reason::AtlassianAccount => "the mail address has an Atlassian account",
        Reason::IdentityConflict => "the mail address belongs to another sign-in account",
        Reason::Conflict => "somebody else changed the same thing",
        Reason::LinkOff => "the link is switched off, or its service desk is gone",
        Reason::TooLarge => "more was sent than is accepted",
        Reason::TooManyRequests => {
            "too many logins from one network, or too many new customers at one link"
        }
        Reason::Internal => "a mistake of the front door",
        Reason::ProviderUnavailable => "the identity provider did not answer as it should",
        Reason::AtlassianUnavailable => "Atlassian did not answer as it should",
        Reason::StoreUnavailable => "the store did not answer",
    }
}

//! What each reason says to the person who meets it: what happened, what was kept, what to do next.

use super::Reason;

/// The words of one error page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    /// The heading.
    pub(super) title: &'static str,
    /// What happened.
    pub(super) happened: &'static str,
    /// What was kept, and what was not done.
    pub(super) kept: &'static str,
    /// What to do next.
    pub(super) next: &'static str,
    /// The button.
    pub(super) way_on: WayOn,
}

/// Where the button of an error page leads, unless the refusal knows better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WayOn {
    /// To a new login.
    StartAgain,
    /// To the portal, when the refusal names it; else home.
    Portal,
    /// To our own start page.
    Home,
    /// Nowhere: no page of ours would help.
    Nothing,
}

const NOTHING_CHANGED: &str = "Nothing was changed.";
const NO_ACCOUNT_MADE: &str = "You were not signed in, and no customer account was created.";
const NOTHING_CREATED: &str = "No customer account was created or changed.";

/// The words for a reason.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one entry a reason, to be read as one"
)]
pub(super) fn text(reason: Reason) -> Text {
    use WayOn::{Home, Nothing, Portal, StartAgain};
    let (title, happened, kept, next, way_on) = match reason {
        Reason::LoginExpired => (
            "This sign-in has expired",
            "The sign-in took too long, was already used, or was started in another browser.",
            NOTHING_CHANGED,
            "Start again, or open the link once more that you came by. If it happens every time, make sure that your browser accepts cookies from this site.",
            StartAgain,
        ),
        Reason::LoginInvalid => (
            "This sign-in could not be confirmed",
            "The answer from the sign-in service failed one of our checks, so we did not trust it.",
            NO_ACCOUNT_MADE,
            "Start again. If it happens again, tell the help desk and quote the reference below.",
            StartAgain,
        ),
        Reason::LoginLoop => (
            "You keep being sent back to sign in",
            "You were signed in several times within a minute without arriving. We stopped, so that it does not go on for ever.",
            NOTHING_CHANGED,
            "Make sure that your browser accepts cookies from this site, then start again.",
            StartAgain,
        ),
        Reason::ServiceProviderUnknown => (
            "We do not know the site that sent you",
            "A site asked us to confirm who you are, but it is not registered here.",
            "Nothing about you was passed on to that site.",
            "Go back to the portal by the link that your help desk gave you.",
            Home,
        ),
        Reason::SamlRequestInvalid => (
            "This request cannot be answered",
            "The portal asked us to confirm who you are, but the request was incomplete, too old, or already answered.",
            NOTHING_CHANGED,
            "Go to the portal and try from there. The back button will not help here.",
            Portal,
        ),
        Reason::BadRequest => (
            "We could not understand that",
            "Something in the address or in the form was missing or malformed.",
            NOTHING_CHANGED,
            "Check the address, or go to the start page and try from there.",
            Home,
        ),
        Reason::LoginRequired => (
            "Please sign in",
            "This page is for people who are signed in.",
            NOTHING_CHANGED,
            "Sign in, then try again.",
            StartAgain,
        ),
        Reason::LoginRefused => (
            "The sign-in was not completed",
            "The sign-in service told us that the sign-in was cancelled or not allowed.",
            NO_ACCOUNT_MADE,
            "If you cancelled it by accident, start again. Otherwise ask the help desk whether your sign-in account may be used here.",
            StartAgain,
        ),
        Reason::EmailMissing => (
            "We need your e-mail address",
            "The sign-in service did not give us an e-mail address that we can use for you.",
            NO_ACCOUNT_MADE,
            "Add an e-mail address to your sign-in account, then start again. If you cannot, ask the help desk.",
            StartAgain,
        ),
        Reason::EmailUnverified => (
            "Please confirm your e-mail address first",
            "Your sign-in account has an e-mail address that has not been confirmed yet, so we cannot be sure that it is yours.",
            NO_ACCOUNT_MADE,
            "Confirm the address with the sign-in service; it has usually sent you a message with a code or a link. Then start again.",
            StartAgain,
        ),
        Reason::DomainNotAllowed => (
            "This e-mail address cannot be used here",
            "The part of your e-mail address after the @ is not one that is accepted here.",
            NOTHING_CREATED,
            "If you have another address, for example your work address, use the account that has it. Otherwise ask the help desk.",
            Home,
        ),
        Reason::GroupRequired => (
            "This portal is for certain groups only",
            "Your sign-in account does not belong to a group that may enter this portal.",
            NOTHING_CREATED,
            "Ask the help desk whether you should belong to one. Once you do, sign out and sign in again.",
            Home,
        ),
        Reason::OrganizationRequired => (
            "This portal is for certain organisations only",
            "You do not belong to an organisation that may enter this portal.",
            NOTHING_CREATED,
            "Ask the help desk whether your organisation should have access.",
            Home,
        ),
        Reason::ClaimRequired => (
            "Your sign-in account does not qualify",
            "This portal asks for something that your sign-in account does not have.",
            NOTHING_CREATED,
            "Ask the help desk what is missing. Once it is there, sign out and sign in again.",
            Home,
        ),
        Reason::NetworkNotAllowed => (
            "This portal cannot be reached from here",
            "The portal is open from certain networks only, such as an office network.",
            NOTHING_CREATED,
            "Try again from your organisation's network or through its remote access.",
            Home,
        ),
        Reason::OutsideHours => (
            "The portal is closed at this time",
            "The portal is open at certain hours only.",
            NOTHING_CREATED,
            "Come back during opening hours, or ask the help desk when they are.",
            Home,
        ),
        Reason::Blocked => (
            "Your access has been blocked",
            "An administrator has blocked this account.",
            "Requests that you made before are not lost.",
            "If you think that this is a mistake, contact the help desk.",
            Nothing,
        ),
        Reason::NotInvited => (
            "This portal is for existing customers",
            "You are signed in, but you are not yet a customer of this portal, and new customers are added by the help desk.",
            NOTHING_CREATED,
            "Ask the help desk to invite you, then open the link again.",
            Home,
        ),
        Reason::AwaitingApproval => (
            "Your access is waiting for approval",
            "You are signed in. An administrator has to approve your first visit.",
            "Your request for access is recorded; you need not ask twice.",
            "Come back later and open the same link again.",
            Home,
        ),
        Reason::NotAllowed => (
            "You may not do this",
            "Your account may not go there, or what was sent did not come from one of our pages as they are now.",
            NOTHING_CHANGED,
            "Go on below and try once more. If you came by a link of the help desk, ask them to add you as a customer.",
            Home,
        ),
        Reason::LinkUnknown => (
            "There is no portal at this address",
            "The link is misspelled, or there is no such portal here.",
            NOTHING_CHANGED,
            "Check the address, or choose the portal from the start page.",
            Home,
        ),
        Reason::NotFound => (
            "There is no page at this address",
            "The address is misspelled, or the page has moved.",
            NOTHING_CHANGED,
            "Check the address, or go to the start page.",
            Home,
        ),
        Reason::AtlassianAccount => (
            "Your address belongs to an Atlassian account",
            "There is already a full Atlassian account with your e-mail address. It cannot be used through this sign-in.",
            "Your Atlassian account was left as it is, and no second account was created.",
            "Open the portal directly and log in with your Atlassian account, or ask the help desk to sort it out.",
            Portal,
        ),
        Reason::IdentityConflict => (
            "This address is already known here",
            "A customer with your e-mail address has signed in with another sign-in account before, or the address of your account has changed.",
            "The existing customer and all its requests were left as they are.",
            "Sign in the way you did before. If you cannot, tell the help desk and quote the reference below: they can make room for the new one.",
            Home,
        ),
        Reason::Conflict => (
            "Somebody else was quicker",
            "The same thing was changed by somebody else while you were working on it.",
            "Their change was kept; yours was not saved.",
            "Go back, reload the page, and make your change again.",
            Home,
        ),
        Reason::LinkOff => (
            "This portal is switched off",
            "The link is right, but the portal behind it is closed, or it is gone.",
            NOTHING_CHANGED,
            "Choose another portal from the start page, or ask the help desk whether this one comes back.",
            Home,
        ),
        Reason::TooLarge => (
            "That was too much at once",
            "What was sent is larger than we accept.",
            NOTHING_CHANGED,
            "Try again with less.",
            Home,
        ),
        Reason::TooManyRequests => (
            "Too many attempts",
            "There were very many sign-ins from your network within a short time.",
            NOTHING_CHANGED,
            "Wait a minute, then try again.",
            StartAgain,
        ),
        Reason::Internal => (
            "Something went wrong on our side",
            "This is our mistake, not yours.",
            "What you did last may not have been saved.",
            "Try again in a moment. If it happens again, tell the help desk and quote the reference below.",
            Home,
        ),
        Reason::ProviderUnavailable => (
            "Signing in is not possible at the moment",
            "The sign-in service does not answer as it should.",
            "Nothing was changed. The place you wanted to go to is still there.",
            "Try again in a few minutes. If it goes on, tell the help desk and quote the reference below.",
            StartAgain,
        ),
        Reason::AtlassianUnavailable => (
            "The portal cannot be reached at the moment",
            "The system behind the portal does not answer as it should.",
            "Your requests are not affected.",
            "Try again in a few minutes. If it goes on, tell the help desk and quote the reference below.",
            Home,
        ),
        Reason::StoreUnavailable => (
            "We cannot look up your sign-in at the moment",
            "A part of this service does not answer.",
            "What you did last may not have been saved. Your sign-in is likely to work again when the service is back.",
            "Try again in a minute. If it goes on, tell the help desk and quote the reference below.",
            Home,
        ),
    };
    Text {
        title,
        happened,
        kept,
        next,
        way_on,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_says_what_happened_what_was_kept_and_what_to_do() {
        for reason in Reason::ALL {
            let text = text(*reason);
            assert!(!text.title.ends_with('.'), "{reason:?}");
            for sentence in [text.happened, text.kept, text.next] {
                assert!(sentence.ends_with('.'), "{reason:?}: {sentence}");
            }
        }
    }

    #[test]
    fn no_page_speaks_of_the_machinery() {
        for reason in Reason::ALL {
            let text = text(*reason);
            let words = [text.title, text.happened, text.kept, text.next]
                .join(" ")
                .to_lowercase();
            for technical in [
                "oidc", "saml", "token", "http", "claim", "cognito", "session", "redis", "null",
            ] {
                assert!(!words.contains(technical), "{reason:?} says {technical}");
            }
        }
    }

    #[test]
    fn what_went_stale_offers_to_start_again() {
        for reason in [Reason::LoginExpired, Reason::LoginLoop] {
            assert_eq!(text(reason).way_on, WayOn::StartAgain);
        }
        assert_eq!(text(Reason::SamlRequestInvalid).way_on, WayOn::Portal);
    }
}

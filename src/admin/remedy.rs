//! From a refusal to the page of the desk where what decided it is changed, or to what else can be done.

use crate::admission::person::PersonId;
use crate::audit::{EventName, Record};
use crate::settings::{Outside, Saved};
use crate::web::Reason;

use super::wording::Lookup;

/// What to do about a refusal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Remedy {
    /// In words.
    pub(crate) words: &'static str,
    /// Pages to do it at: what is there, and the address.
    pub(crate) places: Vec<(String, String)>,
}

/// What a refusal was about, as far as it is known.
#[derive(Debug, Clone, Default)]
pub(super) struct About<'a> {
    /// What was said of it for the log; it may name the setting that decided, in brackets.
    pub(super) why: &'a str,
    pub(super) link: Option<&'a str>,
    pub(super) provider: Option<&'a str>,
    pub(super) person: Option<PersonId>,
}

/// What to do about an event of the trail, when it tells of a refusal.
pub(super) fn of_event(record: &Record, person: Option<PersonId>) -> Option<Remedy> {
    let refused = [
        EventName::Refused,
        EventName::WouldRefuse,
        EventName::AtlassianAccountFound,
        EventName::SamlRefused,
    ];
    let reason = Reason::named(record.reason.as_deref()?)?;
    let about = About {
        why: "",
        link: record.link.as_deref(),
        provider: record.provider.as_deref(),
        person,
    };
    refused
        .contains(&record.event)
        .then(|| remedy(reason, &about))
}

/// What to do about a refusal for this reason.
pub(super) fn remedy(reason: Reason, about: &About<'_>) -> Remedy {
    let mut places = about.rule();
    if places.is_empty() {
        places = about.places(reason);
    }
    Remedy {
        words: match reason {
            Reason::NotAllowed if about.is_of_all_links() => ALL_LINKS,
            // The trail, which says no more, has no stale forms.
            Reason::NotAllowed if about.why.is_empty() => NOBODY,
            _ => words(reason),
        },
        places,
    }
}

/// What to do about somebody who may not go there.
const NOBODY: &str = "They are nobody that may go there.";

/// What to do where every link says no, each for a reason of its own.
const ALL_LINKS: &str = "Every link that is on says no to them, each for a reason of its own: its step “Rules” tells which. One is enough that lets them in.";

impl About<'_> {
    /// Whether no single link was asked for.
    fn is_of_all_links(&self) -> bool {
        self.why.contains("no enabled link")
    }

    /// The field of the setting that decided, where it is named.
    fn rule(&self) -> Vec<(String, String)> {
        let keys = self.why.split('(').skip(1);
        let key = keys.filter_map(|rest| rest.split_once(')')).last();
        let outside = Outside::nothing();
        let lookup = Lookup::of(Saved::default(), &outside);
        let spot = key.and_then(|(key, _)| lookup.spot_of(key));
        spot.map(|spot| (format!("{} → {}", spot.page, spot.label), spot.address))
            .into_iter()
            .collect()
    }

    fn places(&self, reason: Reason) -> Vec<(String, String)> {
        match reason {
            Reason::EmailMissing => vec![page("Mapping", "/admin/mapping")],
            Reason::EmailUnverified => vec![self.provider("")],
            Reason::DomainNotAllowed if self.why.contains("not believed") => {
                vec![self.provider("")]
            }
            // The audit trail does not say whether a rule of all links decided or the provider's domains.
            Reason::DomainNotAllowed => vec![access(), self.provider("")],
            Reason::GroupRequired if self.why.contains("private link") => vec![self.link()],
            Reason::GroupRequired => vec![access(), self.link()],
            Reason::OrganizationRequired => {
                vec![self.link(), page("Organizations", "/admin/organizations")]
            }
            Reason::ClaimRequired
            | Reason::NetworkNotAllowed
            | Reason::OutsideHours
            | Reason::TooManyRequests => vec![access()],
            Reason::Blocked => vec![self.person("Blocked people", "/admin/customers/blocked")],
            Reason::AtlassianAccount | Reason::IdentityConflict => {
                vec![self.person("Conflicts", "/admin/customers/conflicts")]
            }
            Reason::NotInvited => vec![page("Invitations", "/admin/invitations"), access()],
            Reason::AwaitingApproval => vec![approvals()],
            Reason::NotAllowed => self.not_allowed(),
            Reason::LinkUnknown => vec![page("Links", "/admin/links")],
            Reason::LinkOff if self.link.is_none() => vec![page("Settings", "/admin/settings")],
            Reason::LinkOff => vec![self.link(), page("Settings", "/admin/settings")],
            Reason::LoginInvalid | Reason::LoginRefused | Reason::ProviderUnavailable => {
                vec![self.provider("/test")]
            }
            Reason::ServiceProviderUnknown | Reason::SamlRequestInvalid => {
                vec![page("Service providers", "/admin/service-providers")]
            }
            Reason::AtlassianUnavailable => {
                vec![page("Test of the service account", "/admin/account/test")]
            }
            Reason::StoreUnavailable => vec![page("Overview", "/admin")],
            _ => Vec::new(),
        }
    }

    /// They are no customer yet, or the service provider is not for them, or no link admits them.
    fn not_allowed(&self) -> Vec<(String, String)> {
        match self.why.strip_prefix("not among those who may sign in to ") {
            Some(name) => vec![page(
                &format!("Service provider {name}"),
                &format!("/admin/service-providers/{name}"),
            )],
            None if self.is_of_all_links() => vec![page("Links", "/admin/links")],
            None if self.why.contains("did not approve") => vec![approvals()],
            None if self.why.contains("were let go") => {
                vec![self.person("Customers", "/admin/customers")]
            }
            None if self.link.is_some() => vec![access(), approvals()],
            None if self.why.is_empty() => vec![
                page("Service providers", "/admin/service-providers"),
                page("Links", "/admin/links"),
            ],
            None => Vec::new(),
        }
    }

    fn link(&self) -> (String, String) {
        self.link.map_or_else(
            || page("Links", "/admin/links"),
            |slug| page(&format!("Link {slug}"), &format!("/admin/links/{slug}")),
        )
    }

    fn provider(&self, below: &str) -> (String, String) {
        self.provider.map_or_else(
            || page("Identity providers", "/admin/providers"),
            |name| {
                let words = match below {
                    "" => format!("Identity provider {name}"),
                    _ => format!("Test of the identity provider {name}"),
                };
                (words, format!("/admin/providers/{name}{below}"))
            },
        )
    }

    fn person(&self, list: &str, address: &str) -> (String, String) {
        self.person.as_ref().map_or_else(
            || page(list, address),
            |id| page("This customer", &format!("/admin/customers/{id}")),
        )
    }
}

fn page(name: &str, address: &str) -> (String, String) {
    (name.to_owned(), address.to_owned())
}

fn approvals() -> (String, String) {
    page("Approvals", "/admin/approvals")
}

fn access() -> (String, String) {
    page("Access", "/admin/access")
}

fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::EmailMissing => {
            "The mapping says which claim holds the address; or the provider has none for this person."
        }
        Reason::EmailUnverified => {
            "They confirm the address at the provider; or “Addresses that it does not call verified” are believed."
        }
        Reason::DomainNotAllowed => "The lists of domains decide.",
        Reason::GroupRequired => {
            "They are put into one of the groups at the provider; or the list of groups is changed."
        }
        Reason::OrganizationRequired => {
            "A rule puts them into one of the organizations; or the link asks for another one."
        }
        Reason::ClaimRequired => {
            "The provider has to send the claim; or it is not asked for any more."
        }
        Reason::Blocked => "They were blocked by hand, and are unblocked by hand.",
        Reason::AtlassianAccount => {
            "They sign in at Atlassian itself; or the two are linked by hand."
        }
        Reason::IdentityConflict => "You say whether it is the same person, and link them.",
        Reason::NotAllowed => {
            "They are nobody that may go there. Where a form was stale, they open its page again."
        }
        Reason::LinkUnknown => {
            "The address is mistyped, or the link had this name once: an alias brings it back."
        }
        Reason::LinkOff => {
            "The link, or all links, are switched on again; or its service desk is gone from Jira."
        }
        Reason::LoginExpired => {
            "They start again from the link. If it happens to many, their browser loses its cookies, or pages are kept open for long."
        }
        Reason::LoginLoop => {
            "They close all windows of the browser and start again after a minute. If it happens to many, test the hand-over."
        }
        Reason::LoginRequired => "They sign in again.",
        Reason::LoginInvalid => "A test login shows the step that failed.",
        Reason::LoginRefused => {
            "The provider’s own console says why it refused; a test login shows whether it refuses everybody."
        }
        Reason::ProviderUnavailable => "A test login shows what is wrong with the provider.",
        Reason::AtlassianUnavailable => "The test of the service account shows what is wrong.",
        Reason::StoreUnavailable => {
            "Whoever runs the front door looks at its disk, and at its log."
        }
        Reason::ServiceProviderUnknown => {
            "It is added, with the entity ID that it sent; or it is none of yours."
        }
        Reason::SamlRequestInvalid => {
            "What is set there is compared with what stands here; a request is answered only once."
        }
        Reason::TooManyRequests => {
            "They wait: a minute where it was too many logins, until the next hour where it was too many new customers of one link. Access says how many are allowed."
        }
        Reason::TooLarge | Reason::BadRequest => {
            "Their browser, or a program, sent what no page of ours asks for. They start again from the link."
        }
        Reason::NotFound => "The address is mistyped. Substitute links begin with /p/.",
        Reason::Conflict => "Somebody else changed the same at that moment. They do it once more.",
        Reason::Internal => {
            "It is a mistake of the front door: whoever runs it finds the reference in its log."
        }
        Reason::NetworkNotAllowed => {
            "They came from outside the networks of Access: they try again from inside, or the networks are changed."
        }
        Reason::OutsideHours => {
            "They came outside the hours of Access: they come back within them, or the hours are changed."
        }
        Reason::NotInvited => {
            "You invite them, and they open the link again; or new customers are made without an invitation."
        }
        Reason::AwaitingApproval => {
            "You approve the first visit, or refuse it; after that the next visit counts."
        }
    }
}

#[cfg(test)]
#[path = "remedy_tests.rs"]
mod tests;

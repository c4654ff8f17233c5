//! The verdict: may this identity come here? A pure function of identity, link and rules.

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;

use crate::identity::{Claims, EmailAddress, Identity};
use crate::jsm::ServiceDeskId;
use crate::settings::link::LinkAccess;
use crate::settings::names::{DomainRule, Group};
use crate::settings::{AccessSettings, OrganizationSettings, Slug};

use super::disposable::Disposable;
pub use super::objection::{Few, Objection};
use super::organizations;

/// What a link asks of those who come through it.
#[derive(Debug, Clone)]
pub struct LinkRules {
    /// The link.
    pub slug: Slug,
    /// JSM's id of its service desk, if there is one: what a link is told by for ever, whatever its name.
    pub service_desk: Option<ServiceDeskId>,
    /// Who is let through.
    pub access: LinkAccess,
    /// `false` is a pilot: the verdict is recorded but refuses nobody.
    pub enforce: bool,
    /// Whether an administrator approves whoever comes for the first time; of pilots too.
    pub approval: bool,
}

/// Where somebody comes from, and when.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    /// The address.
    pub client: IpAddr,
    /// The time.
    pub now: Timestamp,
}

/// What the rules say, and whether it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The rule that says no, if one does.
    pub objection: Option<Objection>,
    /// Whether an objection refuses.
    pub enforced: bool,
}

impl Verdict {
    /// Whether the identity may go on.
    #[must_use]
    pub fn admits(&self) -> bool {
        self.objection.is_none() || !self.enforced
    }
}

/// For administrators.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.objection {
            None => f.write_str("nothing speaks against it"),
            Some(objection) if self.enforced => write!(f, "no: {objection}"),
            Some(objection) => write!(
                f,
                "a pilot, which refuses nobody; otherwise no: {objection}"
            ),
        }
    }
}

/// Judges one identity at one link. The first rule that says no decides, in the order in which they are listed here.
#[must_use]
pub fn judge(
    identity: &Identity,
    link: &LinkRules,
    access: &AccessSettings,
    organizations: &[OrganizationSettings],
    disposable: &Disposable,
    circumstances: Circumstances,
) -> Verdict {
    let objection = blocked(&identity.email, access, disposable)
        .or_else(|| {
            if link.access == LinkAccess::Public {
                None
            } else {
                everywhere(identity, access)
            }
        })
        .or_else(|| private(identity, &link.access, organizations))
        .or_else(|| here_and_now(access, circumstances));
    Verdict {
        objection,
        enforced: link.enforce,
    }
}

/// What speaks against an address alone at a link, before anybody has come with it.
#[must_use]
pub fn of_address(
    email: &EmailAddress,
    link: &LinkAccess,
    access: &AccessSettings,
    disposable: &Disposable,
) -> Option<Objection> {
    let is_public = *link == LinkAccess::Public;
    blocked(email, access, disposable).or_else(|| {
        if is_public {
            None
        } else {
            not_listed(email, access)
        }
    })
}

/// What holds even at public links.
fn blocked(
    email: &EmailAddress,
    access: &AccessSettings,
    disposable: &Disposable,
) -> Option<Objection> {
    let domain = email.domain();
    if let Some(rule) = access
        .blocked_domains
        .iter()
        .find(|rule| rule.holds(domain))
    {
        return Some(Objection::BlockedDomain(rule.clone()));
    }
    throw_away(domain, access, disposable)
}

/// Throw-away domains. What administrators say of a domain goes before what is known of it: that it is none, that it is one, and that it is among those
/// that may come in. Naming all sub-domains of something does not say so of each of them.
fn throw_away(domain: &str, access: &AccessSettings, disposable: &Disposable) -> Option<Objection> {
    let under = |rules: &[DomainRule]| rules.iter().find(|rule| rule.holds(domain)).cloned();
    if access.allow_disposable || under(&access.not_disposable).is_some() {
        return None;
    }
    if let Some(rule) = under(&access.disposable_domains) {
        return Some(Objection::DisposableByHand(rule));
    }
    let is_named = access.domains.iter().any(|rule| rule.names(domain));
    (!is_named && disposable.contains(domain)).then(|| Objection::Disposable(domain.to_owned()))
}

/// What holds at public links too, whoever it is: last, since it may be otherwise elsewhere or later.
fn here_and_now(access: &AccessSettings, circumstances: Circumstances) -> Option<Objection> {
    let Circumstances { client, now } = circumstances;
    let mut networks = access.networks.iter();
    if !access.networks.is_empty() && !networks.any(|network| network.contains(&client)) {
        return Some(Objection::Network(client, Few::of(&access.networks)));
    }
    let closed = access.hours.as_ref().filter(|hours| !hours.hold(now))?;
    Some(Objection::Hours(closed.clone()))
}

/// The list of allowed domains.
fn not_listed(email: &EmailAddress, access: &AccessSettings) -> Option<Objection> {
    let listed = access.domains.iter().any(|rule| rule.holds(email.domain()));
    let domains = &access.domains;
    (!domains.is_empty() && !listed).then(|| Objection::DomainNotListed(Few::of(domains)))
}

/// The rest of `[access]`.
fn everywhere(identity: &Identity, access: &AccessSettings) -> Option<Objection> {
    let not_listed = not_listed(&identity.email, access);
    if not_listed.is_some() {
        return not_listed;
    }
    if !access.groups.is_empty() && !in_one_of(identity, &access.groups) {
        return Some(Objection::NoGroup(Few::of(&access.groups)));
    }
    let (name, value) = access
        .claims
        .iter()
        .find(|(name, value)| !says(&identity.claims, name, value))?;
    Some(Objection::Claim {
        name: name.clone(),
        value: Few::of([value]),
    })
}

/// What a private link asks on top.
fn private(
    identity: &Identity,
    access: &LinkAccess,
    rules: &[OrganizationSettings],
) -> Option<Objection> {
    let LinkAccess::Private {
        groups,
        organizations,
    } = access
    else {
        return None;
    };
    if membership(identity, groups, organizations, rules).is_some() {
        return None;
    }
    Some(Objection::NotInPrivate {
        groups: Few::of(groups),
        organizations: Few::of(organizations),
    })
}

/// What lets an identity in at a link, when no rule speaks against it. Its `Display` is meant for administrators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// It passes what every link asks.
    Rules,
    /// The link asks no more than a login.
    Public,
    /// It has this group of a private link.
    Group(String),
    /// It belongs to this organization of a private link.
    Organization(String),
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rules => f.write_str("passes every rule of Access"),
            Self::Public => f.write_str("the link is public"),
            Self::Group(name) => write!(f, "in the group {name}"),
            Self::Organization(name) => write!(f, "in the organization {name}"),
        }
    }
}

/// What lets this identity in, when no rule speaks against it.
pub(super) fn ground(
    identity: &Identity,
    access: &LinkAccess,
    rules: &[OrganizationSettings],
) -> Ground {
    match access {
        LinkAccess::Default => Ground::Rules,
        LinkAccess::Public => Ground::Public,
        LinkAccess::Private {
            groups,
            organizations,
        } => membership(identity, groups, organizations, rules).unwrap_or(Ground::Rules),
    }
}

/// The group or organization of a private link that this identity has.
fn membership(
    identity: &Identity,
    groups: &[Group],
    organizations: &[String],
    rules: &[OrganizationSettings],
) -> Option<Ground> {
    if let Some(group) = identity.groups.iter().find(|group| groups.contains(group)) {
        return Some(Ground::Group(group.name.clone()));
    }
    let mut belongs = organizations::of(identity, rules).into_iter();
    let one = belongs.find(|one| organizations.contains(&one.name))?;
    Some(Ground::Organization(one.name))
}

/// Whether a claim has this value, or has it among several.
pub(super) fn says(claims: &Claims, name: &str, value: &str) -> bool {
    claims.text(name).is_some_and(|text| text == value)
        || claims.list(name).iter().any(|one| one == value)
}

fn in_one_of(identity: &Identity, groups: &[Group]) -> bool {
    identity.groups.iter().any(|group| groups.contains(group))
}

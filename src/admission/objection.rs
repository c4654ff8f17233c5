//! Objections: the rule that decided against somebody, what it asked for, and how both are said to administrators.

use std::fmt;
use std::net::IpAddr;

use crate::settings::hours::Hours;
use crate::settings::names::DomainRule;
use crate::web::Reason;

/// How many values of a setting are named.
const NAMED: usize = 5;

/// How much of one value is named, in characters.
const LONGEST: usize = 80;

/// The first of the values that a setting asks for, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Few(String);

impl Few {
    /// Of these values.
    #[must_use]
    pub fn of<T: fmt::Display>(values: impl IntoIterator<Item = T>) -> Self {
        let mut values = values.into_iter();
        let named = values.by_ref().take(NAMED);
        let named: Vec<String> = named.map(|value| shortened(&value.to_string())).collect();
        let more = match values.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Self(named.join(", ") + &more)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Few {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn shortened(value: &str) -> String {
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// The rule that decided against somebody; its `Display` is meant for administrators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// The address is of a blocked domain.
    BlockedDomain(DomainRule),
    /// The address is of a known throw-away domain.
    Disposable(String),
    /// The address is of a throw-away domain by the administrators' word.
    DisposableByHand(DomainRule),
    /// The address is of none of these allowed domains.
    DomainNotListed(Few),
    /// The identity has none of these groups, of which every link asks for one.
    NoGroup(Few),
    /// A claim is absent or has another value.
    Claim {
        /// Its name.
        name: String,
        /// The value that is asked for.
        value: Few,
    },
    /// A private link, and the identity has none of its groups or organizations.
    NotInPrivate {
        /// The link's groups.
        groups: Few,
        /// The link's organizations.
        organizations: Few,
    },
    /// This address is in none of these networks.
    Network(IpAddr, Few),
    /// Not within the hours.
    Hours(Hours),
}

impl Objection {
    /// The reason that the person is given.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::BlockedDomain(_)
            | Self::Disposable(_)
            | Self::DisposableByHand(_)
            | Self::DomainNotListed(_) => Reason::DomainNotAllowed,
            Self::NotInPrivate {
                groups,
                organizations,
            } if groups.is_empty() && !organizations.is_empty() => Reason::OrganizationRequired,
            Self::NoGroup(_) | Self::NotInPrivate { .. } => Reason::GroupRequired,
            Self::Claim { .. } => Reason::ClaimRequired,
            Self::Network(..) => Reason::NetworkNotAllowed,
            Self::Hours(_) => Reason::OutsideHours,
        }
    }

    /// The setting whose rule it is.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::BlockedDomain(_) => "access.blocked_domains",
            Self::Disposable(_) => "access.disposable",
            Self::DisposableByHand(_) => "access.disposable_domains",
            Self::DomainNotListed(_) => "access.domains",
            Self::NoGroup(_) => "access.groups",
            Self::Claim { .. } => "access.claims",
            Self::NotInPrivate { .. } => "link.access",
            Self::Network(..) => "access.networks",
            Self::Hours(_) => "access.hours",
        }
    }

    /// As the audit trail keeps it: the rule and the words, which may name the person's domain or address.
    #[must_use]
    pub fn told(&self) -> serde_json::Value {
        serde_json::json!({ "rule": self.rule(), "why": self.to_string() })
    }
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlockedDomain(rule) => {
                write!(f, "the address falls under the blocked domain {rule}")
            }
            Self::Disposable(domain) => write!(f, "{domain} is known for throw-away addresses"),
            Self::DisposableByHand(rule) => {
                write!(f, "the address falls under the throw-away domain {rule}")
            }
            Self::DomainNotListed(domains) => {
                write!(
                    f,
                    "the address is of none of the allowed domains: {domains}"
                )
            }
            Self::NoGroup(groups) => {
                write!(f, "none of the groups that every link asks for: {groups}")
            }
            Self::Claim { name, value } => {
                write!(f, "the claim {name} is absent or not “{value}”")
            }
            Self::NotInPrivate {
                groups,
                organizations,
            } => return not_in_private(f, groups, organizations),
            Self::Network(client, networks) => {
                write!(f, "{client} is in none of the networks: {networks}")
            }
            Self::Hours(hours) => write!(f, "outside {hours}"),
        }?;
        write!(f, " ({})", self.rule())
    }
}

fn not_in_private(f: &mut fmt::Formatter<'_>, groups: &Few, organizations: &Few) -> fmt::Result {
    match (groups.is_empty(), organizations.is_empty()) {
        (true, true) => {
            f.write_str("this private link names no group and no organization, and is closed")
        }
        (true, false) => write!(
            f,
            "none of the organizations of this private link: {organizations}"
        ),
        (false, true) => write!(f, "none of the groups of this private link: {groups}"),
        (false, false) => write!(
            f,
            "none of the groups of this private link: {groups}; and none of its organizations: {organizations}"
        ),
    }
}

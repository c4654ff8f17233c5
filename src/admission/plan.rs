//! The plan: what must change in JSM so that this identity is a customer where it wants to go. Pure; empty for those who are one already.

use std::fmt;

use crate::identity::Identity;
use crate::jsm::{OrganizationId, ServiceDeskId};
use crate::settings::OrganizationSettings;
use crate::settings::access::CreateCustomers;

use super::customer::Customer;
use super::details::Fact;
use super::membership::When;
use super::organizations::{self, Belonging};

/// Where somebody wants to go, as far as JSM is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// One service desk, through its link.
    ServiceDesk {
        /// JSM's id of it.
        id: ServiceDeskId,
    },
    /// The portal as a whole: no link was followed.
    Portal,
}

impl Destination {
    /// The service desk, if it is one.
    #[must_use]
    pub fn service_desk(&self) -> Option<&ServiceDeskId> {
        match self {
            Self::ServiceDesk { id } => Some(id),
            Self::Portal => None,
        }
    }
}

/// What is to be done, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether it makes somebody a customer, or one of a service desk, for the first time.
    #[must_use]
    pub fn is_first_time(&self) -> bool {
        self.steps.iter().any(|step| match step {
            Step::BecomeCustomer { .. } | Step::JoinServiceDesk { .. } => true,
            Step::JoinOrganization(_) | Step::LeaveOrganization { .. } | Step::Tell { .. } => false,
        })
    }
}

/// For administrators; organizations are counted, not named, since a claim may name one after a person.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing to do");
        }
        let told = |step: &Step| match step {
            Step::BecomeCustomer { create: true } => "find or create the customer",
            Step::BecomeCustomer { create: false } => "find the customer, create none",
            Step::JoinServiceDesk { .. } => "add it to the service desk",
            Step::JoinOrganization(_) => "add it to an organization",
            Step::LeaveOrganization { .. } => "take it out of an organization",
            Step::Tell {
                fact: Fact::Name, ..
            } => "change its display name",
            Step::Tell {
                fact: Fact::Detail(_),
                ..
            } => "change a detail of it",
        };
        let told: Vec<&str> = self.steps.iter().map(told).collect();
        f.write_str(&told.join(", "))
    }
}

/// One change in JSM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Find the customer of this address, or create it where that is allowed.
    BecomeCustomer {
        /// Whether one may be created.
        create: bool,
    },
    /// Add the customer to a service desk.
    JoinServiceDesk {
        /// JSM's id of it.
        id: ServiceDeskId,
    },
    /// Add the customer to an organization.
    JoinOrganization(Belonging),
    /// Take the customer out of an organization that the front door put it in.
    LeaveOrganization {
        /// The organization's name.
        name: String,
        /// JSM's id of it.
        id: OrganizationId,
    },
    /// Tell what the customer is called, or what a detail field says.
    Tell {
        /// Which.
        fact: Fact,
        /// What it says.
        values: Vec<String>,
    },
}

/// The plan for one identity, given what is known of it.
#[must_use]
pub fn plan(
    identity: &Identity,
    destination: &Destination,
    rules: &[OrganizationSettings],
    create: CreateCustomers,
    known: Option<&Customer>,
    when: When,
) -> Plan {
    let mut steps = Vec::new();
    if known.is_none_or(|customer| customer.revoked.is_some()) {
        steps.push(Step::BecomeCustomer {
            create: create == CreateCustomers::Always,
        });
    }
    if let Destination::ServiceDesk { id } = destination
        && !known.is_some_and(|customer| has_desk(customer, id, when))
    {
        steps.push(Step::JoinServiceDesk { id: id.clone() });
    }
    let wanted = organizations::wanted(identity, rules, known);
    let leaves = leaves(known, rules, &wanted, when);
    let joins = wanted.into_iter().filter(|one| {
        let membership = known.and_then(|customer| customer.organizations.get(&one.name));
        !membership.is_some_and(|membership| membership.stands(when))
    });
    steps.extend(joins.map(Step::JoinOrganization));
    steps.extend(leaves);
    Plan { steps }
}

/// Whether the customer was added to the service desk, or it is no use to try now.
fn has_desk(customer: &Customer, id: &ServiceDeskId, when: When) -> bool {
    let put_off = customer.desks_put_off.get(id);
    customer.service_desks.contains(id) || put_off.is_some_and(|at| !when.may_try(*at))
}

/// The organizations that nothing gives the customer any more.
fn leaves(
    known: Option<&Customer>,
    rules: &[OrganizationSettings],
    wanted: &[Belonging],
    when: When,
) -> Vec<Step> {
    let Some(known) = known else {
        return Vec::new();
    };
    let is_wanted = |name: &str| wanted.iter().any(|one| one.name == name);
    // The same organization by another name: Jira does not tell all names apart, and organizations are renamed.
    let is_kept = |id: &OrganizationId| {
        let mut members = known.organizations.iter();
        members.any(|(name, membership)| is_wanted(name) && membership.id() == Some(id))
    };
    let left = known.organizations.iter().filter_map(|(name, membership)| {
        let (id, by) = membership.may_end(when)?;
        let ends = !is_wanted(name) && !is_kept(id) && organizations::takes_away(rules, name, by);
        ends.then(|| Step::LeaveOrganization {
            name: name.clone(),
            id: id.clone(),
        })
    });
    left.collect()
}

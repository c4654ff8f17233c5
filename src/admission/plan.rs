//! The plan: what must change in JSM so that this identity is a customer where it wants to go. Pure; empty for those who are one already.

use std::fmt;

use jiff::Timestamp;

use crate::identity::Identity;
use crate::jsm::ServiceDeskId;
use crate::settings::OrganizationSettings;
use crate::settings::access::CreateCustomers;

use super::customer::Customer;
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
        let first = |step: &Step| !matches!(step, Step::JoinOrganization(_));
        self.steps.iter().any(first)
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
}

/// The plan for one identity, given what is known of it.
#[must_use]
pub fn plan(
    identity: &Identity,
    destination: &Destination,
    rules: &[OrganizationSettings],
    create: CreateCustomers,
    known: Option<&Customer>,
    now: Timestamp,
) -> Plan {
    let mut steps = Vec::new();
    if known.is_none() {
        steps.push(Step::BecomeCustomer {
            create: create == CreateCustomers::Always,
        });
    }
    if let Destination::ServiceDesk { id } = destination
        && !known.is_some_and(|customer| customer.service_desks.contains(id))
    {
        steps.push(Step::JoinServiceDesk { id: id.clone() });
    }
    let joins = organizations::of(identity, rules)
        .into_iter()
        .filter(|one| {
            let membership = known.and_then(|customer| customer.organizations.get(&one.name));
            !membership.is_some_and(|membership| membership.stands(now))
        });
    steps.extend(joins.map(Step::JoinOrganization));
    Plan { steps }
}

//! Admission: at each destination, whether this identity may go there, and what must be true in JSM for it.
//!
//! Signing in proves who somebody is; admission is asked afresh wherever they go. [`policy`] and [`plan`] are pure functions of plain
//! values, [`carry_out`] does what the plan says, one person at a time. [`Admission::enter`] is the three in a row.

pub mod all_links;
pub mod approvals;
mod approving;
mod becoming;
pub mod blocks;
pub mod carry_out;
mod cause;
mod coming_back;
pub mod conflicts;
pub mod customer;
pub mod details;
mod directory;
pub mod disposable;
mod enter;
mod error;
mod first_time;
mod first_time_rate;
pub mod forget;
pub mod invitations;
mod join;
pub mod later;
pub mod linking;
pub mod membership;
pub mod objection;
pub mod offboarding;
pub mod organizations;
mod patience;
pub mod person;
pub mod plan;
#[cfg(test)]
mod plan_tests;
pub mod policy;
mod put_off;
mod recording;
mod records;
#[cfg(test)]
mod rules_tests;
mod run;
mod settle;
pub mod visits;
pub mod waiting;
mod waiting_room;
mod whole;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::audit::Trail;
use crate::clock::Clock;
use crate::identity::{EmailAddress, Identity};
use crate::jsm::{AccountId, Deadline, Jsm, Lookup};
use crate::settings::access::CreateCustomers;
use crate::settings::organization::DefaultFor;
use crate::settings::{AccessSettings, MappingSettings, OrganizationSettings};
use crate::store::{StoreError, Vault};
use crate::web::ClientAddress;

use conflicts::Pending;
use customer::{Customer, IdentityKey};
use details::Details;
use directory::Directory;
use disposable::Disposable;
pub use error::AdmissionError;
use membership::When;
use person::PersonId;
use plan::{Destination, Plan, Step};
use policy::{Circumstances, Ground, LinkRules, Objection, Verdict};
pub use waiting_room::WaitingRoom;

/// Everything admission needs: the rules, the records, and the way to Atlassian. Clones share what was found at Atlassian.
#[derive(Clone)]
pub struct Admission {
    access: AccessSettings,
    organizations: Vec<OrganizationSettings>,
    disposable: Arc<Disposable>,
    directory: Directory,
    details: Details,
    jsm: Option<Jsm>,
    budget: Duration,
    vault: Vault,
    trail: Trail,
    clock: Clock,
    waiting_room: Arc<WaitingRoom>,
}

impl Admission {
    /// Admission by these rules; without `jsm` only customers already known come in.
    #[must_use]
    pub fn new(
        access: AccessSettings,
        organizations: Vec<OrganizationSettings>,
        mapping: MappingSettings,
        jsm: Option<(Jsm, Duration)>,
        vault: Vault,
        trail: Trail,
        clock: Clock,
    ) -> Self {
        let (jsm, budget) = jsm.map_or((None, Duration::ZERO), |(jsm, budget)| (Some(jsm), budget));
        Self {
            access,
            organizations,
            disposable: Arc::new(Disposable::known()),
            directory: Directory::new(clock.clone()),
            details: Details::new(mapping, clock.clone()),
            jsm,
            budget,
            vault,
            trail,
            clock,
            waiting_room: Arc::default(),
        }
    }

    /// The same with people who wait already.
    #[must_use]
    pub fn with_waiting_room(self, waiting_room: Arc<WaitingRoom>) -> Self {
        Self {
            waiting_room,
            ..self
        }
    }

    /// What the rules say of this identity at this link, now and from this address. Asks nobody and changes nothing.
    #[must_use]
    pub fn verdict(
        &self,
        identity: &Identity,
        rules: &LinkRules,
        client: ClientAddress,
    ) -> Verdict {
        let circumstances = Circumstances {
            client: client.ip(),
            now: self.now(),
        };
        self.verdict_in(identity, rules, circumstances)
    }

    /// What speaks against somebody at a link for good. Where they are and what time it is changes without them: the links ask for that each time.
    #[must_use]
    pub fn lasting_objection(&self, identity: &Identity, rules: &LinkRules) -> Option<Objection> {
        let circumstances = Circumstances {
            client: Ipv4Addr::UNSPECIFIED.into(),
            now: self.now(),
        };
        let verdict = self.verdict_in(identity, rules, circumstances);
        let counts = verdict.enforced;
        let objection = verdict.objection.filter(|_| counts)?;
        (!matches!(objection, Objection::Network(..) | Objection::Hours(_))).then_some(objection)
    }

    fn verdict_in(
        &self,
        identity: &Identity,
        rules: &LinkRules,
        circumstances: Circumstances,
    ) -> Verdict {
        policy::judge(
            identity,
            rules,
            &self.access,
            &self.organizations,
            &self.disposable,
            circumstances,
        )
    }

    /// What must change in JSM for this identity to be a customer at the destination, given what is known of it.
    #[must_use]
    pub fn plan(
        &self,
        identity: &Identity,
        destination: &Destination,
        known: Option<&Customer>,
    ) -> Plan {
        self.plan_at(identity, destination, known, When::visit(self.now()))
    }

    fn plan_at(
        &self,
        identity: &Identity,
        destination: &Destination,
        known: Option<&Customer>,
        when: When,
    ) -> Plan {
        let mut plan = plan::plan(
            identity,
            destination,
            &self.organizations,
            self.access.create_customers,
            known,
            when,
        );
        if let Some(known) = known {
            let left = self.details.left(identity, known, when).into_iter();
            let tell = |(fact, values)| Step::Tell { fact, values };
            plan.steps.extend(left.map(tell));
        }
        plan
    }

    /// The customer that this identity is known as, if it is one; or the conflict that keeps it from being recognised.
    pub async fn known(
        &self,
        identity: &Identity,
    ) -> Result<Result<Option<Customer>, customer::Conflict>, StoreError> {
        let records = records::Records::read(&self.vault, identity).await?;
        Ok(records.customer().map(Option::<&Customer>::cloned))
    }

    /// The conflicts that this identity or its address stands in, newest first, and whose page tells of each.
    pub async fn conflicts_of(
        &self,
        identity: &Identity,
    ) -> Result<Vec<(PersonId, Pending)>, StoreError> {
        let key = IdentityKey::from(identity);
        let all = conflicts::all(&self.vault).await?;
        let found = all.into_iter().map(|(_, pending)| pending).filter(|one| {
            one.identity == key || one.addresses().any(|email| *email == identity.email)
        });
        Ok(found
            .map(|pending| (PersonId::of(&self.vault, &pending.email), pending))
            .collect())
    }

    /// Why this link lets this identity in, when no rule speaks against it.
    #[must_use]
    pub fn ground(&self, identity: &Identity, rules: &LinkRules) -> Ground {
        policy::ground(identity, &rules.access, &self.organizations)
    }

    /// Whether an administrator has blocked this identity or its address.
    pub async fn is_blocked(&self, identity: &Identity) -> Result<bool, StoreError> {
        blocks::holds(&self.vault, identity).await
    }

    /// Whether Jira says of this address that it belongs to this account.
    pub async fn is_account_of(
        &self,
        email: &EmailAddress,
        account: &AccountId,
    ) -> Result<bool, AdmissionError> {
        let jsm = self.jsm.as_ref().ok_or(AdmissionError::NotSetUp)?;
        let deadline = Deadline::after(self.budget);
        match jsm.find_by_address(email.as_str(), None, deadline).await? {
            Lookup::Found { account_id, .. } => Ok(account_id == *account),
            Lookup::NotFound => Ok(false),
            Lookup::CannotTell(why) => Err(AdmissionError::CannotTell(why.to_string())),
        }
    }

    /// How people become customers who are none yet.
    #[must_use]
    pub fn creates(&self) -> CreateCustomers {
        self.access.create_customers
    }

    /// Whether new customers get or are told what others are not.
    fn tells_new_apart(&self) -> bool {
        let for_new = |rule: &OrganizationSettings| rule.default_for == Some(DefaultFor::New);
        self.details.follow_for_new_alone() || self.organizations.iter().any(for_new)
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

//! Carrying the plan out: one person at a time, nothing twice, and the record written before anybody is let in.
//!
//! The plan is made again after each step, out of what the record says by then: so whatever fails in between, also by the death of the process, the next
//! visit goes on from there, and once nothing is left to do nothing is done. A visitor who goes away does not interrupt it: Rocket runs each request in
//! a task of its own, which the end of the connection does not cancel.
//!
//! What Atlassian fails at keeps nobody out who was let in before: it is put off, and done [`later`](super::later).

use std::time::Duration;

use crate::audit::{Event, EventName};
use crate::identity::Identity;
use crate::jsm::{AccountId, Deadline, Jsm};
use crate::store::{Key, StoreError};
use crate::web::Visit;

use super::cause::Cause;
use super::customer::{Customer, Records};
use super::first_time::Leave;
use super::join::Memberships;
use super::later;
use super::membership::{By, Membership, When};
use super::organizations::{self, Belonging};
use super::person::PersonId;
use super::plan::{Destination, Plan, Step};
use super::policy::LinkRules;
use super::{Admission, AdmissionError};

/// How long the lock of one person outlives its holder, should that die.
const LOCK_LIFE: Duration = Duration::from_secs(2);

/// How long a visit waits at least for another visit of the same person, however little time it has: until the lock of one that died is over.
const LEAST_WAIT: Duration = Duration::from_secs(3);

/// Makes the identity a customer at the destination, as far as it is not one already.
pub(super) async fn carry_out(
    admission: &Admission,
    visit: &Visit,
    identity: &Identity,
    destination: &Destination,
    rules: Option<&LinkRules>,
) -> Result<Customer, AdmissionError> {
    let vault = &admission.vault;
    let records = Records::read(vault, identity).await?;
    if let Some(customer) = records.customer()?
        && admission
            .plan(identity, destination, Some(customer))
            .is_empty()
    {
        visit.steps.note("Customer", "known, nothing to do");
        return Ok(customer.clone());
    }
    let unknown = records.customer()?.is_none();
    admission.stand_in_line(visit, identity, unknown).await?;
    let cause = Cause::Visit { visit, rules };
    under_lock(admission, cause, identity, destination, admission.budget).await
}

/// The same under the lock of the person; for what was put off too, where who is no customer any more is not made one. Waiting for another visit of the
/// same person is part of the budget.
pub(super) async fn under_lock(
    admission: &Admission,
    cause: Cause<'_>,
    identity: &Identity,
    destination: &Destination,
    budget: Duration,
) -> Result<Customer, AdmissionError> {
    let deadline = Deadline::after(budget);
    let id = PersonId::of(&admission.vault, &identity.email);
    let lock = admission
        .vault
        .lock(
            &Key::person_lock(id.as_str()),
            LOCK_LIFE,
            budget.max(LEAST_WAIT),
        )
        .await?
        .ok_or(AdmissionError::Busy)?;
    let done = run(admission, cause, identity, destination, deadline).await;
    lock.release().await?;
    done
}

/// Nothing is done of what was put off for somebody who was let go before the lock was ours.
async fn run(
    admission: &Admission,
    cause: Cause<'_>,
    identity: &Identity,
    destination: &Destination,
    deadline: Deadline,
) -> Result<Customer, AdmissionError> {
    let id = PersonId::of(&admission.vault, &identity.email);
    if cause.is_put_off() && later::since(&admission.vault, &id).await?.is_none() {
        return Err(AdmissionError::NotCreated);
    }
    let run = Run::begin(admission, cause, identity, destination, deadline).await;
    run?.all().await
}

/// One run through the plan, under the lock of its person.
pub(super) struct Run<'a> {
    pub(super) admission: &'a Admission,
    pub(super) cause: Cause<'a>,
    pub(super) identity: &'a Identity,
    pub(super) destination: &'a Destination,
    pub(super) deadline: Deadline,
    /// What Jira says of the organizations of somebody whom it had before, once it was asked.
    pub(super) memberships: Memberships,
    pub(super) customer: Option<Customer>,
    pub(super) leave: Leave,
    records: Records<'a>,
    /// Steps that Atlassian failed at in this run.
    failed: Vec<Step>,
    /// Whether something waited before it.
    waited: bool,
}

impl<'a> Run<'a> {
    async fn begin(
        admission: &'a Admission,
        cause: Cause<'a>,
        identity: &'a Identity,
        destination: &'a Destination,
        deadline: Deadline,
    ) -> Result<Self, AdmissionError> {
        let records = Records::read(&admission.vault, identity).await?;
        let customer = records.customer()?.cloned();
        Ok(Self {
            waited: customer.as_ref().is_some_and(Customer::waits),
            admission,
            cause,
            identity,
            destination,
            deadline,
            memberships: Memberships::NotAsked,
            customer,
            leave: Leave::default(),
            records,
            failed: Vec::new(),
        })
    }

    async fn all(&mut self) -> Result<Customer, AdmissionError> {
        let plan = self.plan();
        self.cause.steps().note("Plan", plan.to_string());
        self.ask_leave(&plan).await?;
        while let Some(step) = self.next_step() {
            if let Err(error) = self.step(&step).await {
                self.put_off(step, error).await?;
            }
        }
        self.settle().await?;
        self.customer.clone().ok_or(AdmissionError::NotCreated)
    }

    fn plan(&self) -> Plan {
        let when = When {
            now: self.admission.now(),
            again: self.cause.is_put_off(),
        };
        self.admission.plan_at(
            self.identity,
            self.destination,
            self.customer.as_ref(),
            when,
        )
    }

    /// The next step that did not fail in this run.
    fn next_step(&self) -> Option<Step> {
        let mut steps = self.plan().steps.into_iter();
        steps.find(|step| !self.failed.contains(step))
    }

    /// What the person may, if this is a first time of theirs. What was put off has been asked for already.
    async fn ask_leave(&mut self, plan: &Plan) -> Result<(), AdmissionError> {
        let Cause::Visit { visit, rules } = self.cause else {
            return Ok(());
        };
        if !plan.is_first_time() {
            return Ok(());
        }
        let unknown = self.customer.is_none();
        self.leave = self
            .admission
            .first_time(visit, self.identity, rules, unknown)
            .await?;
        match self.customer.clone() {
            Some(mut customer) if !self.leave.organizations.is_subset(&customer.invited) => {
                customer.invited.extend(self.leave.organizations.clone());
                self.keep(customer).await
            }
            _ => Ok(()),
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), AdmissionError> {
        let jsm = self.jsm()?;
        match (step, self.customer.clone()) {
            (Step::BecomeCustomer { .. }, _) if self.cause.is_put_off() => {
                Err(AdmissionError::NotCreated)
            }
            (Step::BecomeCustomer { .. }, Some(revoked)) => self.come_back(&jsm, revoked).await,
            (Step::BecomeCustomer { .. }, None) => {
                let mut customer = self.become_customer(&jsm, self.leave.create).await?;
                customer.invited.clone_from(&self.leave.organizations);
                self.keep(customer).await?;
                self.made().await
            }
            (Step::JoinServiceDesk { id }, Some(customer)) => {
                self.join_service_desk(&jsm, customer, id).await
            }
            (Step::JoinOrganization(one), Some(customer)) => {
                self.join_organization(&jsm, customer, one).await
            }
            (Step::LeaveOrganization { name, id }, Some(customer)) => {
                self.leave_organization(&jsm, customer, name, id).await
            }
            (Step::Tell { fact, values }, Some(customer)) => {
                self.tell(&jsm, customer, fact, values).await
            }
            (_, None) => Err(AdmissionError::NotCreated),
        }
    }

    fn jsm(&self) -> Result<Jsm, AdmissionError> {
        let jsm = self
            .admission
            .jsm
            .as_ref()
            .ok_or(AdmissionError::NotSetUp)?;
        Ok(jsm.noting(&self.cause.steps()))
    }

    /// What Atlassian failed at is left for later, where the customer can go on without it: what belongs to them otherwise, and the service desk for who
    /// was let in somewhere before. Who comes in for the first time would stand before a closed door without it.
    async fn put_off(&mut self, step: Step, error: AdmissionError) -> Result<(), AdmissionError> {
        let (error, mut customer) = match (error, self.customer.clone()) {
            (AdmissionError::Atlassian(error), Some(customer)) => (error, customer),
            (error, _) => return Err(error),
        };
        if matches!(step, Step::JoinServiceDesk { .. }) && !customer.has_come_in() {
            return Err(error.into());
        }
        self.cause.steps().note(
            "Put off",
            "Atlassian failed at it; the visit goes on without it",
        );
        tracing::warn!(%error, "something of an admission could not be done; it is tried again later");
        customer.put_off(&step, &error, self.admission.now());
        self.failed.push(step);
        self.keep(customer).await
    }

    /// Once nothing more can be done now: what is no longer wanted is not waited for, and what waits is put on the list.
    async fn settle(&mut self) -> Result<(), AdmissionError> {
        let Some(before) = self.customer.clone() else {
            return Ok(());
        };
        let mut customer = before.clone();
        let wanted = self.wanted(&customer);
        customer.organizations.retain(|name, membership| {
            !membership.is_open() || wanted.iter().any(|one| one.name == *name)
        });
        for (name, membership) in &mut customer.organizations {
            let is_wanted = wanted.iter().any(|one| one.name == *name);
            membership.settle(is_wanted, &self.admission.organizations, name);
        }
        let waits = customer.waits();
        customer.new &= waits || !has_its_defaults(&customer, &wanted);
        if customer != before {
            self.keep(customer).await?;
        }
        let Cause::Visit { visit, rules } = self.cause else {
            return Ok(());
        };
        if waits {
            let desk = self.destination.service_desk().zip(rules);
            later::note(self.admission, visit, self.identity, desk).await?;
        } else if self.waited {
            let id = PersonId::of(&self.admission.vault, &self.identity.email);
            later::forget(&self.admission.vault, &id).await?;
        }
        Ok(())
    }

    fn wanted(&self, customer: &Customer) -> Vec<Belonging> {
        let rules = &self.admission.organizations;
        organizations::wanted(self.identity, rules, Some(customer))
    }

    /// Writes what the customer has become.
    pub(super) async fn keep(&mut self, customer: Customer) -> Result<(), AdmissionError> {
        if !self.records.write(&customer, self.admission.now()).await? {
            return Err(AdmissionError::Busy);
        }
        self.records = Records::read(&self.admission.vault, self.identity).await?;
        self.customer = Some(customer);
        Ok(())
    }

    pub(super) async fn record(
        &self,
        name: EventName,
        account: &AccountId,
    ) -> Result<(), StoreError> {
        self.admission.trail.record(self.event(name, account)).await
    }

    /// The same with what was changed: it may be named after the person, and is forgotten with them.
    pub(super) async fn record_change(
        &self,
        name: EventName,
        account: &AccountId,
        changes: serde_json::Value,
    ) -> Result<(), StoreError> {
        let event = self.event(name, account).changes_of_the_person(changes);
        self.admission.trail.record(event).await
    }

    fn event(&self, name: EventName, account: &AccountId) -> Event {
        let event = self.cause.event(name);
        event.identity(self.identity).customer(account.as_str())
    }
}

/// Whether a new customer has what new customers get, or gets nothing by default.
fn has_its_defaults(customer: &Customer, wanted: &[Belonging]) -> bool {
    let has = |name: &str| {
        let membership = customer.organizations.get(name);
        membership.is_some_and(Membership::is_member)
    };
    let mut defaults = wanted.iter().filter(|one| one.by == By::Default);
    defaults.all(|one| has(&one.name))
}

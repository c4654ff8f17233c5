//! One run through the plan, under the lock of its person.
//!
//! The plan is made again after each step, out of what the record says by then: so whatever fails in between, also by the death of the process, the next
//! visit goes on from there, and once nothing is left to do nothing is done.

use crate::audit::{Event, EventName};
use crate::identity::Identity;
use crate::jsm::{AccountId, Deadline, Jsm, JsmError};
use crate::store::StoreError;

use super::cause::{Cause, Scope};
use super::customer::Customer;
use super::first_time::Leave;
use super::join::Memberships;
use super::membership::When;
use super::plan::{Destination, Plan, Step};
use super::records::Records;
use super::{Admission, AdmissionError, blocks};

/// One run.
pub(super) struct Run<'a> {
    pub(super) admission: &'a Admission,
    pub(super) cause: Cause<'a>,
    pub(super) identity: &'a Identity,
    pub(super) destination: &'a Destination,
    pub(super) deadline: Deadline,
    /// What Jira says of the organizations of somebody whom it had before, once it was asked.
    pub(super) memberships: Memberships,
    pub(super) customer: Option<Customer>,
    pub(super) records: Records<'a>,
    /// Whether this run made the customer, who is in no organization then.
    pub(super) has_made: bool,
    /// Whether it was looked whether Jira has the account still.
    has_looked: bool,
    /// Whose account seemed to be gone.
    gone: Option<Customer>,
    pub(super) leave: Leave,
    /// Steps that Atlassian failed at in this run.
    pub(super) failed: Vec<Step>,
    /// What it said, where that concerns everybody.
    pub(super) hindrance: Option<JsmError>,
    /// Whether they are on the list of what is done later.
    pub(super) listed: Listed,
}

/// Whether somebody is on the list of what is done later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    /// Nothing of theirs waits.
    No,
    /// By an earlier visit.
    Before,
    /// By this one, as they are now.
    Now,
}

impl<'a> Run<'a> {
    pub(super) async fn begin(
        admission: &'a Admission,
        cause: Cause<'a>,
        identity: &'a Identity,
        destination: &'a Destination,
        deadline: Deadline,
    ) -> Result<Self, AdmissionError> {
        let records = Records::read(&admission.vault, identity).await?;
        let customer = records.customer()?.cloned();
        let waits = customer.as_ref().is_some_and(Customer::waits);
        Ok(Self {
            listed: if waits { Listed::Before } else { Listed::No },
            admission,
            cause,
            identity,
            destination,
            deadline,
            memberships: Memberships::NotAsked,
            customer,
            records,
            has_made: false,
            has_looked: false,
            gone: None,
            leave: Leave::default(),
            failed: Vec::new(),
            hindrance: None,
        })
    }

    /// Does all that is to be done.
    pub(super) async fn all(&mut self) -> Result<Customer, AdmissionError> {
        let plan = self.plan();
        self.cause.steps().note("Plan", plan.to_string());
        self.ask_leave(&plan).await?;
        while let Some(step) = self.next_step() {
            // An administrator may have blocked them while Atlassian was being asked.
            if blocks::holds(&self.admission.vault, self.identity).await? {
                return Err(AdmissionError::Blocked);
            }
            match self.step(&step).await {
                Ok(()) => {}
                Err(error) if self.is_gone(&error).await => {
                    self.gone = self.customer.take();
                    self.ask_leave(&self.plan()).await?;
                }
                Err(error) => self.put_off(step, error).await?,
            }
        }
        self.settle().await?;
        self.customer.clone().ok_or(AdmissionError::NotCreated)
    }

    /// Whether Jira has the customer's account no more: it was deleted there. Then they are made, or found, anew; nobody is who was put off, since that is
    /// asked of a visit. Looked at once, where the answer may be about the account.
    async fn is_gone(&mut self, error: &AdmissionError) -> bool {
        let AdmissionError::Atlassian(
            JsmError::NotFound { .. } | JsmError::Refused { status: 400, .. },
        ) = error
        else {
            return false;
        };
        let (Some(customer), Ok(jsm)) = (&self.customer, self.jsm()) else {
            return false;
        };
        if self.cause.is_put_off() || std::mem::replace(&mut self.has_looked, true) {
            return false;
        }
        let account = jsm.account_type(&customer.account_id, self.deadline).await;
        matches!(account, Err(JsmError::NotFound { .. }))
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
        let leaves_alone = self.cause.scope() == Some(&Scope::LeavesAlone);
        let leaves = |step: &Step| matches!(step, Step::LeaveOrganization { .. });
        let mut steps = self.plan().steps.into_iter();
        steps.find(|step| !self.failed.contains(step) && (leaves(step) || !leaves_alone))
    }

    /// What the person may, if this is a first time of theirs. What was put off has been asked for already.
    async fn ask_leave(&mut self, plan: &Plan) -> Result<(), AdmissionError> {
        let Cause::Visit { visit, came } = self.cause else {
            return Ok(());
        };
        if !plan.is_first_time() {
            return Ok(());
        }
        let unknown = self.customer.is_none();
        self.leave = self
            .admission
            .first_time(visit, self.identity, came, unknown)
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
                let leave = self.leave.clone();
                let mut customer = self.become_customer(&jsm, &leave).await?;
                customer.invited.clone_from(&leave.organizations);
                // The same account was only not to be seen: what is known of it holds.
                let seen_again = self.gone.take();
                let seen_again = seen_again.filter(|one| one.account_id == customer.account_id);
                self.keep(seen_again.unwrap_or(customer)).await?;
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

    /// That a customer was made as far as can be told: the answer, or the process that waited for it, was lost, and then there was the account.
    pub(super) async fn record_in_doubt(&self, account: &AccountId) -> Result<(), StoreError> {
        let event = self.event(EventName::CustomerCreated, account);
        let event = event.changes(serde_json::json!({ "in_doubt": true }));
        self.admission.trail.record(event).await
    }

    /// Records what was changed: it may be named after the person, and is forgotten with them.
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

//! Carrying the plan out: one person at a time, nothing twice, and the record written before anybody is let in.
//!
//! A step is recorded as soon as it is done, so that whatever fails in between, the next visit goes on from there. A visitor who goes away does not
//! interrupt it: Rocket runs each request in a task of its own, which the end of the connection does not cancel.

use std::time::Duration;

use crate::audit::EventName;
use crate::identity::Identity;
use crate::jsm::{
    AccountId, AccountType, Creation, Deadline, Jsm, JsmError, Lookup, Organization, ServiceDeskId,
};
use crate::store::{Key, StoreError};
use crate::web::Visit;

use super::customer::{Customer, Membership, Records};
use super::first_time::Leave;
use super::organizations::Belonging;
use super::plan::{Destination, Plan, Step};
use super::policy::LinkRules;
use super::{Admission, AdmissionError};

/// How long the lock of one person outlives its holder, should that die.
const LOCK_LIFE: Duration = Duration::from_secs(2);

/// How much longer than the budget a visit waits for another visit of the same person: also until the lock of one that died is over.
const WAIT_MARGIN: Duration = Duration::from_secs(3);

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
    let person = Key::person_lock(&vault.pseudonym("customer", identity.email.as_str()));
    let lock = vault
        .lock(&person, LOCK_LIFE, admission.budget + WAIT_MARGIN)
        .await?
        .ok_or(AdmissionError::Busy)?;
    let done = Work {
        admission,
        visit,
        identity,
        rules,
        desk: destination.service_desk().cloned(),
    }
    .locked(destination)
    .await;
    lock.release().await?;
    done
}

/// One visit's work, under the lock of its person.
struct Work<'a> {
    admission: &'a Admission,
    visit: &'a Visit,
    identity: &'a Identity,
    rules: Option<&'a LinkRules>,
    /// Where a customer is looked for when the look-up by address alone does not find it.
    desk: Option<ServiceDeskId>,
}

impl Work<'_> {
    async fn locked(&self, destination: &Destination) -> Result<Customer, AdmissionError> {
        let mut records = Records::read(&self.admission.vault, self.identity).await?;
        let mut customer = records.customer()?.cloned();
        let plan = self
            .admission
            .plan(self.identity, destination, customer.as_ref());
        self.visit.steps.note("Plan", plan.to_string());
        let leave = self.leave(&plan, customer.is_none()).await?;
        let deadline = Deadline::after(self.admission.budget);
        for step in plan.steps {
            // Without the service desk they would stand before a closed door; an organization can follow at a later visit.
            let can_wait = match &step {
                Step::JoinOrganization(one) => Some(one.name.clone()),
                _ => None,
            };
            let done = self.step(step, customer.clone(), &leave, deadline).await;
            let next = match (done, can_wait, &customer) {
                (Err(AdmissionError::Atlassian(error)), Some(name), Some(customer)) => {
                    self.put_off(customer.clone(), name, &error)
                }
                (done, ..) => done?,
            };
            if !records.write(&next, self.admission.now()).await? {
                return Err(AdmissionError::Busy);
            }
            records = Records::read(&self.admission.vault, self.identity).await?;
            customer = Some(next);
        }
        customer.ok_or(AdmissionError::NotCreated)
    }

    /// What the person may, if this is a first time of theirs.
    async fn leave(&self, plan: &Plan, unknown: bool) -> Result<Leave, AdmissionError> {
        if !plan.is_first_time() {
            return Ok(Leave::default());
        }
        self.admission
            .first_time(self.visit, self.identity, self.rules, unknown)
            .await
    }

    async fn step(
        &self,
        step: Step,
        customer: Option<Customer>,
        leave: &Leave,
        deadline: Deadline,
    ) -> Result<Customer, AdmissionError> {
        let jsm = self
            .admission
            .jsm
            .as_ref()
            .ok_or(AdmissionError::NotSetUp)?
            .noting(&self.visit.steps);
        match (step, customer) {
            (Step::BecomeCustomer { .. }, _) => {
                self.become_customer(&jsm, leave.create, deadline).await
            }
            (Step::JoinServiceDesk { id }, Some(customer)) => {
                self.join_service_desk(&jsm, customer, id, deadline).await
            }
            (Step::JoinOrganization(one), Some(customer)) => {
                self.join_organization(&jsm, customer, one, deadline).await
            }
            (Step::JoinServiceDesk { .. } | Step::JoinOrganization(_), None) => {
                Err(AdmissionError::NotCreated)
            }
        }
    }

    async fn become_customer(
        &self,
        jsm: &Jsm,
        create: bool,
        deadline: Deadline,
    ) -> Result<Customer, AdmissionError> {
        let email = self.identity.email.as_str();
        if !create {
            return match jsm
                .find_by_address(email, self.desk.as_ref(), deadline)
                .await?
            {
                Lookup::Found {
                    account_id,
                    account_type,
                } => self.recognise(account_id, account_type).await,
                Lookup::NotFound => Err(AdmissionError::NotCreated),
                Lookup::CannotTell(why) => Err(AdmissionError::CannotTell(why.to_string())),
            };
        }
        match jsm
            .create_customer(email, &self.identity.display_name, deadline)
            .await
        {
            Ok(Creation::Created {
                account_id,
                account_type,
            }) => self.created(jsm, account_id, account_type, deadline).await,
            Ok(Creation::Taken) => self.find_taken(jsm, deadline).await,
            Err(error) if may_have_worked(&error) => {
                self.find_after_doubt(jsm, error, deadline).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn created(
        &self,
        jsm: &Jsm,
        account_id: AccountId,
        account_type: AccountType,
        deadline: Deadline,
    ) -> Result<Customer, AdmissionError> {
        let account_type = match account_type {
            AccountType::Unknown => jsm.account_type(&account_id, deadline).await?,
            told => told,
        };
        if account_type != AccountType::Customer {
            return Err(AdmissionError::AtlassianAccount(account_id));
        }
        self.record(EventName::CustomerCreated, &account_id).await?;
        Ok(Customer::new(account_id))
    }

    /// The address is taken: the account behind it, if it can be told for certain.
    async fn find_taken(&self, jsm: &Jsm, deadline: Deadline) -> Result<Customer, AdmissionError> {
        match jsm
            .find_by_address(self.identity.email.as_str(), self.desk.as_ref(), deadline)
            .await?
        {
            Lookup::Found {
                account_id,
                account_type,
            } => self.recognise(account_id, account_type).await,
            Lookup::NotFound => Err(AdmissionError::CannotTell(
                "nobody has exactly this address".to_owned(),
            )),
            Lookup::CannotTell(why) => Err(AdmissionError::CannotTell(why.to_string())),
        }
    }

    /// A creation whose answer got lost may have worked: look before anything else. Not found, the first error stands.
    async fn find_after_doubt(
        &self,
        jsm: &Jsm,
        first: JsmError,
        deadline: Deadline,
    ) -> Result<Customer, AdmissionError> {
        match jsm
            .find_by_address(self.identity.email.as_str(), self.desk.as_ref(), deadline)
            .await
        {
            Ok(Lookup::Found {
                account_id,
                account_type,
            }) => self.recognise(account_id, account_type).await,
            Ok(Lookup::NotFound | Lookup::CannotTell(_)) | Err(_) => Err(first.into()),
        }
    }

    async fn recognise(
        &self,
        account_id: AccountId,
        account_type: AccountType,
    ) -> Result<Customer, AdmissionError> {
        match account_type {
            AccountType::Customer => {
                self.record(EventName::CustomerLinked, &account_id).await?;
                Ok(Customer::new(account_id))
            }
            AccountType::Atlassian | AccountType::App => {
                Err(AdmissionError::AtlassianAccount(account_id))
            }
            AccountType::Unknown => Err(AdmissionError::CannotTell(
                "Atlassian does not say what kind of account it is".to_owned(),
            )),
        }
    }

    async fn join_service_desk(
        &self,
        jsm: &Jsm,
        mut customer: Customer,
        id: ServiceDeskId,
        deadline: Deadline,
    ) -> Result<Customer, AdmissionError> {
        jsm.add_to_service_desk(&id, &customer.account_id, deadline)
            .await?;
        self.record(EventName::CustomerAdded, &customer.account_id)
            .await?;
        customer.service_desks.insert(id);
        Ok(customer)
    }

    async fn join_organization(
        &self,
        jsm: &Jsm,
        mut customer: Customer,
        one: Belonging,
        deadline: Deadline,
    ) -> Result<Customer, AdmissionError> {
        let membership = match self.organization(jsm, &one, deadline).await? {
            Some(organization) if !organization.scim_managed => {
                jsm.add_to_organization(&organization.id, &customer.account_id, deadline)
                    .await?;
                self.record(EventName::OrganizationJoined, &customer.account_id)
                    .await?;
                Membership::Joined(organization.id)
            }
            Some(_) | None => {
                self.visit.steps.failed(
                    "Organization",
                    "not joined: there is none of this name, or SCIM manages it",
                );
                tracing::warn!(
                    organization = one.name,
                    "not joined: JSM has no such organization and it may not be created, or SCIM manages its members"
                );
                Membership::NotPossible {
                    found: self.admission.now(),
                }
            }
        };
        customer.organizations.insert(one.name, membership);
        Ok(customer)
    }

    /// An organization that could not be joined: what passes is tried again soon, anything else is an administrator's matter.
    fn put_off(&self, mut customer: Customer, name: String, error: &JsmError) -> Customer {
        self.visit.steps.note(
            "Organization",
            "could not be joined now; the visit goes on without it",
        );
        tracing::warn!(%error, organization = name, "an organization could not be joined; it is tried again later");
        let now = self.admission.now();
        let membership = if error.passes() {
            Membership::PutOff { at: now }
        } else {
            Membership::NotPossible { found: now }
        };
        customer.organizations.insert(name, membership);
        customer
    }

    async fn organization(
        &self,
        jsm: &Jsm,
        one: &Belonging,
        deadline: Deadline,
    ) -> Result<Option<Organization>, JsmError> {
        if one.create {
            return jsm
                .create_or_get_organization(&one.name, deadline)
                .await
                .map(Some);
        }
        let all = jsm.organizations(deadline).await?;
        Ok(all
            .into_iter()
            .find(|organization| organization.name == one.name))
    }

    async fn record(&self, name: EventName, account: &AccountId) -> Result<(), StoreError> {
        let mut event = self
            .visit
            .event(name)
            .identity(self.identity)
            .customer(account.as_str());
        if let Some(rules) = self.rules {
            event = event.link(rules.slug.as_str());
        }
        self.admission.trail.record(event).await
    }
}

/// Whether the call may have done what it was asked although its answer says nothing.
fn may_have_worked(error: &JsmError) -> bool {
    matches!(
        error,
        JsmError::TooSlow { .. } | JsmError::Unavailable { .. } | JsmError::Unreadable { .. }
    )
}

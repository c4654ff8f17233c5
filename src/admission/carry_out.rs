//! Carrying the plan out: one person at a time, nothing twice, and the record written before anybody is let in.
//!
//! A step is recorded as soon as it is done, so that whatever fails in between, the next visit goes on from there.

use std::time::Duration;

use crate::audit::EventName;
use crate::identity::Identity;
use crate::jsm::{AccountType, Created, Deadline, Found, Jsm, JsmError};
use crate::store::{Key, StoreError};
use crate::web::Visit;

use super::customer::{Customer, Records};
use super::organizations::Belonging;
use super::plan::{Destination, Step};
use super::policy::LinkRules;
use super::{Admission, AdmissionError};

/// How much longer than the budget the lock of one person lives, so that it never ends under its holder.
const LOCK_MARGIN: Duration = Duration::from_secs(10);

/// How much longer than the budget a visit waits for another visit of the same person.
const WAIT_MARGIN: Duration = Duration::from_secs(2);

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
        && admission.plan(identity, destination, Some(customer)).is_empty()
    {
        return Ok(customer.clone());
    }
    let person = Key::person_lock(&vault.pseudonym("customer", identity.email.as_str()));
    let life = admission.budget + LOCK_MARGIN;
    let lock = vault.lock(&person, life, admission.budget + WAIT_MARGIN).await?.ok_or(AdmissionError::Busy)?;
    let done = Work { admission, visit, identity, rules }.locked(destination).await;
    lock.release().await?;
    done
}

/// One visit's work, under the lock of its person.
struct Work<'a> {
    admission: &'a Admission,
    visit: &'a Visit,
    identity: &'a Identity,
    rules: Option<&'a LinkRules>,
}

impl Work<'_> {
    async fn locked(&self, destination: &Destination) -> Result<Customer, AdmissionError> {
        let mut records = Records::read(&self.admission.vault, self.identity).await?;
        let mut customer = records.customer()?.cloned();
        let known_before = customer.is_some();
        let plan = self.admission.plan(self.identity, destination, customer.as_ref());
        let deadline = Deadline::after(self.admission.budget);
        for step in plan.steps {
            let next = match self.step(step, customer.clone(), &deadline).await {
                Ok(next) => next,
                Err(AdmissionError::Atlassian(error)) if known_before => {
                    tracing::warn!(%error, "a known customer is let in; what could not be done is tried again at the next visit");
                    break;
                }
                Err(error) => return Err(error),
            };
            if !records.write(&next, self.admission.now()).await? {
                return Err(AdmissionError::Busy);
            }
            records = Records::read(&self.admission.vault, self.identity).await?;
            customer = Some(next);
        }
        customer.ok_or(AdmissionError::NotCreated)
    }

    async fn step(&self, step: Step, customer: Option<Customer>, deadline: &Deadline) -> Result<Customer, AdmissionError> {
        let jsm = self.admission.jsm.as_ref().ok_or(AdmissionError::NotSetUp)?;
        match (step, customer) {
            (Step::BecomeCustomer { create }, _) => self.become_customer(jsm, create, deadline).await,
            (Step::JoinServiceDesk { id }, Some(customer)) => self.join_service_desk(jsm, customer, id, deadline).await,
            (Step::JoinOrganization(one), Some(customer)) => self.join_organization(jsm, customer, one, deadline).await,
            (Step::JoinServiceDesk { .. } | Step::JoinOrganization(_), None) => Err(AdmissionError::NotCreated),
        }
    }

    async fn become_customer(&self, jsm: &Jsm, create: bool, deadline: &Deadline) -> Result<Customer, AdmissionError> {
        let email = self.identity.email.as_str();
        if !create {
            return match jsm.find_account(email, deadline).await? {
                Found::Account { account_id, account_type } => self.recognise(account_id, account_type).await,
                Found::Nobody => Err(AdmissionError::NotCreated),
                Found::CannotTell(why) => Err(AdmissionError::CannotTell(why)),
            };
        }
        match jsm.create_customer(email, &self.identity.display_name, deadline).await {
            Ok(Created::Account { account_id, account_type: AccountType::Customer }) => {
                self.record(EventName::CustomerCreated, &account_id).await?;
                Ok(newly(account_id))
            }
            Ok(Created::Account { .. }) => Err(AdmissionError::AtlassianAccount),
            Ok(Created::Taken) => self.find_taken(jsm, email, deadline).await,
            Err(error) if error.may_have_worked() => self.find_after_doubt(jsm, email, error, deadline).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn find_taken(&self, jsm: &Jsm, email: &str, deadline: &Deadline) -> Result<Customer, AdmissionError> {
        match jsm.find_account(email, deadline).await? {
            Found::Account { account_id, account_type } => self.recognise(account_id, account_type).await,
            Found::Nobody => Err(AdmissionError::CannotTell("the look-up found nobody with exactly this address")),
            Found::CannotTell(why) => Err(AdmissionError::CannotTell(why)),
        }
    }

    /// A creation whose answer got lost may have worked: look before anything else. Not found, the first error stands.
    async fn find_after_doubt(&self, jsm: &Jsm, email: &str, first: JsmError, deadline: &Deadline) -> Result<Customer, AdmissionError> {
        match jsm.find_account(email, deadline).await {
            Ok(Found::Account { account_id, account_type }) => self.recognise(account_id, account_type).await,
            Ok(Found::Nobody | Found::CannotTell(_)) | Err(_) => Err(first.into()),
        }
    }

    async fn recognise(&self, account_id: String, account_type: AccountType) -> Result<Customer, AdmissionError> {
        if account_type != AccountType::Customer {
            return Err(AdmissionError::AtlassianAccount);
        }
        self.record(EventName::CustomerLinked, &account_id).await?;
        Ok(newly(account_id))
    }

    async fn join_service_desk(&self, jsm: &Jsm, mut customer: Customer, id: String, deadline: &Deadline) -> Result<Customer, AdmissionError> {
        jsm.add_to_service_desk(&id, &customer.account_id, deadline).await?;
        self.record(EventName::CustomerAdded, &customer.account_id).await?;
        customer.service_desks.insert(id);
        Ok(customer)
    }

    async fn join_organization(&self, jsm: &Jsm, mut customer: Customer, one: Belonging, deadline: &Deadline) -> Result<Customer, AdmissionError> {
        let found = jsm.organization(&one.name, one.create, deadline).await?;
        // An organization that may not be made and is not there, or whose members SCIM manages, is remembered without an id.
        let id = match found {
            Some(organization) if !organization.scim_managed => {
                jsm.add_to_organization(&organization.id, &customer.account_id, deadline).await?;
                self.record(EventName::OrganizationJoined, &customer.account_id).await?;
                organization.id
            }
            Some(_) | None => {
                tracing::warn!(organization = one.name, "not joined: JSM has no such organization, or SCIM manages its members");
                String::new()
            }
        };
        customer.organizations.insert(one.name, id);
        Ok(customer)
    }

    async fn record(&self, name: EventName, account_id: &str) -> Result<(), StoreError> {
        let mut event = self.admission.event(name, self.visit, self.identity).customer(account_id);
        if let Some(rules) = self.rules {
            event = event.link(rules.slug.as_str());
        }
        self.admission.trail.record(event).await
    }
}

fn newly(account_id: String) -> Customer {
    Customer { account_id, service_desks: [].into(), organizations: [].into() }
}

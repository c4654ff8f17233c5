//! A step that Atlassian failed at: the visit goes on without it, the record keeps it, and the list of what is done later has it before the record does.

use jiff::Timestamp;

use crate::identity::Identity;
use crate::jsm::JsmError;

use super::cause::{Cause, Scope};
use super::customer::{Customer, IdentityKey};
use super::membership::Membership;
use super::person::PersonId;
use super::plan::{Destination, Step};
use super::run::{Listed, Run};
use super::settle::Wanted;
use super::{Admission, AdmissionError, later, organizations};

impl Run<'_> {
    /// What Atlassian failed at is left for later, where the customer can go on without it: what belongs to them otherwise, and the service desk for who
    /// was let in somewhere before. Who comes in for the first time would stand before a closed door without it.
    pub(super) async fn put_off(
        &mut self,
        step: Step,
        error: AdmissionError,
    ) -> Result<(), AdmissionError> {
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
        self.list().await?;
        customer.put_off(&step, &error, self.admission.now());
        self.failed.push(step);
        if error.concerns_everybody() {
            self.hindrance = Some(error);
        }
        self.keep(customer).await
    }

    /// Puts what is to be done for the customer on the list, by who they are now.
    async fn list(&mut self) -> Result<(), AdmissionError> {
        let Cause::Visit { visit, came } = self.cause else {
            return Ok(());
        };
        if self.listed != Listed::Now {
            let desk = self.destination.service_desk().zip(came.rules());
            later::note(self.admission, visit, self.identity, desk).await?;
            self.listed = Listed::Now;
        }
        Ok(())
    }

    /// Once nothing more can be done now: what is no longer wanted is not waited for, and what waits is on the list.
    pub(super) async fn settle(&mut self) -> Result<(), AdmissionError> {
        let Some(before) = self.customer.clone() else {
            return Ok(());
        };
        let customer = self
            .admission
            .settled(self.identity, &before, self.cause.scope());
        let waits = customer.waits();
        if waits {
            self.list().await?;
        }
        if customer != before {
            self.keep(customer).await?;
        }
        if !waits && self.listed != Listed::No && !self.cause.is_put_off() {
            let id = PersonId::of(&self.admission.vault, &self.identity.email);
            later::forget(&self.admission.vault, &id).await?;
        }
        Ok(())
    }
}

impl Admission {
    /// What the record of this customer says once nothing more is to be done now.
    pub(super) fn settled(
        &self,
        identity: &Identity,
        customer: &Customer,
        scope: Option<&Scope>,
    ) -> Customer {
        let customer = &self.noting_whose(identity, customer);
        let organizations = organizations::wanted(identity, &self.organizations, Some(customer));
        let wanted = Wanted {
            rules: &self.organizations,
            organizations: &organizations,
            facts: &self.details.wanted(identity, customer),
            scope,
        };
        customer.settled(&wanted)
    }

    /// The same with what rules give this identity now, where it is not the only one.
    fn noting_whose(&self, identity: &Identity, customer: &Customer) -> Customer {
        let mut customer = customer.clone();
        let name = IdentityKey::from(identity).name();
        if let Some(theirs) = customer.by_identity.get_mut(&name) {
            let given = organizations::of(identity, &self.organizations).into_iter();
            *theirs = given.map(|one| (one.name, one.by)).collect();
        }
        customer
    }

    /// Whether nothing at all is to be done for a known customer at this destination.
    pub(super) fn is_whole(
        &self,
        identity: &Identity,
        destination: &Destination,
        customer: &Customer,
    ) -> bool {
        !customer.waits()
            && self.plan(identity, destination, Some(customer)).is_empty()
            && self.settled(identity, customer, None) == *customer
    }
}

impl Customer {
    /// Notes that Atlassian failed at this step.
    pub(super) fn put_off(&mut self, step: &Step, error: &JsmError, now: Timestamp) {
        match step {
            Step::BecomeCustomer { .. } => {}
            Step::JoinServiceDesk { id } => {
                self.desks_put_off.insert(id.clone(), now);
            }
            Step::JoinOrganization(one) => {
                let membership = match self.organizations.get(&one.name).cloned() {
                    Some(Membership::Giving { id, by, .. }) => Membership::Giving {
                        id,
                        by,
                        failed: Some(now),
                    },
                    // Jira's own word that there is none.
                    _ if matches!(error, JsmError::NotFound { .. }) => {
                        Membership::NotPossible { found: now }
                    }
                    _ => Membership::PutOff { at: now },
                };
                self.organizations.insert(one.name.clone(), membership);
            }
            Step::Tell { fact, .. } => self.note_told(fact, Err((now, error.passes()))),
            Step::LeaveOrganization { name, .. } => {
                if let Some(Membership::Given { id, by, .. } | Membership::Giving { id, by, .. }) =
                    self.organizations.get(name).cloned()
                {
                    let kept = Some(now);
                    self.organizations
                        .insert(name.clone(), Membership::Given { id, by, kept });
                }
            }
        }
    }
}

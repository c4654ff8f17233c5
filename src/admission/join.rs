//! The steps of somebody who is a customer: into a service desk, into organizations, and out of those that nothing gives them any more.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::audit::EventName;
use crate::jsm::{AccountId, Deadline, Jsm, JsmError, Organization, OrganizationId, ServiceDeskId};

use super::AdmissionError;
use super::customer::Customer;
use super::details::Fact;
use super::membership::Membership;
use super::organizations::{self, Belonging};
use super::run::Run;

/// The organizations that Jira says somebody is in.
pub(super) enum Memberships {
    /// It was not asked.
    NotAsked,
    /// These.
    Are(BTreeSet<OrganizationId>),
}

impl Run<'_> {
    pub(super) async fn join_service_desk(
        &mut self,
        jsm: &Jsm,
        mut customer: Customer,
        id: &ServiceDeskId,
    ) -> Result<(), AdmissionError> {
        jsm.add_to_service_desk(id, &customer.account_id, self.deadline)
            .await?;
        self.record(EventName::CustomerAdded, &customer.account_id)
            .await?;
        customer.desks_put_off.remove(id);
        customer.service_desks.insert(id.clone());
        self.keep(customer).await
    }

    pub(super) async fn join_organization(
        &mut self,
        jsm: &Jsm,
        customer: Customer,
        one: &Belonging,
    ) -> Result<(), AdmissionError> {
        let directory = &self.admission.directory;
        let found = directory.find(jsm, one, self.deadline).await?;
        let Some(organization) = found.filter(|found| !found.scim_managed) else {
            return self.not_possible(customer, one).await;
        };
        match self.join(jsm, customer.clone(), one, organization).await {
            // It may have been deleted since it was found, and made anew by somebody.
            Err(AdmissionError::Atlassian(JsmError::NotFound { .. })) => {
                directory.forget(&one.name);
                match directory.find(jsm, one, self.deadline).await? {
                    Some(made) if !made.scim_managed => self.join(jsm, customer, one, made).await,
                    _ => self.not_possible(customer, one).await,
                }
            }
            done => done,
        }
    }

    async fn join(
        &mut self,
        jsm: &Jsm,
        mut customer: Customer,
        one: &Belonging,
        organization: Organization,
    ) -> Result<(), AdmissionError> {
        let (id, before) = (organization.id, customer.clone());
        if let Some(member) = already(&customer, one, &id) {
            customer.organizations.insert(one.name.clone(), member);
            return self.keep(customer).await;
        }
        // Before the call, so that a membership that was given is known to be of our giving whatever happens next.
        if self.is_ours_to_give(jsm, &customer, one, &id).await? {
            let by = one.by.clone();
            let (giving, given) = (
                Membership::Giving {
                    id: id.clone(),
                    by: by.clone(),
                    failed: None,
                },
                Membership::Given {
                    id: id.clone(),
                    by,
                    kept: None,
                },
            );
            customer.organizations.insert(one.name.clone(), giving);
            self.keep(customer.clone()).await?;
            customer.organizations.insert(one.name.clone(), given);
        } else {
            let joined = Membership::Joined(id.clone());
            customer.organizations.insert(one.name.clone(), joined);
            if self.is_in(&id) {
                return self.keep(customer).await;
            }
        }
        let added = jsm.add_to_organization(&id, &customer.account_id, self.deadline);
        if let Err(error) = added.await {
            // Certainly not done: there is nothing of our giving, unless an earlier call is in doubt.
            if !error.may_have_worked() {
                self.keep(before).await?;
            }
            return Err(error.into());
        }
        let (joined, changes) = (EventName::OrganizationJoined, organization_named(&one.name));
        self.record_change(joined, &customer.account_id, changes)
            .await?;
        self.keep(customer).await
    }

    /// Whether the customer is not in the organization yet, by Jira's word or since this very visit made the customer. Nobody asks where nobody is ever
    /// taken out.
    async fn is_ours_to_give(
        &mut self,
        jsm: &Jsm,
        customer: &Customer,
        one: &Belonging,
        id: &OrganizationId,
    ) -> Result<bool, JsmError> {
        let begun = customer.organizations.get(&one.name);
        if self.has_made || matches!(begun, Some(Membership::Giving { .. })) {
            return Ok(true);
        }
        if !organizations::takes_away(&self.admission.organizations, &one.name, &one.by) {
            return Ok(false);
        }
        if matches!(self.memberships, Memberships::NotAsked) {
            let found = jsm
                .organizations_of(&customer.account_id, self.deadline)
                .await?;
            self.memberships = Memberships::Are(found.into_iter().map(|one| one.id).collect());
        }
        Ok(!self.is_in(id))
    }

    /// Whether somebody whom Jira had before would have to be asked about.
    pub(super) fn would_ask_for_organizations(&self) -> bool {
        let rules = &self.admission.organizations;
        organizations::wanted(self.identity, rules, None)
            .iter()
            .any(|one| organizations::is_asked_about(rules, one))
    }

    fn is_in(&self, id: &OrganizationId) -> bool {
        matches!(&self.memberships, Memberships::Are(ids) if ids.contains(id))
    }

    async fn not_possible(
        &mut self,
        mut customer: Customer,
        one: &Belonging,
    ) -> Result<(), AdmissionError> {
        self.cause.steps().failed(
            "Organization",
            "not joined: there is none of this name, or SCIM manages it",
        );
        tracing::warn!(
            organization = one.name,
            "not joined: JSM has no such organization and it may not be created, or SCIM manages its members"
        );
        let found = self.admission.now();
        customer
            .organizations
            .insert(one.name.clone(), Membership::NotPossible { found });
        self.keep(customer).await
    }

    pub(super) async fn leave_organization(
        &mut self,
        jsm: &Jsm,
        mut customer: Customer,
        name: &str,
        id: &OrganizationId,
    ) -> Result<(), AdmissionError> {
        let account = &customer.account_id;
        if part(jsm, account, id, self.deadline).await? == Parting::Managed {
            let joined = Membership::Joined(id.clone());
            customer.organizations.insert(name.to_owned(), joined);
            return self.keep(customer).await;
        }
        let (left, changes) = (EventName::OrganizationLeft, organization_named(name));
        self.record_change(left, &customer.account_id, changes)
            .await?;
        customer.organizations.remove(name);
        self.keep(customer).await
    }

    /// Tells a name or a detail. A site that takes none is not asked for a while, and no customer has to wait for it.
    pub(super) async fn tell(
        &mut self,
        jsm: &Jsm,
        mut customer: Customer,
        fact: &Fact,
        values: &[String],
    ) -> Result<(), AdmissionError> {
        let account = &customer.account_id;
        let told = match (fact, values) {
            (Fact::Name, [name, ..]) => jsm.set_customer_name(account, name, self.deadline).await,
            (Fact::Name, []) => Ok(()),
            (Fact::Detail(field), values) => {
                jsm.set_customer_detail(account, field, values, self.deadline)
                    .await
            }
        };
        match told {
            Ok(()) => {
                self.admission.details.note_there();
                let changes = match fact {
                    Fact::Name => json!({ "display_name": { "new": values.first() } }),
                    Fact::Detail(field) => json!({ "detail": field, "new": values }),
                };
                self.record_change(EventName::CustomerUpdated, account, changes)
                    .await?;
                customer.note_told(fact, Ok(values.to_vec()));
                self.keep(customer).await
            }
            Err(error) => {
                if self.admission.details.is_missing_after(account, &error) {
                    let steps = self.cause.steps();
                    steps.note("Customer details", "the site does not take them");
                    return Ok(());
                }
                Err(error.into())
            }
        }
    }
}

/// The membership that the customer has of this organization by another name: it is the same one, and whoever gave it gave this.
fn already(customer: &Customer, one: &Belonging, id: &OrganizationId) -> Option<Membership> {
    let known = customer.membership_by_another_name(&one.name, id)?;
    let mut same = known.clone();
    same.is_given_by(&one.by);
    same.is_member().then_some(same)
}

/// What the audit trail says of joining or leaving an organization.
pub(super) fn organization_named(name: &str) -> Value {
    json!({ "organization": name })
}

/// What came of taking somebody out of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parting {
    /// They are no member any more.
    Parted,
    /// A directory has taken its members over: they are no longer ours to take away.
    Managed,
}

/// Takes a customer out of an organization, unless a directory manages its members.
pub(super) async fn part(
    jsm: &Jsm,
    account: &AccountId,
    id: &OrganizationId,
    deadline: Deadline,
) -> Result<Parting, JsmError> {
    match jsm.organization(id, deadline).await {
        Ok(organization) if organization.scim_managed => return Ok(Parting::Managed),
        Ok(_) => jsm.remove_from_organization(id, account, deadline).await?,
        // It was deleted, and the membership with it; unless Jira says that they are in it, and only the service account cannot see it.
        Err(error @ JsmError::NotFound { .. }) => {
            let theirs = jsm.organizations_of(account, deadline).await?;
            if theirs.iter().any(|one| one.id == *id) {
                return Err(error);
            }
        }
        Err(error) => return Err(error),
    }
    Ok(Parting::Parted)
}

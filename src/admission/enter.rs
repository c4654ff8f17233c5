//! Coming in: the verdict, the plan, and the plan carried out, at one link or at the portal as a whole.

use crate::identity::Identity;
use crate::settings::access::CreateCustomers;
use crate::web::Visit;

use super::cause::Came;
use super::customer::Customer;
use super::plan::Destination;
use super::policy::LinkRules;
use super::{Admission, AdmissionError, carry_out, conflicts};

impl Admission {
    /// Admits an identity to one link: verdict, plan, and the plan carried out.
    ///
    /// `known` is what the session remembers of an earlier admission: when it already covers the destination, nothing is read or asked.
    pub async fn enter(
        &self,
        visit: &Visit,
        identity: &Identity,
        rules: &LinkRules,
        destination: &Destination,
        known: Option<&Customer>,
    ) -> Result<Customer, AdmissionError> {
        let verdict = self.verdict(identity, rules, visit.client);
        visit.steps.note("Rules", verdict.to_string());
        if let Some(objection) = verdict.objection {
            self.record_objection(visit, identity, rules, &objection)
                .await?;
            if rules.enforce {
                self.take_away_later(visit, identity).await?;
                return Err(AdmissionError::Refused {
                    link: rules.slug.to_string(),
                    objection,
                });
            }
        }
        self.become_customer(visit, identity, destination, Came::By(rules), known)
            .await
    }

    /// Admits an identity to the portal as a whole, when no link was followed: any enabled link that admits it is enough. Who is a customer by an Atlassian
    /// account goes there by Atlassian's own login alone.
    pub async fn enter_portal(
        &self,
        visit: &Visit,
        identity: &Identity,
        links: &[LinkRules],
        known: Option<&Customer>,
    ) -> Result<Customer, AdmissionError> {
        let admitting = match self.admitting(visit, identity, links) {
            Ok(admitting) => admitting,
            Err(error) => {
                self.record_failure(visit, identity, None, &error).await?;
                self.take_away_later(visit, identity).await?;
                return Err(error);
            }
        };
        let approved = match known {
            Some(_) => Ok(false),
            None => self.approved_somewhere(visit, identity, &admitting).await,
        };
        let approved = match approved {
            Ok(approved) => approved,
            Err(error) => {
                self.record_failure(visit, identity, None, &error).await?;
                return Err(error);
            }
        };
        let came = Came::ByNone { approved };
        let customer = self
            .become_customer(visit, identity, &Destination::Portal, came, known)
            .await?;
        if customer.atlassian {
            let account = AdmissionError::AtlassianAccount(customer.account_id);
            self.record_failure(visit, identity, None, &account).await?;
            return Err(account);
        }
        Ok(customer)
    }

    async fn become_customer(
        &self,
        visit: &Visit,
        identity: &Identity,
        destination: &Destination,
        came: Came<'_>,
        known: Option<&Customer>,
    ) -> Result<Customer, AdmissionError> {
        if let Some(known) = known
            && self.is_whole(identity, destination, known)
        {
            visit
                .steps
                .note("Customer", "known in this session, nothing to do");
            return Ok(known.clone());
        }
        let rules = came.rules();
        let (done, invited) = tokio::join!(
            carry_out::carry_out(self, visit, identity, destination, came),
            self.is_invited(identity, rules),
        );
        let done = done.map_err(|error| self.not_invited(error));
        match &done {
            Ok(_) => {
                self.came_in(identity);
                if invited? {
                    self.use_invitation(visit, identity, rules).await?;
                }
            }
            Err(error) => {
                self.record_failure(visit, identity, rules, error).await?;
                conflicts::note(&self.vault, identity, error, &visit.reference, self.now()).await?;
            }
        }
        done.map_err(|error| self.patiently(identity, error))
    }

    /// Where invitations decide, who is no customer was not invited.
    fn not_invited(&self, error: AdmissionError) -> AdmissionError {
        let by_invitation = self.access.create_customers == CreateCustomers::Invited;
        match error {
            AdmissionError::NotCreated if by_invitation => AdmissionError::NotInvited,
            other => other,
        }
    }
}

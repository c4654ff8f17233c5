//! The way back in of somebody whose portal-only access was revoked here: only an administrator at Atlassian gives it back, and before that Atlassian would
//! say that there is no such customer.

use crate::jsm::{Jsm, JsmError};

use super::AdmissionError;
use super::customer::Customer;
use super::run::Run;

impl Run<'_> {
    /// They are the customer that they were, if Jira lets that one in again; somebody new, if Jira has forgotten it.
    pub(super) async fn come_back(
        &mut self,
        jsm: &Jsm,
        known: Customer,
    ) -> Result<(), AdmissionError> {
        let mut customer = match jsm.is_active(&known.account_id, self.deadline).await {
            Ok(true) => known,
            Ok(false) => return Err(AdmissionError::Revoked),
            Err(JsmError::NotFound { .. }) => {
                let leave = self.leave.clone();
                self.become_customer(jsm, &leave).await?
            }
            Err(error) => return Err(error.into()),
        };
        customer.revoked = None;
        customer.invited.clone_from(&self.leave.organizations);
        self.keep(customer).await?;
        self.made().await
    }
}

//! One first visit as lists show it: who it is, and what they would be made at Jira, by the functions that a visit goes through.

use crate::admin::in_words::{facts, in_words};
use crate::admission::approvals::{Approval, as_shown};
use crate::admission::person::PersonId;
use crate::admission::plan::Destination;
use crate::store::StoreError;
use crate::web::pages::for_people;

use super::super::label;
use super::Rooms;

/// What is shown of it.
pub(in crate::admin::customers) struct ApprovalLine {
    /// What it is called in forms, as it is shown now.
    pub(in crate::admin::customers) shown: String,
    /// Whom it is about.
    pub(in crate::admin::customers) person: PersonId,
    pub(in crate::admin::customers) approval: Approval,
    /// The provider's label.
    pub(in crate::admin::customers) provider: String,
    /// What the link is called now; `None`: there is none to that service desk.
    pub(in crate::admin::customers) link: Option<String>,
    pub(in crate::admin::customers) facts: Vec<(&'static str, String)>,
    /// What would be done at Jira.
    pub(in crate::admin::customers) steps: Vec<String>,
}

impl ApprovalLine {
    pub(in crate::admin::customers) fn asked(&self) -> String {
        for_people(self.approval.asked)
    }

    /// When it was decided.
    pub(in crate::admin::customers) fn decided(&self) -> String {
        let decision = self.approval.decision.as_ref();
        decision.map_or_else(String::new, |decision| for_people(decision.at))
    }

    pub(in crate::admin::customers) fn is_given(&self) -> bool {
        let decision = self.approval.decision.as_ref();
        decision.is_some_and(|decision| decision.is_given)
    }

    /// Whose word it is that the address is theirs.
    pub(in crate::admin::customers) fn verified(&self) -> &'static str {
        match self.approval.identity.claims.boolean("email_verified") {
            Some(true) => "verified by the provider",
            _ => "not called verified by the provider; its addresses are believed all the same",
        }
    }
}

impl Rooms<'_> {
    /// These as lines.
    pub(in crate::admin::customers) async fn lines(
        self,
        approvals: impl IntoIterator<Item = (String, Approval)>,
    ) -> Result<Vec<ApprovalLine>, StoreError> {
        let mut lines = Vec::new();
        for (name, approval) in approvals {
            lines.push(self.line(&name, approval).await?);
        }
        Ok(lines)
    }

    async fn line(self, name: &str, approval: Approval) -> Result<ApprovalLine, StoreError> {
        let identity = &approval.identity;
        let catalogue = self.links.current();
        let link = catalogue.of_desk(&approval.service_desk);
        let desk = link.and_then(|link| link.service_desk.as_ref());
        let desk = desk.map_or("the service desk", |desk| desk.name.as_str());
        let destination = Destination::ServiceDesk {
            id: approval.service_desk.clone(),
        };
        let steps = match self.admission.known(identity).await? {
            Ok(known) => {
                self.admission
                    .plan(identity, &destination, known.as_ref())
                    .steps
            }
            Err(_conflict) => Vec::new(),
        };
        Ok(ApprovalLine {
            shown: as_shown(&self.customers.vault, name, &approval),
            person: PersonId::of(&self.customers.vault, &identity.email),
            provider: label(self.login, &identity.provider),
            link: link.map(|link| link.slug.to_string()),
            facts: facts(identity),
            steps: steps.iter().map(|step| in_words(step, desk)).collect(),
            approval,
        })
    }
}

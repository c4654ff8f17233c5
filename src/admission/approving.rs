//! Asking for an approval at a visit: whether somebody who comes for the first time was approved, and their place in the queue if not.
//!
//! Nothing is asked of Atlassian before that.

use crate::audit::EventName;
use crate::identity::Identity;
use crate::store::StoreError;
use crate::web::Visit;

use super::approvals::{self, Approval, Standing};
use super::linking::lock_one;
use super::policy::LinkRules;
use super::{Admission, AdmissionError};

impl Admission {
    /// How it stands with their first visit at this link; `None`: it asks for no approval.
    pub async fn approval(
        &self,
        identity: &Identity,
        rules: &LinkRules,
    ) -> Result<Option<Standing>, StoreError> {
        match &rules.service_desk {
            Some(desk) if rules.approval => approvals::standing(&self.vault, identity, desk)
                .await
                .map(Some),
            _ => Ok(None),
        }
    }

    /// Stops whoever was not approved yet where that is asked for, under the lock of the person. Returns whether an administrator has approved them.
    pub(super) async fn approved(
        &self,
        visit: &Visit,
        identity: &Identity,
        rules: &LinkRules,
        unknown: bool,
    ) -> Result<bool, AdmissionError> {
        let standing = self.approval(identity, rules).await?;
        let is_noted = match standing {
            None => return Ok(false),
            Some(Standing::Given) => {
                visit
                    .steps
                    .note("Approval", "an administrator has approved the first visit");
                return Ok(true);
            }
            Some(Standing::Refused) => {
                return Err(AdmissionError::NotApproved(rules.slug.clone()));
            }
            Some(Standing::Waiting) => true,
            Some(Standing::NotAsked) => self.ask(visit, identity, rules, unknown).await?,
        };
        let link = rules.slug.clone();
        Err(AdmissionError::AwaitingApproval { link, is_noted })
    }

    /// The same at the portal as a whole, which is reached by no link: an approval at one of the links that admit them is enough, or one among these that
    /// asks for none; so is that they are a customer already. Otherwise they wait at the first of these links.
    pub(super) async fn approved_somewhere(
        &self,
        visit: &Visit,
        identity: &Identity,
        admitting: &[&LinkRules],
    ) -> Result<bool, AdmissionError> {
        if !admitting.iter().any(|rules| rules.approval) {
            return Ok(false);
        }
        // A conflict is told when the customer is looked for.
        match self.known(identity).await? {
            Ok(Some(known)) if known.revoked.is_some() => {}
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => return Ok(false),
        }
        let lock = lock_one(&self.vault, &identity.email).await?;
        let approved = self.approved_at_one(visit, identity, admitting).await;
        lock.release().await?;
        approved
    }

    async fn approved_at_one(
        &self,
        visit: &Visit,
        identity: &Identity,
        admitting: &[&LinkRules],
    ) -> Result<bool, AdmissionError> {
        // What decides, where several links say different things.
        let weight = |standing: Option<Standing>| match standing {
            Some(Standing::Given) => 4,
            None => 3,
            Some(Standing::Waiting) => 2,
            Some(Standing::Refused) => 1,
            Some(Standing::NotAsked) => 0,
        };
        let mut deciding: Option<(u8, &LinkRules)> = None;
        for rules in admitting {
            let weight = weight(self.approval(identity, rules).await?);
            if deciding.is_none_or(|(most, _)| weight > most) {
                deciding = Some((weight, rules));
            }
        }
        match deciding {
            Some((_, rules)) => self.approved(visit, identity, rules, true).await,
            None => Ok(false),
        }
    }

    /// Puts them into the queue. Returns whether there was room.
    async fn ask(
        &self,
        visit: &Visit,
        identity: &Identity,
        rules: &LinkRules,
        unknown: bool,
    ) -> Result<bool, AdmissionError> {
        let Some(service_desk) = rules.service_desk.clone() else {
            return Ok(false);
        };
        if self.is_blocked(identity).await? {
            return Err(AdmissionError::Blocked);
        }
        if unknown {
            self.within_rate(identity, Some(rules)).await?;
        }
        let approval = Approval {
            identity: identity.clone(),
            link: rules.slug.clone(),
            service_desk,
            asked: self.now(),
            reference: visit.reference.clone(),
            decision: None,
        };
        if !approvals::ask(&self.vault, &approval).await? {
            return Ok(false);
        }
        let asked = visit
            .event(EventName::ApprovalAsked)
            .identity(identity)
            .link(rules.slug.as_str());
        self.trail.record(asked).await?;
        Ok(true)
    }
}

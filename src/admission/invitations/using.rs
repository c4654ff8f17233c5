//! Coming in by an invitation: taken under the lock of the person before anything is done at Atlassian, and used once they are let in.
//!
//! That it was used is recorded before it is marked: whoever dies between the two records it twice, never not at all.

use std::collections::BTreeMap;

use crate::audit::EventName;
use crate::identity::Identity;
use crate::jsm::ServiceDeskId;
use crate::store::StoreError;
use crate::web::Visit;

use super::super::Admission;
use super::super::customer::IdentityKey;
use super::super::linking::lock_one;
use super::super::person::{self, PersonId};
use super::super::policy::LinkRules;
use super::{Invitation, Stage, all, of};

impl Admission {
    /// Takes the invitation of this identity to this link, if there is one. The caller holds the lock of the person.
    pub(in crate::admission) async fn take_invitation(
        &self,
        visit: &Visit,
        identity: &Identity,
        rules: Option<&LinkRules>,
    ) -> Result<Option<Invitation>, StoreError> {
        let (key, now) = (IdentityKey::from(identity), self.now());
        let found = self.invitation(identity, rules).await?;
        let is_free = self.is_free(identity).await?;
        let Some(invitation) = found.filter(|one| one.serves(&key, is_free, now)) else {
            return Ok(None);
        };
        visit.steps.note("Invitation", "comes in by an invitation");
        if !invitation.is_taken_by(&key) {
            let stage = Stage::Taken { by: key, at: now };
            let taken = Invitation {
                stage,
                ..invitation.clone()
            };
            taken.write(&self.vault, now).await?;
        }
        Ok(Some(invitation))
    }

    /// Whether there is an invitation of this identity to this link at all, used or not: nobody else need look for it again.
    pub(in crate::admission) async fn is_invited(
        &self,
        identity: &Identity,
        rules: Option<&LinkRules>,
    ) -> Result<bool, StoreError> {
        let found = self.invitation(identity, rules).await?;
        Ok(found.is_some_and(|one| !matches!(one.stage, Stage::Used { .. })))
    }

    /// Somebody was let in: if they came by an invitation, it is used.
    pub(in crate::admission) async fn use_invitation(
        &self,
        visit: &Visit,
        identity: &Identity,
        rules: Option<&LinkRules>,
    ) -> Result<(), StoreError> {
        let key = IdentityKey::from(identity);
        let is_theirs = |one: &Invitation| one.is_taken_by(&key);
        let found = self.invitation(identity, rules).await?;
        if !found.as_ref().is_some_and(is_theirs) {
            return Ok(());
        }
        let lock = lock_one(&self.vault, &identity.email).await?;
        if let Some(taken) = self.invitation(identity, rules).await?.filter(is_theirs) {
            self.record_use(visit, identity, &taken, rules).await?;
            let at = self.now();
            let stage = Stage::Used {
                by: key.clone(),
                at,
            };
            Invitation { stage, ..taken }.write(&self.vault, at).await?;
        }
        lock.release().await
    }

    async fn record_use(
        &self,
        visit: &Visit,
        identity: &Identity,
        taken: &Invitation,
        rules: Option<&LinkRules>,
    ) -> Result<(), StoreError> {
        let slug = rules.map_or(&taken.slug, |rules| &rules.slug);
        let event = visit
            .event(EventName::InvitationUsed)
            .identity(identity)
            .link(slug.as_str());
        self.trail.record(event).await
    }

    /// Whether nobody else is the customer of their address.
    async fn is_free(&self, identity: &Identity) -> Result<bool, StoreError> {
        let id = PersonId::of(&self.vault, &identity.email);
        let known = person::customer(&self.vault, &id).await?;
        let key = IdentityKey::from(identity);
        Ok(known.is_none_or(|known| known.identities.contains(&key)))
    }

    async fn invitation(
        &self,
        identity: &Identity,
        rules: Option<&LinkRules>,
    ) -> Result<Option<Invitation>, StoreError> {
        match rules.and_then(|rules| rules.service_desk.as_ref()) {
            Some(desk) => of(&self.vault, &identity.email, desk).await,
            None => Ok(None),
        }
    }

    /// The invitations that this identity could come in by now, by service desk.
    pub async fn invitations_of(
        &self,
        identity: &Identity,
    ) -> Result<BTreeMap<ServiceDeskId, Invitation>, StoreError> {
        let (key, now) = (IdentityKey::from(identity), self.now());
        let is_free = self.is_free(identity).await?;
        let all = all(&self.vault).await?.into_iter();
        let theirs =
            all.filter(|one| one.email == identity.email && one.serves(&key, is_free, now));
        Ok(theirs.map(|one| (one.desk.clone(), one)).collect())
    }
}

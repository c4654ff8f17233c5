//! Handing an admitted customer over: the native address, and a note of it until Atlassian asks for them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::admission::AdmissionError;
use crate::admission::customer::{Customer, IdentityKey};
use crate::audit::{Event, EventName, Trail};
use crate::identity::Identity;
use crate::login::PendingRequest;
use crate::login::resume::{self, Resume};
use crate::metrics::Metrics;
use crate::session::Session;
use crate::settings::link::HandOver;
use crate::store::{Key, StoreError, Vault};
use crate::web::{Reason, Refusal, Visit};

use super::portal_address::native_address;
use super::{DeepLink, Link, LinkedDesk};

/// How long Atlassian may take to ask for a customer who was sent there.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// How often unanswered hand-overs are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// How long a note is kept at most, should nobody look.
const NOTE_LIFE: Duration = Duration::from_hours(1);

/// Where customers are sent, and which of them Atlassian has not asked for yet.
#[derive(Clone)]
pub struct HandOvers {
    portal: Option<Url>,
    /// The service provider that is sent Responses without asking.
    unsolicited_to: Option<String>,
    vault: Vault,
    trail: Trail,
    clock: crate::clock::Clock,
    metrics: Metrics,
}

/// A customer who was sent to the portal.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    at: jiff::Timestamp,
    reference: String,
    link: String,
    customer: String,
    email: String,
}

impl HandOvers {
    /// Hand-overs to this portal.
    #[must_use]
    pub fn new(
        portal: Option<Url>,
        unsolicited_to: Option<String>,
        vault: Vault,
        trail: Trail,
        clock: crate::clock::Clock,
    ) -> Self {
        Self {
            portal,
            unsolicited_to,
            vault,
            trail,
            clock,
            metrics: Metrics::default(),
        }
    }

    /// The same, counted.
    #[must_use]
    pub fn metered(self, metrics: &Metrics) -> Self {
        Self {
            metrics: metrics.clone(),
            ..self
        }
    }

    /// The portal, when one is set.
    #[must_use]
    pub fn portal(&self) -> Option<&Url> {
        self.portal.as_ref()
    }

    /// What somebody is told who was not admitted: with an Atlassian account they go on at the portal itself; everybody else's way on is the reason's own.
    pub fn refusal(&self, error: AdmissionError) -> Refusal {
        let account = matches!(error, AdmissionError::AtlassianAccount(_));
        match &self.portal {
            Some(portal) if account => Refusal::from(error).portal(portal),
            _ => error.into(),
        }
    }

    /// Whether there is a portal to send anybody to.
    #[must_use]
    pub fn has_portal(&self) -> bool {
        self.portal.is_some()
    }

    /// The native address for a customer who was admitted; recorded in the trail, and noted where single sign-on should follow.
    pub async fn to_portal(
        &self,
        visit: &Visit,
        session: &Session,
        customer: &Customer,
        link: &Link,
        desk: &LinkedDesk,
        page: &DeepLink,
    ) -> Result<String, Refusal> {
        let portal = self.portal.as_ref().ok_or_else(|| {
            Refusal::new(Reason::AtlassianUnavailable)
                .because("no Atlassian site is set up")
                .not_set_up()
        })?;
        let how = how(customer, link);
        let via_login = link.via_login && how == HandOver::Saml;
        let address = native_address(portal, &desk.portal_id, page, via_login);
        self.record(visit, session, customer, link).await?;
        self.metrics.hand_over(&link.slug, how);
        let to = match how {
            HandOver::Saml => "to the portal, which will ask us who it is",
            HandOver::Gate => "to the portal, where Atlassian asks for a login",
        };
        visit.steps.note("Hand-over", to);
        match &self.unsolicited_to {
            Some(name) if how == HandOver::Saml => self.unsolicited(name, session, address),
            _ => Ok(address),
        }
    }

    /// Where this identity, and no other, gets a Response that nobody asked for. The page of the portal goes along as RelayState, as service providers
    /// that take such Responses expect it.
    fn unsolicited(
        &self,
        service_provider: &str,
        session: &Session,
        page: String,
    ) -> Result<String, Refusal> {
        let request = PendingRequest {
            service_provider: service_provider.to_owned(),
            id: None,
            relay_state: Some(page),
            force_authn: false,
            is_passive: false,
            unsuited_name_id: false,
        };
        let resume = Resume {
            request,
            person: Some(session.data.identity.key()),
            fresh: None,
            at: self.clock.now(),
        };
        resume::address(&self.vault, &resume)
    }

    async fn record(
        &self,
        visit: &Visit,
        session: &Session,
        customer: &Customer,
        link: &Link,
    ) -> Result<(), StoreError> {
        let identity = &session.data.identity;
        let event = visit
            .event(EventName::HandedOver)
            .identity(identity)
            .customer(customer.account_id.as_str())
            .link(link.slug.as_str());
        self.trail.record_soon(event).await?;
        if how(customer, link) == HandOver::Gate {
            return Ok(());
        }
        let note = Note {
            at: self.clock.now(),
            reference: visit.reference.clone(),
            link: link.slug.to_string(),
            customer: customer.account_id.to_string(),
            email: identity.email.to_string(),
        };
        self.vault
            .index_put(
                &Key::pending_hand_overs(),
                &self.whose(identity),
                &note,
                Some(NOTE_LIFE),
            )
            .await
    }

    /// Atlassian has asked for this customer, in whatever session: a demanded login opens another one in between.
    pub async fn answered(&self, identity: &Identity) -> Result<(), StoreError> {
        self.vault
            .index_remove(&Key::pending_hand_overs(), &self.whose(identity))
            .await
            .map(|_| ())
    }

    fn whose(&self, identity: &Identity) -> String {
        self.vault.pseudonym("hand-over", &identity.key())
    }

    /// Records every hand-over that was not answered in time; of several instances, one does it.
    pub async fn record_unanswered(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        for (session, note) in self
            .vault
            .index_readable::<Note>(&Key::pending_hand_overs())
            .await?
        {
            let late = now.duration_since(note.at).unsigned_abs() >= ANSWER_WITHIN;
            if late
                && self
                    .vault
                    .index_remove(&Key::pending_hand_overs(), &session)
                    .await?
            {
                self.trail.record(unanswered(&note)).await?;
            }
        }
        Ok(())
    }

    /// Looks for unanswered hand-overs for as long as the house stands.
    pub async fn keep_watch(self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if let Err(error) = self.record_unanswered().await {
                tracing::warn!(%error, "unanswered hand-overs could not be looked for");
            }
        }
    }
}

/// Drops the note of a hand-over of somebody who is to be forgotten.
pub async fn forget(vault: &Vault, identity: &IdentityKey) -> Result<(), StoreError> {
    let key = format!("{}:{}", identity.provider, identity.subject);
    vault
        .index_remove(
            &Key::pending_hand_overs(),
            &vault.pseudonym("hand-over", &key),
        )
        .await
        .map(|_| ())
}

fn unanswered(note: &Note) -> Event {
    Event::new(EventName::HandOverUnanswered)
        .reference(&note.reference)
        .link(&note.link)
        .customer(&note.customer)
        .email(&note.email)
}

/// How this customer reaches the portal: an Atlassian account goes by Atlassian's own login, whatever the link says.
fn how(customer: &Customer, link: &Link) -> HandOver {
    if customer.atlassian {
        HandOver::Gate
    } else {
        link.hand_over
    }
}

//! Who may have an assertion, how often, and for which request: all that is asked before anything is signed.

use std::time::Duration;

use crate::admission::customer::Customer;
use crate::admission::policy::LinkRules;
use crate::audit::EventName;
use crate::identity::Identity;
use crate::link::LinkState;
use crate::link::follow::{all_links_closed, rules};
use crate::login::PendingRequest;
use crate::session::Session;
use crate::settings::saml::{ServiceProviderKind, ServiceProviderSettings};
use crate::store::Key;
use crate::web::{Reason, Refusal};

use super::desk::Desk;

/// How long an answered request is remembered: longer than a request stays fresh and a login may take together.
const REMEMBER_ANSWERED: Duration = Duration::from_hours(1);

/// Assertions for one service provider in one session within a minute that are a loop.
const LOOP_COUNT: u64 = 5;

/// See [`LOOP_COUNT`].
const LOOP_WINDOW: Duration = Duration::from_mins(1);

impl Desk<'_> {
    /// Whether they may have an assertion; for a portal, as which customer.
    pub(super) async fn entitle(
        &self,
        provider: &ServiceProviderSettings,
        session: &Session,
    ) -> Result<Option<Customer>, Refusal> {
        let identity = &session.data.identity;
        if !listed(provider, identity) {
            let refused = self
                .visit
                .event(EventName::Refused)
                .identity(identity)
                .reason(Reason::NotAllowed.name())
                .changes(to(provider));
            self.record_once(refused, identity).await?;
            return Err(Refusal::new(Reason::NotAllowed).because(format!(
                "not among those who may sign in to {}",
                provider.name
            )));
        }
        self.visit
            .steps
            .note("Service provider", "this identity may sign in there");
        if provider.kind != ServiceProviderKind::PortalOnly {
            return Ok(None);
        }
        let catalogue = self.links.current();
        if catalogue.is_closed() {
            return Err(self.closed(provider, identity).await?);
        }
        let open: Vec<LinkRules> = catalogue
            .links()
            .iter()
            .filter(|link| link.state == LinkState::On)
            .map(rules)
            .collect();
        let known = self.sessions.fresh_customer(session);
        let customer = self
            .admission
            .enter_portal(&self.visit, identity, &open, known)
            .await
            .map_err(|error| self.not_admitted(error))?;
        if known != Some(&customer) {
            self.sessions
                .remember(session, customer.clone(), &self.visit.reference)
                .await?;
        }
        Ok(Some(customer))
    }

    /// Nobody gets to the portal while every link is closed.
    async fn closed(
        &self,
        provider: &ServiceProviderSettings,
        identity: &Identity,
    ) -> Result<Refusal, Refusal> {
        let refused = self
            .visit
            .event(EventName::Refused)
            .identity(identity)
            .reason(Reason::LinkOff.name())
            .changes(to(provider));
        self.record_once(refused, identity).await?;
        Ok(all_links_closed())
    }

    pub(super) async fn stop_loops(
        &self,
        provider: &ServiceProviderSettings,
        session: &Session,
    ) -> Result<(), Refusal> {
        let key = Key::assertions(&session.id().hash(), &provider.name);
        let count = self.idp.vault.count(&key, LOOP_WINDOW).await?;
        if count < LOOP_COUNT {
            return Ok(());
        }
        Err(Refusal::new(Reason::LoginLoop).because(format!(
            "the fifth assertion for {} within a minute",
            provider.name
        )))
    }

    /// Nothing is done for a request that was answered already: nobody is made a customer by one.
    pub(super) async fn still_open(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
    ) -> Result<(), Refusal> {
        let Some(answered) = self.answered(request, provider) else {
            return Ok(());
        };
        let exists = self.idp.vault.exists(&answered).await;
        if exists? {
            self.answered_already(provider).await
        } else {
            Ok(())
        }
    }

    /// A request is answered once. Recorded when the Response is written, so that a login in between does no harm.
    pub(super) async fn once(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
    ) -> Result<(), Refusal> {
        let Some(answered) = self.answered(request, provider) else {
            return Ok(());
        };
        let first = self.idp.vault.claim(&answered, REMEMBER_ANSWERED).await;
        if first? {
            Ok(())
        } else {
            self.answered_already(provider).await
        }
    }

    /// Where it is kept that a request was answered; nowhere for one that was sealed by ourselves for one session a moment ago.
    fn answered(
        &self,
        request: &PendingRequest,
        provider: &ServiceProviderSettings,
    ) -> Option<Key> {
        let id = request.id.as_ref()?;
        let name = format!("{} {id}", provider.name);
        Some(Key::answered_request(
            &self.idp.vault.pseudonym("answered", &name),
        ))
    }

    async fn answered_already(&self, provider: &ServiceProviderSettings) -> Result<(), Refusal> {
        let refused = self
            .visit
            .event(EventName::SamlRefused)
            .reason(Reason::SamlRequestInvalid.name())
            .changes(to(provider));
        self.record_whoever(refused).await?;
        Err(self.invalid("the request was answered already"))
    }
}

/// Whether the settings of the service provider let this identity have an assertion: each list that is given must hold. All empty lets nobody in,
/// but at the portal-only kind, where admission decides.
#[must_use]
pub fn listed(provider: &ServiceProviderSettings, identity: &Identity) -> bool {
    let given = !(provider.providers.is_empty()
        && provider.groups.is_empty()
        && provider.domains.is_empty());
    let by_provider =
        provider.providers.is_empty() || provider.providers.contains(&identity.provider);
    let by_group = provider.groups.is_empty()
        || identity
            .groups
            .iter()
            .any(|group| provider.groups.contains(group));
    let by_domain = provider.domains.is_empty()
        || provider
            .domains
            .iter()
            .any(|rule| rule.holds(identity.email.domain()));
    (given || provider.kind == ServiceProviderKind::PortalOnly)
        && by_provider
        && by_group
        && by_domain
}

pub(super) fn to(provider: &ServiceProviderSettings) -> serde_json::Value {
    serde_json::json!({ "service_provider": provider.name })
}

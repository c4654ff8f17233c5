//! What an administrator enters about single sign-on, and what came of it.

use super::sso::{self, ServiceProvider};
use super::{Asking, Atlassian, HandOver};
use crate::saml::{Certificate, IdentityProvider};

impl Atlassian {
    /// Adds a service provider of organisation single sign-on beside the portal's: it takes any address.
    pub fn add_guard(&self, name: &str) {
        self.site.change(|state| {
            let guard = ServiceProvider::guard(name);
            state.service_providers.push(guard);
        });
    }

    /// A service provider's entity id; the portal's is called [`PORTAL`].
    #[must_use]
    pub fn entity_id(&self, service_provider: &str) -> String {
        sso::entity_id(&self.site(), service_provider)
    }

    /// A service provider's assertion consumer service.
    #[must_use]
    pub fn acs_url(&self, service_provider: &str) -> String {
        sso::acs_url(&self.site(), service_provider)
    }

    /// Where a service provider begins to ask; for the portal, any portal page does too.
    #[must_use]
    pub fn login_url(&self, service_provider: &str) -> String {
        sso::login_url(&self.site(), service_provider)
    }

    /// What an administrator enters for all service providers: the identity provider's entity id, address and certificate.
    ///
    /// # Panics
    /// When the certificate cannot be read.
    #[expect(clippy::expect_used, reason = "a test enters a real certificate")]
    pub fn trust(&self, entity_id: &str, sso_url: &str, certificate_pem: &str) {
        let certificate = Certificate::read(certificate_pem).expect("a certificate in PEM");
        self.trust_provider(&IdentityProvider {
            entity_id: entity_id.to_owned(),
            sso_url: sso_url.to_owned(),
            sso_post_url: sso_url.to_owned(),
            certificate,
        });
    }

    /// The same, read from metadata.
    ///
    /// # Panics
    /// When it cannot be read.
    #[expect(clippy::expect_used, reason = "a test enters real metadata")]
    pub fn trust_metadata(&self, xml: &str) {
        let provider = IdentityProvider::from_metadata(xml);
        self.trust_provider(&provider.expect("metadata of an identity provider"));
    }

    fn trust_provider(&self, provider: &IdentityProvider) {
        self.site.change(|state| {
            for known in &mut state.service_providers {
                known.trusted = Some(provider.clone());
            }
        });
    }

    /// Turns single sign-on off: portals show Atlassian's own login instead.
    pub fn trust_nobody(&self) {
        self.site.change(|state| {
            for known in &mut state.service_providers {
                known.trusted = None;
            }
        });
    }

    /// Changes how a service provider asks.
    pub fn tune(&self, service_provider: &str, change: impl FnOnce(&mut Asking)) {
        self.site.change(|state| {
            let mut known = state.service_providers.iter_mut();
            if let Some(known) = known.find(|known| known.name == service_provider) {
                change(&mut known.asking);
            }
        });
    }

    /// Every Response that was posted, with what became of it, oldest first.
    #[must_use]
    pub fn hand_overs(&self) -> Vec<HandOver> {
        self.site.read(|state| state.hand_overs.clone())
    }

    /// How many Responses were accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        let hand_overs = self.hand_overs();
        hand_overs.iter().filter(|one| one.outcome.is_ok()).count()
    }

    /// Ends all sessions at the portal, as time does.
    pub fn end_sessions(&self) {
        self.site.change(|state| state.sessions.clear());
    }
}

//! Identity providers: where they are, how a login starts there, and what their answer is worth.
//!
//! A provider is found by discovery, lazily and in the background, and may be away at any time, at the start too. A callback is redeemed
//! for tokens, of which only the claims leave this room, each checked.

mod check;
mod cognito;
pub mod diagnosis;
mod discovery;
mod error;
mod fresh;
mod http;
mod id_token;
mod kept;
mod keys;
mod probe;
mod redeem;
mod renewal;
mod revoke;
mod start;
mod token;
mod told;
mod user_info;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::settings::{ProviderName, ProviderSettings};

pub use check::{Finding, Outcome};
pub use diagnosis::{Case, Diagnosis};
pub use error::{Away, ClientRefusal, Endpoint, Invalid, Misfit, ProviderError};
pub use id_token::{IdTokenFault, judge};
pub use kept::Failing;
pub use redeem::{Callback, Redeemed};
pub use renewal::{NotRenewed, Renewal};
pub use start::StartLogin;
pub use told::{Told, UserInfo};
pub use user_info::UserInfoFault;

use cognito::DomainFault;
use discovery::Discovered;
use http::Http;
use kept::Kept;
use keys::Keys;

/// All configured providers, by name; clones are the same ones.
#[derive(Debug, Clone, Default)]
pub struct Providers(Arc<BTreeMap<ProviderName, Arc<Provider>>>);

impl Providers {
    /// Nobody is asked anything yet. `http` must follow no redirects.
    #[must_use]
    pub fn new(
        settings: &BTreeMap<ProviderName, ProviderSettings>,
        http: &reqwest::Client,
        clock: &Clock,
    ) -> Self {
        Self::default().renewed(settings, http, clock, &Metrics::default())
    }

    /// Providers by these settings, without those that are switched off; those whose settings are the same stay the same ones, with all that is known of them.
    #[must_use]
    pub fn renewed(
        &self,
        settings: &BTreeMap<ProviderName, ProviderSettings>,
        http: &reqwest::Client,
        clock: &Clock,
        metrics: &Metrics,
    ) -> Self {
        let provider = |settings: &ProviderSettings| match self.get(&settings.name) {
            Some(known) if known.settings.is_same(settings) => Arc::clone(known),
            Some(known) if known.settings.issuer == settings.issuer => {
                Arc::new(known.by(settings.clone(), Http::new(http.clone(), settings, metrics)))
            }
            _ => {
                let http = Http::new(http.clone(), settings, metrics);
                Arc::new(Provider::new(settings.clone(), http, clock.clone()))
            }
        };
        Self(Arc::new(
            settings
                .iter()
                .filter(|(_, settings)| settings.enabled)
                .map(|(name, settings)| (name.clone(), provider(settings)))
                .collect(),
        ))
    }

    /// The provider of this name.
    #[must_use]
    pub fn get(&self, name: &ProviderName) -> Option<&Arc<Provider>> {
        self.0.get(name)
    }

    /// All, in the order of their names.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Provider>> {
        self.0.values()
    }

    /// The provider, when there is exactly one.
    #[must_use]
    pub fn only(&self) -> Option<&Arc<Provider>> {
        self.0.values().next().filter(|_| self.0.len() == 1)
    }

    /// Whether none is configured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Discovers every provider, again and again until it answers, then keeps endpoints and keys fresh. Never ends: dropping it does.
    pub async fn keep_fresh(self) {
        fresh::keep_all(self.0.values().cloned()).await;
    }
}

/// One identity provider.
#[derive(Debug)]
pub struct Provider {
    settings: ProviderSettings,
    http: Http,
    clock: Clock,
    endpoints: Arc<Kept<Discovered>>,
    keys: Arc<Keys>,
}

/// How a provider is faring, for health and the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderStatus {
    /// When discovery last worked; `None`: it never has.
    pub discovered: Option<Timestamp>,
    /// Whether, since when and why discovery or the keys fail. What is kept goes on working.
    pub failing: Option<Failing>,
}

impl Provider {
    fn new(settings: ProviderSettings, http: Http, clock: Clock) -> Self {
        let (endpoints, keys) = (Kept::new(clock.clone()), Keys::new(clock.clone()));
        Self {
            settings,
            http,
            clock,
            endpoints: Arc::new(endpoints),
            keys: Arc::new(keys),
        }
    }

    /// The same provider by other settings: where it is and what it signs with is still known.
    fn by(&self, settings: ProviderSettings, http: Http) -> Self {
        Self {
            http,
            settings,
            clock: self.clock.clone(),
            endpoints: Arc::clone(&self.endpoints),
            keys: Arc::clone(&self.keys),
        }
    }

    /// Its section of the settings.
    #[must_use]
    pub fn settings(&self) -> &ProviderSettings {
        &self.settings
    }

    /// Its name in addresses.
    #[must_use]
    pub fn name(&self) -> &ProviderName {
        &self.settings.name
    }

    /// Where to send the browser for this attempt.
    ///
    /// # Panics
    /// When the PKCE verifier is not 43 to 128 characters long: attempts are made here, never by visitors.
    pub async fn start(&self, login: &StartLogin<'_>) -> Result<Url, ProviderError> {
        let endpoints = self.endpoints().await?;
        start::address(
            &self.settings,
            &token::client(&self.settings, &endpoints)?,
            login,
        )
    }

    /// Where to send the browser to make the provider forget whom it remembers, before a login that must ask: a user pool's logout, since the classic
    /// hosted UI ignores `prompt`. `None` for other providers, which obey it.
    #[must_use]
    pub fn log_out_before_login(&self) -> Option<Url> {
        let is_pool = cognito::is_user_pool(&self.settings);
        is_pool.then(|| self.log_out_address()).flatten()
    }

    /// Where to send the browser to end the provider's own session, if it has a way that we know.
    ///
    /// Cognito's needs no discovery; OIDC RP-Initiated Logout 1.0 is used where the provider was discovered to offer it.
    #[must_use]
    pub fn log_out_address(&self) -> Option<Url> {
        if let Some(address) = cognito::log_out_address(&self.settings) {
            return Some(address);
        }
        let mut address = self.endpoints.value()?.end_session_endpoint.clone()?;
        address
            .query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", &self.settings.sign_out_url);
        Some(address)
    }

    /// How it is faring; asks nobody.
    #[must_use]
    pub fn status(&self) -> ProviderStatus {
        let failing = self.endpoints.failing().or_else(|| self.keys.failing());
        ProviderStatus {
            discovered: self.endpoints.fetched(),
            failing,
        }
    }

    /// Asks it now for everything that can be asked without a person, and says what was found. `callback` is our callback address there.
    pub async fn check(&self, callback: &str) -> Vec<Finding> {
        check::check(self, callback).await
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The endpoints for a login: those of a pool without a domain are of no use.
    async fn endpoints(&self) -> Result<Arc<Discovered>, ProviderError> {
        let endpoints = self
            .endpoints
            .get(discovery::discover(&self.http, &self.settings.issuer))
            .await?;
        match cognito::domain_fault(&self.settings, &endpoints) {
            Some(DomainFault::None) => Err(Misfit::NoDomain.into()),
            Some(DomainFault::Another(_)) | None => Ok(endpoints),
        }
    }

    async fn discover_anew(&self) -> Result<Arc<Discovered>, ProviderError> {
        self.endpoints
            .refresh(discovery::discover(&self.http, &self.settings.issuer))
            .await
    }

    /// Gives the number of keys.
    async fn fetch_keys_anew(&self, endpoints: &Discovered) -> Result<usize, ProviderError> {
        let keys = self.keys.refresh(&self.http, &endpoints.jwks_uri).await?;
        Ok(keys.keys().len())
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

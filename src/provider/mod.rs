//! Identity providers: where they are, how a login starts there, and what their answer is worth.
//!
//! A provider is found by discovery, lazily and in the background, and may be away at any time, at the start too. A callback is redeemed
//! for tokens, of which only the claims leave this room, each checked.

mod check;
mod cognito;
mod discovery;
mod error;
mod fresh;
mod http;
mod id_token;
mod kept;
mod keys;
mod start;
mod token;
mod user_info;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use crate::clock::Clock;
use crate::identity::VerifiedClaims;
use crate::settings::{ProviderName, ProviderSettings};

pub use check::{Finding, Outcome};
pub use error::{Invalid, ProviderError};
pub use id_token::IdTokenFault;
pub use kept::Failing;
pub use start::StartLogin;
pub use user_info::UserInfoFault;

use cognito::DomainFault;
use discovery::Discovered;
use http::Http;
use id_token::{Expected, Unverified};
use kept::Kept;
use keys::Keys;
use token::Tokens;

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
        let provider = |settings: &ProviderSettings| {
            Arc::new(Provider::new(settings.clone(), http.clone(), clock.clone()))
        };
        Self(Arc::new(
            settings
                .iter()
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
    endpoints: Kept<Discovered>,
    keys: Keys,
}

/// What came back to our callback address, with what the attempt remembers. No code is in it that was not sent for this very attempt.
#[derive(Clone, Copy)]
pub struct Callback<'a> {
    /// `code`.
    pub code: &'a str,
    /// What the start of the attempt hashed.
    pub pkce_verifier: &'a str,
    /// What the ID token must repeat.
    pub nonce: &'a str,
    /// The same address as at the start.
    pub redirect_uri: &'a str,
    /// `iss` (RFC 9207).
    pub iss: Option<&'a str>,
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
    fn new(settings: ProviderSettings, client: reqwest::Client, clock: Clock) -> Self {
        let http = Http::new(client, settings.timeout);
        let (endpoints, keys) = (Kept::new(clock.clone()), Keys::new(clock.clone()));
        Self {
            settings,
            http,
            clock,
            endpoints,
            keys,
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

    /// Where to send the browser when a fresh login was demanded and the provider gave an old one all the same: Cognito's logout that
    /// ends in its login page. `None` for other providers. To be used once an attempt, never in a loop.
    ///
    /// # Panics
    /// As [`Provider::start`].
    pub async fn fresh_login_by_logout(
        &self,
        login: &StartLogin<'_>,
    ) -> Result<Option<Url>, ProviderError> {
        if !cognito::is_user_pool(&self.settings) {
            return Ok(None);
        }
        Ok(cognito::log_out_into_login(
            &self.settings,
            &self.start(login).await?,
        ))
    }

    /// Redeems a code and checks everything that comes back. `userInfo` is asked when the ID token lacks one of `needed_claims`.
    pub async fn redeem(
        &self,
        callback: &Callback<'_>,
        needed_claims: &BTreeSet<String>,
    ) -> Result<VerifiedClaims, ProviderError> {
        let endpoints = self.endpoints().await?;
        // Before the code is spent: a callback of another provider brings another provider's code (RFC 9207, section 2.4).
        if callback
            .iss
            .map_or(endpoints.names_issuer, |iss| iss != self.settings.issuer)
        {
            return Err(Invalid::Issuer.into());
        }
        let client = token::client(&self.settings, &endpoints)?;
        let tokens = token::redeem(&self.http, &client, callback).await?;
        let verified = self.verify(&tokens, &endpoints, callback.nonce).await?;
        self.complete(verified, &tokens, &endpoints, needed_claims)
            .await
    }

    async fn verify(
        &self,
        tokens: &Tokens,
        endpoints: &Discovered,
        nonce: &str,
    ) -> Result<VerifiedClaims, ProviderError> {
        let token = Unverified::parse(tokens.id_token()?)?;
        let key = self
            .keys
            .find(token.kid.as_deref(), &self.http, &endpoints.jwks_uri)
            .await?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce,
            access_token: tokens.access_token(),
            needs_token_use: cognito::is_user_pool(&self.settings),
            now: self.clock.now(),
        };
        Ok(token.verify(&key.ok_or(IdTokenFault::UnknownKey)?, &expected)?)
    }

    async fn complete(
        &self,
        verified: VerifiedClaims,
        tokens: &Tokens,
        endpoints: &Discovered,
        needed_claims: &BTreeSet<String>,
    ) -> Result<VerifiedClaims, ProviderError> {
        let flag = (!self.settings.assume_verified).then_some("email_verified");
        let lacks = |claim: &str| !verified.claims.has(claim) && !cognito::is_only_in_tokens(claim);
        let lacking = needed_claims
            .iter()
            .map(String::as_str)
            .chain(flag)
            .any(lacks);
        let Some(endpoint) = endpoints.userinfo_endpoint.as_ref().filter(|_| lacking) else {
            return Ok(verified);
        };
        let more = user_info::ask(
            &self.http,
            endpoint,
            tokens.access_token(),
            &verified.subject,
        )
        .await?;
        Ok(VerifiedClaims {
            claims: verified.claims.completed_by(more),
            ..verified
        })
    }

    /// Where to send the browser to end the provider's own session, if it has a way that we know.
    ///
    /// Cognito's needs no discovery; OpenID's RP-Initiated Logout 1.0 is used where the provider was discovered to offer it.
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

    /// Asks it now for everything that can be asked without a person, and says what was found.
    pub async fn check(&self) -> Vec<Finding> {
        check::check(self).await
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
            Some(DomainFault::None) => Err(ProviderError::Misconfigured(
                "the user pool has no domain".into(),
            )),
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
mod tests;

//! The provider's signing keys by `kid`: kept, refreshed, and asked for anew when a token names one that is not known.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJsonWebKeyType};
use openidconnect::{DiscoveryError, JsonWebKey, JsonWebKeySetUrl, JsonWebKeyUse};
use tokio::sync::Mutex;
use url::Url;

use super::http::{Http, HttpFault};
use super::kept::{Failing, Kept, is_within};
use super::{Away, Endpoint, ProviderError};
use crate::clock::Clock;
use crate::metrics::ProviderCall;

/// How long after a search for an unknown `kid` there is no other: whoever makes up key ids must not make us a nuisance to the provider.
const PAUSE: Duration = Duration::from_secs(10);

/// The keys of one provider.
#[derive(Debug)]
pub(super) struct Keys {
    kept: Kept<CoreJsonWebKeySet>,
    /// When the last search for an unknown `kid` ended; held by whoever searches.
    searched: Mutex<Option<Timestamp>>,
    clock: Clock,
}

impl Keys {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            kept: Kept::new(clock.clone()),
            searched: Mutex::default(),
            clock,
        }
    }

    /// The key of this id; `None` when the provider, asked after the token came, knows none either.
    ///
    /// An error means that this cannot be told: the keys are away, or it is too soon to ask for them again. A provider may just have begun to sign with a new
    /// one, so nobody is called a forger for that, and nobody gets in by it.
    pub(super) async fn find(
        &self,
        kid: Option<&str>,
        http: &Http,
        jwks_uri: &Url,
    ) -> Result<Option<CoreJsonWebKey>, ProviderError> {
        match self.kept.value() {
            None => {
                let first = self.kept.get(fetch(http, jwks_uri)).await?;
                Ok(pick(&first, kid))
            }
            Some(known) => match pick(&known, kid) {
                Some(key) => Ok(Some(key)),
                None => self.search(kid, http, jwks_uri).await,
            },
        }
    }

    /// Whoever comes while another searches waits for what that one brings.
    async fn search(
        &self,
        kid: Option<&str>,
        http: &Http,
        jwks_uri: &Url,
    ) -> Result<Option<CoreJsonWebKey>, ProviderError> {
        let mut searched = self.searched.lock().await;
        let brought = self.kept.value().and_then(|known| pick(&known, kid));
        if brought.is_some() {
            return Ok(brought);
        }
        if searched.is_some_and(|at| is_within(PAUSE, at, self.clock.now())) {
            return Err(self.too_soon());
        }
        // A visitor who goes away meanwhile has asked all the same.
        *searched = Some(self.clock.now());
        let fresh = self.kept.fetch(fetch(http, jwks_uri)).await;
        *searched = Some(self.clock.now());
        Ok(pick(&*fresh?, kid))
    }

    fn too_soon(&self) -> ProviderError {
        let why = "a token names a key that was not there when the keys were read a moment ago; they are read again in ten seconds at the earliest";
        self.kept
            .failing()
            .map_or_else(|| Away::new(Endpoint::Keys, why).into(), |last| last.why)
    }

    /// Fetches the keys anew, keeping the old ones when that fails.
    pub(super) async fn refresh(
        &self,
        http: &Http,
        jwks_uri: &Url,
    ) -> Result<Arc<CoreJsonWebKeySet>, ProviderError> {
        self.kept.refresh(fetch(http, jwks_uri)).await
    }

    /// Whether and why the last fetch failed.
    pub(super) fn failing(&self) -> Option<Failing> {
        self.kept.failing()
    }
}

async fn fetch(http: &Http, jwks_uri: &Url) -> Result<CoreJsonWebKeySet, ProviderError> {
    let address = JsonWebKeySetUrl::from_url(jwks_uri.clone());
    let keys = CoreJsonWebKeySet::fetch_async(&address, &http.calling(ProviderCall::Keys))
        .await
        .map_err(|error| Away::new(Endpoint::Keys, format!("{jwks_uri}: {}", explain(error))))?;
    if keys.keys().iter().any(signs_rs256) {
        Ok(keys)
    } else {
        let why = format!("{jwks_uri}: there is no RSA signing key in it");
        Err(Away::new(Endpoint::Keys, why).into())
    }
}

/// The library's own text would repeat the answer.
fn explain(error: DiscoveryError<HttpFault>) -> String {
    match error {
        DiscoveryError::Request(fault) => fault.to_string(),
        DiscoveryError::Response(status, ..) if status != 200 => {
            format!("it answered {}", status.as_u16())
        }
        _ => "it is not a set of keys".into(),
    }
}

/// The key of this id. A token without one is content with the only key there is (RFC 7515, section 4.1.4: `kid` is a hint).
fn pick(keys: &CoreJsonWebKeySet, kid: Option<&str>) -> Option<CoreJsonWebKey> {
    let mut fit = keys.keys().iter().filter(|key| signs_rs256(key));
    match kid {
        Some(kid) => fit
            .find(|key| key.key_id().is_some_and(|id| id.as_str() == kid))
            .cloned(),
        None => fit.next().filter(|_| fit.next().is_none()).cloned(),
    }
}

fn signs_rs256(key: &CoreJsonWebKey) -> bool {
    *key.key_type() == CoreJsonWebKeyType::RSA
        && key.key_use().is_none_or(JsonWebKeyUse::allows_signature)
}

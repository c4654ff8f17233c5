//! The provider's signing keys by `kid`: kept, refreshed, and asked for anew when a token names one that is not known.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJsonWebKeyType};
use openidconnect::{DiscoveryError, JsonWebKey, JsonWebKeySetUrl, JsonWebKeyUse};
use url::Url;

use super::http::{Http, HttpFault};
use super::kept::{Failing, Kept};
use super::{Away, Endpoint, ProviderError};
use crate::clock::Clock;
use crate::metrics::ProviderCall;

/// How long after a fetch an unknown `kid` brings on no other: whoever makes up key ids must not make us a nuisance to the provider.
const PAUSE: Duration = Duration::from_secs(10);

/// The keys of one provider.
#[derive(Debug)]
pub(super) struct Keys(Kept<CoreJsonWebKeySet>);

impl Keys {
    pub(super) fn new(clock: Clock) -> Self {
        Self(Kept::new(clock))
    }

    /// The key of this id; `None` when the provider knows none either, or cannot be asked again so soon.
    ///
    /// An error means that the keys are away and none were kept.
    pub(super) async fn find(
        &self,
        kid: Option<&str>,
        http: &Http,
        jwks_uri: &Url,
    ) -> Result<Option<CoreJsonWebKey>, ProviderError> {
        let known = self.0.get(fetch(http, jwks_uri)).await?;
        if let Some(key) = pick(&known, kid) {
            return Ok(Some(key));
        }
        if self.0.attempted_within(PAUSE) {
            // Another login may have fetched between our look and now.
            return Ok(self.0.value().and_then(|known| pick(&known, kid)));
        }
        // When this fails the old keys are still good; the one that is asked for is simply not among them.
        let fresh = self.refresh(http, jwks_uri).await.ok();
        Ok(fresh.and_then(|keys| pick(&keys, kid)))
    }

    /// Fetches the keys anew, keeping the old ones when that fails.
    pub(super) async fn refresh(
        &self,
        http: &Http,
        jwks_uri: &Url,
    ) -> Result<Arc<CoreJsonWebKeySet>, ProviderError> {
        self.0.refresh(fetch(http, jwks_uri)).await
    }

    /// Whether and why the last fetch failed.
    pub(super) fn failing(&self) -> Option<Failing> {
        self.0.failing()
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

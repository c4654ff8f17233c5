//! Handing a refresh token back (RFC 7009), so that nobody can use it once its session has ended. Cognito's `/oauth2/revoke` wants the client as its token endpoint
//! does; it also ends the access tokens that came of that refresh token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openidconnect::HttpRequest;
use openidconnect::http::Request;
use secrecy::ExposeSecret;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::{Provider, Renewal};
use crate::metrics::ProviderCall;

impl Provider {
    /// Hands the refresh token back, if there is one and the provider takes such. What goes wrong is for the log: our session has ended whatever comes of it.
    pub async fn revoke(&self, renewal: &Renewal) {
        let Some(token) = renewal.refresh_token().filter(|_| renewal.is_of(self)) else {
            return;
        };
        if let Err(why) = self.hand_back(token).await {
            tracing::warn!(provider = %self.name(), why, "a refresh token could not be revoked");
        }
    }

    async fn hand_back(&self, token: &str) -> Result<(), String> {
        let endpoints = self.endpoints().await.map_err(|error| error.to_string())?;
        let Some(endpoint) = &endpoints.revocation_endpoint else {
            return Ok(());
        };
        let request = self.handing_back(token, endpoint)?;
        let answer = self.http.calling(ProviderCall::Revoke).send(request).await;
        match answer.map_err(|fault| fault.to_string())?.status().as_u16() {
            200 | 204 => Ok(()),
            status => Err(format!("it answered {status}")),
        }
    }

    fn handing_back(&self, token: &str, endpoint: &Url) -> Result<HttpRequest, String> {
        let mut form = Serializer::new(String::new());
        form.append_pair("token", token)
            .append_pair("token_type_hint", "refresh_token");
        let mut request = Request::post(endpoint.as_str())
            .header("Accept", "application/json")
            .header("Content-Type", "application/x-www-form-urlencoded");
        match self.basic() {
            Some(credentials) => request = request.header("Authorization", credentials),
            None => {
                form.append_pair("client_id", &self.settings.client_id);
            }
        }
        let body = form.finish().into_bytes();
        request.body(body).map_err(|error| error.to_string())
    }

    /// `client_secret_basic` (RFC 6749, section 2.3.1), where there is a secret.
    fn basic(&self) -> Option<String> {
        let secret = self.settings.client_secret.as_ref()?;
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let (id, secret) = (
            encoded(&self.settings.client_id),
            encoded(secret.expose_secret()),
        );
        Some(format!(
            "Basic {}",
            STANDARD.encode(format!("{id}:{secret}"))
        ))
    }
}

//! The token endpoint: a code is redeemed (RFC 6749, section 4.1.3), or a refresh token is shown (section 6).

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret,
    EndpointNotSet, EndpointSet, ExtraTokenFields, IdToken, IssuerUrl, JsonWebKeySet,
    OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError,
    StandardErrorResponse, StandardTokenResponse, TokenResponse, TokenUrl,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::discovery::Discovered;
use super::http::{Http, HttpFault};
use super::id_token::IdTokenFault;
use super::{Away, Callback, ClientRefusal, Endpoint, Invalid, Misfit, ProviderError};
use crate::metrics::ProviderCall;
use crate::settings::ProviderSettings;

/// How much of a provider's own explanation goes into the log, in characters.
const MOST_SAID: usize = 200;

/// The library's client, but for the ID token, which it takes as a text.
pub(super) type OidcClient = Client<
    Untyped,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    Refusal,
    Answer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

type Refusal = StandardErrorResponse<CoreErrorResponseType>;
type Answer = StandardTokenResponse<RawIdToken, CoreTokenType>;

/// The claims that the library would parse: none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Untyped {}

impl AdditionalClaims for Untyped {}

/// The ID token as it came.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct RawIdToken {
    id_token: Option<String>,
}

impl fmt::Debug for RawIdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RawIdToken(…)")
    }
}

impl ExtraTokenFields for RawIdToken {}

/// There is never a typed ID token: its claims would be parsed before its signature is checked.
impl
    TokenResponse<
        Untyped,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    > for Answer
{
    fn id_token(
        &self,
    ) -> Option<
        &IdToken<
            Untyped,
            CoreGenderClaim,
            CoreJweContentEncryptionAlgorithm,
            CoreJwsSigningAlgorithm,
        >,
    > {
        None
    }
}

/// What a code was redeemed for.
#[derive(Debug)]
pub(super) struct Tokens {
    answer: Answer,
}

impl Tokens {
    pub(super) fn id_token(&self) -> Result<&str, IdTokenFault> {
        self.answer
            .extra_fields()
            .id_token
            .as_deref()
            .ok_or(IdTokenFault::Missing)
    }

    pub(super) fn has_id_token(&self) -> bool {
        self.answer.extra_fields().id_token.is_some()
    }

    pub(super) fn access_token(&self) -> &AccessToken {
        self.answer.access_token()
    }

    pub(super) fn refresh_token(&self) -> Option<&str> {
        let token = self.answer.refresh_token();
        token.map(|token| token.secret().as_str())
    }

    /// For how long the access token is good, when the provider says so.
    pub(super) fn expires_in(&self) -> Option<Duration> {
        self.answer.expires_in()
    }
}

/// The library's client for one provider; `client_secret_basic` where there is a secret.
pub(super) fn client(
    settings: &ProviderSettings,
    endpoints: &Discovered,
) -> Result<OidcClient, ProviderError> {
    let issuer = IssuerUrl::new(settings.issuer.clone())
        .map_err(|_| Misfit::NoAddress(settings.issuer.clone()))?;
    let client = Client::new(
        ClientId::new(settings.client_id.clone()),
        issuer,
        JsonWebKeySet::default(),
    );
    let client = match &settings.client_secret {
        Some(secret) => {
            client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()))
        }
        None => client,
    };
    Ok(client
        .set_auth_uri(AuthUrl::from_url(endpoints.authorization_endpoint.clone()))
        .set_token_uri(TokenUrl::from_url(endpoints.token_endpoint.clone())))
}

/// Our callback address in the library's type.
pub(super) fn redirect_url(redirect_uri: &str) -> Result<RedirectUrl, ProviderError> {
    RedirectUrl::new(redirect_uri.to_owned())
        .map_err(|_| Misfit::NoAddress(redirect_uri.to_owned()).into())
}

/// Redeems the code. It works once: whoever asks twice gets [`ProviderError::Expired`].
pub(super) async fn redeem(
    http: &Http,
    client: &OidcClient,
    callback: &Callback<'_>,
) -> Result<Tokens, ProviderError> {
    let answer = client
        .exchange_code(AuthorizationCode::new(callback.code.to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(callback.pkce_verifier.to_owned()))
        .set_redirect_uri(Cow::Owned(redirect_url(callback.redirect_uri)?))
        .request_async(&http.calling(ProviderCall::Token))
        .await;
    tokens(answer, &[callback.code, callback.pkce_verifier])
}

/// Asks for new tokens. A provider that rotates takes each refresh token once.
pub(super) async fn refresh(
    http: &Http,
    client: &OidcClient,
    refresh_token: &str,
) -> Result<Tokens, ProviderError> {
    let token = RefreshToken::new(refresh_token.to_owned());
    let answer = client
        .exchange_refresh_token(&token)
        .request_async(&http.calling(ProviderCall::Refresh))
        .await;
    tokens(answer, &[refresh_token])
}

/// `sent` are the secrets that no text may repeat.
fn tokens(
    answer: Result<Answer, RequestTokenError<HttpFault, Refusal>>,
    sent: &[&str],
) -> Result<Tokens, ProviderError> {
    match answer {
        Ok(answer) if *answer.token_type() == CoreTokenType::Bearer => Ok(Tokens { answer }),
        Ok(_) => Err(unreadable("it gives no bearer token")),
        Err(error) => Err(sort(error, sent)),
    }
}

fn sort(error: RequestTokenError<HttpFault, Refusal>, sent: &[&str]) -> ProviderError {
    match error {
        RequestTokenError::ServerResponse(refusal) => refused(&refusal, sent),
        RequestTokenError::Request(HttpFault::TooLarge) => unreadable("it is too large"),
        RequestTokenError::Request(fault) => {
            Away::new(Endpoint::Token, format!("the token endpoint: {fault}")).into()
        }
        // The library's texts for these repeat what came.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            unreadable("it is not the JSON of RFC 6749")
        }
    }
}

fn refused(refusal: &Refusal, sent: &[&str]) -> ProviderError {
    let said = said(refusal, sent);
    match refusal.error() {
        CoreErrorResponseType::InvalidGrant => ProviderError::Expired(format!(
            "{said} (if this goes on: Cognito says so too when the app client may not read an attribute of its scopes)"
        )),
        CoreErrorResponseType::Extension(name)
            if name == "server_error" || name == "temporarily_unavailable" =>
        {
            Away::new(Endpoint::Token, said).into()
        }
        _ => Misfit::Client {
            refusal: kind(refusal),
            said,
        }
        .into(),
    }
}

/// Cognito calls a redirect mismatch `unauthorized_client`, and tells it in its explanation alone.
fn kind(refusal: &Refusal) -> ClientRefusal {
    let explanation = refusal.error_description().map_or("", String::as_str);
    if explanation.contains("redirect") {
        return ClientRefusal::Redirect;
    }
    match refusal.error() {
        CoreErrorResponseType::InvalidClient => ClientRefusal::Credentials,
        CoreErrorResponseType::UnauthorizedClient | CoreErrorResponseType::UnsupportedGrantType => {
            ClientRefusal::Grant
        }
        CoreErrorResponseType::InvalidScope => ClientRefusal::Scope,
        CoreErrorResponseType::Extension(name) if name == "invalid_redirect" => {
            ClientRefusal::Redirect
        }
        _ => ClientRefusal::Other,
    }
}

/// The provider's own words, bounded, in one line, and without what we sent.
fn said(refusal: &Refusal, sent: &[&str]) -> String {
    let text = refusal.to_string();
    if sent.iter().any(|secret| text.contains(secret)) {
        return "it repeats what it was sent".into();
    }
    text.chars()
        .filter(|c| !c.is_control())
        .take(MOST_SAID)
        .collect()
}

fn unreadable(why: &str) -> ProviderError {
    Invalid::TokenAnswer(why.to_owned()).into()
}

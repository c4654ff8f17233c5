//! Redeeming a code at the token endpoint (RFC 6749, section 4.1.3).

use std::borrow::Cow;
use std::fmt;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret,
    EndpointNotSet, EndpointSet, ExtraTokenFields, IdToken, IssuerUrl, JsonWebKeySet,
    OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, RequestTokenError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse, TokenUrl,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::discovery::Discovered;
use super::http::{Http, HttpFault};
use super::id_token::IdTokenFault;
use super::{Away, Callback, ClientRefusal, Endpoint, Invalid, Misfit, ProviderError};
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

    pub(super) fn access_token(&self) -> &AccessToken {
        self.answer.access_token()
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
        .request_async(http)
        .await;
    match answer {
        Ok(answer) if *answer.token_type() == CoreTokenType::Bearer => Ok(Tokens { answer }),
        Ok(_) => Err(unreadable("it gives no bearer token")),
        Err(error) => Err(sort(error, callback)),
    }
}

fn sort(error: RequestTokenError<HttpFault, Refusal>, callback: &Callback<'_>) -> ProviderError {
    match error {
        RequestTokenError::ServerResponse(refusal) => refused(&refusal, callback),
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

fn refused(refusal: &Refusal, callback: &Callback<'_>) -> ProviderError {
    let said = said(refusal, callback);
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
fn said(refusal: &Refusal, callback: &Callback<'_>) -> String {
    let text = refusal.to_string();
    if text.contains(callback.code) || text.contains(callback.pkce_verifier) {
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

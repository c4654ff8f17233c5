//! The address that a login begins at.

use std::borrow::Cow;
use std::time::Duration;

use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow};
use openidconnect::{CsrfToken, LoginHint, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use url::Url;

use super::ProviderError;
use super::token::{OidcClient, redirect_url};
use crate::settings::ProviderSettings;

/// The longest login hint that is passed on, in bytes: a mail address.
const MOST_HINT: usize = 254;

/// One login attempt, as far as the provider is concerned. It is not printable: the verifier is a secret.
#[derive(Clone, Copy)]
pub struct StartLogin<'a> {
    /// Our callback address, as it is registered at the provider.
    pub redirect_uri: &'a str,
    /// At most 43 characters: Cognito wraps it into a state of its own.
    pub state: &'a str,
    /// What the ID token must repeat.
    pub nonce: &'a str,
    /// 43 to 128 characters (RFC 7636, section 4.1); only its SHA-256 goes out.
    pub pkce_verifier: &'a str,
    /// The address or user name to fill in.
    pub login_hint: Option<&'a str>,
    /// Whether people must prove who they are even when the provider knows them already.
    pub fresh: bool,
}

/// Builds the address. Everything in it is ours: nothing that a visitor sent but the hint, which is one encoded value.
pub(super) fn address(
    settings: &ProviderSettings,
    client: &OidcClient,
    login: &StartLogin<'_>,
) -> Result<Url, ProviderError> {
    let verifier = PkceCodeVerifier::new(login.pkce_verifier.to_owned());
    let (state, nonce) = (login.state.to_owned(), login.nonce.to_owned());
    // The library says `openid` itself.
    let scopes = settings.scopes.iter().filter(|scope| *scope != "openid");
    let mut request = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            || CsrfToken::new(state),
            || Nonce::new(nonce),
        )
        .set_redirect_uri(Cow::Owned(redirect_url(login.redirect_uri)?))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .add_scopes(scopes.cloned().map(Scope::new));
    if let Some(hint) = login.login_hint.filter(|hint| is_hint(hint)) {
        request = request.set_login_hint(LoginHint::new(hint.to_owned()));
    }
    if login.fresh {
        request = request
            .add_prompt(CoreAuthPrompt::Login)
            .set_max_age(Duration::ZERO);
    }
    if let Some(upstream) = &settings.identity_provider {
        request = request.add_extra_param("identity_provider", upstream);
    }
    Ok(request.url().0)
}

fn is_hint(hint: &str) -> bool {
    !hint.is_empty() && hint.len() <= MOST_HINT && !hint.contains(char::is_control)
}

//! Asking a provider again whether what it said at a login still holds, without the person: by the refresh token (RFC 6749, section 6; OIDC Core, section 12), or
//! by `userInfo` while the access token is good and `userInfo` tells all that decides.
//!
//! Facts behind it. Cognito gives a refresh token for every code unless the app client's refresh flow is off, puts no nonce into refreshed ID tokens and the
//! groups of now into them; other providers often want the scope `offline_access`. A provider may rotate: the token of the answer counts from then on, whatever
//! else goes wrong. A refreshed answer may come without an ID token. Cognito's `userInfo` has no groups and writes truth as text. A refresh proves nobody's
//! presence, so `auth_time` stays the login's.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use openidconnect::AccessToken;
use serde::{Deserialize, Serialize};

use super::discovery::Discovered;
use super::id_token::Nonce;
use super::redeem::EMAIL_VERIFIED;
use super::token::{OidcClient, Tokens};
use super::{
    ClientRefusal, IdTokenFault, Invalid, Misfit, Provider, ProviderError, UserInfoFault, token,
    user_info,
};
use crate::identity::{Claims, Identity, NeededClaims, VerifiedClaims};
use crate::trace::Steps;

/// The longest token that is kept. Cognito's refresh tokens have about 2 KB; an access token with a hundred groups may have 20.
const MOST_BYTES: usize = 32 * 1024;
/// The most names of claims that are remembered.
const MOST_NAMES: usize = 256;

/// How a provider can be asked again about one person. It holds a secret, and prints none.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Renewal {
    /// Who gave the token. It is shown to nobody else, whatever the settings become.
    issuer: String,
    client_id: String,
    /// Of the login: a refreshed ID token may repeat it, and may have no other.
    nonce: String,
    /// The claims that `userInfo` told last: one that it no longer tells is gone. Of any other, the ID token's word at the login stays.
    by_user_info: BTreeSet<String>,
    means: Means,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
enum Means {
    RefreshToken(String),
    AccessToken {
        token: String,
        /// `None`: the provider does not say.
        until: Option<Timestamp>,
    },
    None,
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Renewal({})", self.kind())
    }
}

impl Renewal {
    /// What there is to ask with.
    pub(super) fn kind(&self) -> &'static str {
        match self.means {
            Means::RefreshToken(_) => "by the refresh token",
            Means::AccessToken { .. } => "by userInfo",
            Means::None => "only by another login: the provider gave no token that could be kept",
        }
    }

    /// The same without what it was to be asked with.
    #[must_use]
    pub fn spent(self) -> Self {
        let means = Means::None;
        Self { means, ..self }
    }

    /// Whether there is nothing to ask with.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.means == Means::None
    }

    /// What can be handed back to the provider.
    pub(super) fn refresh_token(&self) -> Option<&str> {
        match &self.means {
            Means::RefreshToken(token) => Some(token),
            _ => None,
        }
    }

    /// Whether this is still the provider, and the client, that the tokens are of.
    pub(super) fn is_of(&self, provider: &Provider) -> bool {
        self.issuer == provider.settings.issuer && self.client_id == provider.settings.client_id
    }
}

/// Why a provider's word could not be had anew.
#[derive(Debug, thiserror::Error)]
pub enum NotRenewed {
    /// It says no: the person was disabled, signed out everywhere, or their token taken back.
    #[error("the provider no longer vouches for them: {0}")]
    No(ProviderError),
    /// What came back failed a check.
    #[error("the provider's new word is not to be believed: {0}")]
    Invalid(ProviderError),
    /// It did not answer as it should. What it would say is not known.
    #[error(transparent)]
    Unavailable(ProviderError),
    /// There is nothing to ask it with: another login can tell.
    #[error("the provider can only be asked by a login: {0}")]
    OnlyByLogin(String),
}

impl Provider {
    /// What of these tokens is kept to ask again.
    pub(super) fn renewal(
        &self,
        tokens: &Tokens,
        endpoints: &Discovered,
        nonce: &str,
        by_user_info: BTreeSet<String>,
    ) -> Renewal {
        Renewal {
            issuer: self.settings.issuer.clone(),
            client_id: self.settings.client_id.clone(),
            nonce: nonce.to_owned(),
            by_user_info: by_user_info.into_iter().take(MOST_NAMES).collect(),
            means: self.means(tokens, endpoints),
        }
    }

    fn means(&self, tokens: &Tokens, endpoints: &Discovered) -> Means {
        if let Some(token) = fit(tokens.refresh_token()) {
            return Means::RefreshToken(token);
        }
        let access_token = tokens.access_token().secret().as_str();
        let askable = endpoints.userinfo_endpoint.as_ref();
        match fit(askable.and(Some(access_token))) {
            Some(token) => Means::AccessToken {
                token,
                until: tokens
                    .expires_in()
                    .and_then(|life| self.now().checked_add(life).ok()),
            },
            None => Means::None,
        }
    }

    /// Asks again about this person. Whatever comes of it, `renewal` is what the next time needs.
    pub async fn renew(
        &self,
        renewal: &mut Renewal,
        identity: &Identity,
        claims: &NeededClaims,
        steps: &Steps,
    ) -> Result<VerifiedClaims, NotRenewed> {
        if !renewal.is_of(self) {
            return Err(only_by_login(
                "it is another one, or we another client, by now",
            ));
        }
        let endpoints = self.endpoints().await.map_err(NotRenewed::Unavailable)?;
        let asking = Asking {
            provider: self,
            endpoints: &endpoints,
            identity,
            needed: claims,
            steps,
        };
        let claims = match renewal.means.clone() {
            Means::None => return Err(only_by_login("it gave no token that could be kept")),
            Means::RefreshToken(token) => asking.refresh(renewal, &token).await?,
            Means::AccessToken { until, .. } if until.is_some_and(|until| until <= self.now()) => {
                return Err(only_by_login("the access token has ended"));
            }
            Means::AccessToken { token, .. } => {
                let token = AccessToken::new(token);
                asking.user_info(renewal, &token).await?
            }
        };
        Ok(VerifiedClaims {
            auth_time: identity.auth_time,
            ..claims
        })
    }
}

/// One time of asking.
struct Asking<'a> {
    provider: &'a Provider,
    endpoints: &'a Discovered,
    identity: &'a Identity,
    needed: &'a NeededClaims,
    steps: &'a Steps,
}

impl Asking<'_> {
    async fn refresh(
        &self,
        renewal: &mut Renewal,
        refresh_token: &str,
    ) -> Result<VerifiedClaims, NotRenewed> {
        let client = self.client()?;
        let refreshed = token::refresh(&self.provider.http, &client, refresh_token);
        let refreshed = self.steps.timed("Refresh", refreshed).await;
        let tokens = refreshed.map_err(not_refreshed)?;
        if let Some(rotated) = fit(tokens.refresh_token()) {
            renewal.means = Means::RefreshToken(rotated);
        }
        if !tokens.has_id_token() {
            return self.user_info(renewal, tokens.access_token()).await;
        }
        let nonce = Nonce::WasIfAny(&renewal.nonce);
        let verified = self.provider.verify(&tokens, self.endpoints, nonce);
        let verified = self.steps.timed("ID token", verified).await;
        let verified = verified.map_err(not_believed)?;
        if verified.subject != self.identity.subject {
            return Err(not_believed(IdTokenFault::AnotherSubject.into()));
        }
        let complete =
            self.provider
                .complete(verified, &tokens, self.endpoints, self.needed, self.steps);
        let (claims, added) = complete.await.map_err(not_believed)?;
        renewal.by_user_info = added.into_iter().take(MOST_NAMES).collect();
        Ok(claims)
    }

    /// Claim by claim `userInfo`'s word replaces that of the login. What it has never told stays, unless something is given for it: then a login has to tell.
    /// Cognito's groups are such.
    async fn user_info(
        &self,
        renewal: &mut Renewal,
        access_token: &AccessToken,
    ) -> Result<VerifiedClaims, NotRenewed> {
        let Some(endpoint) = &self.endpoints.userinfo_endpoint else {
            return Err(only_by_login("it has no userInfo"));
        };
        let subject = &self.identity.subject;
        let asked = user_info::ask(&self.provider.http, endpoint, access_token, subject);
        let told = self.steps.timed("userInfo", asked).await;
        let told = told.map_err(|error| not_told(error, &renewal.means))?;
        let names: Vec<String> = told.names().map(str::to_owned).collect();
        let stays = self.identity.claims.clone().without(&renewal.by_user_info);
        if let Some(claim) = self.untold(&told, &stays) {
            let why = format!("userInfo does not tell {claim}, by which something was given");
            return Err(only_by_login(&why));
        }
        renewal
            .by_user_info
            .extend(names.into_iter().take(MOST_NAMES));
        Ok(VerifiedClaims {
            subject: subject.clone(),
            claims: told.completed_by(stays),
            auth_time: None,
        })
    }

    /// A claim that decides, of which there is the login's word alone.
    fn untold<'c>(&'c self, told: &Claims, stays: &Claims) -> Option<&'c str> {
        let verified = (!self.provider.settings.assume_verified).then_some(EMAIL_VERIFIED);
        let mut deciding = self.needed.deciding().chain(verified);
        deciding.find(|claim| stays.has(claim) && told.get(claim).is_none())
    }

    fn client(&self) -> Result<OidcClient, NotRenewed> {
        token::client(&self.provider.settings, self.endpoints).map_err(NotRenewed::Unavailable)
    }
}

fn fit(token: Option<&str>) -> Option<String> {
    let token = token.filter(|token| !token.is_empty() && token.len() <= MOST_BYTES);
    token.map(str::to_owned)
}

fn only_by_login(why: &str) -> NotRenewed {
    NotRenewed::OnlyByLogin(why.to_owned())
}

/// A client that may not refresh can still log people in; whose secret is wrong can do neither.
fn not_refreshed(error: ProviderError) -> NotRenewed {
    match &error {
        ProviderError::Expired(_) => NotRenewed::No(error),
        ProviderError::Misconfigured(Misfit::Client { refusal, .. })
            if *refusal != ClientRefusal::Credentials =>
        {
            NotRenewed::OnlyByLogin(error.to_string())
        }
        _ => not_believed(error),
    }
}

/// A page in the place of an answer says that the provider is unwell, not that the person changed.
fn not_believed(error: ProviderError) -> NotRenewed {
    match &error {
        ProviderError::Invalid(
            Invalid::IdToken(_) | Invalid::UserInfo(UserInfoFault::Subject) | Invalid::Issuer,
        ) => NotRenewed::Invalid(error),
        _ => NotRenewed::Unavailable(error),
    }
}

/// A token that should be good and is not was taken back; of one whose end is not known, a login tells.
fn not_told(error: ProviderError, means: &Means) -> NotRenewed {
    let ProviderError::Invalid(Invalid::UserInfo(UserInfoFault::Status(status))) = &error else {
        return not_believed(error);
    };
    match (status, means) {
        (401, Means::AccessToken { until: Some(_), .. } | Means::RefreshToken(_)) => {
            NotRenewed::No(error)
        }
        (401 | 403, _) => NotRenewed::OnlyByLogin(error.to_string()),
        _ => NotRenewed::Unavailable(error),
    }
}

//! `provider.<name>`: where people prove who they are.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::names::{DomainRule, ProviderName};

/// One identity provider.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// The table's name.
    pub name: ProviderName,
    /// What its button says; the name when not set.
    pub label: String,
    /// The expected issuer, compared exactly, without a trailing slash added or taken; from `issuer` or `user_pool`.
    pub issuer: String,
    /// Cognito's login domain, as an origin; with it the provider is a Cognito user pool.
    pub domain: Option<Url>,
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`; `None`: a public client.
    pub client_secret: Option<SecretString>,
    /// `scopes`, with `openid` always among them.
    pub scopes: Vec<String>,
    /// `timeout`: of one call to the provider.
    pub timeout: Duration,
    /// `email_domains`: empty is any.
    pub email_domains: Vec<DomainRule>,
    /// `verified_email = "assumed"`: addresses are believed without the provider's word.
    pub assume_verified: bool,
    /// `identity_provider`: passed to Cognito when set.
    pub identity_provider: Option<String>,
    /// `logout_url`: Cognito's logout address; from the domain when not set. `None`: this provider has none.
    pub logout_url: Option<Url>,
    /// `sign_out_url`: where Cognito sends people after the logout.
    pub sign_out_url: String,
}

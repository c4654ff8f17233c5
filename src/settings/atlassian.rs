//! `atlassian`: the site, and the service account that acts there.

use std::time::Duration;

use jiff::civil::Date;
use secrecy::SecretString;
use url::Url;

/// The Atlassian site.
#[derive(Debug, Clone)]
pub struct AtlassianSettings {
    /// `site`: where the REST API is, as an origin (a path is kept for the imitation's sake: none).
    pub site: Url,
    /// `portal`: where customers are sent; the site when not set.
    pub portal: Url,
    /// How the service account proves itself.
    pub credentials: Credentials,
    /// `token_expires`.
    pub token_expires: Option<Date>,
    /// `gateway`.
    pub gateway: Url,
    /// `budget`: all Atlassian calls of one admission.
    pub budget: Duration,
}

/// `token_kind` and what belongs to it.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// `classic`: Basic on the site.
    Classic {
        /// The service account's address.
        email: String,
        /// Its API token.
        api_token: SecretString,
    },
}

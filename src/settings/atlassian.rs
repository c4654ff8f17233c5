//! `atlassian`: the site, and the service account that acts there.

use std::time::Duration;

use jiff::civil::Date;
use secrecy::SecretString;
use url::Url;

use super::address;
use super::customer_token::{self, CustomerToken};
use super::field::Field;
use super::reader::Table;

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
    /// `customer_token` and what belongs to it: what customers are made with, when that is a token of its own.
    pub customer_token: Option<CustomerToken>,
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
    /// `scoped`: Basic on the API gateway.
    Scoped {
        /// The service account's address.
        email: String,
        /// Its API token.
        api_token: SecretString,
    },
    /// `oauth`: a bearer token on the API gateway, fetched from `auth`.
    OAuth {
        /// Where tokens are fetched.
        auth: Url,
        /// The client's id.
        client_id: String,
        /// The client's secret.
        client_secret: SecretString,
    },
}

impl Credentials {
    /// Their kind alone.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        match self {
            Self::Classic { .. } => TokenKind::Classic,
            Self::Scoped { .. } => TokenKind::Scoped,
            Self::OAuth { .. } => TokenKind::OAuth,
        }
    }
}

/// `token_kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An API token without scopes.
    Classic,
    /// An API token with scopes.
    Scoped,
    /// A client that fetches its tokens.
    OAuth,
}

const KINDS: [(&str, TokenKind); 3] = [
    ("classic", TokenKind::Classic),
    ("scoped", TokenKind::Scoped),
    ("oauth", TokenKind::OAuth),
];

/// Where Atlassian gives out tokens.
const AUTH: &str = "https://auth.atlassian.com";

/// Where Atlassian's API gateway is.
const GATEWAY: &str = "https://api.atlassian.com";

/// Reads `atlassian`; `None` when nothing is set there, or when what is required is missing.
pub(super) fn read(table: Table<'_>) -> Option<AtlassianSettings> {
    if table.is_empty() {
        return None;
    }
    let site = table.required("site", address::site);
    let portal = table.read("portal", address::site);
    let credentials = credentials(&table);
    let token_expires = table.read("token_expires", date);
    let customer_token = customer_token::read(&table);
    let budget = table.read("budget", budget);
    let gateway = table.read("gateway", address::origin);
    table.finish();
    let site = site?;
    Some(AtlassianSettings {
        portal: portal.unwrap_or_else(|| site.clone()),
        site,
        credentials: credentials?,
        token_expires,
        customer_token,
        gateway: gateway.or_else(|| Url::parse(GATEWAY).ok())?,
        budget: budget.unwrap_or(Duration::from_secs(4)),
    })
}

fn credentials(table: &Table<'_>) -> Option<Credentials> {
    let kind = kind(table);
    if kind == TokenKind::OAuth {
        return oauth(table);
    }
    for key in ["client_id", "client_secret", "client_secret_file", "auth"] {
        if table.has(key) {
            table.complain(key, "belongs to token_kind = \"oauth\"");
        }
    }
    let email = table.required("email", Field::line);
    let api_token = table.required_secret("api_token");
    let (email, api_token) = (email?, api_token?);
    Some(if kind == TokenKind::Scoped {
        Credentials::Scoped { email, api_token }
    } else {
        Credentials::Classic { email, api_token }
    })
}

fn oauth(table: &Table<'_>) -> Option<Credentials> {
    for key in ["email", "api_token", "api_token_file"] {
        if table.has(key) {
            table.complain(key, "does not belong to token_kind = \"oauth\"");
        }
    }
    let client_id = table.required("client_id", Field::line);
    let client_secret = table.required_secret("client_secret");
    let auth = table.read("auth", address::origin);
    Some(Credentials::OAuth {
        client_id: client_id?,
        client_secret: client_secret?,
        auth: auth.or_else(|| Url::parse(AUTH).ok())?,
    })
}

/// `token_kind`, or what holds when it is not set.
pub(super) fn kind(table: &Table<'_>) -> TokenKind {
    let kind = table.choice("token_kind", &KINDS);
    kind.unwrap_or(TokenKind::Classic)
}

pub(super) fn date(field: &Field<'_>) -> Result<Date, String> {
    let bad = |_| "must be a date such as 2027-06-30".to_owned();
    field.line()?.parse().map_err(bad)
}

/// Long enough for one answer; and nobody waits at a blank page for longer than that.
fn budget(field: &Field<'_>) -> Result<Duration, String> {
    field.duration(Duration::from_millis(100), Duration::from_mins(1))
}

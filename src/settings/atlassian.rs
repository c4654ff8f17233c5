//! `atlassian`: the site, and the service account that acts there.

use std::time::Duration;

use jiff::civil::Date;
use secrecy::SecretString;
use url::Url;

use super::address;
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

/// Where Atlassian's API gateway is.
const GATEWAY: &str = "https://api.atlassian.com";

/// Reads `atlassian`; `None` when nothing is set there, or when what is required is missing.
pub(super) fn read(table: Table<'_>) -> Option<AtlassianSettings> {
    if table.is_empty() {
        return None;
    }
    let site = table.required("site", address::origin);
    let portal = table.read("portal", address::origin);
    let credentials = credentials(&table);
    let token_expires = table.read("token_expires", date);
    let budget = table.read("budget", Field::duration);
    // The one value it may have in this version.
    table.field("gateway");
    let gateway = Url::parse(GATEWAY).ok();
    table.finish();
    let site = site?;
    Some(AtlassianSettings {
        portal: portal.unwrap_or_else(|| site.clone()),
        site,
        credentials: credentials?,
        token_expires,
        gateway: gateway?,
        budget: budget.unwrap_or(Duration::from_secs(4)),
    })
}

fn credentials(table: &Table<'_>) -> Option<Credentials> {
    table.choice("token_kind", &[("classic", ())]);
    let email = table.required("email", Field::text);
    let api_token = table.required_secret("api_token");
    Some(Credentials::Classic {
        email: email?,
        api_token: api_token?,
    })
}

fn date(field: &Field<'_>) -> Result<Date, String> {
    let bad = |_| "must be a date such as 2027-06-30".to_owned();
    field.text()?.parse().map_err(bad)
}

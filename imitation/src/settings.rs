//! The settings of a front door that stands between the two imitations, as its `Rocket.toml` would have them.

use crate::atlassian::Atlassian;
use crate::cognito::Cognito;

/// Settings for a front door at `public_url`, which keeps what lasts in `store`. More may be added behind them.
#[must_use]
pub fn front_door_settings(
    public_url: &str,
    store: &str,
    cognito: &Cognito,
    atlassian: &Atlassian,
) -> String {
    let secret = cognito
        .client_secret()
        .map_or_else(String::new, |secret| format!("client_secret = {secret:?}"));
    format!(
        r#"
[default]
public_url = {public_url:?}
store = {store:?}
link_new = "on"
operations = "127.0.0.1:0"

[default.provider.cognito]
label = "Customer account"
domain = {domain:?}
issuer = {issuer:?}
client_id = {client_id:?}
{secret}

[default.atlassian]
site = {site:?}
email = {email:?}
api_token = {api_token:?}

[default.access]
blocked_domains = ["blocked.example"]

[default.admin]
groups = ["cognito:helpdesk-admins"]

[default.saml.service_provider.portal]
kind = "portal-only"
entity_id = {entity_id:?}
acs_url = {acs_url:?}
"#,
        domain = cognito.base(),
        issuer = cognito.issuer(),
        client_id = cognito.client_id(),
        site = atlassian.site(),
        email = atlassian.email(),
        api_token = atlassian.api_token(),
        entity_id = atlassian.entity_id("portal"),
        acs_url = atlassian.acs_url("portal"),
    )
}

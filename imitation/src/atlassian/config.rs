//! What a site is made of.

use super::accounts::Account;
use super::desks::{ServiceDesk, ready_desks};

/// A site with its service account.
#[derive(Debug, Clone)]
pub struct AtlassianConfig {
    /// The service account's address.
    pub email: String,
    /// Its API token.
    pub api_token: String,
    /// The address of a second account, which is a Jira administrator and nothing else.
    pub customer_email: String,
    /// Its API token.
    pub customer_token: String,
    /// The largest page that the server gives.
    pub page_cap: usize,
    /// The service desks.
    pub desks: Vec<ServiceDesk>,
    /// The accounts that are there already.
    pub accounts: Vec<Account>,
    /// The id of an OAuth client that may act as the service account.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The id of the site in the cloud.
    pub cloud_id: String,
    /// Where to listen; 0 takes a free port.
    pub port: u16,
}

impl Default for AtlassianConfig {
    fn default() -> Self {
        Self {
            email: "bot@helpdesk.example".to_owned(),
            api_token: "an-imitated-api-token".to_owned(),
            customer_email: "customer-maker@helpdesk.example".to_owned(),
            customer_token: "an-imitated-customer-token".to_owned(),
            // Small, so that whoever reads only one page is found out.
            page_cap: 2,
            desks: ready_desks(),
            accounts: vec![Account::atlassian("anna@acme.example", "Anna Atlassian")],
            client_id: "an-imitated-oauth-client".to_owned(),
            client_secret: "an-imitated-oauth-secret".to_owned(),
            cloud_id: "11111111-2222-4333-a444-555555555555".to_owned(),
            port: 0,
        }
    }
}

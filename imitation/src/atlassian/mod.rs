//! A site of Atlassian's with Jira Service Management: its REST API, its SAML service providers, its portal pages.
//!
//! What it keeps from the original: page envelopes with a cap of the server's own, error envelopes, answers that are empty rather than forbidden,
//! experimental operations, `qm:` accounts, 409 without the account's id; a service provider that verifies signatures for real, knows its
//! requests and takes each once; portals that show a page only to those who may see it.

mod accounts;
mod burst;
mod config;
mod contents;
mod customer_service;
mod desks;
mod failures;
mod operation;
mod portal;
mod rest;
mod site;
mod sso;
mod state;
mod switches;
mod trust;

use std::sync::Arc;
use std::time::Duration;

use crate::http::Running;
use site::Site;

pub use accounts::{Account, AccountType, Organization};
pub use config::AtlassianConfig;
pub use desks::{Access, RequestType, ServiceDesk, ready_desks};
pub use failures::{Body, Failure};
pub use operation::{Operation, Permission, Token};
pub use sso::{Asking, Binding, HandOver, PORTAL, RelayState};

/// A running imitation of one site.
#[derive(Debug)]
pub struct Atlassian {
    site: Arc<Site>,
    running: Option<Running>,
}

impl Atlassian {
    /// Starts it; it is listening when this returns.
    pub async fn start(config: AtlassianConfig) -> Self {
        let port = config.port;
        let site = Arc::new(Site::new(config));
        let running = Running::start(&site, port).await;
        site.listens_on(running.port);
        Self {
            site,
            running: Some(running),
        }
    }

    /// The site: `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn site(&self) -> String {
        self.site.base()
    }

    /// The service account's address.
    #[must_use]
    pub fn email(&self) -> String {
        self.site.read(|state| state.email.clone())
    }

    /// The service account's API token.
    #[must_use]
    pub fn api_token(&self) -> String {
        self.site.read(|state| state.api_token.clone())
    }

    /// The second account's address and API token.
    #[must_use]
    pub fn customer_account(&self) -> (String, String) {
        self.site
            .read(|state| (state.customer_email.clone(), state.customer_token.clone()))
    }

    /// The id and the secret of the OAuth client.
    #[must_use]
    pub fn oauth_client(&self) -> (String, String) {
        self.site
            .read(|state| (state.client_id.clone(), state.client_secret.clone()))
    }

    /// Access tokens given out so far are no longer good.
    pub fn revoke_access_tokens(&self) {
        self.site.change(|state| state.access_tokens.clear());
    }

    /// The address of a portal page, below `/servicedesk/customer/`.
    #[must_use]
    pub fn portal(&self, page: &str) -> String {
        format!("{}/servicedesk/customer/{page}", self.site())
    }

    /// Moves the site's clock ahead.
    pub fn advance(&self, by: Duration) {
        self.site.clock.advance(by);
    }
}

impl Drop for Atlassian {
    fn drop(&mut self) {
        self.site.gate.open();
    }
}

//! A site of Atlassian's with Jira Service Management: its REST API, its SAML service providers, its portal pages.
//!
//! What it keeps from the original: page envelopes with a cap of the server's own, error envelopes, answers that are empty rather than forbidden,
//! experimental operations, `qm:` accounts, 409 without the account's id; a service provider that verifies signatures for real, knows its
//! requests and takes each once; portals that show a page only to those who may see it.

mod accounts;
mod config;
mod desks;
mod failures;
mod operation;
mod portal;
mod rest;
mod site;
mod sso;
mod state;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::http::{Call, Running};
use crate::saml::{Certificate, IdentityProvider};
use site::Site;
use sso::ServiceProvider;

pub use accounts::{Account, AccountType, Organization};
pub use config::AtlassianConfig;
pub use desks::{Access, RequestType, ServiceDesk, ready_desks};
pub use failures::{Body, Failure};
pub use operation::{Operation, Permission};
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

/// Service desks, customers, organizations.
impl Atlassian {
    /// All service desks.
    #[must_use]
    pub fn desks(&self) -> Vec<ServiceDesk> {
        self.site.read(|state| state.desks.clone())
    }

    /// The service desk of this project key.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test names desks that it made")]
    pub fn desk(&self, key: &str) -> ServiceDesk {
        let mut desks = self.desks().into_iter();
        desks
            .find(|desk| desk.key == key)
            .expect("a service desk of this key")
    }

    /// Adds a service desk.
    pub fn add_desk(&self, desk: ServiceDesk) {
        self.site.change(|state| state.desks.push(desk));
    }

    /// Removes a service desk and its memberships.
    pub fn remove_desk(&self, key: &str) {
        self.site
            .change(|state| state.desks.retain(|desk| desk.key != key));
    }

    /// Changes a service desk: its name, its key, who may open it.
    pub fn change_desk(&self, key: &str, change: impl FnOnce(&mut ServiceDesk)) {
        self.site.change(|state| {
            let desk = state.desks.iter_mut().find(|desk| desk.key == key);
            if let Some(desk) = desk {
                change(desk);
            }
        });
    }

    /// All portal-only customers.
    #[must_use]
    pub fn customers(&self) -> Vec<Account> {
        self.accounts()
            .into_iter()
            .filter(|account| account.kind == AccountType::Customer)
            .collect()
    }

    /// All accounts of the site.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        self.site.read(|state| state.accounts.clone())
    }

    /// The account with this address.
    #[must_use]
    pub fn account(&self, email: &str) -> Option<Account> {
        self.site.read(|state| state.by_email(email).cloned())
    }

    /// Adds an account to the site, as an administrator or somebody else's visit would.
    pub fn add_account(&self, account: Account) {
        self.site.change(|state| state.accounts.push(account));
    }

    /// Adds an Atlassian account that the site has never seen: it comes to light when a customer of its address is created.
    pub fn add_account_elsewhere(&self, account: Account) {
        self.site.change(|state| state.elsewhere.push(account));
    }

    /// Changes the account with this address.
    pub fn change_account(&self, email: &str, change: impl FnOnce(&mut Account)) {
        self.site.change(|state| {
            let same = |account: &&mut Account| account.email.eq_ignore_ascii_case(email);
            if let Some(account) = state.accounts.iter_mut().find(same) {
                change(account);
            }
        });
    }

    /// Removes the account with this address, with all its memberships.
    pub fn remove_account(&self, email: &str) {
        self.site.change(|state| state.forget_account(email));
    }

    /// The account ids of a service desk's customers, by its project key.
    #[must_use]
    pub fn members(&self, key: &str) -> BTreeSet<String> {
        self.site.read(|state| {
            let desk = state.desks.iter().find(|desk| desk.key == key);
            desk.map_or_else(BTreeSet::new, |desk| state.members_of(desk.id))
        })
    }

    /// The addresses of a service desk's customers, by its project key.
    #[must_use]
    pub fn member_emails(&self, key: &str) -> BTreeSet<String> {
        let members = self.members(key);
        let accounts = self.accounts().into_iter();
        accounts
            .filter(|account| members.contains(&account.id))
            .map(|account| account.email)
            .collect()
    }

    /// All organizations.
    #[must_use]
    pub fn organizations(&self) -> Vec<Organization> {
        self.site.read(|state| state.organizations.clone())
    }

    /// The addresses of the members of an organization.
    #[must_use]
    pub fn organization_emails(&self, name: &str) -> BTreeSet<String> {
        self.site.read(|state| {
            let organization = state.organizations.iter().find(|known| known.name == name);
            let members = organization.map(|known| known.members.clone());
            let members = members.unwrap_or_default();
            let accounts = state.accounts.iter();
            accounts
                .filter(|account| members.contains(&account.id))
                .map(|account| account.email.clone())
                .collect()
        })
    }

    /// Adds an organization, optionally one whose members a directory manages.
    pub fn add_organization(&self, name: &str, scim_managed: bool) {
        self.site.change(|state| {
            let id = state.organization_named(name);
            for known in &mut state.organizations {
                if known.id == id {
                    known.scim_managed = scim_managed;
                }
            }
        });
    }
}

/// Faults, and what was asked.
impl Atlassian {
    /// The next call of this operation fails so; several wait in line.
    pub fn fail_next(&self, operation: Operation, failure: Failure) {
        self.site
            .change(|state| state.failures.push((operation, failure)));
    }

    /// The next `times` calls of this operation fail so.
    pub fn fail_times(&self, operation: Operation, times: usize, failure: &Failure) {
        for _ in 0..times {
            self.fail_next(operation, failure.clone());
        }
    }

    /// Forgets failures that were not met yet, and lets go whatever hangs.
    pub fn behave(&self) {
        self.site.change(|state| state.failures.clear());
        self.site.gate.open();
    }

    /// Answers every REST call with 503, or no longer.
    pub fn set_unavailable(&self, unavailable: bool) {
        self.site
            .change(|state| state.switches.unavailable = unavailable);
    }

    /// The API token has ended, or is good again.
    pub fn set_token_expired(&self, expired: bool) {
        self.site
            .change(|state| state.switches.token_expired = expired);
    }

    /// The token is a scoped one, which fails on the site with a misleading 401.
    pub fn set_token_scoped(&self, scoped: bool) {
        self.site
            .change(|state| state.switches.token_scoped = scoped);
    }

    /// The token sees no service desk, or all.
    pub fn set_blind(&self, blind: bool) {
        self.site.change(|state| state.switches.blind = blind);
    }

    /// Takes a permission from the service account.
    pub fn revoke(&self, permission: Permission) {
        self.site
            .change(|state| state.switches.revoked.insert(permission));
    }

    /// Gives it back.
    pub fn grant(&self, permission: Permission) {
        self.site
            .change(|state| state.switches.revoked.remove(&permission));
    }

    /// The largest page that the server gives, whatever limit is asked for.
    pub fn set_page_cap(&self, cap: usize) {
        self.site.change(|state| state.page_cap = cap);
    }

    /// All requests so far, portal pages included.
    #[must_use]
    pub fn calls(&self) -> Vec<Call<Operation>> {
        self.site.calls.all()
    }

    /// The requests to the REST API so far.
    #[must_use]
    pub fn rest_calls(&self) -> Vec<Call<Operation>> {
        let mut calls = self.calls();
        calls.retain(|call| call.operation.is_rest());
        calls
    }

    /// How often an operation was asked for.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        self.site.calls.count(operation)
    }

    /// Forgets the requests so far.
    pub fn forget_calls(&self) {
        self.site.calls.forget();
    }

    /// Waits until an operation was asked for so many times.
    pub async fn wait_for(&self, operation: Operation, times: usize) {
        self.site.calls.wait_for(operation, times).await;
    }

    /// Stops listening: connections are refused from now on.
    pub async fn go_down(&mut self) {
        self.site.gate.open();
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Listens again, at the same address, knowing all that it knew.
    pub async fn come_back(&mut self) {
        if self.running.is_none() {
            self.running = Some(Running::start(&self.site, self.site.port()).await);
        }
    }
}

/// Single sign-on.
impl Atlassian {
    /// Adds a service provider of organisation single sign-on beside the portal's: it takes any address.
    pub fn add_guard(&self, name: &str) {
        self.site.change(|state| {
            let guard = ServiceProvider::guard(name);
            state.service_providers.push(guard);
        });
    }

    /// A service provider's entity id; the portal's is called [`PORTAL`].
    #[must_use]
    pub fn entity_id(&self, service_provider: &str) -> String {
        sso::entity_id(&self.site(), service_provider)
    }

    /// A service provider's assertion consumer service.
    #[must_use]
    pub fn acs_url(&self, service_provider: &str) -> String {
        sso::acs_url(&self.site(), service_provider)
    }

    /// Where a service provider begins to ask; for the portal, any portal page does too.
    #[must_use]
    pub fn login_url(&self, service_provider: &str) -> String {
        sso::login_url(&self.site(), service_provider)
    }

    /// What an administrator enters for all service providers: the identity provider's entity id, address and certificate.
    ///
    /// # Panics
    /// When the certificate cannot be read.
    #[expect(clippy::expect_used, reason = "a test enters a real certificate")]
    pub fn trust(&self, entity_id: &str, sso_url: &str, certificate_pem: &str) {
        let certificate = Certificate::read(certificate_pem).expect("a certificate in PEM");
        self.trust_provider(&IdentityProvider {
            entity_id: entity_id.to_owned(),
            sso_url: sso_url.to_owned(),
            sso_post_url: sso_url.to_owned(),
            certificate,
        });
    }

    /// The same, read from metadata.
    ///
    /// # Panics
    /// When it cannot be read.
    #[expect(clippy::expect_used, reason = "a test enters real metadata")]
    pub fn trust_metadata(&self, xml: &str) {
        let provider = IdentityProvider::from_metadata(xml);
        self.trust_provider(&provider.expect("metadata of an identity provider"));
    }

    fn trust_provider(&self, provider: &IdentityProvider) {
        self.site.change(|state| {
            for known in &mut state.service_providers {
                known.trusted = Some(provider.clone());
            }
        });
    }

    /// Turns single sign-on off: portals show Atlassian's own login instead.
    pub fn trust_nobody(&self) {
        self.site.change(|state| {
            for known in &mut state.service_providers {
                known.trusted = None;
            }
        });
    }

    /// Changes how a service provider asks.
    pub fn tune(&self, service_provider: &str, change: impl FnOnce(&mut Asking)) {
        self.site.change(|state| {
            let mut known = state.service_providers.iter_mut();
            if let Some(known) = known.find(|known| known.name == service_provider) {
                change(&mut known.asking);
            }
        });
    }

    /// Every Response that was posted, with what became of it, oldest first.
    #[must_use]
    pub fn hand_overs(&self) -> Vec<HandOver> {
        self.site.read(|state| state.hand_overs.clone())
    }

    /// How many Responses were accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        let hand_overs = self.hand_overs();
        hand_overs.iter().filter(|one| one.outcome.is_ok()).count()
    }

    /// Ends all sessions at the portal, as time does.
    pub fn end_sessions(&self) {
        self.site.change(|state| state.sessions.clear());
    }
}

impl Drop for Atlassian {
    fn drop(&mut self) {
        self.site.gate.open();
    }
}

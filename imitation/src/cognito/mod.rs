//! A user pool of AWS Cognito with its login pages, as an `OpenID` provider sees the world through them.
//!
//! What it keeps from the original: discovery without `code_challenge_methods_supported`, RS256 alone, key ids that end in `=`, codes that live
//! five minutes and work once, a `cognito` cookie that signs people in silently for an hour, error redirects that forget `state`,
//! no `scope` in the token answer, string booleans in userInfo, its own way of logging out.

mod authorize;
mod claims;
mod config;
mod discovery;
mod faults;
mod grants;
mod id_token;
mod login;
mod logout;
mod people;
mod pool;
mod revoke;
mod token;
mod user_info;

use std::sync::Arc;
use std::time::Duration;

pub use config::{CognitoConfig, Endpoint, RefreshTokens};
pub use faults::Fault;
pub use people::{PASSWORD, Person, ready_people};

use crate::browser::{Browser, Page};
use crate::http::{Call, Running};
use crate::keys::PoolKey;
use pool::Pool;

/// A running imitation of one user pool and its login domain.
#[derive(Debug)]
pub struct Cognito {
    pool: Arc<Pool>,
    running: Option<Running>,
}

impl Cognito {
    /// Starts it; it is listening when this returns.
    pub async fn start(config: CognitoConfig) -> Self {
        let port = config.port;
        let pool = Arc::new(Pool::new(config));
        let running = Running::start(&pool, port).await;
        pool.listens_on(running.port);
        Self {
            pool,
            running: Some(running),
        }
    }

    /// The login domain: `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn base(&self) -> String {
        self.pool.base()
    }

    /// The issuer: the base, a slash and the pool's id.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.pool.issuer()
    }

    /// The public key as PEM, which a careless verifier may take for an HMAC secret.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.pool.read(|state| state.key.public_pem())
    }

    /// The app client's id.
    #[must_use]
    pub fn client_id(&self) -> String {
        self.pool.read(|state| state.config.client_id.clone())
    }

    /// The app client's secret; none for a public client.
    #[must_use]
    pub fn client_secret(&self) -> Option<String> {
        self.pool.read(|state| state.config.client_secret.clone())
    }

    /// Allows one more address to come back to after a login.
    pub fn register_callback(&self, url: impl Into<String>) {
        let url = url.into();
        self.pool
            .change(|state| state.config.callback_urls.push(url));
    }

    /// Allows one more address to come back to after logging out.
    pub fn register_sign_out(&self, url: impl Into<String>) {
        let url = url.into();
        self.pool
            .change(|state| state.config.sign_out_urls.push(url));
    }

    /// Changes pool and app client as somebody at its console would.
    pub fn reconfigure(&self, change: impl FnOnce(&mut CognitoConfig)) {
        self.pool.change(|state| change(&mut state.config));
    }

    /// Adds a user.
    pub fn add_person(&self, person: Person) {
        self.pool.change(|state| state.config.people.push(person));
    }

    /// Changes the user of this name; says whether there is one.
    pub fn change_person(&self, username: &str, change: impl FnOnce(&mut Person)) -> bool {
        self.pool.change(|state| {
            let person = state
                .config
                .people
                .iter_mut()
                .find(|person| person.username == username);
            person.map(change).is_some()
        })
    }

    /// The refresh tokens that are good now.
    #[must_use]
    pub fn refresh_tokens(&self) -> Vec<String> {
        self.pool
            .read(|state| state.refreshes.keys().cloned().collect())
    }

    /// The access tokens that were given, whether they are still good or not.
    #[must_use]
    pub fn access_tokens(&self) -> Vec<String> {
        self.pool
            .read(|state| state.accesses.keys().cloned().collect())
    }

    /// Signs with a new key and publishes it alone, as Cognito does without a word.
    pub fn rotate_keys(&self) {
        self.pool.change(|state| state.key = PoolKey::second());
    }

    /// Adds a fault; it stays until [`Cognito::behave`].
    pub fn misbehave(&self, fault: Fault) {
        self.pool.change(|state| state.faults.push(fault));
    }

    /// This fault and no other, without a moment between: nobody meets a pool that behaves.
    pub fn misbehave_only(&self, fault: Fault) {
        self.pool.change(|state| state.faults = vec![fault]);
    }

    /// Ends all faults and lets go whatever they held back.
    pub fn behave(&self) {
        self.pool.change(|state| state.faults.clear());
        self.pool.gate.open();
    }

    /// Whether an older login tab may still be finished after a newer one was opened; Cognito says no.
    pub fn allow_parallel_tabs(&self, allowed: bool) {
        self.pool
            .change(|state| state.config.parallel_tabs = allowed);
    }

    /// Moves the pool's clock ahead.
    pub fn advance(&self, by: Duration) {
        self.pool.clock.advance(by);
    }

    /// All requests so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call<Endpoint>> {
        self.pool.calls.all()
    }

    /// How often an endpoint was asked.
    #[must_use]
    pub fn count(&self, endpoint: Endpoint) -> usize {
        self.pool.calls.count(endpoint)
    }

    /// Forgets the requests so far.
    pub fn forget_calls(&self) {
        self.pool.calls.forget();
    }

    /// Waits until an endpoint was asked so many times.
    pub async fn wait_for(&self, endpoint: Endpoint, times: usize) {
        self.pool.calls.wait_for(endpoint, times).await;
    }

    /// The most blanks that anybody took of one endless answer.
    #[must_use]
    pub fn most_taken(&self) -> u64 {
        self.pool.flood.most()
    }

    /// Waits until nobody takes an endless answer any more.
    pub async fn until_none_is_taken(&self) {
        self.pool.flood.ended().await;
    }

    /// Stops listening: connections are refused from now on.
    pub async fn go_down(&mut self) {
        self.pool.gate.open();
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Listens again, at the same address, knowing all that it knew.
    pub async fn come_back(&mut self) {
        if self.running.is_none() {
            self.running = Some(Running::start(&self.pool, self.pool.port()).await);
        }
    }

    /// Fills in the login page that the browser stands on; the answer only says where it leads.
    ///
    /// # Panics
    /// When the page is no login page.
    pub async fn log_in_once(&self, browser: &Browser, page: &Page, username: &str) -> Page {
        let (form, password) = (page.form_with("password"), self.password(username));
        browser
            .submit_once(&form, &[("username", username), ("password", &password)])
            .await
    }

    fn password(&self, username: &str) -> String {
        self.pool.read(|state| {
            state
                .person(username)
                .map_or_else(String::new, |person| person.password.clone())
        })
    }

    /// Fills in the login page that the browser stands on, and follows where it leads.
    ///
    /// # Panics
    /// When the page is no login page.
    pub async fn log_in(&self, browser: &Browser, page: &Page, username: &str) -> Page {
        let (form, password) = (page.form_with("password"), self.password(username));
        browser
            .submit(&form, &[("username", username), ("password", &password)])
            .await
    }
}

impl Drop for Cognito {
    fn drop(&mut self) {
        self.pool.gate.open();
    }
}

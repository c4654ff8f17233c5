//! Readiness, and the work in the background that keeps the house ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rocket::{Route, get, routes};

use crate::jsm::Jsm;
use crate::link::catalogue_keeper::{CatalogueKeeper, CatalogueStatus};
use crate::provider::Providers;
use crate::saml::KeyKeeper;
use crate::saml::key_keeper::KeeperError;
use crate::settings::Layered;
use crate::store::{Register, StoreError, Vault};
use crate::web::{Check, Health, Room};

mod token_end;

pub use token_end::TokenEnd;

/// What readiness looks at.
pub struct Readiness {
    vault: Vault,
    register: Register,
    keys: KeyKeeper,
    providers: Providers,
    links: Arc<CatalogueKeeper>,
    /// Whoever asks Atlassian, when it is set up.
    jsm: Option<Jsm>,
    /// Saved settings that do not count.
    ignored: usize,
    token: TokenEnd,
    draining: Draining,
}

/// Whether the server is about to stop: load balancers are told before anything is refused. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// From now on readiness is refused.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Readiness {
    /// Readiness of these rooms.
    #[must_use]
    pub fn new(
        (vault, register): (Vault, Register),
        keys: KeyKeeper,
        providers: Providers,
        (links, jsm): (Arc<CatalogueKeeper>, Option<Jsm>),
        layered: &Layered,
        token: TokenEnd,
        draining: Draining,
    ) -> Self {
        Self {
            vault,
            register,
            keys,
            providers,
            links,
            jsm,
            ignored: layered.ignored.len(),
            token,
            draining,
        }
    }

    /// How every dependency does. Asks the store; of the others, what was last seen of them.
    pub async fn health(&self) -> Health {
        let keys = match self.keys.signer().await {
            Ok(_) => Check::Ok,
            Err(KeeperError::Store(StoreError::Unavailable(_))) => {
                Check::Degraded("the store does not answer".to_owned())
            }
            Err(_) => Check::Unavailable("the signing key does not open".to_owned()),
        };
        let mut health = Health::default()
            .with("store", self.store().await)
            .with("keys", keys)
            .with("atlassian", self.atlassian());
        health = self.with_providers(health);
        if self.ignored > 0 {
            let detail = format!(
                "{} saved settings are ignored; the log says which",
                self.ignored
            );
            health = health.with("settings", Check::Degraded(detail));
        }
        if let Some(unfit) = self.register.unfit() {
            health = health.with("instances", Check::Unavailable(unfit.to_string()));
        } else if let Some(discord) = self.register.others().discord {
            health = health.with("instances", Check::Degraded(discord.to_string()));
        }
        if self.draining.has_begun() {
            health = health.with("server", Check::Unavailable("draining".to_owned()));
        }
        health
    }

    /// A store that can only be read, on a full disk say, lets nobody sign in.
    async fn store(&self) -> Check {
        if self.vault.ping().await.is_err() {
            return Check::Unavailable("does not answer".to_owned());
        }
        match self.vault.takes_writes().await {
            Ok(()) => Check::Ok,
            Err(_) => Check::Unavailable("takes no writes".to_owned()),
        }
    }

    /// Unavailable only when providers are set and none of them was ever discovered: nobody can sign in then.
    fn with_providers(&self, mut health: Health) -> Health {
        if self.providers.is_empty() {
            return health.with("provider", Check::Degraded("not set up".to_owned()));
        }
        let none = self
            .providers
            .iter()
            .all(|provider| provider.status().discovered.is_none());
        for provider in self.providers.iter() {
            let status = provider.status();
            let check = match (status.discovered, status.failing) {
                (None, _) if none => Check::Unavailable("never discovered".to_owned()),
                (None, _) => Check::Degraded("never discovered".to_owned()),
                (Some(_), Some(failing)) => {
                    Check::Degraded(format!("failing since {}", failing.since))
                }
                (Some(_), None) => Check::Ok,
            };
            health = health.with(format!("provider.{}", provider.name()), check);
        }
        health
    }

    fn atlassian(&self) -> Check {
        let Some(jsm) = &self.jsm else {
            return Check::Degraded("not set up".to_owned());
        };
        let status = self.links.status();
        let refused = jsm.is_customer_token_refused();
        let refused = refused.then(|| CUSTOMER_TOKEN_REFUSED.to_owned());
        let found = [away(&status), service_desks(&status), refused];
        let mut amiss: Vec<String> = found.into_iter().flatten().collect();
        amiss.extend(self.token.troubles());
        if amiss.is_empty() {
            return Check::Ok;
        }
        Check::Degraded(amiss.join("; "))
    }
}

const CUSTOMER_TOKEN_REFUSED: &str =
    "Atlassian refused customer_token when it was last used: no customer can be created";

/// That Atlassian does not answer, if it does not.
fn away(status: &CatalogueStatus) -> Option<String> {
    let since = status.away_since?;
    Some(format!(
        "does not answer since {since}; it is asked now and then, and known customers still come in"
    ))
}

/// What is amiss with the service desks, if anything is.
fn service_desks(status: &CatalogueStatus) -> Option<String> {
    let Some(at) = status.read_at else {
        return Some("the service desks have never been read".to_owned());
    };
    if status.trouble.is_some() {
        return Some(format!("the service desks were last read at {at}"));
    }
    match status.empty_since {
        Some(since) => Some(format!(
            "the token suddenly sees no service desk, since {since}; those seen before still count"
        )),
        None if status.none_seen => Some("the token sees no service desk".to_owned()),
        None => None,
    }
}

#[get("/health/ready")]
async fn ready(readiness: &Room<Readiness>) -> Health {
    readiness.health().await
}

/// The address of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![ready]
}

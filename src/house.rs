//! The only assembly: settings become rooms, and rooms become a server. Used by the command line, the demo and every test.

use std::sync::Arc;

use rocket::figment::Figment;
use rocket::{Build, Rocket};

use crate::admission::Admission;
use crate::audit::Trail;
use crate::clock::Clock;
use crate::jsm::Jsm;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::hand_over::HandOvers;
use crate::link::home::Bases;
use crate::login::Login;
use crate::login::logout::PortalAddress;
use crate::provider::Providers;
use crate::saml::KeyKeeper;
use crate::saml::key_keeper::KeeperError;
use crate::saml::sso::IdentityProvider;
use crate::session::Sessions;
use crate::settings::Settings;
use crate::store::{StoreError, Vault, VaultError};
use crate::web::Live;
use crate::{health, link, login, saml, web};

/// How long one outgoing connection may take at most, where no setting says less.
const OUTGOING: std::time::Duration = std::time::Duration::from_secs(30);

/// Why a front door cannot stand. The settings are right by then; something around it is not.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be opened, or not with this secret key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The signing keys cannot be made or read.
    #[error("the SAML signing keys: {0}")]
    Keys(#[from] KeeperError),
    /// TLS for outgoing connections is not to be had.
    #[error("outgoing connections cannot be made: {0}")]
    Outgoing(#[from] reqwest::Error),
    /// The store stopped answering.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The rooms that outlive a request, as the command line uses them without a server.
pub struct House {
    /// Where everything lasts.
    pub vault: Vault,
    /// What happened.
    pub trail: Trail,
    /// The identity providers.
    pub providers: Providers,
    /// The Atlassian site, when one is set.
    pub jsm: Option<Jsm>,
    /// The links.
    pub links: Arc<CatalogueKeeper>,
    /// The signing keys.
    pub keys: KeyKeeper,
}

impl House {
    /// Opens the store and readies every room. Asks nobody outside.
    pub async fn open(settings: &Settings, clock: &Clock) -> Result<Self, StartError> {
        let vault = Vault::open(&settings.store, &settings.secrets, clock.clone()).await?;
        let http = web::http_client(OUTGOING)?;
        let jsm = settings
            .atlassian
            .as_ref()
            .map(|atlassian| Jsm::new(http.clone(), atlassian));
        let keys = KeyKeeper::new(vault.clone(), host(settings));
        let links = Arc::new(
            CatalogueKeeper::open(jsm.clone(), vault.clone(), clock.clone(), settings).await,
        );
        Ok(Self {
            trail: Trail::new(vault.clone(), clock.clone()),
            providers: Providers::new(&settings.providers, &http, clock),
            vault,
            jsm,
            links,
            keys,
        })
    }
}

/// Puts the front door together. What it needs from outside (providers, Atlassian) may be away: it is asked in the background and when needed.
pub async fn front_door(
    settings: &Settings,
    rocket: Figment,
    clock: Clock,
) -> Result<Rocket<Build>, StartError> {
    let House {
        vault,
        trail,
        providers,
        jsm,
        links,
        keys,
    } = House::open(settings, &clock).await?;
    keys.make_first(clock.now()).await?;
    keys.signer().await?; // a sealed key that does not open must stop the start
    let atlassian = settings.atlassian.as_ref();
    let portal = atlassian.map(|atlassian| atlassian.portal.clone());
    let budget = atlassian
        .map(|atlassian| atlassian.budget)
        .unwrap_or_default();
    let unsolicited_to = settings.saml.unsolicited_to().map(|sp| sp.name.clone());
    let hand_overs = HandOvers::new(
        portal.clone(),
        unsolicited_to,
        vault.clone(),
        trail.clone(),
        clock.clone(),
    );
    let admission = Admission::new(
        settings.access.clone(),
        settings.organizations.clone(),
        jsm.map(|jsm| (jsm, budget)),
        vault.clone(),
        trail.clone(),
        clock.clone(),
    );
    let idp = IdentityProvider::new(
        settings.saml.clone(),
        &settings.public_url,
        settings.session.clone(),
        keys.clone(),
        vault.clone(),
        trail.clone(),
        clock.clone(),
    );
    let bases = atlassian.map(|atlassian| Bases {
        site: atlassian.site.clone(),
        portal: atlassian.portal.clone(),
    });
    let token = health::TokenEnd::of(settings, &clock);
    let draining = health::Draining::default();
    let rooms = web::rooms(settings)
        .with(Sessions::new(
            vault.clone(),
            settings.session.clone(),
            clock.clone(),
        ))
        .with(Login::new(
            settings,
            providers.clone(),
            vault.clone(),
            trail.clone(),
            clock.clone(),
        ))
        .with(health::Readiness::new(
            vault.clone(),
            keys.clone(),
            providers.clone(),
            links.clone(),
            settings,
            token.clone(),
            draining.clone(),
        ))
        .with(trail.clone())
        .with(admission)
        .with(idp)
        .with(bases)
        .with(PortalAddress(portal))
        .with(hand_overs.clone())
        .with(links.clone());
    let house = web::furnish(rocket::custom(rocket), settings, Live::new(rooms))
        .manage(vault.clone())
        .manage(trail.clone())
        .manage(draining)
        .mount("/", routes());
    let keep = settings.audit_keep;
    Ok(house.attach(health::background(
        providers, links, hand_overs, trail, keep, token, vault,
    )))
}

/// The addresses of every room.
fn routes() -> Vec<rocket::Route> {
    [
        link::home::routes(),
        link::follow::routes(),
        link::me::routes(),
        login::chooser::routes(),
        login::callback::routes(),
        login::logout::routes(),
        saml::sso::routes(),
        health::routes(),
    ]
    .concat()
}

/// The public host, which our certificates name.
fn host(settings: &Settings) -> String {
    let url = url::Url::parse(settings.public_url.origin()).ok();
    url.and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

//! The only assembly: settings become rooms, and rooms become a server. Used by the command line, the demo and every test.

mod caretaker;
mod furnishing;
mod may_come;
mod may_stay;
mod shared_work;

use std::sync::Arc;
use std::time::Duration;

use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::{Build, Rocket};

use crate::admin::change::editor::Effect;
use crate::admission::WaitingRoom;
use crate::admission::waiting::WaitingLine;
use crate::audit::Trail;
use crate::clock::Clock;
use crate::figures::Figures;
use crate::health::{self, Draining};
use crate::jsm::Jsm;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::metrics::{Metrics, MetricsError};
use crate::operations::{Bound, NotBound, Operations, Scrape};
use crate::provider::Providers;
use crate::saml::KeyKeeper;
use crate::saml::key_keeper::KeeperError;
use crate::settings::{Layered, Loaded, Problem, Problems, Saved, Settings};
use crate::spans::Spans;
use crate::store::{Discord, Key, NoKey, NotEntered, Register, StoreError, Vault, VaultError};
use crate::trace::Traces;
use crate::web::{Live, Reason, VisitSpans};
use crate::{admin, link, login, saml, web};

use caretaker::Caretaker;
use furnishing::{Foundations, Furnishing};

/// How long one outgoing connection may take at most, where no setting says less.
const OUTGOING: Duration = Duration::from_secs(30);

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
    /// Another front door on the same store has other keys.
    #[error(transparent)]
    OtherKeys(#[from] Discord),
    /// No mark of the keys can be made.
    #[error(transparent)]
    NoKey(#[from] NoKey),
    /// The key of a command was left behind.
    #[error("{0}")]
    Left(NotEntered),
    /// The store stopped answering.
    #[error(transparent)]
    Store(StoreError),
    /// Something opens with none of our keys.
    #[error(
        "{0}: it opens with neither secret_key nor previous_secret_key. Put back the key that was in use before, as previous_secret_key"
    )]
    Sealed(StoreError),
    /// The operations address is taken, or not ours.
    #[error(transparent)]
    Operations(#[from] NotBound),
    /// Nothing can be counted.
    #[error("the metrics: {0}")]
    Metrics(#[from] MetricsError),
    /// The settings of files and variables are wrong after all.
    #[error(transparent)]
    Settings(#[from] Problems),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unreadable(_) => Self::Sealed(error),
            _ => Self::Store(error),
        }
    }
}

impl From<NotEntered> for StartError {
    fn from(error: NotEntered) -> Self {
        match error {
            NotEntered::Discord(discord) => discord.into(),
            NotEntered::Store(error) => error.into(),
            NotEntered::NoKey(error) => error.into(),
            NotEntered::Left => Self::Left(error),
        }
    }
}

impl StartError {
    /// Whether it is only that the store does not answer now.
    #[must_use]
    pub fn store_is_away(&self) -> bool {
        let away = |error: &StoreError| matches!(error, StoreError::Unavailable(_));
        match self {
            Self::Vault(VaultError::Unavailable(error))
            | Self::Keys(KeeperError::Store(error))
            | Self::Store(error) => away(error),
            _ => false,
        }
    }
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
    /// Files, variables and what is saved in the store, together.
    pub settings: Settings,
    /// What of the saved settings cannot be used, and why.
    pub ignored: Vec<Problem>,
    /// The saved settings without that.
    pub saved: Saved,
}

impl House {
    /// Opens the store and readies every room, for who only reads. Asks nobody outside.
    pub async fn open(loaded: &Loaded, clock: &Clock) -> Result<Self, StartError> {
        let (foundations, _, layered) = lay(loaded, clock, Metrics::default()).await?;
        foundations.register.agree().await?;
        Ok(Self::of(foundations, layered).await)
    }

    /// The same for who writes: the servers on the store are told that this one seals too.
    pub async fn open_to_write(loaded: &Loaded, clock: &Clock) -> Result<Self, StartError> {
        let (foundations, _, layered) = lay(loaded, clock, Metrics::default()).await?;
        foundations.register.enter_command().await?;
        Ok(Self::of(foundations, layered).await)
    }

    async fn of(foundations: Foundations, layered: Layered) -> Self {
        let furnishing = Furnishing::of(&foundations, &layered, None).await;
        Self {
            vault: foundations.vault,
            trail: foundations.trail,
            keys: foundations.keys,
            providers: furnishing.providers,
            jsm: furnishing.jsm,
            links: furnishing.links,
            settings: layered.settings,
            ignored: layered.ignored,
            saved: layered.usable,
        }
    }
}

/// Opens the store, and reads what is saved in it together with what stands outside.
async fn lay(
    loaded: &Loaded,
    clock: &Clock,
    metrics: Metrics,
) -> Result<(Foundations, Saved, Layered), StartError> {
    let settings = &loaded.settings;
    let (store, secrets) = (&settings.store, &settings.secrets);
    let vault = Vault::open_metered(store, secrets, clock.clone(), &metrics).await?;
    let saved: Option<Saved> = vault.get(&Key::settings()).await?;
    let saved = saved.unwrap_or_default();
    let layered = loaded.outside.with_usable(&saved)?;
    let trail = Trail::new(vault.clone(), clock.clone());
    let http = web::http_client(OUTGOING)?;
    let tracing = settings.tracing.as_ref();
    let foundations = Foundations {
        spans: tracing.map_or_else(Spans::default, |to| Spans::new(to, &http, clock)),
        figures: Figures::new(trail.clone(), vault.clone(), clock.clone()),
        trail,
        keys: KeyKeeper::new(vault.clone(), host(settings)),
        http,
        traces: Traces::new(vault.clone(), clock.clone()),
        draining: Draining::default(),
        outside: loaded.outside.clone(),
        effect: Effect::new(saved.clone()),
        waiting_room: Arc::new(waiting_room(loaded)),
        register: Register::new(vault.clone(), clock.clone())?,
        clock: clock.clone(),
        metrics,
        vault,
    };
    Ok((foundations, saved, layered))
}

/// Where first visits wait.
fn waiting_room(loaded: &Loaded) -> WaitingRoom {
    let apart = loaded.first_visits_apart;
    apart.map_or_else(WaitingRoom::default, |apart| {
        WaitingRoom::with_line(WaitingLine::new(apart))
    })
}

/// Puts the front door together. What it needs from outside (providers, Atlassian) may be away: it is asked in the background and when needed.
pub async fn front_door(
    loaded: &Loaded,
    rocket: Figment,
    clock: Clock,
) -> Result<Rocket<Build>, StartError> {
    let operations = match loaded.settings.operations {
        Some(address) => Some(Bound::at(address).await?),
        None => None,
    };
    let metrics = match &operations {
        Some(_) => Metrics::new(Reason::ALL.iter().map(|reason| reason.name()))?,
        None => Metrics::default(),
    };
    let (foundations, saved, layered) = lay(loaded, &clock, metrics).await?;
    caretaker::tell_of(&layered);
    foundations.register.enter().await?;
    foundations.keys.make_first(clock.now()).await?;
    foundations.keys.signer().await?; // a sealed key that does not open must stop the start
    let furnishing = Furnishing::of(&foundations, &layered, None).await;
    let live = Live::new(furnishing.rooms.clone());
    let house = web::furnish(rocket::custom(rocket), &layered.settings, live.clone());
    let spans = foundations.spans.clone();
    let visits = VisitSpans::new(spans, foundations.vault.clone(), clock.clone());
    let house = admin::furnish(house, &foundations.vault, &clock)
        .manage(foundations.vault.clone())
        .manage(foundations.trail.clone())
        .manage(foundations.traces.clone())
        .manage(foundations.draining.clone())
        .manage(foundations.register.clone())
        .manage(foundations.metrics.clone())
        .manage(foundations.spans.clone())
        .mount("/", visits.around(routes()))
        .mount("/", health::routes())
        .attach(visits);
    let house = match operations {
        Some(bound) => serving(house, bound, &foundations, live.clone()),
        None => house,
    };
    let leaving = leaving(foundations.register.clone());
    let caretaker = Caretaker::new(foundations, live, saved, furnishing);
    Ok(house.attach(in_the_background(caretaker)).attach(leaving))
}

/// Has the entry in the register of front doors end when the last request is over.
fn leaving(register: Register) -> AdHoc {
    AdHoc::on_shutdown("leaving the register", |rocket| {
        Box::pin(async move {
            let stop = &rocket.config().shutdown;
            let last = Duration::from_secs((stop.grace + stop.mercy).into());
            if let Err(error) = register.leave(last).await {
                tracing::warn!(%error, "the register of front doors could not be left; the entry ends by itself");
            }
        })
    })
}

/// The house with its operations address.
fn serving(
    house: Rocket<Build>,
    bound: Bound,
    foundations: &Foundations,
    live: Live,
) -> Rocket<Build> {
    let scrape = Scrape::new(
        foundations.metrics.clone(),
        live,
        foundations.vault.clone(),
        foundations.keys.clone(),
        foundations.clock.clone(),
    );
    house
        .manage(bound.address)
        .attach(Operations::new(bound, scrape))
}

/// Starts the work in the background when the server listens, and ends it with the server.
fn in_the_background(caretaker: Caretaker) -> AdHoc {
    AdHoc::on_liftoff("work in the background", move |rocket| {
        Box::pin(async move {
            let stop = rocket.shutdown();
            let work = tokio::spawn(caretaker.work());
            tokio::spawn(async move {
                stop.await;
                work.abort();
            });
        })
    })
}

/// The addresses of every room where somebody visits.
fn routes() -> Vec<rocket::Route> {
    [
        link::home::routes(),
        link::follow::routes(),
        link::me::routes(),
        login::chooser::routes(),
        login::callback::routes(),
        login::logout::routes(),
        saml::sso::routes(),
        admin::routes(),
    ]
    .concat()
}

/// The public host, which our certificates name.
fn host(settings: &Settings) -> String {
    let url = url::Url::parse(settings.public_url.origin()).ok();
    url.and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

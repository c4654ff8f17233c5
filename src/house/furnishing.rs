//! Everything that depends on settings which may change while the house stands, put together in one go.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::admin::change::Editor;
use crate::admin::change::editor::Effect;
use crate::admin::customers::Customers;
use crate::admin::setup::Settled;
use crate::admin::{Administrators, ServiceAccount};
use crate::admission::{Admission, WaitingRoom, later, visits};
use crate::audit::Trail;
use crate::clock::Clock;
use crate::figures::Figures;
use crate::health::{Draining, Readiness, TokenEnd};
use crate::jsm::Jsm;
use crate::link::Catalogue;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::hand_over::HandOvers;
use crate::link::home::Bases;
use crate::link::leads::which_link;
use crate::login::logout::PortalAddress;
use crate::login::{Login, Recheck, WhoMayStay};
use crate::metrics::{Metrics, Named};
use crate::provider::Providers;
use crate::saml::KeyKeeper;
use crate::saml::sso::IdentityProvider;
use crate::session::Sessions;
use crate::settings::{Layered, Outside, Settings};
use crate::spans::Spans;
use crate::store::Vault;
use crate::trace::Traces;
use crate::web::{self, LoginRate, Rooms};

use super::may_come::may_come;
use super::may_stay;

/// What stays, whatever the settings become.
#[derive(Clone)]
pub(super) struct Foundations {
    pub(super) vault: Vault,
    pub(super) trail: Trail,
    pub(super) figures: Figures,
    pub(super) keys: KeyKeeper,
    pub(super) http: reqwest::Client,
    pub(super) traces: Traces,
    pub(super) draining: Draining,
    pub(super) outside: Outside,
    pub(super) effect: Effect,
    pub(super) waiting_room: Arc<WaitingRoom>,
    pub(super) clock: Clock,
    pub(super) metrics: Metrics,
    pub(super) spans: Spans,
}

/// The rooms by settings of one time, and what works for them in the background.
pub(super) struct Furnishing {
    pub(super) rooms: Rooms,
    pub(super) providers: Providers,
    pub(super) jsm: Option<Jsm>,
    pub(super) links: Arc<CatalogueKeeper>,
    hand_overs: HandOvers,
    token: TokenEnd,
    keep: Duration,
    admission: Admission,
}

impl Furnishing {
    /// Rooms by these settings. Providers of those before whose settings are the same are kept, with their keys, and so is what is known of a site that
    /// is away.
    pub(super) async fn of(
        foundations: &Foundations,
        layered: &Layered,
        before: Option<&Self>,
    ) -> Self {
        let Foundations {
            vault,
            http,
            clock,
            metrics,
            ..
        } = foundations;
        let settings = &layered.settings;
        let none = Providers::default();
        let providers = before.map_or(&none, |before| &before.providers).renewed(
            &settings.providers,
            http,
            clock,
            metrics,
        );
        let atlassian = settings.atlassian.as_ref();
        let jsm_before = before.and_then(|before| before.jsm.as_ref());
        let jsm = atlassian.map(|atlassian| {
            Jsm::new(http.clone(), atlassian)
                .metered(metrics)
                .knowing(jsm_before)
        });
        let links =
            CatalogueKeeper::open(jsm.clone(), vault.clone(), clock.clone(), settings).await;
        metrics.rename(&named(settings, &links.current()));
        let mut furnishing = Self {
            admission: admission(foundations, settings, jsm.as_ref()),
            rooms: Rooms::default(),
            hand_overs: hand_overs(foundations, settings),
            token: TokenEnd::of(settings, clock),
            keep: settings.audit_keep,
            links: Arc::new(links),
            providers,
            jsm,
        };
        furnishing.rooms = furnishing.rooms(foundations, layered);
        furnishing
    }

    fn rooms(&self, foundations: &Foundations, layered: &Layered) -> Rooms {
        let Foundations {
            vault,
            trail,
            keys,
            draining,
            clock,
            outside,
            effect,
            ..
        } = foundations;
        let settings = &layered.settings;
        let readiness = Readiness::new(
            vault.clone(),
            keys.clone(),
            self.providers.clone(),
            (self.links.clone(), self.jsm.clone()),
            layered,
            self.token.clone(),
            draining.clone(),
        );
        let idp = IdentityProvider::new(
            settings.saml.clone(),
            &settings.public_url,
            settings.session.clone(),
            keys.clone(),
            vault.clone(),
            trail.clone(),
            clock.clone(),
        )
        .metered(&foundations.metrics);
        let sessions = Sessions::new(vault.clone(), settings.session.clone(), clock.clone());
        let login = Login::new(
            settings,
            self.providers.clone(),
            vault.clone(),
            trail.clone(),
            clock.clone(),
            which_link(self.links.clone(), bases(settings)),
        )
        .metered(&foundations.metrics);
        let administrators = Administrators::new(settings, clock.clone());
        let stay = self.who_may_stay(settings, &administrators);
        web::rooms(settings)
            .with(rate(settings, trail))
            .with(Recheck::new(
                &login,
                sessions.clone(),
                self.admission.clone(),
                stay,
            ))
            .with(sessions)
            .with(login)
            .with(readiness)
            .with(trail.clone())
            .with(foundations.figures.clone())
            .with(clock.clone())
            .with(keys.clone())
            .with(clock.clone())
            .with(self.token.clone())
            .with(self.admission.clone())
            .with(idp)
            .with(bases(settings))
            .with(settings.home.clone())
            .with(PortalAddress(portal(settings)))
            .with(self.hand_overs.clone())
            .with(self.links.clone())
            .with(ServiceAccount(self.jsm.clone()))
            .with(Editor::new(
                vault.clone(),
                trail.clone(),
                clock.clone(),
                (outside.clone(), layered),
                effect.clone(),
            ))
            .with(administrators)
            .with(Settled::by(settings, vault.clone()))
            .with(Customers::new(
                vault.clone(),
                trail.clone(),
                clock.clone(),
                settings.audit_keep,
            ))
    }

    fn who_may_stay(&self, settings: &Settings, administrators: &Administrators) -> WhoMayStay {
        let rules = may_stay::Rules {
            admission: self.admission.clone(),
            links: self.links.clone(),
            administrators: administrators.clone(),
            saml: settings.saml.clone(),
        };
        rules.who_may_stay()
    }

    /// What keeps these rooms fresh. It ends when the set is dropped.
    pub(super) fn work(&self, foundations: &Foundations) -> JoinSet<()> {
        let Foundations {
            vault,
            trail,
            clock,
            ..
        } = foundations;
        let mut work = JoinSet::new();
        work.spawn(visits::keep_only(vault.clone(), clock.clone(), self.keep));
        let may_come = may_come(self.admission.clone(), self.links.clone());
        work.spawn(later::keep_doing(self.admission.clone(), may_come));
        work.spawn(self.admission.clone().know_organizations());
        work.spawn(self.providers.clone().keep_fresh());
        work.spawn(self.links.clone().keep_fresh(pending()));
        work.spawn(self.hand_overs.clone().keep_watch());
        work.spawn(trail.clone().keep_only(self.keep));
        work.spawn(self.token.clone().keep_watch());
        work
    }
}

fn admission(foundations: &Foundations, settings: &Settings, jsm: Option<&Jsm>) -> Admission {
    let atlassian = settings.atlassian.as_ref();
    let budget = atlassian.map(|atlassian| atlassian.budget);
    Admission::new(
        settings.access.clone(),
        settings.organizations.clone(),
        settings.mapping.clone(),
        jsm.cloned().zip(budget),
        foundations.vault.clone(),
        foundations.trail.clone(),
        foundations.clock.clone(),
    )
    .with_waiting_room(foundations.waiting_room.clone())
}

fn hand_overs(foundations: &Foundations, settings: &Settings) -> HandOvers {
    HandOvers::new(
        portal(settings),
        settings.saml.unsolicited_to().map(|sp| sp.name.clone()),
        foundations.vault.clone(),
        foundations.trail.clone(),
        foundations.clock.clone(),
    )
    .metered(&foundations.metrics)
}

/// What the metrics may call by its name.
fn named(settings: &Settings, links: &Catalogue) -> Named {
    let links = links.links().iter();
    Named {
        providers: settings.providers.keys().map(ToString::to_string).collect(),
        links: links.map(|link| link.slug.to_string()).collect(),
        service_providers: settings.saml.service_providers.keys().cloned().collect(),
    }
}

/// How often somebody may try to log in; the trail is told how many were refused.
fn rate(settings: &Settings, trail: &Trail) -> LoginRate {
    LoginRate::per_minute(settings.access.attempts_per_minute).telling(trail)
}

fn portal(settings: &Settings) -> Option<url::Url> {
    let atlassian = settings.atlassian.as_ref();
    atlassian.map(|atlassian| atlassian.portal.clone())
}

fn bases(settings: &Settings) -> Option<Bases> {
    let atlassian = settings.atlassian.as_ref();
    atlassian.map(|atlassian| Bases {
        site: atlassian.site.clone(),
        portal: atlassian.portal.clone(),
    })
}

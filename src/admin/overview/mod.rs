//! `/admin`: is everything well, who comes in, who was stopped and why, and where do the links lead?

mod chart;
mod links;
mod state;
mod stopped;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, State as Managed, get, routes};

use crate::admission::later;
use crate::audit::Record;
use crate::clock::Clock;
use crate::figures::Figures;
use crate::health::{Readiness, TokenEnd};
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::saml::KeyKeeper;
use crate::settings::PublicUrl;
use crate::store::{StoreError, Vault};
use crate::web::{Layout, Room};

use super::audit::line::Line;
use super::change::Editor;
use super::closed::Closed;
use super::customers::Customers;
use super::invitations::pending;
use super::providers::edit::open_to_all;
use super::{Administrator, Frame, Place};
use chart::{Chart, DAYS, HOURS, sentence};
use links::Links;
use state::{State, states};
use stopped::Stopped;

/// The longest that the page waits until everything new is counted.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Template, WebTemplate)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    layout: Frame,
    states: Vec<State>,
    is_well: bool,
    /// Whether everything that is in the trail was counted.
    is_counted: bool,
    charts: [Chart; 2],
    stopped: String,
    by_reason: Stopped,
    /// `None`: the store does not answer.
    refusals: Option<Vec<Line>>,
    unanswered: Option<Vec<Line>>,
    /// In 24 hours: hand-overs, and how many of them were never answered.
    handed_over: (u64, u64),
    /// How many wait for approval, and whether nobody else fits into the queue.
    waiting: (usize, bool),
    links: Links,
    warnings: Vec<String>,
    /// Why every link is closed, when it is.
    closed: Option<Closed>,
    /// How many people were invited and have not come.
    invited: usize,
    /// For how many people something is still to be done at Atlassian.
    put_off: usize,
}

#[expect(
    clippy::too_many_arguments,
    reason = "each is one thing that a handler asks Rocket for"
)]
#[get("/admin")]
async fn overview(
    administrator: Administrator<'_>,
    layout: Layout,
    readiness: &Room<Readiness>,
    keys: &Room<KeyKeeper>,
    token: &Room<TokenEnd>,
    figures: &Room<Figures>,
    links: &Room<Arc<CatalogueKeeper>>,
    clock: &Room<Clock>,
    customers: &Room<Customers>,
    editor: &Room<Editor>,
    public_url: &Managed<PublicUrl>,
    vault: &Managed<Vault>,
) -> OverviewPage {
    let is_counted = told(figures.catch_up(PATIENCE).await).unwrap_or(false);
    let states = states(readiness, keys, token, clock.now()).await;
    let (hours, days) = (figures.hours(24), figures.days(30));
    let charts = [
        Chart::of("hours", "The last 24 hours", &HOURS, &hours),
        Chart::of("days", "The last 30 days", &DAYS, &days),
    ];
    let catalogue = links.current();
    let shown = |records| lines(records, customers);
    let warnings = catalogue.warnings().iter().map(ToString::to_string);
    let warnings = open_to_all(editor.settings())
        .into_iter()
        .chain(links::gone(&catalogue))
        .chain(warnings);
    OverviewPage {
        layout: Frame::new(&administrator, layout, Place::Overview),
        closed: Closed::of(editor),
        is_well: states.iter().all(|state| state.is_well),
        states,
        is_counted,
        by_reason: Stopped::of(&hours, &days),
        stopped: sentence(&charts[1].total, "30 days"),
        handed_over: (charts[0].total.handed_over, charts[0].total.unanswered),
        charts,
        refusals: told(figures.newest_refusals().await).map(shown),
        unanswered: told(figures.newest_unanswered().await).map(shown),
        waiting: told(customers.waiting().await).unwrap_or_default(),
        links: Links::of(&catalogue, figures, public_url),
        warnings: warnings.collect(),
        put_off: told(later::count(vault).await).unwrap_or_default(),
        invited: told(pending(vault, clock.now()).await).unwrap_or_default(),
    }
}

/// A part that cannot be had leaves the others: the page is there for the very time when something is amiss.
fn told<T>(asked: Result<T, StoreError>) -> Option<T> {
    asked
        .inspect_err(|error| tracing::warn!(%error, "a part of the overview cannot be shown"))
        .ok()
}

fn lines(records: Vec<Record>, customers: &Customers) -> Vec<Line> {
    let line = |record| Line::of(record, customers);
    records.into_iter().map(line).collect()
}

/// The addresses of this folder.
pub(super) fn routes() -> Vec<Route> {
    routes![overview]
}

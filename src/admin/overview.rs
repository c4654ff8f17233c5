//! `/admin`: is everything well, and where do the links lead?

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, State, get, routes};

use crate::health::Readiness;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::{Link, LinkState};
use crate::settings::PublicUrl;
use crate::settings::link::{HandOver, LinkAccess};
use crate::web::{Layout, Room};

use super::{Administrator, Frame, Place};

/// The page.
#[derive(Template, WebTemplate)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    layout: Frame,
    /// Each dependency, and how it does.
    health: Vec<(String, String)>,
    links: Vec<LinkLine>,
    warnings: Vec<String>,
}

/// One link.
struct LinkLine {
    service_desk: String,
    key: String,
    address: String,
    state: &'static str,
    access: &'static str,
    hand_over: &'static str,
}

#[get("/admin")]
async fn overview(
    administrator: Administrator<'_>,
    layout: Layout,
    readiness: &Room<Readiness>,
    links: &Room<Arc<CatalogueKeeper>>,
    public_url: &State<PublicUrl>,
) -> OverviewPage {
    let catalogue = links.current();
    let line = |link: &Link| line(link, public_url);
    OverviewPage {
        layout: Frame::new(&administrator, layout, Place::Overview),
        health: readiness.health().await.lines(),
        links: catalogue.links().iter().map(line).collect(),
        warnings: catalogue
            .warnings()
            .iter()
            .map(ToString::to_string)
            .collect(),
    }
}

fn line(link: &Link, public_url: &PublicUrl) -> LinkLine {
    let desk = link.service_desk.as_ref();
    LinkLine {
        service_desk: desk.map_or_else(|| "not found".to_owned(), |desk| desk.name.clone()),
        key: link.project_key.clone(),
        address: public_url.with(&format!("/p/{}", link.slug)),
        state: match link.state {
            LinkState::On if link.enforce => "on",
            LinkState::On => "on, as a pilot",
            LinkState::Off => "off",
            LinkState::Gone => "gone",
        },
        access: match link.access {
            LinkAccess::Default => "default",
            LinkAccess::Private { .. } => "private",
            LinkAccess::Public => "public",
        },
        hand_over: match link.hand_over {
            HandOver::Saml => "saml",
            HandOver::Gate => "gate",
        },
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![overview]
}

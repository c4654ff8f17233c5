//! The links on the overview: the busiest of them, each with what happened there in seven days.

use crate::admin::Place;
use crate::admin::links::line::{access, hand_over};
use crate::figures::{Figures, LinkFigures};
use crate::link::{Catalogue, Link, LinkState};
use crate::settings::PublicUrl;

use crate::web::pages::for_people;

/// The most that are shown.
const MOST: usize = 20;

/// The busiest links.
pub(super) struct Links {
    pub(super) lines: Vec<LinkLine>,
    /// How many there are in all.
    pub(super) all: usize,
    /// The page that shows all of them.
    pub(super) page: Option<&'static str>,
}

/// One link.
pub(super) struct LinkLine {
    pub(super) service_desk: String,
    pub(super) key: String,
    pub(super) address: String,
    pub(super) state: &'static str,
    pub(super) access: &'static str,
    pub(super) hand_over: &'static str,
    pub(super) figures: LinkFigures,
    pub(super) last_used: Option<String>,
}

impl Links {
    pub(super) fn of(catalogue: &Catalogue, figures: &Figures, public_url: &PublicUrl) -> Self {
        let links = catalogue.links();
        let mut counted: Vec<(LinkFigures, &Link)> = links
            .iter()
            .map(|link| (of_all_names(link, figures), link))
            .collect();
        counted.sort_by_key(|(figures, _)| {
            std::cmp::Reverse((figures.logins_7d + figures.refusals_7d, figures.last_used))
        });
        let mut places = Place::ALL.into_iter().map(Place::address);
        Self {
            all: links.len(),
            lines: counted
                .into_iter()
                .take(MOST)
                .map(|(figures, link)| line(link, figures, public_url))
                .collect(),
            page: places.find(|address| *address == "/admin/links"),
        }
    }
}

/// What to say of links whose service desk is gone, if there are any: whoever opens one is told so.
pub(super) fn gone(catalogue: &Catalogue) -> Option<String> {
    let links = catalogue.links().iter();
    let gone = links.filter(|link| link.state == LinkState::Gone);
    let names: Vec<&str> = gone.map(|link| link.slug.as_str()).collect();
    let (first, others) = names.split_first()?;
    let which = match others.len() {
        0 => format!("The link {first} leads"),
        1 => format!("The link {first} and another one lead"),
        more => format!("The link {first} and {more} others lead"),
    };
    Some(format!(
        "{which} nowhere: the service account sees no such service desk any more. Give it access in Jira again, or tell people another link. Links finds them by the state “gone”."
    ))
}

/// What happened at a link under the name that it has and under those that it had.
fn of_all_names(link: &Link, figures: &Figures) -> LinkFigures {
    let names = std::iter::once(&link.slug).chain(&link.aliases);
    names
        .map(|name| figures.per_link(name.as_str()))
        .fold(LinkFigures::default(), LinkFigures::and)
}

fn line(link: &Link, figures: LinkFigures, public_url: &PublicUrl) -> LinkLine {
    let desk = link.service_desk.as_ref();
    let last_used = figures.last_used;
    LinkLine {
        service_desk: desk.map_or_else(|| "not found".to_owned(), |desk| desk.name.clone()),
        key: link.project_key.clone(),
        address: public_url.with(&format!("/p/{}", link.slug)),
        state: match link.state {
            LinkState::On if link.enforce => "on",
            LinkState::On => "on, as a pilot",
            LinkState::Closed => "closed, as all links are",
            LinkState::Off => "off",
            LinkState::Gone => "gone",
        },
        access: access(&link.access),
        hand_over: hand_over(link),
        figures,
        last_used: last_used.map(for_people),
    }
}

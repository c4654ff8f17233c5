//! What the pages about links need of the house.

use std::sync::Arc;
use std::time::Duration;

use rocket::State;

use crate::admin::change::Editor;
use crate::audit::Trail;
use crate::clock::Clock;
use crate::figures::{Figures, LinkFigures};
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::hand_over::HandOvers;
use crate::link::{Catalogue, Link};
use crate::settings::{PublicUrl, Slug};
use crate::web::bundle::bundle;
use crate::web::{Reason, Refusal, Room};

use super::LIST;
use crate::admin::customers::Customers;

/// How long a page waits for the newest events to be counted.
const COUNT_WITHIN: Duration = Duration::from_millis(250);

/// All of it; a guard.
#[derive(Clone, Copy)]
pub struct LinkRooms<'r> {
    keeper: &'r Room<Arc<CatalogueKeeper>>,
    pub(super) hand_overs: &'r Room<HandOvers>,
    figures: &'r Room<Figures>,
    pub(super) trail: &'r Room<Trail>,
    pub(super) customers: &'r Room<Customers>,
    pub(super) clock: &'r Room<Clock>,
    pub(in crate::admin) editor: &'r Room<Editor>,
    pub(super) public_url: &'r State<PublicUrl>,
}

bundle!(LinkRooms {
    keeper,
    hand_overs,
    figures,
    trail,
    customers,
    clock,
    editor,
    public_url
});

impl LinkRooms<'_> {
    /// All links as they are now.
    pub(in crate::admin) fn catalogue(self) -> Arc<Catalogue> {
        self.keeper.current()
    }

    /// The address that is given to customers.
    pub(super) fn address(self, link: &Link) -> String {
        self.public_url.with(&format!("/p/{}", link.slug))
    }

    /// Brings the figures up to date, as far as that is quick.
    pub(super) async fn count(self) -> Result<(), Refusal> {
        let _all = self.figures.catch_up(COUNT_WITHIN).await?;
        Ok(())
    }

    /// What happened at a link, under all its names.
    pub(super) fn figures(self, link: &Link) -> LinkFigures {
        names(link)
            .map(|name| self.figures.per_link(name.as_str()))
            .fold(LinkFigures::default(), LinkFigures::and)
    }
}

/// Every name that leads to a link, its own first.
pub(super) fn names(link: &Link) -> impl Iterator<Item = &Slug> {
    std::iter::once(&link.slug).chain(&link.aliases)
}

/// The link of this name in an address of the desk.
pub(in crate::admin) fn found<'a>(
    catalogue: &'a Catalogue,
    name: &str,
) -> Result<&'a Link, Refusal> {
    let slug: Option<Slug> = name.parse().ok();
    let link = slug.and_then(|slug| catalogue.find(&slug).ok());
    link.ok_or_else(|| {
        Refusal::new(Reason::NotFound)
            .because("no link of this name")
            .own_path("See all links", LIST)
    })
}

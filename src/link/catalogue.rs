//! All links there are at one time, found by name, by service desk, or by a pasted address.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::compose::LinkWarning;
use super::deep_link::DeepLink;
use super::portal_address::{Native, WhichPortal};
use super::seen::Seen;
use crate::jsm::{PortalId, ProjectKey, ServiceDeskId};
use crate::settings::Slug;
use crate::settings::link::{HandOver, LinkAccess};

/// All links at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    pub(super) links: Vec<Link>,
    /// Every slug and alias, and whose it is.
    pub(super) names: BTreeMap<Slug, usize>,
    pub(super) read_at: Option<Timestamp>,
    pub(super) warnings: Vec<LinkWarning>,
    pub(super) closed: bool,
}

/// One substitute link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its name in addresses.
    pub slug: Slug,
    /// Other names that lead here.
    pub aliases: Vec<Slug>,
    /// The project key of its service desk, as seen or as the settings say.
    pub project_key: String,
    /// Its service desk as last seen; `None`: a link of the settings whose service desk never was.
    pub service_desk: Option<LinkedDesk>,
    /// Whether it may be followed.
    pub state: LinkState,
    /// Who is let through.
    pub access: LinkAccess,
    /// How an admitted customer reaches the portal.
    pub hand_over: HandOver,
    /// Whether they are sent by way of the portal's login address.
    pub via_login: bool,
    /// Whether refusals refuse.
    pub enforce: bool,
    /// Whether an administrator approves whoever comes for the first time.
    pub approval: bool,
}

/// The service desk behind a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedDesk {
    /// Its id.
    pub id: ServiceDeskId,
    /// Its project's key.
    pub key: ProjectKey,
    /// Its name.
    pub name: String,
    /// Its portal's id.
    pub portal_id: PortalId,
}

/// Whether a link may be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkState {
    /// It may.
    On,
    /// It is switched on, but every link is closed at once.
    Closed,
    /// Switched off.
    Off,
    /// Its service desk is not there any more, or never was.
    Gone,
}

/// Why a slug leads to no link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoLink {
    /// There is none of this name.
    #[error("no link has this name")]
    Unknown,
    /// The service desks were never read, so nobody can tell.
    #[error("the service desks have not been read yet")]
    NotRead,
}

impl Link {
    /// The service desk, when the link may be followed.
    #[must_use]
    pub fn open(&self) -> Option<&LinkedDesk> {
        self.service_desk
            .as_ref()
            .filter(|_| self.state == LinkState::On)
    }

    /// `/p/<slug>` with the page behind it.
    #[must_use]
    pub fn path(&self, page: &DeepLink) -> String {
        format!("/p/{}{}", self.slug, page.path_and_query())
    }
}

impl Catalogue {
    /// The link of this name, aliases included.
    pub fn find(&self, slug: &Slug) -> Result<&Link, NoLink> {
        let link = self
            .names
            .get(slug)
            .and_then(|index| self.links.get(*index));
        link.ok_or(if self.read_at.is_some() {
            NoLink::Unknown
        } else {
            NoLink::NotRead
        })
    }

    /// The same with every link closed.
    #[must_use]
    pub fn closed(mut self) -> Self {
        for link in &mut self.links {
            if link.state == LinkState::On {
                link.state = LinkState::Closed;
            }
        }
        self.closed = true;
        self
    }

    /// Whether every link was closed at once.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// All links: first those of the settings, then the others.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// When the service desks were last read; `None`: never.
    #[must_use]
    pub fn read_at(&self) -> Option<Timestamp> {
        self.read_at
    }

    /// What an administrator should know of.
    #[must_use]
    pub fn warnings(&self) -> &[LinkWarning] {
        &self.warnings
    }

    /// The first link of a service desk.
    #[must_use]
    pub fn of_desk(&self, id: &ServiceDeskId) -> Option<&Link> {
        self.links.get(self.index_of_desk(id)?)
    }

    /// Our own path for a native address; `None` when no link leads there. What belongs to no single portal leads to the
    /// only open link, or home.
    #[must_use]
    pub fn path_to(&self, native: &Native) -> Option<String> {
        match native {
            Native::Portals => Some("/".to_owned()),
            Native::Requests => {
                let mut open = self.links.iter().filter(|link| link.open().is_some());
                match (open.next(), open.next()) {
                    (Some(only), None) => Some(only.path(&DeepLink::Requests)),
                    _ => Some("/".to_owned()),
                }
            }
            Native::Page { portal, page } => {
                self.of_portal(portal, page).map(|link| link.path(page))
            }
        }
    }

    /// The link to a portal's page, an open one before others.
    fn of_portal(&self, portal: &WhichPortal, page: &DeepLink) -> Option<&Link> {
        let leads_there = |link: &&Link| {
            link.service_desk.as_ref().is_some_and(|desk| {
                let is_portal = match portal {
                    WhichPortal::Id(id) => desk.portal_id == *id,
                    WhichPortal::Project(key) => desk.key == *key,
                };
                is_portal && !matches!(page, DeepLink::Issue(key) if *key.project() != desk.key)
            })
        };
        let mut links = self.links.iter().filter(leads_there);
        let first = links.next()?;
        Some(
            std::iter::once(first)
                .chain(links)
                .find(|link| link.open().is_some())
                .unwrap_or(first),
        )
    }

    pub(super) fn index_of_desk(&self, id: &ServiceDeskId) -> Option<usize> {
        let of_desk = |link: &Link| {
            link.service_desk
                .as_ref()
                .is_some_and(|desk| desk.id == *id)
        };
        self.links.iter().position(of_desk)
    }

    /// Writes every link's slug into the memory of its service desk.
    pub fn remember_slugs(&self, seen: &mut Seen) {
        for link in &self.links {
            if let Some(desk) = &link.service_desk {
                seen.remember(&desk.id, &link.slug);
            }
        }
    }
}

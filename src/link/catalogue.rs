//! The links there are: what was seen of the service desks, and what the settings say of them, put together. Pure.
//!
//! Who has which name, strongest first:
//! 1. the slugs of the settings, then their aliases;
//! 2. for every other service desk its project key in lower case; should that name be taken, the key with the service desk's id behind it (`it-12`);
//! 3. as aliases, so far as they are free: the project key in lower case of a service desk whose link has another slug, and every slug that its link ever had.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::deep_link::DeepLink;
use super::portal_address::{Native, WhichPortal};
use super::seen::{Seen, SeenDesk};
use crate::jsm::{PortalId, ProjectKey, ServiceDeskId};
use crate::settings::link::{HandOver, LinkAccess};
use crate::settings::{LinkSettings, Slug};

/// All links at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    links: Vec<Link>,
    /// Every slug and alias, and whose it is.
    names: BTreeMap<Slug, usize>,
    read_at: Option<Timestamp>,
    warnings: Vec<LinkWarning>,
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

/// What an administrator should know of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkWarning {
    /// A link of the settings has no service desk.
    #[error(
        "link {slug}: no service desk with the project key {key} is seen; the link answers that it is gone"
    )]
    DeskNotFound {
        /// The link.
        slug: Slug,
        /// What the settings name.
        key: String,
    },
    /// A link could not have its project key as its slug.
    #[error(
        "service desk {key}: its link is {slug}, for another link is named like its project key"
    )]
    NameTaken {
        /// Whose link.
        key: ProjectKey,
        /// What it is named instead.
        slug: Slug,
    },
    /// An alias of the settings belongs to another link.
    #[error("link {slug}: its alias {alias} leads to another link")]
    AliasTaken {
        /// Whose alias.
        slug: Slug,
        /// The alias.
        alias: Slug,
    },
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
    /// Puts together what was seen and what the settings say. Nothing seen yet, no links: nobody can tell whether they lead anywhere.
    #[must_use]
    pub fn new(seen: &Seen, settings: &BTreeMap<Slug, LinkSettings>) -> Self {
        let mut catalogue = Self {
            read_at: seen.read_at(),
            ..Self::default()
        };
        if catalogue.read_at.is_none() {
            return catalogue;
        }
        for link in settings.values() {
            catalogue.add_set(seen, link);
        }
        for (index, link) in settings.values().enumerate() {
            catalogue.add_set_aliases(index, link);
        }
        let (gone, there): (Vec<_>, Vec<_>) = seen.desks().iter().partition(|desk| desk.gone);
        for desk in there.iter().chain(&gone) {
            if catalogue.of_desk(&desk.id).is_none() {
                catalogue.add_unset(desk);
            }
        }
        for desk in there.iter().chain(&gone) {
            catalogue.add_former_names(desk);
        }
        catalogue
    }

    /// A link of the settings.
    fn add_set(&mut self, seen: &Seen, set: &LinkSettings) {
        let desk = seen.by_key(&set.service_desk);
        let state = match desk {
            Some(desk) if !desk.gone && set.enabled => LinkState::On,
            Some(desk) if !desk.gone => LinkState::Off,
            _ => LinkState::Gone,
        };
        if state == LinkState::Gone {
            let (slug, key) = (set.slug.clone(), set.service_desk.clone());
            self.warnings.push(LinkWarning::DeskNotFound { slug, key });
        }
        self.names.insert(set.slug.clone(), self.links.len());
        self.links.push(Link {
            slug: set.slug.clone(),
            aliases: Vec::new(),
            project_key: set.service_desk.clone(),
            service_desk: desk.map(linked),
            state,
            access: set.access.clone(),
            hand_over: set.hand_over,
            via_login: set.via_login,
            enforce: set.enforce,
        });
    }

    fn add_set_aliases(&mut self, index: usize, set: &LinkSettings) {
        for alias in &set.aliases {
            if !self.add_alias(index, alias) {
                let (slug, alias) = (set.slug.clone(), alias.clone());
                self.warnings.push(LinkWarning::AliasTaken { slug, alias });
            }
        }
    }

    /// The link of a service desk that the settings do not name.
    fn add_unset(&mut self, desk: &SeenDesk) {
        let Some(slug) = self.free_slug(desk) else {
            return;
        };
        let state = match desk {
            desk if desk.gone => LinkState::Gone,
            desk if desk.on => LinkState::On,
            _ => LinkState::Off,
        };
        self.names.insert(slug.clone(), self.links.len());
        self.links.push(Link {
            slug,
            aliases: Vec::new(),
            project_key: desk.key.to_string(),
            service_desk: Some(linked(desk)),
            state,
            access: LinkAccess::Default,
            hand_over: HandOver::default(),
            via_login: false,
            enforce: true,
        });
    }

    fn free_slug(&mut self, desk: &SeenDesk) -> Option<Slug> {
        let own = own_slug(desk)?;
        if !self.names.contains_key(&own) {
            return Some(own);
        }
        let numbered: Slug = format!("{own}-{}", desk.id).parse().ok()?;
        let (key, slug) = (desk.key.clone(), numbered.clone());
        self.warnings.push(LinkWarning::NameTaken { key, slug });
        (!self.names.contains_key(&numbered)).then_some(numbered)
    }

    fn add_former_names(&mut self, desk: &SeenDesk) {
        let Some(index) = self.index_of_desk(&desk.id) else {
            return;
        };
        for name in own_slug(desk).iter().chain(&desk.slugs) {
            self.add_alias(index, name);
        }
    }

    /// Whether the name leads to this link now.
    fn add_alias(&mut self, index: usize, alias: &Slug) -> bool {
        if let Some(owner) = self.names.get(alias) {
            return *owner == index;
        }
        self.names.insert(alias.clone(), index);
        if let Some(link) = self.links.get_mut(index) {
            link.aliases.push(alias.clone());
        }
        true
    }

    fn index_of_desk(&self, id: &ServiceDeskId) -> Option<usize> {
        let of_desk = |link: &Link| {
            link.service_desk
                .as_ref()
                .is_some_and(|desk| desk.id == *id)
        };
        self.links.iter().position(of_desk)
    }
}

/// Looking things up.
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

    /// Writes every link's slug into the memory of its service desk.
    pub fn remember_slugs(&self, seen: &mut Seen) {
        for link in &self.links {
            if let Some(desk) = &link.service_desk {
                seen.remember(&desk.id, &link.slug);
            }
        }
    }
}

/// The project key in lower case, which is always fit for a slug.
fn own_slug(desk: &SeenDesk) -> Option<Slug> {
    desk.key.as_str().to_ascii_lowercase().parse().ok()
}

fn linked(desk: &SeenDesk) -> LinkedDesk {
    LinkedDesk {
        id: desk.id.clone(),
        key: desk.key.clone(),
        name: desk.name.clone(),
        portal_id: desk
            .portal
            .clone()
            .unwrap_or_else(|| desk.id.clone().into()),
    }
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;

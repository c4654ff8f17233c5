//! Puts the links together from what was seen of the service desks and what the settings say of them. Pure.
//!
//! Who has which name, strongest first:
//! 1. the slugs of the settings, then their aliases;
//! 2. for every other service desk its project key in lower case; should that name be taken, the key with the service desk's id behind it (`it-12`);
//! 3. as aliases, so far as they are free: the project key in lower case of a service desk whose link has another slug, and every slug that its link ever had.

use std::collections::BTreeMap;

use super::catalogue::{Catalogue, Link, LinkState, LinkedDesk, NoLink};
use super::seen::{Seen, SeenDesk};
use crate::jsm::ProjectKey;
use crate::settings::link::{HandOver, LinkAccess};
use crate::settings::{LinkSettings, Slug};

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
    /// No link has the name that `home.land` gives.
    #[error("home.land: no link is named {slug}; a login without a link ends at the start page")]
    LandsNowhere {
        /// The name.
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

impl LinkWarning {
    /// The link that it is about.
    #[must_use]
    pub fn link(&self) -> &Slug {
        match self {
            Self::DeskNotFound { slug, .. }
            | Self::NameTaken { slug, .. }
            | Self::LandsNowhere { slug }
            | Self::AliasTaken { slug, .. } => slug,
        }
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

    /// The same, with a warning when no link has the name where people shall land.
    #[must_use]
    pub fn landing(mut self, land: Option<&Slug>) -> Self {
        if let Some(slug) = land
            && self.find(slug) == Err(NoLink::Unknown)
        {
            let slug = slug.clone();
            self.warnings.push(LinkWarning::LandsNowhere { slug });
        }
        self
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
            approval: set.approval,
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
            approval: false,
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
#[path = "compose_tests.rs"]
mod tests;

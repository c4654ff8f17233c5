//! One link, as the list and its own page show it.

use crate::link::portal_address::native_address;
use crate::link::{Catalogue, DeepLink, Link, LinkState, LinkWarning};
use crate::settings::link::{HandOver, LinkAccess};
use crate::web::pages::for_people;

use super::edit::locked_by;
use super::rooms::LinkRooms;

/// What is shown of it.
pub(crate) struct Line {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) key: String,
    /// The substitute link.
    pub(crate) address: String,
    /// The native portal, when one is known.
    pub(crate) native: Option<String>,
    state: LinkState,
    /// Whether every link is closed, so that switching this one on would open nothing.
    pub(crate) all_closed: bool,
    pub(crate) is_pilot: bool,
    pub(crate) access: &'static str,
    pub(crate) hand_over: &'static str,
    /// What keeps it from being switched on or off here.
    pub(crate) enabled_by: Option<String>,
    /// What keeps it from being made a pilot, or enforced, here.
    pub(crate) enforce_by: Option<String>,
    pub(crate) last_used: String,
    pub(crate) logins: u64,
    pub(crate) refusals: u64,
    /// Whether its page says something that should be looked at.
    pub(crate) attention: bool,
}

impl Line {
    pub(super) fn of(link: &Link, catalogue: &Catalogue, rooms: LinkRooms<'_>) -> Self {
        let outside = rooms.editor.outside();
        let figures = rooms.figures(link);
        let mut warned = catalogue.warnings().iter().map(LinkWarning::link);
        Self {
            slug: link.slug.to_string(),
            name: shown_name(link),
            key: link.project_key.clone(),
            address: rooms.address(link),
            native: native(link, rooms),
            state: link.state,
            all_closed: catalogue.is_closed(),
            is_pilot: !link.enforce,
            access: access(&link.access),
            hand_over: hand_over(link),
            enabled_by: locked_by(outside, &link.slug, Some("enabled")),
            enforce_by: locked_by(outside, &link.slug, Some("enforce")),
            last_used: figures
                .last_used
                .map_or_else(|| "never".to_owned(), for_people),
            logins: figures.logins_7d,
            refusals: figures.refusals_7d,
            attention: link.state == LinkState::Gone || warned.any(|slug| *slug == link.slug),
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.state == LinkState::On
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.state == LinkState::Gone
    }

    /// Its state in words.
    pub(crate) fn state(&self) -> &'static str {
        match self.state {
            LinkState::On if self.is_pilot => "on, as a pilot",
            LinkState::On => "on",
            LinkState::Closed => "closed, as all links are",
            LinkState::Off => "off",
            LinkState::Gone => "gone",
        }
    }
}

/// The service desk's name.
pub(in crate::admin) fn shown_name(link: &Link) -> String {
    let desk = link.service_desk.as_ref();
    desk.map_or_else(
        || format!("{}, which is not found", link.project_key),
        |desk| desk.name.clone(),
    )
}

fn native(link: &Link, rooms: LinkRooms<'_>) -> Option<String> {
    let (desk, portal) = (link.service_desk.as_ref()?, rooms.hand_overs.portal()?);
    let portal_id = &desk.portal_id;
    Some(native_address(portal, portal_id, &DeepLink::Portal, false))
}

/// Who may come in, in words.
pub(in crate::admin) fn access(access: &LinkAccess) -> &'static str {
    match access {
        LinkAccess::Default => "for everybody who passes the page Access",
        LinkAccess::Private { .. } => "for its own groups or organizations alone",
        LinkAccess::Public => "for everybody who signs in",
    }
}

/// How people reach the portal, in words.
pub(in crate::admin) fn hand_over(link: &Link) -> &'static str {
    match (link.hand_over, link.via_login) {
        (HandOver::Saml, false) => "they arrive signed in",
        (HandOver::Saml, true) => "they arrive signed in, by way of the portal’s login page",
        (HandOver::Gate, _) => "the portal asks them to log in once more",
    }
}

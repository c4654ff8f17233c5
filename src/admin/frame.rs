//! What stands around every page of the desk: its places, and the token that its forms carry.

use crate::web::Layout;

use super::Administrator;

/// A page of the desk that its navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Is everything well?
    Overview,
    /// What becomes of somebody?
    Preview,
    /// Where people prove who they are.
    Providers,
    /// The Atlassian site, and who acts there.
    Account,
    /// Who may come in?
    Access,
    /// Which claim becomes what?
    Mapping,
    /// What holds for the whole front door.
    Settings,
    /// What administrators changed.
    Changes,
}

impl Place {
    /// In the order of the navigation.
    const ALL: [Self; 8] = [
        Self::Overview,
        Self::Preview,
        Self::Providers,
        Self::Account,
        Self::Access,
        Self::Mapping,
        Self::Settings,
        Self::Changes,
    ];

    /// Its address.
    #[must_use]
    pub fn address(self) -> &'static str {
        match self {
            Self::Overview => "/admin",
            Self::Preview => "/admin/preview",
            Self::Providers => "/admin/providers",
            Self::Account => "/admin/account",
            Self::Access => "/admin/access",
            Self::Mapping => "/admin/mapping",
            Self::Settings => "/admin/settings",
            Self::Changes => "/admin/changes",
        }
    }

    /// What the navigation calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Preview => "Preview",
            Self::Providers => "Identity providers",
            Self::Account => "Service account",
            Self::Access => "Access",
            Self::Mapping => "Mapping",
            Self::Settings => "Settings",
            Self::Changes => "Changes",
        }
    }
}

/// The frame of one page: a page struct holds it in its field `layout`, and its template extends `admin/frame.html`.
#[derive(Debug, Clone)]
pub struct Frame {
    layout: Layout,
    /// The value of the field `csrf` that every form of the page must carry.
    pub(crate) csrf: String,
    place: Place,
}

impl std::ops::Deref for Frame {
    type Target = Layout;

    fn deref(&self) -> &Layout {
        &self.layout
    }
}

impl Frame {
    /// The frame of a page that is, or belongs to, this place.
    #[must_use]
    pub fn new(administrator: &Administrator<'_>, layout: Layout, place: Place) -> Self {
        Self {
            layout: layout.signed_in(),
            csrf: administrator.csrf().as_str().to_owned(),
            place,
        }
    }

    /// Address, label, and whether it is this page's.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let here = self.place;
        Place::ALL
            .into_iter()
            .map(move |place| (place.address(), place.label(), place == here))
    }
}

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
}

impl Place {
    /// In the order of the navigation.
    const ALL: [Self; 2] = [Self::Overview, Self::Preview];

    /// Its address.
    #[must_use]
    pub fn address(self) -> &'static str {
        match self {
            Self::Overview => "/admin",
            Self::Preview => "/admin/preview",
        }
    }

    /// What the navigation calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Preview => "Preview",
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
            layout: layout.signed_in().in_english(),
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

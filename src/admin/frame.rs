//! What stands around every page of the desk: its places, and the token that its forms carry.

use crate::web::Layout;

use super::setup::{InSetup, Step};
use super::{Administrator, Place};

/// The frame of one page: a page struct holds it in its field `layout`, and its template extends `admin/frame.html`.
#[derive(Debug, Clone)]
pub struct Frame {
    layout: Layout,
    /// The value of the field `csrf` that every form of the page must carry.
    pub(crate) csrf: String,
    here: Here,
    /// Until when a setup code lets them in, if that is what does.
    until: Option<String>,
}

/// Where a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Here {
    /// At a place of the desk.
    Desk(Place),
    /// At a step of the first run, or before all of them.
    Setup(Option<Step>),
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
        Self::around(administrator, layout, Here::Desk(place))
    }

    /// The frame of the same page as a step of the first run.
    #[must_use]
    pub fn setup(holder: &InSetup<'_>, layout: Layout, step: impl Into<Option<Step>>) -> Self {
        Self::around(holder, layout, Here::Setup(step.into()))
    }

    /// The frame of whatever page this address belongs to.
    #[must_use]
    pub(super) fn of_page(administrator: &Administrator<'_>, layout: Layout, page: &str) -> Self {
        let here = match Step::of(page) {
            Some(step) => Here::Setup(Some(step)),
            None => Here::Desk(Place::of(page)),
        };
        Self::around(administrator, layout, here)
    }

    /// What the navigation calls the page.
    pub(super) fn label(&self) -> &'static str {
        match self.here {
            Here::Desk(place) => place.label(),
            Here::Setup(step) => step.map_or("Setup", Step::label),
        }
    }

    fn around(administrator: &Administrator<'_>, layout: Layout, here: Here) -> Self {
        let desk = administrator.desk_session();
        Self {
            layout: match desk {
                None => layout.signed_in(),
                Some(_) => layout,
            },
            csrf: administrator.csrf().as_str().to_owned(),
            here,
            until: desk.map(|desk| desk.ends().strftime("%H:%M UTC").to_string()),
        }
    }

    /// Address, label, and whether it is this page's.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let here = self.here;
        Place::ALL
            .into_iter()
            .map(move |place| (place.address(), place.label(), here == Here::Desk(place)))
    }

    /// The step that this page is, if it stands in the first run.
    pub(crate) fn step(&self) -> Option<Step> {
        match self.here {
            Here::Setup(step) => step,
            Here::Desk(_) => None,
        }
    }

    /// All steps, and whether one is this page.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (Step, bool)> {
        let here = self.step();
        let all = Step::ALL.into_iter();
        all.map(move |step| (step, here == Some(step)))
    }

    /// Whether the page stands in the first run.
    pub(crate) fn is_setup(&self) -> bool {
        matches!(self.here, Here::Setup(_))
    }

    /// Until when a setup code lets them in, if that is what does.
    pub(crate) fn by_setup_code(&self) -> Option<&str> {
        self.until.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;

    #[derive(Template)]
    #[template(
        source = "{% extends \"admin/frame.html\" %}{% block desk %}<h1>Here</h1>{% endblock %}",
        ext = "html"
    )]
    struct Page {
        layout: Frame,
    }

    fn shown(here: Here, until: Option<&str>) -> String {
        let layout = Frame {
            layout: Layout::default(),
            csrf: "the token".to_owned(),
            here,
            until: until.map(str::to_owned),
        };
        Page { layout }.render().unwrap()
    }

    #[test]
    fn a_page_of_the_desk_stands_among_its_places() {
        let page = shown(Here::Desk(Place::Preview), None);
        assert!(page.contains("<a href=\"/admin/preview\" aria-current=\"page\">Preview</a>"));
        assert_eq!(page.matches("aria-current").count(), 1);
        assert!(!page.contains("Leave the desk") && !page.contains("Setup"));
    }

    #[test]
    fn the_same_page_as_a_step_stands_among_the_steps() {
        let page = shown(Here::Setup(Some(Step::Links)), Some("12:34 UTC"));
        let places: Vec<_> = Step::ALL.map(|step| page.find(step.label())).to_vec();
        assert!(places[0].is_some() && places.is_sorted(), "{page}");
        assert!(page.contains("aria-label=\"Setup\"") && page.contains("href=\"/setup\""));
        assert!(!page.contains("/admin/preview"), "{page}");
        assert!(page.contains("until 12:34 UTC") && page.contains("value=\"the token\""));
    }

    #[test]
    fn an_address_belongs_to_the_nearest_place() {
        for (address, place) in [
            ("/admin", Place::Overview),
            ("/admin/preview", Place::Preview),
            ("/admin/preview/more?x=/admin", Place::Preview),
            ("/elsewhere", Place::Overview),
        ] {
            assert_eq!(Place::of(address), place, "{address}");
        }
    }
}

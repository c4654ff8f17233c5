//! What stands around every page of the desk: its places, and the token that its forms carry.

use crate::web::Layout;

use super::Administrator;
use super::setup::{InSetup, Step};

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
    /// Who is told who somebody is.
    ServiceProviders,
    /// What signs that.
    Keys,
    /// Who may come in?
    Access,
    /// Which claim becomes what?
    Mapping,
    /// Who belongs together?
    Organizations,
    /// What holds for the whole front door.
    Settings,
    /// What administrators changed.
    Changes,
    /// What happened.
    Audit,
}

impl Place {
    /// In the order of the navigation.
    pub const ALL: [Self; 12] = [
        Self::Overview,
        Self::Preview,
        Self::Providers,
        Self::Account,
        Self::ServiceProviders,
        Self::Keys,
        Self::Access,
        Self::Mapping,
        Self::Organizations,
        Self::Settings,
        Self::Changes,
        Self::Audit,
    ];

    /// Its address.
    #[must_use]
    pub fn address(self) -> &'static str {
        match self {
            Self::Overview => "/admin",
            Self::Preview => "/admin/preview",
            Self::Providers => "/admin/providers",
            Self::Account => "/admin/account",
            Self::ServiceProviders => "/admin/service-providers",
            Self::Keys => "/admin/keys",
            Self::Access => "/admin/access",
            Self::Mapping => "/admin/mapping",
            Self::Organizations => "/admin/organizations",
            Self::Settings => "/admin/settings",
            Self::Changes => "/admin/changes",
            Self::Audit => "/admin/audit",
        }
    }

    /// The place that an address belongs to.
    #[must_use]
    pub fn of(address: &str) -> Self {
        let around = |place: &Self| address.starts_with(place.address());
        let all = Self::ALL.into_iter().filter(around);
        all.max_by_key(|place| place.address().len())
            .unwrap_or(Self::Overview)
    }

    /// What the navigation calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Preview => "Preview",
            Self::Providers => "Identity providers",
            Self::Account => "Service account",
            Self::ServiceProviders => "Service providers",
            Self::Keys => "Keys",
            Self::Access => "Access",
            Self::Mapping => "Mapping",
            Self::Organizations => "Organizations",
            Self::Settings => "Settings",
            Self::Changes => "Changes",
            Self::Audit => "Audit",
        }
    }
}

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

//! Why somebody is made a customer somewhere now: they are there, or something of an earlier visit was put off.

use std::collections::BTreeSet;

use crate::audit::{Event, EventName};
use crate::jsm::ServiceDeskId;
use crate::trace::Steps;
use crate::web::Visit;

use super::policy::LinkRules;

/// What makes somebody a customer somewhere.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cause<'a> {
    /// They are there.
    Visit { visit: &'a Visit, came: Came<'a> },
    /// They were there, and something of it was put off.
    PutOff {
        reference: &'a str,
        link: Option<&'a str>,
        scope: &'a Scope,
    },
}

/// How somebody came who is there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Came<'a> {
    /// By this link.
    By(&'a LinkRules),
    /// By no link: they went to the portal as a whole.
    ByNone {
        /// Whether an administrator has approved them at a link that admits them.
        approved: bool,
    },
}

impl<'a> Came<'a> {
    /// The rules of the link.
    pub(super) fn rules(self) -> Option<&'a LinkRules> {
        match self {
            Self::By(rules) => Some(rules),
            Self::ByNone { .. } => None,
        }
    }
}

/// What of somebody's that was put off may still be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// Whatever the rules give; and these service desks, whose links still let them in.
    Desks(BTreeSet<ServiceDeskId>),
    /// No link lets them in any more: only what nothing gives them is taken away.
    LeavesAlone,
}

impl Cause<'_> {
    pub(super) fn event(&self, name: EventName) -> Event {
        let (event, link) = match self {
            Self::Visit { visit, came } => {
                let slug = came.rules().map(|rules| rules.slug.as_str());
                (visit.event(name), slug)
            }
            Self::PutOff {
                reference, link, ..
            } => (Event::new(name).reference(reference), *link),
        };
        match link {
            Some(link) => event.link(link),
            None => event,
        }
    }

    /// The rules of the link by which somebody came who is there.
    pub(super) fn rules(&self) -> Option<&LinkRules> {
        match self {
            Self::Visit { came, .. } => came.rules(),
            Self::PutOff { .. } => None,
        }
    }

    pub(super) fn steps(&self) -> Steps {
        match self {
            Self::Visit { visit, .. } => visit.steps.clone(),
            Self::PutOff { .. } => Steps::default(),
        }
    }

    /// What of it may still be done, where it was put off.
    pub(super) fn scope(&self) -> Option<&Scope> {
        match self {
            Self::Visit { .. } => None,
            Self::PutOff { scope, .. } => Some(scope),
        }
    }

    pub(super) fn is_put_off(&self) -> bool {
        matches!(self, Self::PutOff { .. })
    }
}

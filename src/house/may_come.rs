//! Whether somebody for whom something is to be done later might still come: by the links as they are then.

use std::sync::Arc;

use crate::admission::Admission;
use crate::admission::later::{May, MayCome};
use crate::identity::Identity;
use crate::jsm::ServiceDeskId;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::follow::rules;
use crate::link::{Catalogue, Link, LinkState};

/// As admission asks for it.
pub(super) fn may_come(admission: Admission, links: Arc<CatalogueKeeper>) -> MayCome {
    MayCome::new(move |identity, desk| judge(&admission, &links.current(), identity, desk))
}

fn judge(
    admission: &Admission,
    catalogue: &Catalogue,
    identity: &Identity,
    desk: Option<&ServiceDeskId>,
) -> May {
    let mut open = open(catalogue).peekable();
    if open.peek().is_none() {
        return May::Unknown;
    }
    let mut asked = open.filter(|link| desk.is_none_or(|desk| leads_to(link, desk)));
    let found = asked.find_map(|link| {
        let rules = rules(link);
        let objection = admission.lasting_objection(identity, &rules);
        objection.is_none().then_some(rules)
    });
    found.map_or(May::No, |rules| May::By(Box::new(rules)))
}

fn leads_to(link: &Link, desk: &ServiceDeskId) -> bool {
    let known = link.service_desk.as_ref();
    known.is_some_and(|known| known.id == *desk)
}

/// The links that are on, while not all are closed.
pub(super) fn open(catalogue: &Catalogue) -> impl Iterator<Item = &Link> {
    let links = catalogue.links().iter();
    links.filter(|link| link.state == LinkState::On && !catalogue.is_closed())
}

//! Whether anything here is still for somebody whose session is looked at again: an enabled link, the admin desk, or a service provider of its own.

use std::sync::Arc;

use crate::admin::Administrators;
use crate::admission::policy::Objection;
use crate::admission::{Admission, all_links};
use crate::identity::Identity;
use crate::link::Link;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::link::follow::rules;
use crate::login::WhoMayStay;
use crate::saml::listed;
use crate::settings::SamlSettings;
use crate::settings::saml::ServiceProviderKind;
use crate::web::{Reason, Refusal};

use super::may_come::open;

/// Everything that may still be for them.
pub(super) struct Rules {
    pub(super) admission: Admission,
    pub(super) links: Arc<CatalogueKeeper>,
    pub(super) administrators: Administrators,
    pub(super) saml: SamlSettings,
}

impl Rules {
    /// As the login room asks for it.
    pub(super) fn who_may_stay(self) -> WhoMayStay {
        WhoMayStay::new(move |identity, path| self.judge(identity, path))
    }

    /// Where no link is on there is nothing to judge by: nobody loses a session because all are closed for an hour, or were not read yet.
    fn judge(&self, identity: &Identity, path: &str) -> Result<(), Refusal> {
        if self.administrators.include(identity) || self.has_own_service_provider(identity) {
            return Ok(());
        }
        let catalogue = self.links.current();
        let mut objections = Vec::new();
        for link in open(&catalogue) {
            match self.admission.lasting_objection(identity, &rules(link)) {
                Some(objection) => objections.push((link, objection)),
                None => return Ok(()),
            }
        }
        let Some(reason) = reason(&objections, path) else {
            return Ok(());
        };
        let refusal = Refusal::new(reason).because("no enabled link admits them any more");
        Err(match reason {
            Reason::NotAllowed => refusal.no_link(),
            _ => refusal,
        })
    }

    /// Whoever signs in to something else than the portal need not be a customer.
    fn has_own_service_provider(&self, identity: &Identity) -> bool {
        let mut all = self.saml.service_providers.values();
        all.any(|one| one.kind != ServiceProviderKind::PortalOnly && listed(one, identity))
    }
}

/// What speaks against them at the link that they ask for; elsewhere what does at every link, if it is the same.
fn reason(objections: &[(&Link, Objection)], path: &str) -> Option<Reason> {
    let at_link = |(link, _): &&(&Link, Objection)| {
        let own = format!("/p/{}", link.slug);
        path == own || path.starts_with(&format!("{own}/"))
    };
    if let Some((_, objection)) = objections.iter().find(at_link) {
        return Some(objection.reason());
    }
    let common = all_links::common(objections.iter().map(|(_, one)| one));
    Some(common.map_or(Reason::NotAllowed, Objection::reason)).filter(|_| !objections.is_empty())
}

//! Which link a login attempt leads to: by the page of ours that it ends at, or by the page of the portal that a service provider asked for it.

use std::sync::Arc;

use crate::login::WhichLink;
use crate::login::attempt::LoginAttempt;
use crate::settings::Slug;

use super::Catalogue;
use super::catalogue_keeper::CatalogueKeeper;
use super::home::Bases;
use super::portal_address::Native;

/// Finds the link among those that there are at the time.
#[must_use]
pub fn which_link(links: Arc<CatalogueKeeper>, bases: Option<Bases>) -> WhichLink {
    WhichLink::new(move |attempt| of_attempt(&links.current(), bases.as_ref(), attempt))
}

fn of_attempt(
    catalogue: &Catalogue,
    bases: Option<&Bases>,
    attempt: &LoginAttempt,
) -> Option<Slug> {
    let Some(request) = &attempt.saml else {
        return of_path(catalogue, attempt.return_to.as_str());
    };
    // A service provider may say there where the person wants to go; what says nothing of the kind names no link.
    let (page, bases) = (request.relay_state.as_deref()?, bases?);
    let native = Native::recognise(page, &bases.portal, &bases.site)?;
    of_path(catalogue, &catalogue.path_to(&native)?)
}

fn of_path(catalogue: &Catalogue, path: &str) -> Option<Slug> {
    let name = path.strip_prefix("/p/")?.split(['/', '?', '#']).next()?;
    let link = catalogue.find(&name.parse().ok()?).ok()?;
    Some(link.slug.clone())
}

//! What an administrator should know of one link.

use crate::link::{Catalogue, Link, LinkState, beside};
use crate::settings::link::HandOver;
use crate::settings::saml::ServiceProviderKind;
use crate::settings::{Outside, Saved, Settings};

/// In words, most urgent first.
pub(super) fn warnings(
    link: &Link,
    catalogue: &Catalogue,
    saved: &Saved,
    outside: &Outside,
) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Ok(layered) = outside.with_usable(saved)
        && nobody_asks(link, &layered.settings)
    {
        warnings.push(beside::NOBODY_ASKS.to_owned());
    }
    if link.state == LinkState::Gone && link.service_desk.is_some() {
        warnings.push("Atlassian does not show this service desk to the service account any more. Whoever opens the link is told that it is gone; should the service desk come back, so does the link.".to_owned());
    }
    let mine = catalogue.warnings().iter();
    let mine = mine.filter(|warning| *warning.link() == link.slug);
    warnings.extend(mine.map(ToString::to_string));
    warnings
}

fn nobody_asks(link: &Link, settings: &Settings) -> bool {
    let mut service_providers = settings.saml.service_providers.values();
    link.open().is_some()
        && link.hand_over == HandOver::Saml
        && !service_providers.any(|sp| sp.kind == ServiceProviderKind::PortalOnly)
}

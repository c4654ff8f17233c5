//! Links and service providers: what the settings and the service desks make of each other.

use crate::link::catalogue_keeper::RefreshError;
use crate::link::{Catalogue, beside};
use crate::saml::sso::sso_url;
use crate::settings::Settings;
use crate::settings::link::HandOver;
use crate::settings::saml::ServiceProviderKind;

use super::report::{Check, Outcome};

/// The links of a catalogue that was read now.
pub(super) fn links(settings: &Settings, read: Result<Catalogue, RefreshError>) -> Vec<Check> {
    if settings.atlassian.is_none() {
        return Vec::new();
    }
    let catalogue = match read {
        Ok(catalogue) => catalogue,
        Err(error) => {
            return vec![Check::new(
                "links",
                Outcome::Failed,
                error.to_string(),
                "See the lines about atlassian above.",
            )];
        }
    };
    let on = catalogue
        .links()
        .iter()
        .filter(|link| link.open().is_some())
        .count();
    let mut checks = vec![if catalogue.is_closed() {
        Check::new(
            "links",
            Outcome::Warning,
            "every link is closed",
            "Set links_closed = false when they shall open again; saved settings that cannot be used close them too, and are named above.",
        )
    } else if on == 0 {
        Check::new(
            "links",
            Outcome::Warning,
            "no link is on",
            "Add a [default.link.<slug>] table with the project key of each service desk that shall have a link; link_new counts only for service desks that are seen for the first time.",
        )
    } else {
        Check::ok(
            "links",
            format!("{on} of {} links are on", catalogue.links().len()),
        )
    }];
    checks.extend(
        catalogue
            .warnings()
            .iter()
            .map(|warning| Check::new("links", Outcome::Warning, warning.to_string(), "")),
    );
    let signs_on = settings
        .saml
        .service_providers
        .values()
        .any(|sp| sp.kind == ServiceProviderKind::PortalOnly);
    if !signs_on
        && catalogue
            .links()
            .iter()
            .any(|link| link.open().is_some() && link.hand_over == HandOver::Saml)
    {
        checks.push(Check::new("links", Outcome::Warning, beside::NOBODY_ASKS, "Set up single sign-on at Atlassian and add [default.saml.service_provider.portal], or set hand_over = \"gate\"."));
    }
    checks
}

pub(super) fn service_providers(settings: &Settings) -> Vec<Check> {
    let ours = format!(
        "entity id {}, SSO address {}",
        settings.saml.entity_id,
        sso_url(&settings.public_url)
    );
    let mut checks = vec![Check::ok(
        "saml",
        format!("to enter at service providers: {ours}"),
    )];
    for sp in settings.saml.service_providers.values() {
        let name = format!("saml.service_provider.{}", sp.name);
        let nobody = sp.kind != ServiceProviderKind::PortalOnly
            && sp.providers.is_empty()
            && sp.groups.is_empty()
            && sp.domains.is_empty();
        checks.push(if nobody {
            Check::new(
                name,
                Outcome::Warning,
                "providers, groups and domains are all empty: nobody gets an assertion",
                "Say who may sign in there.",
            )
        } else {
            Check::ok(name, format!("Responses go to {}", sp.acs_url))
        });
    }
    checks
}

/// Atlassian's API does not tell whether a portal lets strangers in.
pub(super) fn doors_beside_ours() -> Check {
    Check::new(
        "doors beside ours",
        Outcome::Warning,
        beside::NOT_OURS,
        beside::REMEDY,
    )
}

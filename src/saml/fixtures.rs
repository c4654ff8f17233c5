//! What the tests of this room have in common.

use std::collections::BTreeMap;

use crate::settings::SamlSettings;
use crate::settings::saml::{NameId, ServiceProviderKind, ServiceProviderSettings, Sign};

/// A service provider of the portal-only kind.
pub(super) fn service_provider() -> ServiceProviderSettings {
    ServiceProviderSettings {
        name: "portal".to_owned(),
        kind: ServiceProviderKind::PortalOnly,
        entity_id: "https://sp.example/saml".to_owned(),
        acs_url: "https://sp.example/acs".parse().expect("an address"),
        sign: Sign::Both,
        name_id: NameId::Email,
        attributes: Vec::new(),
        providers: Vec::new(),
        groups: Vec::new(),
        domains: Vec::new(),
    }
}

/// Settings with that service provider.
pub(super) fn settings() -> SamlSettings {
    SamlSettings {
        entity_id: "https://sso.example.test/saml/metadata".to_owned(),
        service_providers: BTreeMap::from([("portal".to_owned(), service_provider())]),
    }
}

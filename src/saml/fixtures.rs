//! What the tests of this room have in common.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jiff::Timestamp;

use super::keys::SigningKey;
use crate::settings::SamlSettings;
use crate::settings::saml::{NameId, ServiceProviderKind, ServiceProviderSettings, Sign};

pub(super) fn now() -> Timestamp {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

/// One key for all tests: making one takes time.
pub(super) fn signing_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate("sso.example.test", now()).unwrap())
}

/// A service provider of the portal-only kind.
pub(super) fn service_provider() -> ServiceProviderSettings {
    ServiceProviderSettings {
        name: "portal".to_owned(),
        kind: ServiceProviderKind::PortalOnly,
        entity_id: "https://sp.example/saml".to_owned(),
        acs_url: "https://sp.example/acs".to_owned(),
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
        unsolicited: false,
        entity_id: "https://sso.example.test/saml/metadata".to_owned(),
        service_providers: BTreeMap::from([("portal".to_owned(), service_provider())]),
    }
}

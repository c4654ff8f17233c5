//! `saml`: the front door as SAML 2.0 identity provider, and its service providers.

use std::collections::BTreeMap;

use super::address;
use super::field::Field;
use super::names::{DomainRule, Group, ProviderName, Slug};
use super::public_url::PublicUrl;
use super::reader::Table;
use super::template::Source;

/// We as identity provider.
#[derive(Debug, Clone)]
pub struct SamlSettings {
    /// `entity_id`: ours; `<public_url>/saml/metadata` when not set.
    pub entity_id: String,
    /// `unsolicited`: links hand over by a Response that no service provider asked for.
    pub unsolicited: bool,
    /// `service_provider.<name>`.
    pub service_providers: BTreeMap<String, ServiceProviderSettings>,
}

/// Who consumes our assertions.
#[derive(Debug, Clone)]
pub struct ServiceProviderSettings {
    /// The table's name.
    pub name: String,
    /// `kind`.
    pub kind: ServiceProviderKind,
    /// `entity_id`: theirs, compared byte for byte.
    pub entity_id: String,
    /// `acs_url`: the only address a Response is ever posted to, exactly as it was written: that is how others compare it.
    pub acs_url: String,
    /// `sign`.
    pub sign: Sign,
    /// `name_id`.
    pub name_id: NameId,
    /// `attributes`: attribute name → source, in the order of their names; the kind's defaults when not set.
    pub attributes: Vec<(String, Source)>,
    /// Who may have an assertion: each of these three that is given must hold.
    pub providers: Vec<ProviderName>,
    /// `groups`.
    pub groups: Vec<Group>,
    /// `domains`.
    pub domains: Vec<DomainRule>,
}

/// What kind of service provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceProviderKind {
    /// Atlassian's single sign-on for portal-only customers.
    PortalOnly,
    /// Atlassian Guard: managed accounts.
    Guard,
    /// Jira or Confluence Data Center.
    DataCenter,
    /// Any other.
    Other,
}

/// What of a Response is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The Assertion.
    Assertion,
    /// The Response around it.
    Response,
    /// First the one, then the other.
    Both,
}

/// What names the person to the service provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameId {
    /// The mail address (`urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress`).
    Email,
    /// A pseudonym that never changes (`urn:oasis:names:tc:SAML:2.0:nameid-format:persistent`).
    Persistent,
    /// The mail address, its format unsaid (`urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified`).
    Unspecified,
}

/// Reads `saml`.
pub(super) fn read(table: Table<'_>, public_url: &PublicUrl) -> SamlSettings {
    let entity_id = table
        .read("entity_id", entity_id)
        .unwrap_or_else(|| public_url.with("/saml/metadata"));
    let unsolicited = table.read("unsolicited", Field::flag).unwrap_or(false);
    let service_providers = table
        .tables("service_provider", "service_provider")
        .into_iter()
        .filter_map(|(name, table)| service_provider(name, table))
        .map(|settings| (settings.name.clone(), settings))
        .collect();
    let settings = SamlSettings {
        entity_id,
        unsolicited,
        service_providers,
    };
    if unsolicited && settings.unsolicited_to().is_none() {
        table.warn(
            "unsolicited",
            "does nothing without a service provider of the kind portal-only",
        );
    }
    table.finish();
    settings
}

impl SamlSettings {
    /// The service provider that links hand over to without being asked; `None`: they wait to be asked.
    #[must_use]
    pub fn unsolicited_to(&self) -> Option<&ServiceProviderSettings> {
        let portal = |sp: &&ServiceProviderSettings| sp.kind == ServiceProviderKind::PortalOnly;
        self.service_providers
            .values()
            .find(portal)
            .filter(|_| self.unsolicited)
    }
}

/// Reads one `saml.service_provider.<name>`.
fn service_provider(name: String, table: Table<'_>) -> Option<ServiceProviderSettings> {
    let named: Option<Slug> = table.named(&name);
    let kind = table.required_choice("kind", &KINDS);
    let entity_id = table.required("entity_id", entity_id);
    let acs_url = table.required("acs_url", address::written);
    let sign = table.choice("sign", &SIGNS).unwrap_or(Sign::Both);
    let name_id = table.choice("name_id", &NAME_IDS).unwrap_or(NameId::Email);
    let attributes = table.pairs("attributes", Field::parsed);
    let (providers, groups) = (table.providers("providers"), table.groups("groups"));
    let domains = table.parsed_list("domains");
    table.finish();
    named?;
    let kind = kind?;
    Some(ServiceProviderSettings {
        attributes,
        name,
        kind,
        entity_id: entity_id?,
        acs_url: acs_url?,
        sign,
        name_id,
        providers,
        groups,
        domains,
    })
}

/// 1024 characters at most (SAML 2.0 core, section 8.3.6).
fn entity_id(field: &Field<'_>) -> Result<String, String> {
    field.line_of(1024)
}

const KINDS: [(&str, ServiceProviderKind); 4] = [
    ("portal-only", ServiceProviderKind::PortalOnly),
    ("guard", ServiceProviderKind::Guard),
    ("data-center", ServiceProviderKind::DataCenter),
    ("other", ServiceProviderKind::Other),
];

const SIGNS: [(&str, Sign); 3] = [
    ("assertion", Sign::Assertion),
    ("response", Sign::Response),
    ("both", Sign::Both),
];

const NAME_IDS: [(&str, NameId); 3] = [
    ("email", NameId::Email),
    ("persistent", NameId::Persistent),
    ("unspecified", NameId::Unspecified),
];

//! `saml`: the front door as SAML 2.0 identity provider, and its service providers.

use std::collections::BTreeMap;

use url::Url;

use super::names::{DomainRule, Group, ProviderName};
use super::template::Source;

/// We as identity provider.
#[derive(Debug, Clone)]
pub struct SamlSettings {
    /// `entity_id`: ours; `<public_url>/saml/metadata` when not set.
    pub entity_id: String,
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
    /// `acs_url`: the only address a Response is ever posted to.
    pub acs_url: Url,
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

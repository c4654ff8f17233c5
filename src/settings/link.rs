//! `link.<slug>`: what is said of one link in the file.

use super::names::{Group, Slug};

/// One link as code.
#[derive(Debug, Clone)]
pub struct LinkSettings {
    /// The table's name.
    pub slug: Slug,
    /// `service_desk`: the project key, upper case.
    pub service_desk: String,
    /// `access`, with what a private link names.
    pub access: LinkAccess,
    /// `hand_over`.
    pub hand_over: HandOver,
    /// `hand_over_via = "login"`: to the portal's login address, with the destination.
    pub via_login: bool,
    /// `enforce = false` is a pilot: rules are judged and recorded but refuse nobody.
    pub enforce: bool,
    /// `enabled`.
    pub enabled: bool,
    /// `aliases`: other slugs that lead here.
    pub aliases: Vec<Slug>,
}

/// Who is let through one link.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkAccess {
    /// `[access]`, and JSM's own rules.
    #[default]
    Default,
    /// Also one of these groups or organizations.
    Private {
        /// `groups`.
        groups: Vec<Group>,
        /// `organizations`, by name.
        organizations: Vec<String>,
    },
    /// Without the domains, groups and claims of `[access]`.
    Public,
}

/// How an admitted customer reaches the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HandOver {
    /// Single sign-on by SAML 2.0, started by the service provider.
    #[default]
    Saml,
    /// The native portal asks for its own login.
    Gate,
}

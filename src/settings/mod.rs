//! Settings: one struct and one file a section, read in layers, every mistake found at once.
//!
//! The structs hold only what was checked: whoever is handed a section need not check it again.

pub mod access;
mod address;
pub mod atlassian;
#[cfg(test)]
mod bounds_tests;
pub mod branding;
mod check;
pub mod customer_token;
pub mod duration;
mod edit;
mod field;
mod given_for;
mod ground;
pub mod home;
pub mod hours;
mod layers;
mod lines;
pub mod link;
mod load;
mod look;
pub mod mapping;
mod masked;
pub mod names;
mod network;
mod not_yet;
mod one_line;
pub mod organization;
mod problem;
pub mod provider;
pub mod public_url;
mod reader;
mod redis_address;
mod rules;
pub mod saml;
mod saved;
mod secret;
mod secret_host;
pub mod session;
mod shadowed;
#[cfg(test)]
mod silence_tests;
mod size;
pub mod store;
mod suggestion;
pub mod template;
#[cfg(test)]
mod tests;
pub mod texts;
mod toml_value;
mod top;
pub mod tracing;
mod variables;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;

pub use access::AccessSettings;
pub use atlassian::AtlassianSettings;
pub use branding::BrandingSettings;
pub use edit::{Conflict, Edit};
pub use given_for::GivenFor;
pub use home::HomeSettings;
pub use link::LinkSettings;
#[cfg(test)]
pub(crate) use load::keys_read;
pub use load::{Layered, Loaded, Outside};
pub use look::Locked;
pub use mapping::MappingSettings;
pub use masked::{MASK, masked, names_a_secret};
pub use names::{ProviderName, Slug};
pub use organization::OrganizationSettings;
pub use problem::{Problem, Problems, Warning};
pub use provider::ProviderSettings;
pub use public_url::PublicUrl;
pub use redis_address::{RedisAddress, RedisShape};
pub use saml::SamlSettings;
pub use saved::{Change, Saved, recorded};
pub use secret_host::SecretGoes;
pub use session::SessionSettings;
pub use store::{SecretKeys, StoreAddress};
pub use texts::TextSettings;
pub use tracing::TracingSettings;

/// Everything that can be set, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `public_url`: where browsers reach the front door.
    pub public_url: PublicUrl,
    /// `store`: where everything that lasts is kept.
    pub store: StoreAddress,
    /// `secret_key` and `previous_secret_key`.
    pub secrets: SecretKeys,
    /// `operations`: where metrics are served; `None` is `"off"`.
    pub operations: Option<SocketAddr>,
    /// `tracing`: where spans of visits are sent; `None`: there are none.
    pub tracing: Option<TracingSettings>,
    /// `trusted_proxies`: networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// `link_new`: whether links of service desks seen for the first time are on.
    pub link_new: bool,
    /// `links_refresh`: how often the service desks are read again.
    pub links_refresh: Duration,
    /// `provider.<name>`.
    pub providers: BTreeMap<ProviderName, ProviderSettings>,
    /// `atlassian`, when anything of it is set.
    pub atlassian: Option<AtlassianSettings>,
    /// `mapping`.
    pub mapping: MappingSettings,
    /// `access`.
    pub access: AccessSettings,
    /// `link.<slug>`.
    pub links: BTreeMap<Slug, LinkSettings>,
    /// `[[organization]]`.
    pub organizations: Vec<OrganizationSettings>,
    /// `saml`.
    pub saml: SamlSettings,
    /// `session`.
    pub session: SessionSettings,
    /// `admin.groups`.
    pub admin_groups: Vec<names::Group>,
    /// `admin.login_within`: how old an administrator's login may be for a change.
    pub admin_login_within: Duration,
    /// `branding`.
    pub branding: BrandingSettings,
    /// `home`.
    pub home: HomeSettings,
    /// `texts`.
    pub texts: TextSettings,
    /// `audit.keep`.
    pub audit_keep: Duration,
    /// `links_closed`: every link is closed. It is so too while saved settings that may restrict somebody cannot be used.
    pub links_closed: bool,
}

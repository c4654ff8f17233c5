//! Who somebody is, by one provider's word, after every check; and how claims become that.

mod claims;
mod email;
mod json;
mod mapping;
mod text;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::settings::ProviderName;
use crate::settings::names::Group;

pub use claims::{Claims, VerifiedClaims};
pub use email::{BadEmail, EmailAddress};
pub use json::{BadObject, object};
pub use mapping::{MappingError, NeededClaims, map};

/// What one provider says about one person. It is serialised into the session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Who says so.
    pub provider: ProviderName,
    /// The provider's own name for the person (`sub`): 1 to 255 printable ASCII characters, compared byte for byte.
    pub subject: String,
    /// The address, which the provider has verified, or which the settings decided to believe.
    pub email: EmailAddress,
    /// `mapping.first_name`.
    pub first_name: Option<String>,
    /// `mapping.last_name`.
    pub last_name: Option<String>,
    /// `mapping.display_name`, or what stands in for it; never empty.
    pub display_name: String,
    /// `mapping.username`.
    pub username: Option<String>,
    /// `mapping.groups`, each with its provider's name: trust never crosses providers.
    pub groups: Vec<Group>,
    /// What the rules of access, organizations and service providers read; the token's own members (`aud`, `exp`, `nonce` …) are gone.
    pub claims: Claims,
    /// When the person last proved who they are, if the provider tells.
    pub auth_time: Option<Timestamp>,
}

impl Identity {
    /// What tells this identity from every other: provider and subject, never the address.
    ///
    /// A provider's name has no colon, so no two identities share a key.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.provider, self.subject)
    }
}

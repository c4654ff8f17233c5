//! What a service provider must be told of us.

use jiff::Timestamp;

use crate::saml::KeyKeeper;
use crate::saml::key_keeper::KeeperError;
use crate::saml::keys::Certificate;
use crate::saml::sso::sso_url;
use crate::settings::{PublicUrl, SamlSettings};
use crate::web::{Reason, Refusal};

/// So many days before its end a certificate is warned of.
const WARN_WITHIN: i64 = 30;

/// Our entity id, our addresses and the certificate that signs now.
pub(in crate::admin) struct Ours {
    pub(in crate::admin) entity_id: String,
    pub(in crate::admin) sso: String,
    pub(in crate::admin) metadata: String,
    pub(in crate::admin) certificate: Shown,
}

/// A certificate as people compare and copy it.
pub(in crate::admin) struct Shown {
    pub(in crate::admin) pem: String,
    pub(in crate::admin) sha256: String,
    pub(in crate::admin) sha1: String,
    /// The day on which it ends.
    pub(in crate::admin) ends: String,
    /// How long that is from now, in words.
    pub(in crate::admin) left: String,
    /// Whether that is soon, or was.
    pub(in crate::admin) is_ending: bool,
}

impl Ours {
    /// As they are now.
    pub(in crate::admin) async fn of(
        saml: &SamlSettings,
        public_url: &PublicUrl,
        keys: &KeyKeeper,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let keys = keys.keys().await.map_err(|error| refusal(&error))?;
        Ok(Self {
            entity_id: saml.entity_id.clone(),
            sso: sso_url(public_url),
            metadata: public_url.with("/saml/metadata"),
            certificate: Shown::of(keys.current.certificate(), now),
        })
    }
}

impl Shown {
    pub(in crate::admin) fn of(certificate: &Certificate, now: Timestamp) -> Self {
        let days = certificate.days_left(now);
        Self {
            pem: certificate.pem(),
            sha256: certificate.thumbprint(),
            sha1: certificate.short_thumbprint(),
            ends: certificate.expires.strftime("%Y-%m-%d").to_string(),
            left: match days {
                ..0 => "it has ended".to_owned(),
                0 => "it ends today".to_owned(),
                1 => "1 day left".to_owned(),
                days => format!("{days} days left"),
            },
            is_ending: days <= WARN_WITHIN,
        }
    }
}

/// Keys that are not to be had.
pub(in crate::admin) fn refusal(error: &KeeperError) -> Refusal {
    let reason = match error {
        KeeperError::Store(_) => Reason::StoreUnavailable,
        KeeperError::Busy => Reason::Conflict,
        KeeperError::Missing | KeeperError::Key(_) => Reason::Internal,
    };
    Refusal::new(reason).because(error)
}

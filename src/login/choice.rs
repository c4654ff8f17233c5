//! An AuthnRequest that waits while its person chooses a provider: sealed into the chooser's own address.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::settings::ProviderName;
use crate::store::Vault;
use crate::web::{Reason, Refusal};

use super::attempt::{self, LIFE, PendingRequest};
use super::{Begin, ReturnTo};

/// What the sealed text is bound to.
const CONTEXT: &str = "saml-choice";

/// A request, and who may be asked who its person is.
#[derive(Clone, Serialize, Deserialize)]
pub struct Choice {
    /// The request.
    pub request: PendingRequest,
    /// The providers to choose from.
    pub providers: Vec<ProviderName>,
    /// When the person was asked.
    pub at: Timestamp,
}

impl Choice {
    /// The login that the request waits for, at the provider that was chosen.
    #[must_use]
    pub fn begin(self, provider: &ProviderName, now: Timestamp) -> Begin<'_> {
        let fresh = self.request.force_authn.then_some(attempt::Fresh {
            since: now,
            second_try: false,
        });
        Begin {
            provider,
            return_to: ReturnTo::home(),
            saml: Some(self.request),
            fresh,
            login_hint: None,
            another_account: false,
        }
    }

    /// The sealed text.
    pub fn seal(&self, vault: &Vault) -> Result<String, Refusal> {
        let plain = serde_json::to_vec(self).ok();
        let sealed = plain.and_then(|plain| vault.ring().seal(CONTEXT, &plain).ok());
        sealed
            .map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
            .ok_or_else(|| {
                Refusal::new(Reason::Internal).because("a SAML request could not be sealed")
            })
    }

    /// Opens a sealed text for as long as a login attempt would live.
    #[must_use]
    pub fn open(vault: &Vault, sealed: &str, now: Timestamp) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = vault.ring().open(CONTEXT, &sealed)?.plain;
        let choice: Self = serde_json::from_slice(&plain).ok()?;
        (now.duration_since(choice.at).unsigned_abs() <= LIFE).then_some(choice)
    }
}

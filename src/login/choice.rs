//! An AuthnRequest that waits while its person chooses a provider: sealed into the chooser's own address.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::settings::ProviderName;
use crate::store::Vault;
use crate::web::{Reason, Refusal};

use super::attempt::{self, LIFE, PendingRequest};
use super::{Begin, ReturnTo, sealed};

/// What the sealed text is bound to.
const CONTEXT: &str = "saml-choice";

/// A request, and who may be asked who its person is.
#[derive(Clone, Serialize, Deserialize)]
pub struct Choice {
    /// The request.
    pub request: PendingRequest,
    /// The providers to choose from.
    pub providers: Vec<ProviderName>,
    /// Whether the provider has ignored the demand for a new login already.
    pub second_try: bool,
    /// When the person was asked.
    pub at: Timestamp,
}

impl Choice {
    /// The login that the request waits for, at the provider that was chosen.
    #[must_use]
    pub fn begin(self, provider: &ProviderName, now: Timestamp) -> Begin<'_> {
        let fresh = self.request.force_authn.then_some(attempt::Fresh {
            since: now,
            second_try: self.second_try,
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
        sealed::seal(vault, CONTEXT, self).ok_or_else(|| {
            Refusal::new(Reason::Internal).because("a SAML request could not be sealed")
        })
    }

    /// Opens a sealed text for as long as a login attempt would live.
    #[must_use]
    pub fn open(vault: &Vault, sealed: &str, now: Timestamp) -> Option<Self> {
        let choice: Self = sealed::open(vault, CONTEXT, sealed)?;
        (now.duration_since(choice.at).unsigned_abs() <= LIFE).then_some(choice)
    }
}

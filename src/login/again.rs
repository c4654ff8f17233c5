//! The ways to begin a login anew that an error page offers: the same again, or with another account than the provider remembers.

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::provider::Providers;
use crate::settings::ProviderName;
use crate::store::Vault;
use crate::web::Refusal;
use crate::web::pages::ProviderButton;

use super::ReturnTo;
use super::attempt::{LoginAttempt, PendingRequest};
use super::choice::Choice;

/// The parameter of `/login` that asks for another account.
pub(super) const ANOTHER_ACCOUNT: &str = "another";

/// Both addresses. Each leads to where the refused login should have led, a service provider's request included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    pub(super) plain: String,
    another_account: String,
    /// Whether it leads to the admin desk, which has another way in.
    to_desk: bool,
}

impl Again {
    /// To a page of ours. `provider` is the one that is left; where there are several, the other account may be at any of them.
    #[must_use]
    pub fn at(provider: &ProviderName, providers: &Providers, to: &ReturnTo) -> Self {
        let provider = providers.only().map(|_| provider);
        let start = ProviderButton::address(provider, Some(to.as_str()), None);
        Self {
            plain: start_again(to),
            another_account: with_another_account(&start),
            to_desk: to.is_desk(),
        }
    }

    /// The address of a login at this provider, silent where the provider remembers them.
    #[must_use]
    pub fn at_provider(provider: &ProviderName, to: &ReturnTo) -> String {
        ProviderButton::address(Some(provider), Some(to.as_str()), None)
    }

    /// The address of a login at this provider for somebody who is signed in already: they prove anew who they are.
    #[must_use]
    pub fn proved_anew(provider: &ProviderName, to: &ReturnTo) -> String {
        with_another_account(&Self::at_provider(provider, to))
    }

    /// To the answer that a service provider waits for.
    pub fn with(
        request: &PendingRequest,
        provider: &ProviderName,
        vault: &Vault,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let choice = Choice {
            request: request.clone(),
            providers: vec![provider.clone()],
            second_try: false,
            at: now,
        };
        let sealed = choice.seal(vault)?;
        let plain = ProviderButton::address(Some(provider), None, Some(&sealed));
        Ok(Self {
            another_account: with_another_account(&plain),
            plain,
            to_desk: false,
        })
    }

    /// To wherever this attempt was to lead.
    pub(super) fn of(
        attempt: &LoginAttempt,
        providers: &Providers,
        vault: &Vault,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        match &attempt.saml {
            Some(request) => Self::with(request, &attempt.provider, vault, now),
            None => Ok(Self::at(&attempt.provider, providers, &attempt.return_to)),
        }
    }

    /// Offers both on a refusal of a login.
    pub(super) fn offer(&self, refusal: Refusal) -> Refusal {
        let refusal = self.offer_another_account(refusal.start_again(&self.plain));
        if self.to_desk {
            refusal.side_door()
        } else {
            refusal
        }
    }

    /// Offers another account on a refusal of somebody who is signed in.
    pub fn offer_another_account(&self, refusal: Refusal) -> Refusal {
        refusal.another_account(&self.another_account)
    }
}

/// The address that begins a login anew and ends where this one should have.
#[must_use]
pub fn start_again(to: &ReturnTo) -> String {
    if to.is_home() {
        "/login".to_owned()
    } else {
        let encoded = utf8_percent_encode(to.as_str(), NON_ALPHANUMERIC);
        format!("/login?to={encoded}")
    }
}

pub(super) fn with_another_account(address: &str) -> String {
    let separator = if address.contains('?') { '&' } else { '?' };
    format!("{address}{separator}{ANOTHER_ACCOUNT}=yes")
}

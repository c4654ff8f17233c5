//! What went wrong with a provider, as an administrator wants to be told: at which step, why, and what to do about it.
//!
//! Pure functions of the error and the settings. Where the provider is a Cognito user pool, places and names are those of the Cognito console.

mod answer;
mod mapping;
#[cfg(test)]
mod tests;
mod token;

use serde::{Deserialize, Serialize};

use super::cognito::{self, Regions};
use super::{Away, Endpoint, Invalid, Misfit, ProviderError};
use crate::settings::ProviderSettings;

pub use answer::Answered;

/// Where in a login something went wrong, in the order in which a login goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Finding the provider's addresses.
    Discovery,
    /// Its signing keys.
    Keys,
    /// Its login page.
    Authorize,
    /// The way back to us.
    Callback,
    /// Tokens for the code.
    Token,
    /// The ID token.
    IdToken,
    /// `userInfo`.
    UserInfo,
    /// From claims to a customer.
    Mapping,
}

impl Step {
    /// As a heading.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Discovery => "Finding the provider (discovery)",
            Self::Keys => "The provider's signing keys",
            Self::Authorize => "The provider's login page (authorize)",
            Self::Callback => "The way back from the provider (callback)",
            Self::Token => "Fetching the tokens (token endpoint)",
            Self::IdToken => "Checking the ID token",
            Self::UserInfo => "Asking for more about the person (userInfo)",
            Self::Mapping => "Making a customer of the claims (mapping)",
        }
    }
}

/// What an administrator is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Where.
    pub step: Step,
    /// Why, in a sentence.
    pub cause: String,
    /// What to do, in a sentence or two.
    pub remedy: String,
}

impl Diagnosis {
    fn new(step: Step, cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            step,
            cause: cause.into(),
            remedy: remedy.into(),
        }
    }
}

/// The provider that it went wrong with.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Its settings.
    pub settings: &'a ProviderSettings,
    /// Our callback address there.
    pub callback: &'a str,
}

impl Case<'_> {
    /// Of an error on the way from discovery to `userInfo`.
    #[must_use]
    pub fn of_error(&self, error: &ProviderError) -> Diagnosis {
        match error {
            ProviderError::Expired(_) => self.code_refused(),
            ProviderError::Invalid(Invalid::Issuer) => Diagnosis::new(
                Step::Callback,
                "Whoever sent the browser back is not this provider: the callback names another issuer, or none.",
                "Start the test again from this page. If it happens every time, compare the issuer with what the provider says of itself.",
            ),
            ProviderError::Invalid(Invalid::TokenAnswer(why)) => Diagnosis::new(
                Step::Token,
                format!("The token endpoint's answer cannot be read: {why}."),
                "Check that nothing between this machine and the provider, such as a proxy, puts pages of its own in the way.",
            ),
            ProviderError::Invalid(Invalid::IdToken(fault)) => self.id_token(*fault),
            ProviderError::Invalid(Invalid::UserInfo(fault)) => Self::user_info(*fault),
            ProviderError::Unavailable(away) => self.away(away),
            ProviderError::Misconfigured(misfit) => self.misfit(misfit),
        }
    }

    fn is_pool(&self) -> bool {
        cognito::is_user_pool(self.settings)
    }

    fn away(&self, away: &Away) -> Diagnosis {
        let step = match away.at {
            Endpoint::Discovery => Step::Discovery,
            Endpoint::Keys => Step::Keys,
            Endpoint::Token => Step::Token,
            Endpoint::UserInfo => Step::UserInfo,
        };
        if step == Step::Discovery && matches!(away.status, Some(400 | 404)) {
            return self.not_there();
        }
        Diagnosis::new(
            step,
            format!("The provider did not answer as it should: {}.", away.why),
            "Check the address, and that this machine reaches it: name service, firewall, proxy. If the provider itself is unwell, try again later.",
        )
    }

    /// Somebody answers, and has no such issuer.
    fn not_there(&self) -> Diagnosis {
        if !self.is_pool() {
            return Diagnosis::new(
                Step::Discovery,
                format!("There is no provider at {}.", self.settings.issuer),
                "Copy the issuer from the provider's own pages, to the letter: below it must be /.well-known/openid-configuration.",
            );
        }
        let Regions { pool, issuer, .. } = cognito::regions(self.settings);
        if let (Some(pool), Some(issuer)) = (pool, issuer)
            && pool != issuer
        {
            return Diagnosis::new(
                Step::Discovery,
                format!(
                    "The user pool is in another region: its id begins with {pool}, the issuer's address is in {issuer}."
                ),
                "Enter the user pool's id alone and leave the issuer out: its address is made from the id.",
            );
        }
        Diagnosis::new(
            Step::Discovery,
            "There is no user pool of this id in its region.",
            "Copy the user pool ID from the pool's Overview in the Cognito console; it begins with the region, as in eu-west-1_AbCdEf123.",
        )
    }

    fn misfit(&self, misfit: &Misfit) -> Diagnosis {
        match misfit {
            Misfit::NoDomain => Diagnosis::new(
                Step::Discovery,
                "This user pool has no domain: the login addresses that it advertises lead nowhere.",
                "In the Cognito console open the user pool, Branding, Domain, and create a Cognito domain or a custom domain; then enter it as the domain here.",
            ),
            Misfit::Issuer { set, says } => Diagnosis::new(
                Step::Discovery,
                format!("The issuer is set to {set}, but the provider calls itself {says}."),
                "They are compared to the letter, a slash at the end included: enter the issuer as the provider says it.",
            ),
            Misfit::Document(what) => Diagnosis::new(
                Step::Discovery,
                format!("The provider's discovery document cannot be used: its {what}."),
                "This is for whoever runs the provider to mend.",
            ),
            Misfit::NoAddress(text) => Diagnosis::new(
                Step::Discovery,
                format!("{text} is not an address."),
                "Enter an address that begins with https://.",
            ),
            Misfit::Client { refusal, said } => self.client_refused(*refusal, said),
        }
    }
}

//! What goes wrong between the front door and an identity provider, sorted by what people are told.

use super::id_token::IdTokenFault;
use super::user_info::UserInfoFault;

/// Why a provider's word could not be had, or not be believed.
///
/// The texts are for the log and the administrators; none of them repeats a code, a token or a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The code was used, is too old, or belongs to another attempt: starting again helps.
    #[error("the provider no longer accepts the code: {0}")]
    Expired(String),
    /// What came back failed a check.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The provider is away, slow or unwell.
    #[error("the provider is not available: {0}")]
    Unavailable(#[from] Away),
    /// The provider refuses our settings, or they do not fit it: a matter for an administrator.
    #[error("the provider and its settings do not fit: {0}")]
    Misconfigured(#[from] Misfit),
}

/// What a provider is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// The discovery document.
    Discovery,
    /// The signing keys.
    Keys,
    /// Tokens for a code.
    Token,
    /// More about a person.
    UserInfo,
}

/// No answer that is one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Away {
    /// To what.
    pub at: Endpoint,
    /// The status, when there was an answer.
    pub status: Option<u16>,
    /// What was seen.
    pub why: String,
}

impl Away {
    pub(super) fn new(at: Endpoint, why: impl Into<String>) -> Self {
        Self {
            at,
            status: None,
            why: why.into(),
        }
    }
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A pool that advertises login addresses where nothing answers.
    #[error("the user pool has no domain")]
    NoDomain,
    /// To the letter (OIDC Discovery, section 4.3).
    #[error("the issuer is set to {set:?}, the discovery document says {says:?}")]
    Issuer {
        /// By the settings.
        set: String,
        /// By the provider.
        says: String,
    },
    /// The discovery document names something that cannot be used.
    #[error("the discovery document's {0}")]
    Document(String),
    /// A setting that should be an address.
    #[error("{0} is not an address")]
    NoAddress(String),
    /// The token endpoint refuses us, whatever the code.
    #[error("the token endpoint refuses client id, secret or redirect address: {said}")]
    Client {
        /// In which way.
        refusal: ClientRefusal,
        /// In its own words, bounded.
        said: String,
    },
}

/// How a token endpoint refuses a client (RFC 6749, section 5.2, and what Cognito makes of it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientRefusal {
    /// Its id or its secret.
    Credentials,
    /// It may not redeem codes.
    Grant,
    /// The address to come back to.
    Redirect,
    /// A scope.
    Scope,
    /// Anything else.
    Other,
}

/// The check that an answer failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The callback names another issuer, or none although the provider always names itself (RFC 9207).
    #[error("the callback does not come from this provider's issuer")]
    Issuer,
    /// An answer of the token endpoint that cannot be read.
    #[error("the token endpoint's answer cannot be read: {0}")]
    TokenAnswer(String),
    /// The ID token.
    #[error("the ID token {0}")]
    IdToken(#[from] IdTokenFault),
    /// `userInfo`.
    #[error("userInfo {0}")]
    UserInfo(#[from] UserInfoFault),
}

impl From<IdTokenFault> for ProviderError {
    fn from(fault: IdTokenFault) -> Self {
        Self::Invalid(fault.into())
    }
}

impl From<UserInfoFault> for ProviderError {
    fn from(fault: UserInfoFault) -> Self {
        Self::Invalid(fault.into())
    }
}

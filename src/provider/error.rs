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
    Unavailable(String),
    /// The provider refuses our settings, or they do not fit it: a matter for an administrator.
    #[error("the provider and its settings do not fit: {0}")]
    Misconfigured(String),
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

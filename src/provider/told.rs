//! What a test login brought, by where it came from.

use serde::{Deserialize, Serialize};

use crate::identity::{Claims, VerifiedClaims};

/// Everything that the provider told of one person. What is good for one login alone, such as the nonce, is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    subject: String,
    auth_time: Option<jiff::Timestamp>,
    /// Of the ID token.
    pub id_token: Claims,
    /// Of `userInfo`.
    pub user_info: UserInfo,
}

/// What came of asking `userInfo`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum UserInfo {
    /// The provider has none.
    NotOffered,
    /// A login needs it, and goes on with it.
    Needed(Claims),
    /// The ID token says everything that is needed: a login would not have asked.
    NotNeeded(Claims),
    /// A login would not have asked, and it did not answer.
    Failed(String),
}

impl UserInfo {
    /// What it said, if it did.
    #[must_use]
    pub fn claims(&self) -> Option<&Claims> {
        match self {
            Self::Needed(claims) | Self::NotNeeded(claims) => Some(claims),
            Self::NotOffered | Self::Failed(_) => None,
        }
    }

    fn without_what_is_used_once(self) -> Self {
        match self {
            Self::Needed(claims) => Self::Needed(claims.without_what_is_used_once()),
            Self::NotNeeded(claims) => Self::NotNeeded(claims.without_what_is_used_once()),
            other => other,
        }
    }
}

impl Told {
    pub(super) fn new(verified: VerifiedClaims, user_info: UserInfo) -> Self {
        Self {
            subject: verified.subject,
            auth_time: verified.auth_time,
            id_token: verified.claims.without_what_is_used_once(),
            user_info: user_info.without_what_is_used_once(),
        }
    }

    /// What a login goes on with.
    #[must_use]
    pub fn verified(&self) -> VerifiedClaims {
        let claims = self.id_token.clone();
        VerifiedClaims {
            subject: self.subject.clone(),
            auth_time: self.auth_time,
            claims: match &self.user_info {
                UserInfo::Needed(more) => claims.completed_by(more.clone()),
                _ => claims,
            },
        }
    }

    /// When the person last proved who they are, if the provider tells.
    #[must_use]
    pub fn auth_time(&self) -> Option<jiff::Timestamp> {
        self.auth_time
    }
}

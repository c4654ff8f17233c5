//! What the pool remembers between one request and the next.

use std::time::Duration;

use jiff::Timestamp;

/// A code lives this long.
pub(super) const CODE_LIFE: Duration = Duration::from_mins(5);
/// A login page gives up after this.
pub(super) const LOGIN_PAGE_LIFE: Duration = Duration::from_mins(5);
/// The `cognito` cookie signs people in silently for this long after the last login by hand.
pub(super) const SESSION_LIFE: Duration = Duration::from_hours(1);

/// Somebody who has logged in in this browser.
#[derive(Debug, Clone)]
pub(super) struct SignedIn {
    pub(super) username: String,
    pub(super) at: Timestamp,
}

/// What a code stands for.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    /// The S256 challenge, when one was sent.
    pub(super) challenge: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) who: SignedIn,
    pub(super) made: Timestamp,
}

/// A refresh token is good for this long.
pub(super) const REFRESH_LIFE: Duration = Duration::from_hours(24 * 30);

/// What a refresh token stands for.
#[derive(Debug, Clone)]
pub(super) struct Refresh {
    pub(super) who: SignedIn,
    pub(super) client_id: String,
    pub(super) scopes: Vec<String>,
    /// What all tokens of one login share.
    pub(super) origin_jti: String,
    pub(super) made: Timestamp,
}

/// What an access token opens.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub(super) username: String,
    pub(super) origin_jti: String,
    pub(super) scopes: Vec<String>,
    pub(super) until: Timestamp,
}

/// Whether something of this age and life is over.
pub(super) fn is_over(since: Timestamp, life: Duration, now: Timestamp) -> bool {
    since.checked_add(life).is_ok_and(|end| now >= end)
}

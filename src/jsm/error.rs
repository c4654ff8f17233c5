//! What can go wrong with a call, told apart as far as anybody can act on it. For the log: what a customer is shown is decided elsewhere.

use std::time::Duration;

/// A call's name in logs and metrics: from a fixed set, in snake case.
pub type Operation = &'static str;

/// Why a call gave nothing. No variant carries a token, an address's query or more of an answer than its bounded error message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsmError {
    /// 401: the token has expired, was revoked, is of the wrong kind, or never was one.
    #[error("{operation}: Atlassian does not accept the service account's token (401)")]
    Unauthorized {
        /// Which call.
        operation: Operation,
    },
    /// 403: the service account lacks a permission.
    #[error("{operation}: the service account is not permitted (403): {message}")]
    Forbidden {
        /// Which call.
        operation: Operation,
        /// Atlassian's words, bounded.
        message: String,
    },
    /// 401 to the second token, where customers are made with one of their own.
    #[error("{operation}: Atlassian does not accept customer_token, which makes customers (401)")]
    CustomerTokenRejected {
        /// Which call.
        operation: Operation,
    },
    /// 403 to the second token: its account lacks a permission.
    #[error(
        "{operation}: the account of customer_token, which makes customers, is not permitted (403): {message}"
    )]
    CustomerTokenForbidden {
        /// Which call.
        operation: Operation,
        /// Atlassian's words, bounded.
        message: String,
    },
    /// 404: there is none, or the service account cannot see it.
    #[error("{operation}: not found (404): {message}")]
    NotFound {
        /// Which call.
        operation: Operation,
        /// Atlassian's words, bounded.
        message: String,
    },
    /// 409: something of that name or address is there already.
    #[error("{operation}: taken (409): {message}")]
    Conflict {
        /// Which call.
        operation: Operation,
        /// Atlassian's words, bounded.
        message: String,
    },
    /// 429 beyond the tries and the time there are, or for a spent quota.
    #[error("{operation}: too many requests (429)")]
    RateLimited {
        /// Which call.
        operation: Operation,
        /// How long Atlassian asks us to wait.
        retry_after: Option<Duration>,
    },
    /// Unreachable, a connection that broke, or a 5xx.
    #[error("{operation}: Atlassian is away: {why}")]
    Unavailable {
        /// Which call.
        operation: Operation,
        /// What was seen of it.
        why: String,
        /// How long Atlassian asks us to wait.
        retry_after: Option<Duration>,
    },
    /// Not asked: the site has been away, and it is not time yet to ask again.
    #[error("{operation}: not asked, for Atlassian has been away for a while; the next try is in {} s", .wait.as_secs())]
    Resting {
        /// Which call.
        operation: Operation,
        /// Until the next call may try.
        wait: Duration,
    },
    /// No answer within the time there was. What was asked may have been done.
    #[error("{operation}: no answer in time")]
    TooSlow {
        /// Which call.
        operation: Operation,
    },
    /// An answer of success that is no JSON, too large, or not of the documented shape.
    #[error("{operation}: the answer cannot be read: {why}")]
    Unreadable {
        /// Which call.
        operation: Operation,
        /// What is wrong with it.
        why: String,
    },
    /// A redirect; it is never followed, for it would take the token along.
    #[error("{operation}: redirected to {}; redirects are not followed", .host.as_deref().unwrap_or("somewhere else"))]
    Redirected {
        /// Which call.
        operation: Operation,
        /// The other host, when the redirect named one.
        host: Option<String>,
    },
    /// Any other status.
    #[error("{operation}: refused ({status}): {message}")]
    Refused {
        /// Which call.
        operation: Operation,
        /// The answer's status.
        status: u16,
        /// Atlassian's words, bounded.
        message: String,
    },
}

impl JsmError {
    /// Whether the call may have done what it was asked although its answer says nothing.
    #[must_use]
    pub fn may_have_worked(&self) -> bool {
        matches!(
            self,
            Self::TooSlow { .. } | Self::Unavailable { .. } | Self::Unreadable { .. }
        )
    }

    /// Which call went wrong.
    #[must_use]
    pub fn operation(&self) -> Operation {
        match self {
            Self::Unauthorized { operation }
            | Self::Forbidden { operation, .. }
            | Self::CustomerTokenRejected { operation }
            | Self::CustomerTokenForbidden { operation, .. }
            | Self::NotFound { operation, .. }
            | Self::Conflict { operation, .. }
            | Self::RateLimited { operation, .. }
            | Self::Unavailable { operation, .. }
            | Self::Resting { operation, .. }
            | Self::TooSlow { operation }
            | Self::Unreadable { operation, .. }
            | Self::Redirected { operation, .. }
            | Self::Refused { operation, .. } => operation,
        }
    }

    /// The same, of the token that makes customers: where there are two, whoever reads it has to know which.
    pub(super) fn of_customer_token(self) -> Self {
        match self {
            Self::Unauthorized { operation } => Self::CustomerTokenRejected { operation },
            Self::Forbidden { operation, message } => {
                Self::CustomerTokenForbidden { operation, message }
            }
            other => other,
        }
    }

    /// Whether the token that makes customers, or its account, was refused.
    pub(super) fn is_of_customer_token(&self) -> bool {
        matches!(
            self,
            Self::CustomerTokenRejected { .. } | Self::CustomerTokenForbidden { .. }
        )
    }

    /// Whether the same call may well succeed later without anybody changing a setting or a permission.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::Unavailable { .. }
                | Self::Resting { .. }
                | Self::TooSlow { .. }
        )
    }

    /// Whether whatever is asked for anybody meets the same until something changes there: the token is refused, or the site is away or asks for patience.
    #[must_use]
    pub fn concerns_everybody(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized { .. }
                | Self::Redirected { .. }
                | Self::RateLimited { .. }
                | Self::Resting { .. }
        )
    }

    /// How long to wait before the same is asked again, where that is known.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Unavailable { retry_after, .. } => {
                *retry_after
            }
            Self::Resting { wait, .. } => Some(*wait),
            _ => None,
        }
    }
}

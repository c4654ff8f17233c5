//! A callback that signs nobody in: what the person is told, and what the audit trail is.

use crate::identity::EmailAddress;
use crate::settings::Slug;
use crate::web::Refusal;

/// Nobody was signed in.
pub(super) struct Denied {
    pub(super) refusal: Refusal,
    /// The address that the provider named, when it came to that.
    pub(super) email: Option<EmailAddress>,
    /// The link that the attempt leads to.
    pub(super) link: Option<Slug>,
    /// Whether it goes into the audit trail.
    pub(super) to_trail: ToTrail,
}

/// What of a refusal goes into the audit trail. All are in the log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ToTrail {
    /// A made-up callback, and what was recorded before.
    No,
    /// An attempt that nobody completed: anyone can have such.
    AsAStrangers,
    /// Somebody logged in at the provider, and is refused here.
    Yes,
}

impl Denied {
    /// An attempt was claimed, and ends like this.
    pub(super) fn an_attempt(refusal: Refusal, email: Option<EmailAddress>) -> Self {
        Self {
            refusal,
            email,
            link: None,
            to_trail: ToTrail::Yes,
        }
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            email: None,
            link: None,
            to_trail: ToTrail::No,
        }
    }
}

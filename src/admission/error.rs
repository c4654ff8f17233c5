//! Why somebody was not admitted, and what they are told.

use crate::jsm::{AccountId, JsmError};
use crate::store::StoreError;
use crate::web::{Reason, Refusal};

use super::customer::Conflict;
use super::policy::Objection;

/// Why somebody was not admitted.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// A rule says no.
    #[error("refused at {link}: {objection}")]
    Refused {
        /// The link whose rules they are; the portal as a whole when no link was followed.
        link: String,
        /// The rule that decided.
        objection: Objection,
    },
    /// No link of this front door admits this identity, so it may not have an assertion for the portal.
    #[error("no enabled link admits this identity")]
    NoLink,
    /// They are no customer yet, and nobody new is let in.
    #[error("not a customer yet, and nobody new is let in (access.create_customers)")]
    NotCreated,
    /// They are no customer yet, and have no invitation to this link.
    #[error("not a customer yet, and not invited to this link")]
    NotInvited,
    /// The address belongs to an Atlassian account: Atlassian would not let it in as a portal-only customer.
    #[error("the address belongs to an Atlassian account")]
    AtlassianAccount(AccountId),
    /// Another identity already came with this address, or this identity came with another address before.
    #[error("{0}")]
    IdentityConflict(#[from] Conflict),
    /// Nothing of Atlassian is set.
    #[error("no Atlassian site is set up")]
    NotSetUp,
    /// Somebody else's first visit with the same address took too long.
    #[error("waited too long for another visit of the same person")]
    Busy,
    /// The address is taken, and whose it is could not be told for certain.
    #[error("the address is taken at Atlassian, but the account behind it could not be found: {0}")]
    CannotTell(String),
    /// Atlassian did not do what it was asked.
    #[error("Atlassian: {0}")]
    Atlassian(#[from] JsmError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AdmissionError> for Refusal {
    fn from(error: AdmissionError) -> Self {
        let reason = match &error {
            AdmissionError::Refused { objection, .. } => objection.reason(),
            AdmissionError::NoLink | AdmissionError::NotCreated => Reason::NotAllowed,
            AdmissionError::NotInvited => Reason::NotInvited,
            AdmissionError::AtlassianAccount(_) => Reason::AtlassianAccount,
            AdmissionError::IdentityConflict(_) => Reason::IdentityConflict,
            AdmissionError::NotSetUp
            | AdmissionError::Busy
            | AdmissionError::CannotTell(_)
            | AdmissionError::Atlassian(_) => Reason::AtlassianUnavailable,
            AdmissionError::Store(_) => Reason::StoreUnavailable,
        };
        let is_set_up = !matches!(error, AdmissionError::NotSetUp);
        let refusal = Self::new(reason).because(error);
        if is_set_up {
            refusal
        } else {
            refusal.not_set_up()
        }
    }
}

//! Why somebody was not admitted, and what they are told.

use std::time::Duration;

use crate::jsm::{AccountId, JsmError};
use crate::settings::Slug;
use crate::store::StoreError;
use crate::web::{Reason, Refusal};

use super::all_links;
use super::customer::Conflict;
use super::policy::Objection;
use super::waiting::Place;

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
    /// No link of this front door admits this identity, so it may not have an assertion for the portal. What speaks against it, where that is the same at
    /// every link.
    #[error("no enabled link admits this identity{}", .0.as_ref().map_or_else(String::new, |why| format!(": {why}")))]
    NoLink(Option<Objection>),
    /// They are no customer yet, and nobody new is let in.
    #[error("not a customer yet, and nobody new is let in (access.create_customers)")]
    NotCreated,
    /// They are no customer yet, and have no invitation to this link.
    #[error("not a customer yet, and not invited to this link")]
    NotInvited,
    /// An administrator has yet to approve their first visit.
    #[error("waits at {link} until an administrator approves the first visit{}", if *is_noted { "" } else { "; not in the queue, which has no room for it" })]
    AwaitingApproval {
        /// Where they came.
        link: Slug,
        /// Whether administrators see that they wait.
        is_noted: bool,
    },
    /// An administrator decided against their first visit.
    #[error("an administrator did not approve the first visit at {0}")]
    NotApproved(Slug),
    /// They were blocked while they were signed in.
    #[error("blocked by an administrator")]
    Blocked,
    /// More people came for the first time than may within an hour.
    #[error("as many new customers as may come within an hour (access.first_time_per_hour)")]
    TooManyNewcomers {
        /// Where they came; `None`: at the portal itself.
        link: Option<Slug>,
        /// When the next one may.
        wait: Duration,
    },
    /// An administrator revoked their portal-only access here, and nobody at Atlassian has given it back.
    #[error(
        "their portal-only access was revoked when they were let go; only an administrator at Atlassian gives it back"
    )]
    Revoked,
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
    /// Others came before for the first time.
    #[error("a first visit has to wait: {0}")]
    InLine(Place),
    /// It may well work later.
    #[error("{error}")]
    ComeBack {
        /// What failed.
        error: Box<Self>,
        /// When to come back.
        wait: Duration,
        /// Whether the page does so by itself.
        by_itself: bool,
    },
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AdmissionError> for Refusal {
    fn from(error: AdmissionError) -> Self {
        let reason = match &error {
            AdmissionError::Refused { objection, .. } => objection.reason(),
            AdmissionError::NotInvited => Reason::NotInvited,
            AdmissionError::NoLink(objection) => all_links::reason(objection.as_ref()),
            AdmissionError::NotCreated
            | AdmissionError::Revoked
            | AdmissionError::NotApproved(_) => Reason::NotAllowed,
            AdmissionError::AwaitingApproval { .. } => Reason::AwaitingApproval,
            AdmissionError::Blocked => Reason::Blocked,
            AdmissionError::TooManyNewcomers { link, wait } => {
                return too_many_newcomers(link.as_ref(), *wait).because(error);
            }
            AdmissionError::AtlassianAccount(_) => Reason::AtlassianAccount,
            AdmissionError::IdentityConflict(_) => Reason::IdentityConflict,
            AdmissionError::NotSetUp
            | AdmissionError::Busy
            | AdmissionError::CannotTell(_)
            | AdmissionError::InLine(_)
            | AdmissionError::ComeBack { .. }
            | AdmissionError::Atlassian(_) => Reason::AtlassianUnavailable,
            AdmissionError::Store(_) => Reason::StoreUnavailable,
        };
        let refusal = Self::new(reason);
        let refusal = match &error {
            AdmissionError::NoLink(None) => refusal.no_link(),
            AdmissionError::NotSetUp => refusal.not_set_up(),
            AdmissionError::InLine(place) => refusal.in_line(place.wait, place.ahead),
            AdmissionError::ComeBack {
                wait, by_itself, ..
            } if *by_itself => refusal.come_back(*wait),
            AdmissionError::ComeBack { wait, .. } => refusal.retry_after(*wait),
            _ => refusal,
        };
        refusal.because(error)
    }
}

/// The link is the way back; by the portal itself nobody of ours knows one.
fn too_many_newcomers(link: Option<&Slug>, wait: Duration) -> Refusal {
    let refusal = Refusal::new(Reason::TooManyRequests)
        .many_newcomers()
        .retry_after(wait);
    match link {
        Some(slug) => refusal.start_again(&format!("/p/{slug}")),
        None => refusal,
    }
}

//! Traces: what a visit went through, step by step, kept for a few days so that the reference on an error page tells an administrator what happened.
//!
//! Steps name no person: what was asked, checked and answered, in our own words. No code, token, secret, cookie or text of a ticket comes near them, and an
//! address that somebody else's words carry is taken out. Who it was stands in the audit trail under the same reference, sealed with the person's own key.
//! The claims of the newest logins are kept apart from the steps, and are all that forgetting somebody removes here.

mod budget;
mod keep;
mod logins;
mod record;
mod steps;
mod tidy;

pub use keep::Traces;
pub use logins::{AtLink, MOST_LOGINS, RecentLogin, Said, forget};
pub use record::{Answered, Trace};
pub use steps::{REFUSED, Step, Steps};

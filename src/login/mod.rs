//! Signing in, in the order in which it happens.

pub mod attempt;
pub mod return_to;

pub use attempt::{LoginAttempt, PendingRequest};
pub use return_to::ReturnTo;

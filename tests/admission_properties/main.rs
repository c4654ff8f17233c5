//! Random rules and random people: a plan that is carried out leaves nothing to do, and an interruption anywhere changes nothing of how it ends.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up has failed the test"
)]

mod interrupted;
mod planned;
mod random;
#[path = "../support/mod.rs"]
mod support;

//! Programs by others judge the imitation of Atlassian and what our client asks of it, so that neither is an invention of ours.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up has failed the test"
)]

#[path = "../support/judges.rs"]
mod judges;
#[path = "../support/mod.rs"]
mod support;

mod clients;
mod passage;
mod prism;

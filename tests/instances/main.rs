//! Several front doors on one Redis behind a load balancer: what one begins another finishes, what is said to one counts at all, and none is missed.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "../support/mod.rs"]
mod support;

mod balancer;
mod fleet;
mod houses;
mod keys;
mod roll;
mod shared_work;
mod soon;
mod trail;

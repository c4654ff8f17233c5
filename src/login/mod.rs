//! Signing in, in the order in which it happens: [`start`], the attempt in its cookie, [`callback`], and back to where the person wanted to go.

pub mod again;
pub mod attempt;
pub mod callback;
pub mod choice;
pub mod chooser;
mod completing;
pub mod cookies;
mod denied;
pub mod jar;
mod leaving;
pub mod logout;
pub mod query;
pub mod recheck;
pub mod resume;
pub mod return_to;
mod right_provider;
mod sealed;
pub mod service;
pub mod start;
pub mod trial;
pub mod trying;
mod which_link;

pub use again::Again;
pub use attempt::{Fresh, LoginAttempt, PendingRequest};
pub use cookies::Cookies;
pub use recheck::{Current, Recheck, WhoMayStay};
pub use return_to::ReturnTo;
pub use service::{Begin, Login, mapping_refusal, redirect_uri};
pub use which_link::WhichLink;

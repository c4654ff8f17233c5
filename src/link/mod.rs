//! Substitute links: which there are, where each leads, and how a customer is handed over.

pub mod beside;
pub mod catalogue;
pub mod catalogue_keeper;
mod compose;
pub mod deep_link;
pub mod follow;
pub mod hand_over;
pub mod home;
pub mod leads;
pub mod me;
pub mod portal_address;
pub mod prefill;
mod reading;
pub mod seen;
mod shared;

pub use catalogue::{Catalogue, Link, LinkState, LinkedDesk, NoLink};
pub use compose::LinkWarning;
pub use deep_link::DeepLink;
pub use seen::Seen;

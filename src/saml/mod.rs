//! The front door as SAML 2.0 identity provider: reads AuthnRequests, writes and signs Responses, keeps the signing keys.
//!
//! A request comes in by [`binding`] and is read by [`request`]; its answer is laid out by [`assertion`], filled by [`attributes`] and signed by
//! [`signature`] with one of the [`keys`]. All of that is plain functions of plain values; [`sso`] is where they meet sessions and people.

pub mod assertion;
pub mod attributes;
pub mod binding;
mod desk;
mod entitle;
#[cfg(test)]
mod fixtures;
mod instant;
pub mod key_keeper;
pub mod keys;
pub mod metadata;
pub mod request;
mod respond;
pub mod signature;
pub mod sso;
pub mod their_metadata;
mod xml;

pub use entitle::listed;
pub use key_keeper::KeyKeeper;
pub use xml::RefusedCharacter;

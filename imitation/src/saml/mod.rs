//! What a service provider says and checks in SAML 2.0, written independently of any identity provider.
//!
//! The checks are strict on purpose: what is not exactly as this profile has it is refused.

mod canonical;
mod certificate;
mod metadata;
mod request;
mod response;
mod signature;

pub use certificate::Certificate;
pub use metadata::IdentityProvider;
pub use request::{AuthnRequest, deflated, redirect_url};
pub(crate) use response::claimed_request;
pub use response::{Assertion, Expected, Refusal, judge};

pub(crate) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(crate) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(crate) const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(crate) const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The format of a `NameID` that holds a mail address.
pub const EMAIL_ADDRESS: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

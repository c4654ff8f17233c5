//! `AuthnRequest`s, unsigned, as Atlassian sends them.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use url::Url;

use super::EMAIL_ADDRESS;
use crate::html::escape;
use crate::random;

/// Everything that an `AuthnRequest` says; each field may be changed before it is written.
#[derive(Debug, Clone)]
pub struct AuthnRequest {
    /// Its ID.
    pub id: String,
    /// The service provider's entity id.
    pub issuer: String,
    /// The identity provider's address; `None` leaves it out.
    pub destination: Option<String>,
    /// Where the Response is wanted; `None` leaves it out.
    pub acs_url: Option<String>,
    /// When it was made.
    pub issue_instant: Timestamp,
    /// The format of `NameID`; `None` leaves the policy out.
    pub name_id_format: Option<String>,
    /// A login by hand is demanded.
    pub force_authn: bool,
    /// No page may be shown.
    pub is_passive: bool,
}

impl AuthnRequest {
    /// A plain request with a fresh ID.
    #[must_use]
    pub fn new(issuer: &str, acs_url: &str, destination: &str, now: Timestamp) -> Self {
        Self {
            id: format!("_{}", random::hex::<16>()),
            issuer: issuer.to_owned(),
            destination: Some(destination.to_owned()),
            acs_url: Some(acs_url.to_owned()),
            issue_instant: now,
            name_id_format: Some(EMAIL_ADDRESS.to_owned()),
            force_authn: false,
            is_passive: false,
        }
    }

    /// As XML.
    #[must_use]
    pub fn xml(&self) -> String {
        let optional = |name: &str, value: &Option<String>| match value {
            Some(value) => format!(" {name}=\"{}\"", escape(value)),
            None => String::new(),
        };
        let flag = |name: &str, set: bool| {
            if set {
                format!(" {name}=\"true\"")
            } else {
                String::new()
            }
        };
        let policy = self
            .name_id_format
            .as_ref()
            .map_or_else(String::new, |format| {
                format!(
                    "<samlp:NameIDPolicy AllowCreate=\"true\" Format=\"{}\"/>",
                    escape(format)
                )
            });
        format!(
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
             ID=\"{}\" Version=\"2.0\" IssueInstant=\"{}\" ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"{}{}{}{}>\
             <saml:Issuer>{}</saml:Issuer>{policy}</samlp:AuthnRequest>",
            escape(&self.id),
            self.issue_instant.strftime("%Y-%m-%dT%H:%M:%SZ"),
            optional("Destination", &self.destination),
            optional("AssertionConsumerServiceURL", &self.acs_url),
            flag("ForceAuthn", self.force_authn),
            flag("IsPassive", self.is_passive),
            escape(&self.issuer),
        )
    }
}

/// The value of `SAMLRequest` in the HTTP-Redirect binding, before it is escaped for the query: deflated, then base64.
#[must_use]
pub fn deflated(xml: &str) -> String {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let _ = deflate.write_all(xml.as_bytes());
    STANDARD.encode(deflate.finish().unwrap_or_default())
}

/// Where the browser is sent to ask: the HTTP-Redirect binding (SAML bindings, 3.4.4).
///
/// # Panics
/// When `sso_url` is no absolute address.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "an administrator entered a real address"
)]
pub fn redirect_url(sso_url: &str, xml: &str, relay_state: Option<&str>) -> Url {
    let mut url = Url::parse(sso_url).expect("an absolute address");
    url.query_pairs_mut()
        .append_pair("SAMLRequest", &deflated(xml))
        .extend_pairs(relay_state.map(|state| ("RelayState", state)));
    url
}

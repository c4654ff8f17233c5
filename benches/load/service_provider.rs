//! A service provider that asks each front alike, and judges each Response by the same strict rules.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::saml::{AuthnRequest, Expected, IdentityProvider, judge, redirect_url};

use front_door::clock::Clock;

/// Its entity id.
pub(crate) const ENTITY_ID: &str = "https://provider.example/saml";

/// Where it takes Responses: nobody listens there, they are judged here.
pub(crate) const ACS_URL: &str = "https://provider.example/acs";

/// Its metadata, for a front that is told of it so. Assertions are wanted signed.
pub(crate) fn metadata() -> String {
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ENTITY_ID}"><md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{ACS_URL}" index="0" isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>"#
    )
}

/// One that trusts one identity provider.
pub(crate) struct ServiceProvider {
    trusted: IdentityProvider,
}

impl ServiceProvider {
    /// One that trusts whoever has this metadata.
    pub(crate) fn trusting(metadata: &str) -> Self {
        let trusted = IdentityProvider::from_metadata(metadata);
        Self {
            trusted: trusted.unwrap_or_else(|| panic!("no identity provider's: {metadata}")),
        }
    }

    /// A new request: where the browser is sent with it, and its id.
    pub(crate) fn ask(&self) -> (String, String) {
        let to = &self.trusted.sso_url;
        let request = AuthnRequest::new(ENTITY_ID, ACS_URL, to, Clock::system().now());
        let address = redirect_url(to, &request.xml(), None);
        (address.into(), request.id)
    }

    /// That the page posts a Response to that request, good in every point and signed twice.
    pub(crate) fn judge(&self, page: &str, request: &str) {
        let (_, after) = page
            .split_once("name=\"SAMLResponse\"")
            .unwrap_or_else(|| panic!("no Response: {page}"));
        let value = after.split('"').nth(1).unwrap();
        let xml = STANDARD.decode(value.replace("&#43;", "+")).unwrap();
        let xml = String::from_utf8(xml).unwrap();
        let expected = Expected {
            entity_id: ENTITY_ID,
            acs_url: ACS_URL,
            issuer: &self.trusted.entity_id,
            certificate: &self.trusted.certificate,
            in_response_to: Some(request),
            now: Clock::system().now(),
        };
        let assertion = judge(&xml, &expected).unwrap_or_else(|error| panic!("{error}: {xml}"));
        assert!(
            assertion.response_signed && assertion.assertion_signed,
            "both are signed: {xml}"
        );
    }
}

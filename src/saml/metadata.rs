//! Our metadata (SAML 2.0 Metadata, section 2.4.3): what a service provider needs to know of us, the next certificate included.

use super::RefusedCharacter;
use super::attributes::{FORMAT_EMAIL, FORMAT_PERSISTENT, FORMAT_UNSPECIFIED};
use super::keys::{Certificate, SigningKeys};
use super::xml::{Element, Prefix};

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// The metadata document of an identity provider that answers at `sso_url`.
pub fn metadata(
    entity_id: &str,
    sso_url: &str,
    keys: &SigningKeys,
) -> Result<String, RefusedCharacter> {
    let certificates = std::iter::once(&keys.current)
        .chain(&keys.next)
        .map(|key| key_descriptor(key.certificate()));
    let formats = [FORMAT_EMAIL, FORMAT_PERSISTENT, FORMAT_UNSPECIFIED]
        .map(|format| md("NameIDFormat").text(format));
    let services = [REDIRECT, POST].map(|binding| {
        md("SingleSignOnService")
            .attribute("Binding", binding)
            .attribute("Location", sso_url)
    });
    let role = md("IDPSSODescriptor")
        .attribute("WantAuthnRequestsSigned", "false")
        .attribute("protocolSupportEnumeration", PROTOCOL)
        .children(certificates)
        .children(formats)
        .children(services);
    md("EntityDescriptor")
        .attribute("entityID", entity_id)
        .child(role)
        .canonical()
}

fn key_descriptor(certificate: &Certificate) -> Element {
    let data = ds("X509Data").child(ds("X509Certificate").text(certificate.base64()));
    md("KeyDescriptor")
        .attribute("use", "signing")
        .child(ds("KeyInfo").child(data))
}

fn md(name: &'static str) -> Element {
    Element::new(Prefix::Md, name)
}

fn ds(name: &'static str) -> Element {
    Element::new(Prefix::Ds, name)
}

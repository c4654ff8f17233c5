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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::fixtures::{now, signing_key};
    use crate::saml::keys::SigningKey;

    fn document(keys: &SigningKeys) -> String {
        let (entity_id, sso_url) = (
            "https://sso.example.test/saml/metadata",
            "https://sso.example.test/saml/sso",
        );
        metadata(entity_id, sso_url, keys).unwrap()
    }

    fn texts(xml: &str, name: &str) -> Vec<String> {
        let document = roxmltree::Document::parse(xml).unwrap();
        let found = document
            .descendants()
            .filter(|node| node.tag_name().name() == name);
        found
            .map(|node| node.text().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn it_names_us_our_address_and_how_we_name_people() {
        let xml = document(&SigningKeys::new(signing_key().clone()));
        let read = roxmltree::Document::parse(&xml).unwrap();
        assert_eq!(
            read.root_element().attribute("entityID"),
            Some("https://sso.example.test/saml/metadata")
        );
        let addresses: Vec<_> = read
            .descendants()
            .filter(|node| node.tag_name().name() == "SingleSignOnService")
            .map(|node| {
                (
                    node.attribute("Binding").unwrap(),
                    node.attribute("Location").unwrap(),
                )
            })
            .collect();
        let sso = "https://sso.example.test/saml/sso";
        assert_eq!(addresses, [(REDIRECT, sso), (POST, sso)]);
        assert_eq!(texts(&xml, "NameIDFormat").len(), 3);
        assert!(xml.contains("WantAuthnRequestsSigned=\"false\""));
    }

    #[test]
    fn the_next_certificate_stands_there_once_it_is_prepared() {
        let first = signing_key().clone();
        let keys = SigningKeys::new(first.clone());
        assert_eq!(
            texts(&document(&keys), "X509Certificate"),
            [first.certificate().base64()]
        );
        let next = SigningKey::generate("sso.example.test", now()).unwrap();
        let keys = keys.prepare(next.clone());
        let both = [&first, &next].map(|key| key.certificate().base64());
        assert_eq!(texts(&document(&keys), "X509Certificate"), both);
        let keys = keys.switch().unwrap();
        assert_eq!(
            texts(&document(&keys), "X509Certificate"),
            [next.certificate().base64()]
        );
    }
}

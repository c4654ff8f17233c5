//! What an administrator enters about an identity provider, by hand or from its metadata.

use roxmltree::{Document, Node};

use super::certificate::Certificate;
use super::{METADATA, XMLDSIG};

const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// The identity provider that is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Its entity id.
    pub entity_id: String,
    /// Where requests go by HTTP-Redirect.
    pub sso_url: String,
    /// Where requests go by HTTP-POST.
    pub sso_post_url: String,
    /// Its one certificate: there is one field for it.
    pub certificate: Certificate,
}

impl IdentityProvider {
    /// From metadata; the first signing certificate is taken. None when something is missing.
    #[must_use]
    pub fn from_metadata(xml: &str) -> Option<Self> {
        let document = Document::parse(xml).ok()?;
        let entity = document.root_element();
        if !entity.has_tag_name((METADATA, "EntityDescriptor")) {
            return None;
        }
        let certificate = document.descendants().find(|node| {
            node.has_tag_name((XMLDSIG, "X509Certificate")) && is_for_signing(*node)
        })?;
        let sso_url = single_sign_on(&document, REDIRECT)?;
        Some(Self {
            entity_id: entity.attribute("entityID")?.to_owned(),
            sso_post_url: single_sign_on(&document, POST).unwrap_or_else(|| sso_url.clone()),
            sso_url,
            certificate: Certificate::read(certificate.text()?)?,
        })
    }
}

fn is_for_signing(certificate: Node<'_, '_>) -> bool {
    certificate
        .ancestors()
        .find(|node| node.has_tag_name((METADATA, "KeyDescriptor")))
        .is_some_and(|key| matches!(key.attribute("use"), None | Some("signing")))
}

fn single_sign_on(document: &Document<'_>, binding: &str) -> Option<String> {
    let service = document.descendants().find(|node| {
        node.has_tag_name((METADATA, "SingleSignOnService"))
            && node.attribute("Binding") == Some(binding)
    })?;
    Some(service.attribute("Location")?.to_owned())
}

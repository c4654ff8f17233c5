//! Signs: RSA-SHA256 over exclusive canonical XML, enveloped, the certificate in `KeyInfo` (XML Signature Syntax and Processing 1.1).
//!
//! What is signed was written canonical, so nothing is canonicalised here. The Assertion is signed first, then the Response around it.

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::settings::saml::Sign;

use super::RefusedCharacter;
use super::assertion::UnsignedResponse;
use super::keys::{KeyError, SigningKey};
use super::xml::{Element, Prefix};

const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// A signing key, parsed and ready.
pub struct Signer {
    pair: KeyPair,
    certificate: String,
}

/// Why a Response was not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// Something in it cannot be written.
    #[error(transparent)]
    Refused(#[from] RefusedCharacter),
    /// The key did not sign.
    #[error("the signing key did not sign")]
    NotSigned,
}

impl Signer {
    /// A signer with this key. Parsing checks the key, so keep the result.
    pub fn new(key: &SigningKey) -> Result<Self, KeyError> {
        Ok(Self {
            pair: key.key_pair()?,
            certificate: key.certificate().base64(),
        })
    }

    /// Signs what is to be signed and writes the whole Response: about 1 ms of CPU a signature.
    pub fn sign(&self, response: UnsignedResponse, what: Sign) -> Result<String, SignError> {
        let UnsignedResponse {
            mut response,
            assertion,
        } = response;
        let lone = assertion.is_none();
        if let Some(mut assertion) = assertion {
            if what != Sign::Response {
                self.envelop(&mut assertion)?;
            }
            response = response.child(assertion);
        }
        // A Response that is only a status is signed whatever the setting: there is nothing else in it to sign.
        if what != Sign::Assertion || lone {
            self.envelop(&mut response)?;
        }
        Ok(response.canonical()?)
    }

    /// Puts a signature over the element into it, behind its issuer.
    fn envelop(&self, element: &mut Element) -> Result<(), SignError> {
        let canonical = element.canonical()?;
        let id = element.attribute_value("ID").unwrap_or_default();
        let digest = digest::digest(&digest::SHA256, canonical.as_bytes());
        let signed_info = signed_info(id, digest.as_ref());
        let signature = self.signature(signed_info.canonical()?.as_bytes())?;
        element.insert_second(self.signature_element(signed_info, &signature));
        Ok(())
    }

    fn signature(&self, octets: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                octets,
                &mut signature,
            )
            .map_err(|_| SignError::NotSigned)?;
        Ok(signature)
    }

    fn signature_element(&self, signed_info: Element, signature: &[u8]) -> Element {
        let certificate = ds("X509Data").child(ds("X509Certificate").text(&self.certificate));
        ds("Signature")
            .child(signed_info)
            .child(ds("SignatureValue").text(STANDARD.encode(signature)))
            .child(ds("KeyInfo").child(certificate))
    }
}

fn signed_info(id: &str, digest: &[u8]) -> Element {
    let transforms = ds("Transforms")
        .child(algorithm("Transform", ENVELOPED))
        .child(algorithm("Transform", EXCLUSIVE_C14N));
    let reference = ds("Reference")
        .attribute("URI", format!("#{id}"))
        .child(transforms)
        .child(algorithm("DigestMethod", SHA256))
        .child(ds("DigestValue").text(STANDARD.encode(digest)));
    ds("SignedInfo")
        .child(algorithm("CanonicalizationMethod", EXCLUSIVE_C14N))
        .child(algorithm("SignatureMethod", RSA_SHA256))
        .child(reference)
}

fn algorithm(name: &'static str, uri: &str) -> Element {
    ds(name).attribute("Algorithm", uri)
}

fn ds(name: &'static str) -> Element {
    Element::new(Prefix::Ds, name)
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;

//! A tiny identity provider that signs what a test wants signed.

use std::io::Read as _;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use aws_lc_rs::{digest, signature::KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::browser::Page;
use rcgen::{CertificateParams, PKCS_RSA_SHA256};

pub(crate) const ISSUER: &str = "https://idp.example/metadata";
pub(crate) const SSO: &str = "http://localhost:1/saml/sso";

/// A key with its certificate.
pub(crate) struct Signer {
    pair: KeyPair,
    pub(crate) certificate: String,
}

impl Signer {
    pub(crate) fn new() -> Self {
        let key = rcgen::KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let params = CertificateParams::new(vec!["idp.example".to_owned()]).unwrap();
        Self {
            pair: KeyPair::from_pkcs8(&key.serialize_der()).unwrap(),
            certificate: params.self_signed(&key).unwrap().pem(),
        }
    }

    /// The signature element over a canonical element with this ID, which does not hold it yet.
    pub(crate) fn signature(&self, id: &str, canonical: &str) -> String {
        let info = format!(
            "<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>\
             <ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>\
             <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
             <ds:DigestValue>{}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
            STANDARD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
        );
        let namespace = "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";
        let alone = info.replacen(
            "<ds:SignedInfo>",
            &format!("<ds:SignedInfo {namespace}>"),
            1,
        );
        let mut value = vec![0; self.pair.public_modulus_len()];
        assert_eq!(self.pair.public_key().modulus_len(), value.len());
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                alone.as_bytes(),
                &mut value,
            )
            .unwrap();
        let shown: String = self
            .certificate
            .lines()
            .filter(|l| !l.starts_with('-'))
            .collect();
        format!(
            "<ds:Signature {namespace}>{info}<ds:SignatureValue>{}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
             <ds:X509Certificate>{shown}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>",
            STANDARD.encode(&value)
        )
    }
}

/// What a Response says; a test changes one thing and nothing else.
#[derive(Clone)]
pub(crate) struct Words {
    pub(crate) assertion: String,
    pub(crate) issuer: String,
    pub(crate) acs: String,
    pub(crate) recipient: String,
    pub(crate) audience: String,
    pub(crate) in_response_to: String,
    pub(crate) name_id: String,
    pub(crate) not_before: String,
    pub(crate) not_on_or_after: String,
    pub(crate) status: String,
    pub(crate) sign_response: bool,
    pub(crate) sign_assertion: bool,
}

impl Words {
    pub(crate) fn new(entity_id: &str, acs: &str, request: &str, name_id: &str) -> Self {
        Self {
            assertion: "_assertion".to_owned(),
            issuer: ISSUER.to_owned(),
            acs: acs.to_owned(),
            recipient: acs.to_owned(),
            audience: entity_id.to_owned(),
            in_response_to: request.to_owned(),
            name_id: name_id.to_owned(),
            not_before: "2020-01-01T00:00:00Z".to_owned(),
            not_on_or_after: "2100-01-01T00:00:00Z".to_owned(),
            status: "urn:oasis:names:tc:SAML:2.0:status:Success".to_owned(),
            sign_response: true,
            sign_assertion: true,
        }
    }

    pub(crate) fn signed_by(&self, signer: &Signer) -> String {
        let namespace = "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
        let assertion = |signature: &str| {
            format!(
                "<saml:Assertion {namespace} ID=\"{id}{request}\" IssueInstant=\"2026-01-01T00:00:00Z\" Version=\"2.0\"><saml:Issuer>{issuer}</saml:Issuer>{signature}\
                 <saml:Subject><saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">{name_id}</saml:NameID>\
                 <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData InResponseTo=\"{request}\" \
                 NotOnOrAfter=\"{end}\" Recipient=\"{recipient}\"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>\
                 <saml:Conditions NotBefore=\"{start}\" NotOnOrAfter=\"{end}\"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
                 <saml:AuthnStatement AuthnInstant=\"2026-01-01T00:00:00Z\" SessionIndex=\"_s\"><saml:AuthnContext><saml:AuthnContextClassRef>x</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>\
                 <saml:AttributeStatement><saml:Attribute Name=\"givenname\"><saml:AttributeValue>A &amp; B</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>",
                id = self.assertion,
                issuer = self.issuer,
                name_id = self.name_id,
                request = self.in_response_to,
                recipient = self.recipient,
                audience = self.audience,
                start = self.not_before,
                end = self.not_on_or_after,
            )
        };
        let mut inner = assertion("");
        if self.sign_assertion {
            let id = format!("{}{}", self.assertion, self.in_response_to);
            inner = assertion(&signer.signature(&id, &inner));
        }
        let response = |signature: &str| {
            format!(
                "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" Destination=\"{}\" ID=\"_response\" InResponseTo=\"{}\" IssueInstant=\"2026-01-01T00:00:00Z\" Version=\"2.0\">\
                 <saml:Issuer {namespace}>{}</saml:Issuer>{signature}<samlp:Status><samlp:StatusCode Value=\"{}\"></samlp:StatusCode></samlp:Status>{inner}</samlp:Response>",
                self.acs, self.in_response_to, self.issuer, self.status
            )
        };
        if self.sign_response {
            let signature = signer.signature("_response", &response(""));
            return response(&signature);
        }
        response("")
    }
}

/// The request that a redirect carries, inflated, and its `RelayState`.
pub(crate) fn asked(redirect: &Page) -> (String, Option<String>) {
    let url = redirect.location().unwrap();
    let get = |wanted: &str| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    let deflated = STANDARD.decode(get("SAMLRequest").unwrap()).unwrap();
    let mut xml = String::new();
    flate2::read::DeflateDecoder::new(deflated.as_slice())
        .read_to_string(&mut xml)
        .unwrap();
    (xml, get("RelayState"))
}

pub(crate) fn attribute(xml: &str, name: &str) -> Option<String> {
    let document = roxmltree::Document::parse(xml).unwrap();
    document.root_element().attribute(name).map(str::to_owned)
}

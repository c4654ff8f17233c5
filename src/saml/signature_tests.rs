//! Signatures, verified from the text of the whole Response alone: nothing here asks the writer what it meant.

use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use jiff::Timestamp;

use super::*;
use crate::saml::assertion::{Envelope, Statement, Status, failure, success};
use crate::saml::attributes::{FORMAT_EMAIL, NameIdentifier};
use crate::saml::fixtures::{now, signing_key};

const XMLNS: &str = " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"";

fn envelope(now: Timestamp) -> Envelope<'static> {
    Envelope {
        id: "_response",
        issuer: "https://sso.example.test/saml/metadata",
        acs_url: "https://sp.example/acs",
        in_response_to: Some("_request"),
        now,
    }
}

fn response(display_name: &str) -> UnsignedResponse {
    let name_id = NameIdentifier {
        format: FORMAT_EMAIL,
        value: "anna@acme.example".to_owned(),
    };
    let attributes = [("displayName".to_owned(), vec![display_name.to_owned()])];
    let statement = Statement {
        id: "_assertion",
        audience: "https://sp.example/saml",
        name_id: &name_id,
        attributes: &attributes,
        session_index: "_session",
        auth_time: now(),
        session_end: now(),
    };
    success(&envelope(now()), &statement)
}

fn signer() -> Signer {
    Signer::new(signing_key()).unwrap()
}

/// What stands from `from` up to and with `to`.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap();
    let length = text[start..].find(to).unwrap() + to.len();
    &text[start..start + length]
}

fn content<'a>(xml: &'a str, name: &str) -> &'a str {
    let element = between(xml, &format!("<ds:{name}>"), &format!("</ds:{name}>"));
    &element[name.len() + 5..element.len() - name.len() - 6]
}

/// Whether the first signature in the element is one over the element itself.
fn is_verified(element: &str, id: &str) -> bool {
    let signature = between(element, "<ds:Signature ", "</ds:Signature>");
    let signed = element.replacen(signature, "", 1);
    let digest = digest::digest(&digest::SHA256, signed.as_bytes());
    let signed_info = between(signature, "<ds:SignedInfo>", "</ds:SignedInfo>").replacen(
        "<ds:SignedInfo",
        &format!("<ds:SignedInfo{XMLNS}"),
        1,
    );
    let value = STANDARD
        .decode(content(signature, "SignatureValue"))
        .unwrap();
    let pair = signing_key().key_pair().unwrap();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    signature.contains(&format!("<ds:Reference URI=\"#{id}\">"))
        && content(signature, "DigestValue") == STANDARD.encode(digest)
        && content(signature, "X509Certificate") == signing_key().certificate().base64()
        && key.verify(signed_info.as_bytes(), &value).is_ok()
}

fn assertion(response: &str) -> &str {
    between(response, "<saml:Assertion ", "</saml:Assertion>")
}

fn count(response: &str) -> usize {
    response.matches("<ds:Signature ").count()
}

#[test]
fn both_are_signed_the_response_around_the_signed_assertion() {
    let xml = signer().sign(response("Anna"), Sign::Both).unwrap();
    assert_eq!(count(&xml), 2);
    assert!(is_verified(&xml, "_response"));
    assert!(is_verified(assertion(&xml), "_assertion"));
}

#[test]
fn one_of_them_alone_is_signed_when_that_is_set() {
    let xml = signer().sign(response("Anna"), Sign::Assertion).unwrap();
    assert_eq!(count(&xml), 1);
    assert!(is_verified(assertion(&xml), "_assertion"));
    let xml = signer().sign(response("Anna"), Sign::Response).unwrap();
    assert_eq!(count(&xml), 1);
    assert!(is_verified(&xml, "_response"));
}

#[test]
fn a_signature_stands_behind_the_issuer() {
    let xml = signer().sign(response("Anna"), Sign::Both).unwrap();
    assert_eq!(xml.matches("</saml:Issuer><ds:Signature ").count(), 2);
}

#[test]
fn a_signature_says_how_it_was_made() {
    let xml = signer().sign(response("Anna"), Sign::Response).unwrap();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let made: Vec<_> = document
        .descendants()
        .filter_map(|node| Some((node.tag_name().name(), node.attribute("Algorithm")?)))
        .collect();
    assert_eq!(
        made,
        [
            ("CanonicalizationMethod", EXCLUSIVE_C14N),
            ("SignatureMethod", RSA_SHA256),
            ("Transform", ENVELOPED),
            ("Transform", EXCLUSIVE_C14N),
            ("DigestMethod", SHA256),
        ]
    );
}

#[test]
fn a_changed_value_is_noticed() {
    let xml = signer().sign(response("Anna"), Sign::Both).unwrap();
    let changed = xml.replace("anna@acme.example", "eve@acme.example");
    assert!(!is_verified(&changed, "_response"));
    assert!(!is_verified(assertion(&changed), "_assertion"));
}

#[test]
fn a_response_that_only_tells_why_is_always_signed() {
    for what in [Sign::Assertion, Sign::Response, Sign::Both] {
        let unsigned = failure(&envelope(now()), Status::NoPassive);
        let xml = signer().sign(unsigned, what).unwrap();
        assert_eq!(count(&xml), 1);
        assert!(is_verified(&xml, "_response"), "{what:?}");
    }
}

#[test]
fn what_cannot_be_written_is_not_signed() {
    let refused = signer().sign(response("A\u{0}"), Sign::Both);
    assert_eq!(refused, Err(SignError::Refused(RefusedCharacter('\0'))));
}

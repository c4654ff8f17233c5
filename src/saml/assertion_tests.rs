//! What a Response says, field by field.

use roxmltree::{Document, Node};

use super::*;
use crate::saml::attributes::FORMAT_EMAIL;
use crate::saml::fixtures::now;

fn envelope(in_response_to: Option<&str>) -> Envelope<'_> {
    Envelope {
        id: "_response",
        issuer: "https://sso.example.test/saml/metadata",
        acs_url: "https://sp.example/acs?a=1&b=2",
        in_response_to,
        now: now(),
    }
}

/// The Assertion about somebody with these attributes.
fn assertion(in_response_to: Option<&str>, attributes: &[(String, Vec<String>)]) -> String {
    let name_id = NameIdentifier {
        format: FORMAT_EMAIL,
        value: "victim@corp.test<!-- -->.evil.test".to_owned(),
    };
    let statement = Statement {
        id: "_assertion",
        audience: "https://sp.example/saml",
        name_id: &name_id,
        attributes,
        session_index: "_session",
        auth_time: "2026-11-21T09:00:00Z".parse().unwrap(),
        session_end: "2026-11-21T21:00:00Z".parse().unwrap(),
    };
    let response = success(&envelope(in_response_to), &statement);
    response.assertion.unwrap().canonical().unwrap()
}

fn find<'a>(document: &'a Document<'_>, name: &str) -> Node<'a, 'a> {
    document
        .descendants()
        .find(|node| node.tag_name().name() == name)
        .unwrap()
}

fn named(name: &str, values: &[&str]) -> (String, Vec<String>) {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    (name.to_owned(), values)
}

#[test]
fn an_assertion_is_good_for_one_place_one_request_and_a_few_minutes() {
    let xml = assertion(Some("_request"), &[]);
    let document = Document::parse(&xml).unwrap();
    let data = find(&document, "SubjectConfirmationData");
    assert_eq!(
        data.attribute("Recipient"),
        Some("https://sp.example/acs?a=1&b=2")
    );
    assert_eq!(data.attribute("InResponseTo"), Some("_request"));
    assert_eq!(data.attribute("NotOnOrAfter"), Some("2026-11-21T10:05:00Z"));
    assert_eq!(data.attribute("NotBefore"), None);
    let conditions = find(&document, "Conditions");
    assert_eq!(
        conditions.attribute("NotBefore"),
        Some("2026-11-21T09:57:00Z")
    );
    assert_eq!(
        conditions.attribute("NotOnOrAfter"),
        Some("2026-11-21T10:05:00Z")
    );
    assert_eq!(
        find(&document, "Audience").text(),
        Some("https://sp.example/saml")
    );
}

#[test]
fn an_assertion_names_the_person_whole_and_the_session() {
    let xml = assertion(Some("_request"), &[]);
    let document = Document::parse(&xml).unwrap();
    let name_id = find(&document, "NameID");
    assert_eq!(name_id.text(), Some("victim@corp.test<!-- -->.evil.test"));
    assert_eq!(name_id.children().count(), 1);
    assert_eq!(name_id.attribute("Format"), Some(FORMAT_EMAIL));
    let statement = find(&document, "AuthnStatement");
    assert_eq!(
        statement.attribute("AuthnInstant"),
        Some("2026-11-21T09:00:00Z")
    );
    assert_eq!(
        statement.attribute("SessionNotOnOrAfter"),
        Some("2026-11-21T21:00:00Z")
    );
    assert_eq!(statement.attribute("SessionIndex"), Some("_session"));
}

#[test]
fn an_unsolicited_response_answers_no_request() {
    let xml = assertion(None, &[]);
    assert!(!xml.contains("InResponseTo"));
    let response = failure(&envelope(None), Status::RequestDenied);
    assert!(
        !response
            .response
            .canonical()
            .unwrap()
            .contains("InResponseTo")
    );
}

#[test]
fn an_attribute_has_several_values_and_none_of_them_is_empty() {
    let xml = assertion(
        Some("_request"),
        &[
            named("urn:groups", &["a", "", "</saml:AttributeValue>b"]),
            named("empty", &[""]),
            named("none", &[]),
        ],
    );
    let document = Document::parse(&xml).unwrap();
    let statement = find(&document, "AttributeStatement");
    assert_eq!(statement.children().count(), 1);
    let values: Vec<_> = find(&document, "Attribute")
        .children()
        .map(|value| value.text().unwrap())
        .collect();
    assert_eq!(values, ["a", "</saml:AttributeValue>b"]);
}

#[test]
fn without_attributes_there_is_no_statement_of_them() {
    assert!(!assertion(Some("_request"), &[]).contains("AttributeStatement"));
    let empty = [named("empty", &[""])];
    assert!(!assertion(Some("_request"), &empty).contains("AttributeStatement"));
}

#[test]
fn a_response_without_assertion_tells_why() {
    for (status, top, second) in [
        (Status::NoPassive, "Responder", "NoPassive"),
        (Status::AuthnFailed, "Responder", "AuthnFailed"),
        (
            Status::InvalidNameIdPolicy,
            "Requester",
            "InvalidNameIDPolicy",
        ),
        (Status::RequestDenied, "Responder", "RequestDenied"),
    ] {
        let response = failure(&envelope(Some("_request")), status);
        assert!(response.assertion.is_none());
        let xml = response.response.canonical().unwrap();
        let document = Document::parse(&xml).unwrap();
        let codes: Vec<_> = document
            .descendants()
            .filter_map(|node| node.attribute("Value"))
            .map(|value| value.rsplit(':').next().unwrap())
            .collect();
        assert_eq!(codes, [top, second]);
        let root = document.root_element();
        assert_eq!(root.attribute("InResponseTo"), Some("_request"));
        assert_eq!(
            root.attribute("Destination"),
            Some("https://sp.example/acs?a=1&b=2")
        );
    }
}

#[test]
fn ids_are_names_and_never_the_same() {
    let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| new_id()).collect();
    assert_eq!(ids.len(), 1000);
    assert!(ids.iter().all(|id| id.starts_with('_') && id.len() == 33));
}

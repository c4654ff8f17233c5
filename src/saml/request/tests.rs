//! What a request must be, and what becomes of every other one.

mod addressed;

use super::*;
use crate::saml::fixtures::{now, settings};
use crate::settings::saml::NameId;

const SSO: &str = "https://sso.example.test/saml/sso";

fn good() -> String {
    [
        r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_a1" Version="2.0""#,
        r#" IssueInstant="2026-11-21T09:59:00Z" Destination="https://sso.example.test/saml/sso""#,
        r#" AssertionConsumerServiceURL="https://sp.example/acs""#,
        r#" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">"#,
        r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://sp.example/saml</saml:Issuer>"#,
        r#"<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"/>"#,
        "</samlp:AuthnRequest>",
    ]
    .concat()
}

fn message(xml: &str) -> Message {
    Message {
        xml: xml.to_owned(),
        relay_state: None,
        signed: false,
    }
}

fn judge(xml: &str) -> Result<(), RequestError> {
    read(&message(xml), &settings(), SSO, now()).map(|_| ())
}

/// The good request with one text in it replaced.
fn changed(from: &str, to: &str) -> String {
    let other = good().replacen(from, to, 1);
    assert_ne!(other, good(), "{from}");
    other
}

fn refused(error: RequestError, changes: &[(&str, &str)]) {
    for (from, to) in changes {
        assert_eq!(judge(&changed(from, to)), Err(error), "{to:.80}");
    }
}

#[test]
fn a_plain_request_of_a_registered_service_provider_is_read() {
    let settings = settings();
    let request = read(&message(&good()), &settings, SSO, now()).unwrap();
    assert_eq!(
        (request.id.as_str(), request.service_provider.name.as_str()),
        ("_a1", "portal")
    );
    assert!(!request.force_authn && !request.is_passive && !request.unsuited_name_id);
}

#[test]
fn what_need_not_be_said_may_be_left_out() {
    for (from, to) in [
        (" Destination=\"https://sso.example.test/saml/sso\"", ""),
        (
            " AssertionConsumerServiceURL=\"https://sp.example/acs\"",
            "",
        ),
        (
            " ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"",
            "",
        ),
        (
            "<samlp:AuthnRequest",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<samlp:AuthnRequest",
        ),
        ("><saml:Issuer", ">\n  <saml:Issuer"),
        ("https://sp.example/saml<", "https://sp.ex&#97;mple/saml<"),
        ("Version=", "ProviderName=\"A : B\" Version="),
        ("Version=", "ProviderName='a=\" :b' Version="),
        ("><saml:Issuer", "> : <saml:Issuer"),
    ] {
        assert_eq!(judge(&changed(from, to)), Ok(()), "{to}");
    }
    let issuer_and_id = good()
        .replace("samlp:", "p:")
        .replace("xmlns:samlp", "xmlns:p");
    assert_eq!(judge(&issuer_and_id), Ok(()), "another prefix");
}

#[test]
fn what_is_not_plain_xml_is_refused() {
    let entities = "<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;'>]><samlp:AuthnRequest";
    refused(
        RequestError::Xml,
        &[
            (
                "<samlp:AuthnRequest",
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><samlp:AuthnRequest",
            ),
            ("<samlp:AuthnRequest", "<!DOCTYPE x><samlp:AuthnRequest"),
            ("<samlp:AuthnRequest", entities),
            ("<samlp:AuthnRequest", "<!-- --><samlp:AuthnRequest"),
            ("</samlp:AuthnRequest>", "<!-- --></samlp:AuthnRequest>"),
            ("</samlp:AuthnRequest>", "</samlp:AuthnRequest><!-- -->"),
            ("</samlp:AuthnRequest>", "<?x y?></samlp:AuthnRequest>"),
            ("</samlp:AuthnRequest>", "</samlp:AuthnRequest><?x y?>"),
            ("</samlp:AuthnRequest>", "</samlp:AuthnRequest><x/>"),
            ("</samlp:AuthnRequest>", ""),
            ("sp.example/saml<", "sp.example/saml<!-- -->.evil<"),
            ("sp.example/saml<", "sp.example/<![CDATA[saml]]><"),
            ("sp.example/saml<", "sp.example/saml&#x0;<"),
            ("sp.example/saml<", "sp.example/saml&e;<"),
            (
                "<samlp:AuthnRequest",
                "<?xml version='1.0' encoding='UTF-16'?><samlp:AuthnRequest",
            ),
            ("ID=\"_a1\"", "ID=\"_a1\" ID=\"_a2\""),
            ("<samlp:NameIDPolicy", "<undeclared:NameIDPolicy"),
            ("<samlp:NameIDPolicy", "<:a/><samlp:NameIDPolicy"),
            ("<samlp:NameIDPolicy", "<a:/><samlp:NameIDPolicy"),
            ("Version=", "xmlns:x=\"\" Version="),
            ("Version=", "xmlns:xmlns=\"urn:x\" Version="),
            ("Version=", "x:a=\"\" Version="),
            ("Version=", ":a=\"\" Version="),
            ("Version=", "\n:ForceAuthn=\"true\" Version="),
            ("Version=", ":xmlns=\"urn:x\" Version="),
            ("Version=", "a='\"' :b=\"\" Version="),
            ("</samlp:AuthnRequest>", "</:AuthnRequest>"),
        ],
    );
    assert_eq!(judge(""), Err(RequestError::Xml));
}

#[test]
fn anything_but_an_authn_request_of_saml_2_is_refused() {
    refused(
        RequestError::NotAuthnRequest,
        &[
            ("SAML:2.0:protocol", "SAML:1.1:protocol"),
            ("Version=\"2.0\"", "Version=\"2.1\""),
            (" Version=\"2.0\"", ""),
            ("xmlns:samlp=\"", "xmlns:samlp=\"urn:other\" xmlns:other=\""),
        ],
    );
    let log_out = good().replace("AuthnRequest", "LogoutRequest");
    assert_eq!(judge(&log_out), Err(RequestError::NotAuthnRequest));
}

#[test]
fn an_id_is_a_short_name() {
    let long = format!("ID=\"_{}\"", "a".repeat(128));
    refused(
        RequestError::Id,
        &[
            ("ID=\"_a1\"", "ID=\"1a\""),
            ("ID=\"_a1\"", "ID=\"\""),
            ("ID=\"_a1\"", "ID=\"a:b\""),
            ("ID=\"_a1\"", "ID=\"a b\""),
            ("ID=\"_a1\"", "ID=\"a&#10;\""),
            ("ID=\"_a1\"", "ID=\"x&quot; onload=&quot;\""),
            ("ID=\"_a1\"", "xml:id=\"_a1\""),
            ("ID=\"_a1\"", ""),
            ("ID=\"_a1\"", &long),
        ],
    );
    let longest = changed("ID=\"_a1\"", &format!("ID=\"_{}\"", "a".repeat(127)));
    assert_eq!(judge(&longest), Ok(()));
}

#[test]
fn a_request_is_of_now() {
    refused(
        RequestError::IssueInstant,
        &[
            ("09:59:00Z", "09:54:59Z"),
            ("09:59:00Z", "10:05:01Z"),
            ("2026-11-21T09:59:00Z", "2026-13-99T09:59:00Z"),
            ("2026-11-21T09:59:00Z", "9999999-11-21T09:59:00Z"),
            ("2026-11-21T09:59:00Z", "2026-11-21T09:59:00"),
            ("2026-11-21T09:59:00Z", ""),
            (" IssueInstant=\"2026-11-21T09:59:00Z\"", ""),
        ],
    );
    for edge in ["09:55:00Z", "10:05:00Z", "09:59:00.123Z"] {
        assert_eq!(judge(&changed("09:59:00Z", edge)), Ok(()), "{edge}");
    }
}

#[test]
fn flags_are_true_or_false() {
    let settings = settings();
    for (value, expected) in [("true", true), ("1", true), ("false", false), ("0", false)] {
        let flags = format!("ForceAuthn=\"{value}\" IsPassive=\"{value}\" Version=");
        let request = message(&changed("Version=", &flags));
        let request = read(&request, &settings, SSO, now()).unwrap();
        assert_eq!(
            (request.force_authn, request.is_passive),
            (expected, expected)
        );
    }
    refused(
        RequestError::Flag,
        &[
            ("Version=", "ForceAuthn=\"yes\" Version="),
            ("Version=", "ForceAuthn=\"TRUE\" Version="),
            ("Version=", "IsPassive=\"\" Version="),
        ],
    );
}

#[test]
fn another_way_to_name_the_person_is_noticed() {
    let (email, persistent, unspecified) = (
        "SAML:1.1:nameid-format:emailAddress",
        "SAML:2.0:nameid-format:persistent",
        "SAML:1.1:nameid-format:unspecified",
    );
    let transient = "SAML:2.0:nameid-format:transient";
    for (configured, suited, unsuited) in [
        (
            NameId::Email,
            [email, unspecified].as_slice(),
            [transient, persistent].as_slice(),
        ),
        (
            NameId::Persistent,
            &[persistent, unspecified],
            &[transient, email],
        ),
        (
            NameId::Unspecified,
            &[email, unspecified],
            &[transient, persistent],
        ),
    ] {
        let mut settings = settings();
        for service_provider in settings.service_providers.values_mut() {
            service_provider.name_id = configured;
        }
        let judged = |format: &str| {
            let xml = good().replace(email, format);
            let request = read(&message(&xml), &settings, SSO, now()).unwrap();
            request.unsuited_name_id
        };
        assert!(
            !suited.iter().any(|format| judged(format)),
            "{configured:?}"
        );
        assert!(
            unsuited.iter().all(|format| judged(format)),
            "{configured:?}"
        );
    }
}

#[test]
fn a_name_identifier_for_a_third_party_is_not_given() {
    let settings = settings();
    for (qualifier, unsuited) in [("https://sp.example/saml", false), ("https://other", true)] {
        let policy = format!("<samlp:NameIDPolicy SPNameQualifier=\"{qualifier}\"");
        let request = message(&changed("<samlp:NameIDPolicy", &policy));
        let request = read(&request, &settings, SSO, now()).unwrap();
        assert_eq!(request.unsuited_name_id, unsuited, "{qualifier}");
    }
    refused(
        RequestError::NameIdPolicy,
        &[(
            "<samlp:NameIDPolicy",
            "<samlp:NameIDPolicy/><samlp:NameIDPolicy",
        )],
    );
}

#[test]
fn a_subject_in_the_request_changes_nothing() {
    let subject = "<saml:Subject xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><saml:NameID>eve@evil.test</saml:NameID></saml:Subject><samlp:NameIDPolicy";
    assert_eq!(judge(&changed("<samlp:NameIDPolicy", subject)), Ok(()));
}

#[test]
fn more_parts_than_any_real_request_has_are_refused() {
    let many = changed(
        "</samlp:AuthnRequest>",
        &format!("{}</samlp:AuthnRequest>", "<a/>".repeat(500)),
    );
    assert_eq!(judge(&many), Err(RequestError::Xml));
    let deep = format!("{}{}", "<a>".repeat(2000), "</a>".repeat(2000));
    assert_eq!(judge(&deep), Err(RequestError::Xml));
    let attributes: Vec<_> = (0..1500).map(|n| format!("a{n}=\"\"")).collect();
    let wide = changed("Version=", &format!("{} Version=", attributes.join(" ")));
    assert!(
        judge(&wide).is_ok(),
        "within the limit of size, and read in no time"
    );
}

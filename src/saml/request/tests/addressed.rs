//! Who asks, whom, and where the answer goes.

use super::*;

#[test]
fn only_a_registered_issuer_may_ask() {
    refused(
        RequestError::UnknownServiceProvider,
        &[
            ("https://sp.example/saml<", "https://other.example/saml<"),
            (
                "https://sp.example/saml<",
                "https://sp.example/saml.evil.test<",
            ),
            ("https://sp.example/saml<", " https://sp.example/saml<"),
            ("https://sp.example/saml<", "https://sp.example/saml\n<"),
            ("https://sp.example/saml<", "HTTPS://sp.example/saml<"),
        ],
    );
    refused(
        RequestError::Issuer,
        &[
            ("https://sp.example/saml<", "<"),
            ("https://sp.example/saml<", "https://sp.example/saml<b/><"),
            (
                "https://sp.example/saml<",
                "<b>https://sp.example/saml</b><",
            ),
            (
                "<samlp:NameIDPolicy",
                "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">x</saml:Issuer><samlp:NameIDPolicy",
            ),
            (
                "<samlp:NameIDPolicy",
                "<x:Issuer xmlns:x=\"urn:x\">x</x:Issuer><samlp:NameIDPolicy",
            ),
            (
                "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
                "xmlns:saml=\"urn:other\"",
            ),
        ],
    );
}

#[test]
fn a_request_for_somebody_else_is_refused() {
    refused(
        RequestError::Destination,
        &[
            (
                "https://sso.example.test/saml/sso",
                "https://other.example/saml/sso",
            ),
            (
                "https://sso.example.test/saml/sso",
                "https://sso.example.test/saml/sso/",
            ),
            ("https://sso.example.test/saml/sso", ""),
        ],
    );
}

#[test]
fn a_signed_request_must_say_for_whom_it_is() {
    let silent = changed(" Destination=\"https://sso.example.test/saml/sso\"", "");
    let mut signed = message(&silent);
    signed.signed = true;
    let settings = settings();
    assert_eq!(
        read(&signed, &settings, SSO, now()).map(|_| ()),
        Err(RequestError::Destination)
    );
    let signature =
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><samlp:NameIDPolicy";
    let embedded = silent.replace("<samlp:NameIDPolicy", signature);
    assert_eq!(judge(&embedded), Err(RequestError::Destination));
    assert_eq!(judge(&changed("<samlp:NameIDPolicy", signature)), Ok(()));
}

#[test]
fn the_answer_goes_to_the_registered_address_by_post_or_nowhere() {
    let address = "https://sp.example/acs";
    refused(
        RequestError::ConsumerService,
        &[
            (address, "https://evil.test/acs"),
            (address, "https://sp.example.evil.test/acs"),
            (address, "https://sp.example/acs/"),
            (address, "https://sp.example/acs?x"),
            (address, "https://sp.example/acs#x"),
            (address, "https://sp.example/ACS"),
            (address, "https://sp.example/x/../acs"),
            (address, "https://sp.example@evil.test/acs"),
            (address, "http://sp.example/acs"),
            (address, "//sp.example/acs"),
            (address, "javascript:alert(1)"),
            (address, " https://sp.example/acs"),
            (address, ""),
            ("Version=", "AssertionConsumerServiceIndex=\"0\" Version="),
        ],
    );
    refused(
        RequestError::Binding,
        &[
            ("bindings:HTTP-POST", "bindings:HTTP-Artifact"),
            ("bindings:HTTP-POST", "bindings:PAOS"),
            ("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", ""),
        ],
    );
}

#[test]
fn index_zero_alone_names_the_registered_address_and_no_other_index_does() {
    for (index, expected) in [
        ("0", Ok(())),
        ("1", Err(RequestError::ConsumerService)),
        ("99", Err(RequestError::ConsumerService)),
        ("-1", Err(RequestError::ConsumerService)),
        ("x", Err(RequestError::ConsumerService)),
        ("", Err(RequestError::ConsumerService)),
    ] {
        let by_index = changed(
            "AssertionConsumerServiceURL=\"https://sp.example/acs\"",
            &format!("AssertionConsumerServiceIndex=\"{index}\""),
        );
        assert_eq!(judge(&by_index), expected, "{index}");
    }
}

//! Metadata as others write it, and as nobody should.

use super::*;

const ROLE: &str = r#"protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol""#;

/// A service provider with this inside its role.
fn entity(attributes: &str, inside: &str) -> String {
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://sp.example/id"><md:SPSSODescriptor {ROLE} {attributes}>{inside}</md:SPSSODescriptor></md:EntityDescriptor>"#
    )
}

fn consumer(address: &str, rest: &str) -> String {
    format!(r#"<md:AssertionConsumerService Binding="{POST}" Location="{address}" {rest}/>"#)
}

fn read(text: &str) -> Result<TheirMetadata, MetadataError> {
    TheirMetadata::read(text.as_bytes())
}

fn default_of(consumers: &str) -> String {
    let read = read(&entity("", consumers)).unwrap();
    let mut defaults = read.consumers.iter().filter(|one| one.is_default);
    let found = defaults.next().unwrap().address.clone();
    assert_eq!(defaults.next(), None, "there is one default");
    found
}

#[test]
fn what_it_says_is_read() {
    let inside = [
        "<!-- as tools write it --><md:NameIDFormat>\n  urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress </md:NameIDFormat>",
        &consumer("https://sp.example/acs?a=b&amp;c=d", "index=\"0\""),
        r#"<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="https://sp.example/artifact" index="1" isDefault="true"/>"#,
    ]
    .concat();
    let text = entity(
        r#"WantAssertionsSigned="true" AuthnRequestsSigned="0""#,
        &inside,
    );
    let expected = TheirMetadata {
        entity_id: "https://sp.example/id".to_owned(),
        consumers: vec![Consumer {
            address: "https://sp.example/acs?a=b&c=d".to_owned(),
            index: "0".to_owned(),
            is_default: true,
        }],
        wants_signed_assertions: true,
        signs_requests: false,
        formats: vec!["urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".to_owned()],
    };
    for before in ["", "\u{feff}", "\n ", "<?xml version=\"1.0\"?>\n"] {
        assert_eq!(read(&format!("{before}{text}")), Ok(expected.clone()));
    }
}

#[test]
fn the_default_is_the_one_that_the_standard_means() {
    let (a, b) = ("https://sp.example/a", "https://sp.example/b");
    for (first, second, expected) in [
        ("", "", a),
        ("", "isDefault=\"true\"", b),
        ("isDefault=\"false\"", "", b),
        ("isDefault=\"false\"", "isDefault=\"false\"", a),
        ("isDefault=\"1\"", "isDefault=\"true\"", a),
    ] {
        let both = consumer(a, first) + &consumer(b, second);
        assert_eq!(default_of(&both), expected, "{first} {second}");
    }
}

#[test]
fn a_service_provider_among_others_that_are_none_is_found() {
    let one = entity("", &consumer("https://sp.example/acs", ""));
    let idp = r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="i"><md:IDPSSODescriptor/></md:EntityDescriptor>"#;
    let all = |inside: &str| {
        format!(
            r#"<m:EntitiesDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata">{inside}</m:EntitiesDescriptor>"#
        )
    };
    assert!(read(&all(&format!("{idp}{one}"))).is_ok());
    let two = read(&all(&format!("{one}{one}")));
    assert_eq!(two, Err(MetadataError::Several(2)));
    assert_eq!(read(&all(idp)), Err(MetadataError::NoServiceProvider));
    assert_eq!(read(idp), Err(MetadataError::NoServiceProvider));
}

#[test]
fn what_is_no_such_metadata_is_refused_with_what_it_is() {
    let acs = consumer("https://sp.example/acs", "");
    let good = entity("", &acs);
    let deep = "<a>".repeat(80_000);
    let many = format!("{}{}", "<a/>".repeat(20_000), good);
    let wide: Vec<String> = (0..20_000).map(|n| format!(" a{n}=\"\"")).collect();
    let wide = wide.concat();
    let bomb = r#"<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>"#;
    let outside = r#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"#;
    for (text, expected) in [
        ("", MetadataError::Empty),
        (" \n ", MetadataError::Empty),
        ("https://sp.example/metadata", MetadataError::Address),
        ("<!DOCTYPE html><p>", MetadataError::WebPage),
        ("<HTML>", MetadataError::WebPage),
        (bomb, MetadataError::DocumentType),
        (outside, MetadataError::DocumentType),
        ("<a>&x;</a>", MetadataError::NotXml(1)),
        ("\n<a>\n</b>", MetadataError::NotXml(2)),
        ("{\"entityID\": 1}", MetadataError::NotXml(1)),
        ("<a/>", MetadataError::NotMetadata),
        (&deep, MetadataError::NotXml(1)),
        (&format!("<a>{many}</a>"), MetadataError::NotXml(1)),
        (&format!("<a{wide}/>"), MetadataError::TooLarge),
        (&" ".repeat(LARGEST + 1), MetadataError::TooLarge),
        (
            &good.replace("SAML:2.0:protocol", "SAML:1.1:protocol"),
            MetadataError::NoServiceProvider,
        ),
        (
            &good.replace("SAML:2.0:metadata", "SAML:9:metadata"),
            MetadataError::NotMetadata,
        ),
        (
            &good.replace("https://sp.example/id", " "),
            MetadataError::NoEntityId,
        ),
        (
            &good.replace("https://sp.example/id", &"x".repeat(1025)),
            MetadataError::NoEntityId,
        ),
        (&good.replace(POST, "other"), MetadataError::NoConsumer),
        (&entity("", ""), MetadataError::NoConsumer),
    ] {
        assert_eq!(read(text), Err(expected), "{text:.200}");
    }
    let latin = TheirMetadata::read(b"<a>\xe9</a>");
    assert_eq!(latin, Err(MetadataError::NotText));
}

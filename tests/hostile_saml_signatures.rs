//! Signatures inside a request, which we do not verify: whatever they wrap, point to or bring along, what counts is the root, and it gets what it would get without them.

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::saml::Asked;

const INVALID: &str = "saml_request_invalid";
const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// A signature with these parts.
fn signature(references: &str, key_info: &str, object: &str) -> String {
    format!(
        "<ds:Signature xmlns:ds=\"{XMLDSIG}\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><ds:SignatureMethod Algorithm=\"{XMLDSIG}rsa-sha1\"/>{references}</ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue>{key_info}{object}</ds:Signature>"
    )
}

/// A reference to this, by way of this transform.
fn reference(uri: &str, transform: &str) -> String {
    format!(
        "<ds:Reference URI=\"{uri}\"><ds:Transforms>{transform}</ds:Transforms><ds:DigestMethod Algorithm=\"{XMLDSIG}sha1\"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>"
    )
}

/// Puts something behind the issuer of an honest request, where a signature stands.
fn with(asked: &Asked, more: &str) -> (String, String) {
    let request = asked.request();
    let behind = format!("</saml:Issuer>{more}");
    let xml = request.xml().replacen("</saml:Issuer>", &behind, 1);
    (request.id, xml)
}

/// That a request gets by both bindings what its root asks for, and nothing is fetched for it.
async fn is_answered_as_its_root(asked: &Asked, (id, xml): (String, String)) {
    let response = asked.answers(&xml).await;
    assert_eq!(response.texts("NameID"), ["ada@customer.example"], "{xml}");
    assert_eq!(
        response.attributes("InResponseTo"),
        [id.clone(), id.clone()],
        "{xml}"
    );
    assert!(!response.0.contains("evil"), "{xml}");
    let calls = asked.town.atlassian.calls();
    assert!(calls.iter().all(|call| call.path != "/fetched"), "{xml}");
    asked.town.advance(std::time::Duration::from_secs(16));
    let other = xml.replace(&id, &format!("{id}-by-post"));
    let form = STANDARD.encode(&other);
    let page = asked
        .ada
        .post(&asked.town.at("/saml/sso"), &[("SAMLRequest", &form)], None)
        .await;
    let response = asked.response(&page);
    assert_eq!(response.texts("NameID"), ["ada@customer.example"], "{xml}");
    assert!(!response.0.contains("evil"), "{xml}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_signature_points_to_brings_along_or_asks_for_counts_for_nothing() {
    let asked = Asked::new().await;
    let fetched = format!("{}/fetched", asked.town.atlassian.site());
    let transform = |algorithm: &str, content: &str| {
        format!("<ds:Transform Algorithm=\"{algorithm}\">{content}</ds:Transform>")
    };
    let enveloped = transform(&format!("{XMLDSIG}enveloped-signature"), "");
    let stylesheet = format!(
        "<xsl:stylesheet version=\"1.0\" xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\"><xsl:template match=\"/\"><xsl:value-of select=\"document('{fetched}')\"/></xsl:template></xsl:stylesheet>"
    );
    let transforms = [
        enveloped.clone(),
        enveloped.repeat(5),
        transform("http://www.w3.org/TR/1999/REC-xslt-19991116", &stylesheet),
        transform(
            "http://www.w3.org/TR/1999/REC-xpath-19991116",
            "<ds:XPath>count(//.)</ds:XPath>",
        ),
        transform(&format!("{XMLDSIG}base64"), ""),
        transform(
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
            "",
        ),
        transform("urn:evil", ""),
    ];
    for transform in transforms {
        let signature = signature(&reference("#x", &transform), "", "");
        is_answered_as_its_root(&asked, with(&asked, &signature)).await;
    }
    for uri in [
        "",
        "#",
        "#_placeholder",
        "#xpointer(/)",
        "#xpointer(id('x'))",
        &fetched,
        "file:///etc/passwd",
        "cid:x",
    ] {
        let signature = signature(&reference(uri, &enveloped), "", "");
        is_answered_as_its_root(&asked, with(&asked, &signature)).await;
    }
    let key_infos = [
        "<ds:KeyInfo><ds:KeyName>evil</ds:KeyName></ds:KeyInfo>".to_owned(),
        "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data></ds:KeyInfo>".to_owned(),
        "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>".to_owned(),
        format!("<ds:KeyInfo><ds:RetrievalMethod URI=\"{fetched}\"/></ds:KeyInfo>"),
    ];
    let one = reference("#x", &enveloped);
    for key_info in key_infos {
        is_answered_as_its_root(&asked, with(&asked, &signature(&one, &key_info, ""))).await;
    }
    for references in [
        "",
        &one.repeat(2),
        &format!("{one}<ds:SignedInfo>{one}</ds:SignedInfo>"),
    ] {
        is_answered_as_its_root(&asked, with(&asked, &signature(references, "", ""))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_wrapped_into_another_counts_for_nothing() {
    let asked = Asked::new().await;
    let mut evil = asked.request();
    evil.acs_url = Some("https://evil.test/acs".to_owned());
    evil.force_authn = true;
    evil.issuer = "https://evil.test".to_owned();
    let one = reference(&format!("#{}", evil.id), "");
    let wrapped = evil.xml();
    for more in [
        signature(&one, "", &format!("<ds:Object>{wrapped}</ds:Object>")),
        format!(
            "{}<samlp:Extensions>{wrapped}</samlp:Extensions>",
            signature(&one, "", "")
        ),
        format!(
            "<samlp:Extensions>{wrapped}{}</samlp:Extensions>",
            signature(&one, "", "")
        ),
        format!(
            "<samlp:Extensions>{}</samlp:Extensions>",
            signature(&one, "", &format!("<ds:Object>{wrapped}</ds:Object>"))
        ),
        wrapped.clone(),
        format!("{wrapped}{wrapped}"),
    ] {
        is_answered_as_its_root(&asked, with(&asked, &more)).await;
        let (id, xml) = with(&asked, &more);
        is_answered_as_its_root(&asked, (id.clone(), xml.replace(&evil.id, &id))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evil_root_is_refused_whatever_honest_request_it_wraps() {
    let asked = Asked::new().await;
    let honest = asked.request().xml();
    let one = reference("#x", "");
    let acs = asked.town.atlassian.acs_url("portal");
    let destination = format!(" Destination=\"{}\"", asked.town.at("/saml/sso"));
    for more in [
        signature(&one, "", &format!("<ds:Object>{honest}</ds:Object>")),
        format!(
            "{}<samlp:Extensions>{honest}</samlp:Extensions>",
            signature(&one, "", "")
        ),
        honest.clone(),
    ] {
        let (_, xml) = with(&asked, &more);
        let elsewhere = xml.replacen(&acs, "https://evil.test/acs", 1);
        asked.refuses(&elsewhere, INVALID).await;
        let (_, xml) = with(&asked, &more);
        asked
            .refuses(
                &xml.replacen("<saml:Issuer>", "<saml:Issuer>https://evil.test/", 1),
                "service_provider_unknown",
            )
            .await;
    }
    let (_, signed) = with(&asked, &signature(&one, "", ""));
    asked
        .refuses(&signed.replacen(&destination, "", 1), INVALID)
        .await;
    let (_, signed) = with(&asked, &signature(&one, "", ""));
    asked
        .refuses(&signed.replacen("AAAA", "AA<!-- -->AA", 1), INVALID)
        .await;
    for outer in ["samlp:Response", "saml:Assertion", "ds:Signature", "x"] {
        let xml = format!(
            "<{outer} xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" xmlns:ds=\"{XMLDSIG}\" Version=\"2.0\" ID=\"_x\">{}</{outer}>",
            asked.request().xml()
        );
        asked.refuses(&xml, INVALID).await;
    }
}

//! XML that is not what it seems: entities, bombs, comments, odd encodings and prefixes. It is refused before anything of it is believed.

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::browser::Browser;
use support::arrived;
use support::saml::Asked;

const INVALID: &str = "saml_request_invalid";

/// That the same town still answers an honest request.
async fn still_answers(asked: &Asked) {
    let page = asked
        .ada
        .open(&asked.town.atlassian.login_url("portal"))
        .await;
    arrived(&asked.ada.post_on(page).await, "ada@customer.example");
    assert_eq!(asked.town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_type_is_refused_and_nothing_is_fetched_for_it() {
    let asked = Asked::new().await;
    let site = asked.town.atlassian.site();
    let begin = "<samlp:AuthnRequest";
    for doctype in [
        "<!DOCTYPE x>".to_owned(),
        "<!doctype x>".to_owned(),
        "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">".to_owned(),
        format!("<!DOCTYPE x SYSTEM \"{site}/xxe.dtd\">"),
        format!("<!DOCTYPE x PUBLIC \"a\" \"{site}/xxe.dtd\">"),
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>".to_owned(),
        format!("<!DOCTYPE x [<!ENTITY e SYSTEM '{site}/xxe'>]>"),
        format!("<!DOCTYPE x [<!ENTITY % p SYSTEM '{site}/xxe'> %p;]>"),
        "<!DOCTYPE x [<!ENTITY % p '<!ENTITY e \"x\">'> %p;]>".to_owned(),
        "<!DOCTYPE x [<!ATTLIST x ID ID #IMPLIED>]>".to_owned(),
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e 'x'>]>".to_owned(),
        "\n\n<!DOCTYPE x>\n".to_owned(),
        "<!ENTITY e 'x'>".to_owned(),
    ] {
        asked
            .refuses(&asked.changed(begin, &format!("{doctype}{begin}")), INVALID)
            .await;
        let used = asked.changed(begin, &format!("{doctype}{begin}"));
        let used = used.replace("</saml:Issuer>", "&e;</saml:Issuer>");
        asked.refuses(&used, INVALID).await;
    }
    still_answers(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_that_multiply_are_refused() {
    let asked = Asked::new().await;
    let begin = "<samlp:AuthnRequest";
    let laughs: Vec<String> = (1..20)
        .map(|n| format!("<!ENTITY e{n} '&e{0};&e{0};&e{0};&e{0};'>", n - 1))
        .collect();
    let laughs = laughs.concat();
    let billion = format!("<!DOCTYPE x [<!ENTITY e0 'ha'>{laughs}]>");
    let quadratic = format!("<!DOCTYPE x [<!ENTITY e19 '{}'>]>", "a".repeat(5_000));
    for doctype in [billion, quadratic] {
        let xml = asked.changed(begin, &format!("{doctype}{begin}"));
        let many = "&e19;".repeat(200);
        let xml = xml.replace("</saml:Issuer>", &format!("{many}</saml:Issuer>"));
        asked.refuses(&xml, INVALID).await;
    }
    for (entity, reason) in [
        ("&e;", INVALID),
        ("&evil;", INVALID),
        ("&#x0;", INVALID),
        ("&#0;", INVALID),
        ("&#x8;", INVALID),
        ("&#xFFFE;", INVALID),
        ("&", INVALID),
        ("&;", INVALID),
        ("&#;", INVALID),
        ("&#x;", INVALID),
        ("&#99999999999;", INVALID),
        // The parser reads a replacement character.
        ("&#x110000;", "service_provider_unknown"),
        ("&#xD800;", "service_provider_unknown"),
    ] {
        let issuer = format!("{entity}</saml:Issuer>");
        asked
            .refuses(&asked.changed("</saml:Issuer>", &issuer), reason)
            .await;
    }
    still_answers(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_any_request_holds_is_refused() {
    let asked = Asked::new().await;
    let end = "</samlp:AuthnRequest>";
    let nested = |name: &str, deep: usize| {
        format!(
            "{}{}",
            format!("<{name}>").repeat(deep),
            format!("</{name}>").repeat(deep)
        )
    };
    let all =
        |count: usize, one: fn(usize) -> String| (0..count).map(one).collect::<Vec<_>>().concat();
    let namespaces = all(400, |n| format!(" xmlns:n{n}=\"urn:n{n}\""));
    let spread = all(300, |n| format!("<n{n}:a xmlns:n{n}=\"u\"/>"));
    for more in [
        nested("a", 300),
        nested("a", 2_000),
        "<a>".repeat(2_000),
        "<a/>".repeat(300),
        spread,
        format!("<a{namespaces}>{}</a>", "<b/>".repeat(250)),
        format!("<a>{}</a>", "a".repeat(20_000)),
        format!("<!--{}-->", "a".repeat(20_000)),
    ] {
        asked
            .refuses(&asked.changed(end, &format!("{more}{end}")), INVALID)
            .await;
    }
    asked.refuses(&"<a>".repeat(5_000), INVALID).await;
    asked
        .refuses(&nested("samlp:AuthnRequest", 300), INVALID)
        .await;
    let issue = "IssueInstant=\"";
    asked
        .refuses(
            &asked.changed(issue, &format!("{issue}{}", "9".repeat(10_000))),
            INVALID,
        )
        .await;
    still_answers(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_readers_disagree_about_is_refused() {
    let asked = Asked::new().await;
    let (begin, end) = ("<samlp:AuthnRequest", "</samlp:AuthnRequest>");
    let issuer = "</saml:Issuer>";
    for (from, to) in [
        (issuer, "<!-- --></saml:Issuer>"),
        (issuer, "<!-- -->.evil.test</saml:Issuer>"),
        (issuer, "<![CDATA[]]></saml:Issuer>"),
        (issuer, "<![CDATA[.evil.test]]></saml:Issuer>"),
        (issuer, "<?x y?></saml:Issuer>"),
        ("<saml:Issuer>", "<saml:Issuer><![CDATA["),
        (begin, "<!-- --><samlp:AuthnRequest"),
        (begin, "<?x y?><samlp:AuthnRequest"),
        (
            begin,
            "<?xml-stylesheet href=\"http://evil.test/x.xsl\"?><samlp:AuthnRequest",
        ),
        (begin, "x<samlp:AuthnRequest"),
        (begin, " <?xml version=\"1.0\"?><samlp:AuthnRequest"),
        (
            begin,
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><samlp:AuthnRequest",
        ),
        (
            begin,
            "<?xml version=\"1.0\" encoding=\"UTF-7\"?><samlp:AuthnRequest",
        ),
        (
            begin,
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><samlp:AuthnRequest",
        ),
        (
            begin,
            "<?xml version='1.0' encoding='x'?><samlp:AuthnRequest",
        ),
        (end, "<!-- --></samlp:AuthnRequest>"),
        (end, "</samlp:AuthnRequest><!-- -->"),
        (end, "</samlp:AuthnRequest><?x y?>"),
        (end, "</samlp:AuthnRequest><x/>"),
        (end, "</samlp:AuthnRequest>x"),
        (end, "</samlp:AuthnRequest>\u{0}"),
        (end, "</saml:AuthnRequest>"),
        (end, ""),
        (" Version=", " xmlns:x=\"\" Version="),
        (" Version=", " x:a=\"\" Version="),
        (" Version=", " :a=\"\" Version="),
        (" Version=", " a:=\"\" Version="),
        (" Version=", " Version=\"2.0\" Version="),
        (" Version=", " a=\"<\" Version="),
        (" Version=", " a=b Version="),
        (" Version=", " xmlns:xml=\"urn:evil\" Version="),
        (" Version=", " xmlns:xmlns=\"urn:evil\" Version="),
        (
            " Version=",
            " xmlns:x=\"http://www.w3.org/2000/xmlns/\" Version=",
        ),
        (
            " Version=",
            " xmlns:x=\"http://www.w3.org/XML/1998/namespace\" Version=",
        ),
        (
            " Version=",
            " xmlns=\"http://www.w3.org/2000/xmlns/\" Version=",
        ),
        (" Version=", " :xmlns=\"urn:evil\" Version="),
        ("<saml:Issuer>", "<:a/><saml:Issuer>"),
        ("<saml:Issuer>", "<a:/><saml:Issuer>"),
        ("<saml:Issuer>", "<undeclared:a/><saml:Issuer>"),
        (
            "<saml:Issuer>",
            "<:Issuer xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">",
        ),
        ("<saml:Issuer>", "< saml:Issuer>"),
        ("<saml:Issuer>", "<saml:Issuer\u{0}>"),
    ] {
        asked.refuses(&asked.changed(from, to), INVALID).await;
    }
    still_answers(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_utf_8_are_refused() {
    let asked = Asked::new().await;
    let xml = asked.request().xml();
    let wide = |big: bool| -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(xml.encode_utf16());
        let bytes = |unit: u16| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        };
        units.flat_map(bytes).collect()
    };
    let with = |bytes: &[u8]| {
        let mut all = xml
            .replace("</saml:Issuer>", "\u{1}</saml:Issuer>")
            .into_bytes();
        let at = all.iter().position(|byte| *byte == 1).unwrap();
        all.splice(at..=at, bytes.iter().copied());
        all
    };
    let seven = xml.replace('<', "+ADw-").replace('>', "+AD4-");
    let bodies = [
        wide(true),
        wide(false),
        seven.into_bytes(),
        with(b"\xc0\xaf"),
        with(b"\xc0\xbc"),
        with(b"\xe0\x80\xbc"),
        with(b"\xff\xfe"),
        with(b"\xed\xa0\x80"),
        with(b"\xf8\x88\x80\x80\x80"),
        with(b"\0"),
        with(b"\x08"),
        with("\u{fffe}".as_bytes()),
        vec![],
        vec![0; 100],
        vec![0xff; 100],
    ];
    for body in bodies {
        asked.forget();
        let shown = format!("{body:.80?}");
        let sso = asked.town.at("/saml/sso");
        for browser in [&asked.ada, &Browser::new()] {
            let encoded = STANDARD.encode(&body);
            let page = browser.post(&sso, &[("SAMLRequest", &encoded)], None).await;
            asked.is_refused(&page, INVALID, &shown);
        }
    }
    still_answers(&asked).await;
}

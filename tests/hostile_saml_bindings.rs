//! What carries a request: queries and forms that are broken, doubled, packed without end or signed by anybody. Each is read in one way, or not at all.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::browser::{Browser, Page};
use imitation::saml::deflated;
use support::arrived;
use support::raw::send;
use support::saml::Asked;

const INVALID: &str = "saml_request_invalid";
const FORM: &str = "application/x-www-form-urlencoded";

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// `SAMLRequest` of an honest request, for a query.
fn good(asked: &Asked) -> String {
    format!("SAMLRequest={}", encoded(&deflated(&asked.request().xml())))
}

async fn open(asked: &Asked, browser: &Browser, query: &str) -> Page {
    let separator = if query.is_empty() { "" } else { "?" };
    let address = asked.town.at(&format!("/saml/sso{separator}{query}"));
    browser.open(&address).await
}

/// That this query is refused, signed in or not.
async fn refuses(asked: &Asked, query: &str) {
    for browser in [&asked.ada, &Browser::new()] {
        asked.forget();
        let page = open(asked, browser, query).await;
        asked.is_refused(&page, INVALID, query);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_holds_no_request_is_refused() {
    let asked = Asked::new().await;
    let plain = STANDARD.encode(asked.request().xml());
    let packed = deflated(&asked.request().xml());
    for query in [
        "",
        "SAMLRequest",
        "SAMLRequest=",
        "SAMLRequest=%%%",
        "SAMLRequest=%zz",
        "SAMLRequest=a",
        "SAMLRequest=%00",
        "SAMLRequest=%FF",
        "SAMLRequest=PGEvPg%3D%3D",
        "SAMLRequest=<xml>",
        "SAMLRequest=....",
        "samlrequest=a",
        "SAMLRequest[]=a",
        "SAMLResponse=PGEvPg%3D%3D",
        "SAMLart=AAQAAA",
        "RelayState=a",
        "resume=",
        "resume=forged",
        "resume=a&resume=b",
        "resume=%00",
    ] {
        refuses(&asked, query).await;
    }
    for value in [
        plain.clone(),
        format!("{packed}="),
        format!("{packed}A"),
        packed[..packed.len() - 8].to_owned(),
        packed.replacen('A', "-", 1),
        format!(" {packed}"),
        format!("{packed}\n"),
        packed.to_lowercase(),
        STANDARD.encode(&packed),
    ] {
        refuses(&asked, &format!("SAMLRequest={}", encoded(&value))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_could_be_read_in_two_ways_is_refused() {
    let asked = Asked::new().await;
    let signed =
        "SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256&Signature=AAAA";
    for more in [
        "SAMLRequest=a",
        "SAMLRequest",
        "%53AMLRequest=a",
        "SAMLReques%74=a",
        "RelayState=a&RelayState=b",
        "RelayState=a&Relay%53tate=b",
        "RelayState=a&RelayState=a",
        "x=1&x=1",
        "SAMLResponse=PGEvPg%3D%3D",
        "SAMLResponse=",
        "SAMLEncoding=urn%3Aoasis%3Anames%3Atc%3ASAML%3A2.0%3Abindings%3AURL-Encoding%3Aother",
        "SAMLEncoding=",
        "RelayState=%zz",
        "RelayState=%",
        "Signature=AAAA",
        "SigAlg=rsa",
        "SigAlg=&Signature=AAAA",
        "SigAlg=rsa&Signature=-",
        "SigAlg=rsa&Signature=%FF",
    ] {
        let request = good(&asked);
        refuses(&asked, &format!("{request}&{more}")).await;
        refuses(&asked, &format!("{more}&{request}")).await;
    }
    for twice in [
        format!("{signed}&{signed}"),
        format!("{signed}&SigAlg=rsa"),
        format!("{signed}&%53ignature=BBBB"),
    ] {
        refuses(&asked, &format!("{}&{twice}", good(&asked))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_unpacks_without_end_is_refused() {
    let asked = Asked::new().await;
    let bomb = |bytes: usize| deflated(&"a".repeat(bytes));
    let xml = asked.request().xml();
    let padded = |bytes: usize| {
        deflated(&xml.replace(
            "><saml:Issuer>",
            &format!(">{}<saml:Issuer>", " ".repeat(bytes)),
        ))
    };
    for packed in [
        bomb(20_000),
        bomb(1 << 20),
        bomb(20 << 20),
        padded(20_000),
        padded(20 << 20),
    ] {
        refuses(&asked, &format!("SAMLRequest={}", encoded(&packed))).await;
    }
    let within = format!("SAMLRequest={}", encoded(&padded(10_000)));
    let page = open(&asked, &asked.ada, &within).await;
    asked.response(&page);
    for length in [49_200, 60_000] {
        refuses(&asked, &format!("SAMLRequest={}", "A".repeat(length))).await;
        refuses(
            &asked,
            &format!("{}&x={}", good(&asked), "a".repeat(length)),
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_state_that_no_page_gives_back_as_it_came_is_refused() {
    let asked = Asked::new().await;
    for relay_state in [
        "%00",
        "a%00b",
        "a%0Ab",
        "a%0D%0Ab",
        "%0A",
        "%FF",
        "%C0%AF",
        "%ED%A0%80",
        &"a".repeat(2_049),
        &"a".repeat(20_000),
    ] {
        let request = good(&asked);
        refuses(&asked, &format!("{request}&RelayState={relay_state}")).await;
        let plain = encoded(&STANDARD.encode(asked.request().xml()));
        let body = format!("SAMLRequest={plain}&RelayState={relay_state}");
        asked.forget();
        let answer = post(&asked, "/saml/sso", FORM, body.as_bytes()).await;
        assert_eq!(answer, (400, INVALID.to_owned()), "{relay_state:.40}");
        assert!(asked.town.provider_heard_of_nobody());
    }
    for hostile in [
        "https://evil.test/",
        "//evil.test",
        "javascript:alert(1)",
        "\"><script>alert(1)</script>",
        "</form><form action=\"https://evil.test\">",
    ] {
        let query = format!("{}&RelayState={}", good(&asked), encoded(hostile));
        let page = open(&asked, &asked.ada, &query).await;
        asked.response(&page);
        let form = page.form_with("SAMLResponse");
        assert_eq!(form.field("RelayState"), Some(hostile));
        assert_eq!((page.forms().len(), page.hops.len()), (1, 1), "{hostile}");
        assert!(!page.text.contains("<script>alert"), "{hostile}");
    }
}

/// Posts a body as somebody who is signed in; status and reason.
async fn post(asked: &Asked, path: &str, kind: &str, body: &[u8]) -> (u16, String) {
    let session = asked.ada.cookie("front-door").unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: front-door={session}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = send(&asked.town, &[head.as_bytes(), body].concat()).await;
    assert!(!answer.text().contains("SAMLResponse"));
    (answer.status(), answer.reason().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_holds_no_request_is_refused() {
    let asked = Asked::new().await;
    let request = format!(
        "SAMLRequest={}",
        encoded(&STANDARD.encode(asked.request().xml()))
    );
    let query = good(&asked);
    let large = format!("{request}&x={}", "a".repeat(100_000));
    let mebibytes = "a".repeat(3 << 20);
    let bodies: [&[u8]; 14] = [
        b"",
        b"SAMLRequest",
        b"SAMLRequest=",
        b"SAMLRequest=-",
        b"SAMLRequest=%",
        b"SAMLRequest=PGEvPg==&SAMLRequest=PGEvPg==",
        b"SAMLResponse=PGEvPg==",
        b"RelayState=a",
        b"\xff\xfe",
        b"SAMLRequest=\xff",
        b"<samlp:AuthnRequest/>",
        query.as_bytes(),
        large.as_bytes(),
        mebibytes.as_bytes(),
    ];
    let invalid = (400, INVALID.to_owned());
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(
            post(&asked, "/saml/sso", FORM, body).await,
            invalid,
            "{shown}"
        );
    }
    for kind in [
        "text/xml",
        "application/soap+xml",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "",
        "x",
    ] {
        let answer = post(&asked, "/saml/sso", kind, request.as_bytes()).await;
        assert_eq!(answer, invalid, "{kind}");
    }
    for both in [
        "/saml/sso?RelayState=a",
        "/saml/sso?x",
        &format!("/saml/sso?{query}"),
        "/saml/sso?resume=x",
    ] {
        let answer = post(&asked, both, FORM, request.as_bytes()).await;
        assert_eq!(answer, invalid, "{both:.40}");
    }
    let soap = format!(
        "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body>{}</S:Body></S:Envelope>",
        asked.request().xml()
    );
    assert_eq!(
        post(&asked, "/saml/sso", "text/xml", soap.as_bytes()).await,
        invalid
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_of_anybody_gets_no_more_than_none_does() {
    let asked = Asked::new().await;
    let metadata = asked.ada.open(&asked.town.at("/saml/metadata")).await.text;
    assert!(metadata.contains("WantAuthnRequestsSigned=\"false\""));
    let algorithms = [
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "urn:none",
    ];
    for algorithm in algorithms {
        let signed = format!("&SigAlg={}&Signature=AAAA", encoded(algorithm));
        let page = open(&asked, &asked.ada, &format!("{}{signed}", good(&asked))).await;
        let response = asked.response(&page);
        assert_eq!(response.texts("NameID"), ["ada@customer.example"]);
        let mut elsewhere = asked.request();
        elsewhere.acs_url = Some("https://evil.test/acs".to_owned());
        let mut silent = asked.request();
        silent.destination = None;
        let mut stranger = asked.request();
        stranger.issuer = "https://evil.test".to_owned();
        for (request, reason) in [
            (elsewhere, INVALID),
            (silent, INVALID),
            (stranger, "service_provider_unknown"),
        ] {
            asked.forget();
            let query = format!("SAMLRequest={}{signed}", encoded(&deflated(&request.xml())));
            let page = open(&asked, &asked.ada, &query).await;
            asked.is_refused(&page, reason, algorithm);
        }
    }
    let page = asked
        .ada
        .open(&asked.town.atlassian.login_url("portal"))
        .await;
    arrived(&asked.ada.post_on(page).await, "ada@customer.example");
}

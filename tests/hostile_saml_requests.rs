//! Well-formed requests that ask for what they must not have: another address, another time, another person, another name. The answer goes where it is registered, or nowhere.

mod support;

use imitation::browser::Browser;
use support::arrived;
use support::saml::Asked;

const INVALID: &str = "saml_request_invalid";
const UNKNOWN: &str = "service_provider_unknown";

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_goes_to_an_address_that_is_not_registered() {
    let asked = Asked::new().await;
    let acs = asked.town.atlassian.acs_url("portal");
    let host = acs.trim_start_matches("http://").split('/').next().unwrap();
    for other in [
        "https://evil.test/acs".to_owned(),
        acs.replace(host, "evil.test"),
        acs.replace(host, &format!("{host}.evil.test")),
        acs.replace(host, &format!("{host}@evil.test")),
        acs.replace(host, &format!("evil.test\\@{host}")),
        acs.replace(host, &format!("user:secret@{host}")),
        acs.replace("127.0.0.1", "localhost"),
        acs.replace("127.0.0.1", "127.1"),
        acs.replace("http:", "https:"),
        acs.replace("http://", "//"),
        acs.to_uppercase(),
        acs.replace("acs", "ACS"),
        acs.replace("/acs", "//acs"),
        acs.replace("/acs", "/x/../acs"),
        acs.replace("/acs", "/%61cs"),
        format!("{acs}/"),
        format!("{acs}?x"),
        format!("{acs}#x"),
        format!("{acs}.evil.test"),
        format!("{acs} "),
        format!(" {acs}"),
        format!("{acs}&#10;"),
        format!("{acs} https://evil.test/acs"),
        acs[..acs.len() - 1].to_owned(),
        "javascript:alert(1)".to_owned(),
        "data:text/html,x".to_owned(),
        "file:///etc/passwd".to_owned(),
        "/saml/sso".to_owned(),
        String::new(),
    ] {
        let named = format!("AssertionConsumerServiceURL=\"{acs}\"");
        let asks = format!("AssertionConsumerServiceURL=\"{other}\"");
        asked.refuses(&asked.changed(&named, &asks), INVALID).await;
    }
    for index in ["1", "99", "-1", "x", "", "00", " 0", "4294967296", "0.0"] {
        let named = format!("AssertionConsumerServiceURL=\"{acs}\"");
        let by_index = format!("AssertionConsumerServiceIndex=\"{index}\"");
        asked
            .refuses(&asked.changed(&named, &by_index), INVALID)
            .await;
        let both = format!("{named} {by_index}");
        asked.refuses(&asked.changed(&named, &both), INVALID).await;
    }
    for binding in [
        "HTTP-Artifact",
        "HTTP-Redirect",
        "PAOS",
        "SOAP",
        "HTTP-POST-SimpleSign",
        "http-post",
        "",
    ] {
        let other = asked.changed("bindings:HTTP-POST", &format!("bindings:{binding}"));
        asked.refuses(&other, INVALID).await;
    }
    let silent = asked.changed(&format!(" AssertionConsumerServiceURL=\"{acs}\""), "");
    assert_eq!(
        asked.answers(&silent).await.texts("NameID"),
        ["ada@customer.example"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_registered_service_provider_is_answered() {
    let asked = Asked::new().await;
    let id = asked.town.atlassian.entity_id("portal");
    let issuer = format!("<saml:Issuer>{id}</saml:Issuer>");
    let named = |name: &str| format!("<saml:Issuer>{name}</saml:Issuer>");
    for other in [
        "https://stranger.example".to_owned(),
        format!("{id}/"),
        format!(" {id}"),
        format!("{id}\n"),
        format!("\u{a0}{id}"),
        format!("{id}&#9;"),
        format!("{id}.evil.test"),
        id.to_uppercase(),
        id.replace("http:", "https:"),
        id.replace("127.0.0.1", "localhost"),
        format!("{id}%00"),
        "' OR 1=1 --".to_owned(),
        "*".to_owned(),
        "portal".to_owned(),
        asked.town.at("/saml/metadata"),
        "a".repeat(5_000),
    ] {
        asked
            .refuses(&asked.changed(&issuer, &named(&other)), UNKNOWN)
            .await;
    }
    let foreign = "<x:Issuer xmlns:x=\"urn:x\">https://evil.test</x:Issuer>";
    for odd in [
        String::new(),
        named(""),
        named("<b/>"),
        format!("<saml:Issuer><b>{id}</b></saml:Issuer>"),
        format!("<saml:Issuer>{id}<b/></saml:Issuer>"),
        format!("{issuer}{issuer}"),
        format!("{issuer}{}", named("https://evil.test")),
        format!("{}{issuer}", named("https://evil.test")),
        format!("{issuer}{foreign}"),
        format!("{foreign}{issuer}"),
        format!("{issuer}<samlp:Issuer>{id}</samlp:Issuer>"),
        format!("<samlp:Issuer>{id}</samlp:Issuer>"),
        format!("<Issuer>{id}</Issuer>"),
        format!("<samlp:Extensions>{issuer}</samlp:Extensions>"),
    ] {
        asked.refuses(&asked.changed(&issuer, &odd), INVALID).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_not_for_us_or_not_of_now_is_refused() {
    let asked = Asked::new().await;
    let sso = asked.town.at("/saml/sso");
    let destination = format!(" Destination=\"{sso}\"");
    for other in [
        "https://evil.test/saml/sso".to_owned(),
        format!("{sso}/"),
        format!("{sso}?x"),
        format!(" {sso}"),
        sso.to_uppercase(),
        sso.replace("localhost", "127.0.0.1"),
        sso.replace("http:", "https:"),
        asked.town.at("/saml/metadata"),
        String::new(),
    ] {
        let for_other = format!(" Destination=\"{other}\"");
        asked
            .refuses(&asked.changed(&destination, &for_other), INVALID)
            .await;
    }
    let hour = std::time::Duration::from_hours(1);
    for shift in [-1, 1] {
        let mut request = asked.request();
        let by = jiff::SignedDuration::try_from(hour).unwrap() * shift;
        request.issue_instant += by;
        asked.refuses(&request.xml(), INVALID).await;
    }
    for instant in [
        "2026-13-99T00:00:00Z",
        "9999999-01-01T00:00:00Z",
        "-2026-01-01T00:00:00Z",
        "2026-11-21",
        "1795219200",
        "now",
        "",
        "0000-00-00T00:00:00Z",
        "2026-11-21T25:61:61Z",
        "2026-11-21T00:00:00.99999999999999999999999999Z",
    ] {
        let mut request = asked.request().xml();
        let begin = request.find("IssueInstant=\"").unwrap() + "IssueInstant=\"".len();
        let end = begin + request[begin..].find('"').unwrap();
        request.replace_range(begin..end, instant);
        asked.refuses(&request, INVALID).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_no_plain_name_is_refused() {
    let asked = Asked::new().await;
    let long = "a".repeat(129);
    for id in [
        "",
        "1a",
        "-a",
        ".a",
        "a b",
        "a:b",
        "a/b",
        "\u{e4}",
        "a\u{200b}",
        "a&#10;",
        "a&#x20;",
        "x&quot; onload=&quot;alert(1)",
        "a&lt;script&gt;",
        "../../x",
        "' OR 1=1 --",
        &long,
        &"a".repeat(10_000),
    ] {
        let mut request = asked.request();
        request.id = "_placeholder".to_owned();
        let xml = request.xml().replace("_placeholder", id);
        asked.refuses(&xml, INVALID).await;
    }
    let without = asked.request();
    let attribute = format!(" ID=\"{}\"", without.id);
    asked
        .refuses(&without.xml().replace(&attribute, ""), INVALID)
        .await;
    let other = without.xml().replace(" ID=", " xml:id=");
    asked.refuses(&other, INVALID).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_authn_request_is_refused_and_signs_nobody_out() {
    let asked = Asked::new().await;
    for (from, to) in [
        ("SAML:2.0:protocol", "SAML:1.1:protocol"),
        ("Version=\"2.0\"", "Version=\"1.1\""),
        ("Version=\"2.0\"", "Version=\"2.0 \""),
        (" Version=\"2.0\"", ""),
        (" Version=", " ForceAuthn=\"yes\" Version="),
        (" Version=", " ForceAuthn=\"TRUE\" Version="),
        (" Version=", " IsPassive=\"\" Version="),
        (
            "<samlp:NameIDPolicy",
            "<samlp:NameIDPolicy/><samlp:NameIDPolicy",
        ),
    ] {
        asked.refuses(&asked.changed(from, to), INVALID).await;
    }
    for other in [
        "LogoutRequest",
        "LogoutResponse",
        "Response",
        "ArtifactResolve",
        "AuthnQuery",
        "AttributeQuery",
        "ManageNameIDRequest",
        "authnrequest",
        "Envelope",
    ] {
        let xml = asked.request().xml().replace("AuthnRequest", other);
        asked.refuses(&xml, INVALID).await;
    }
    let of_somebody = "<saml:NameID>ada@customer.example</saml:NameID><samlp:SessionIndex>x</samlp:SessionIndex></samlp:LogoutRequest>";
    let xml = asked
        .request()
        .xml()
        .replace("AuthnRequest", "LogoutRequest");
    asked
        .refuses(&xml.replace("</samlp:LogoutRequest>", of_somebody), INVALID)
        .await;
    assert_eq!(asked.ada.fetch(&asked.town.at("/me")).await.status, 200);
    for path in [
        "/saml/slo",
        "/saml/logout",
        "/saml/artifact",
        "/saml/idp/init?sp=portal",
        "/saml",
        "/saml/sso/x",
    ] {
        assert_eq!(
            asked.ada.open(&asked.town.at(path)).await.status,
            404,
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_somebody_is_stays_our_own_knowledge() {
    let asked = Asked::new().await;
    asked.town.arrive(&Browser::new(), "/p/help", "mary").await;
    let subject = "<saml:Subject><saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">mary@acme.example</saml:NameID></saml:Subject>";
    let policy = "<samlp:NameIDPolicy";
    for more in [
        subject.to_owned(),
        format!("<samlp:Extensions>{subject}</samlp:Extensions>"),
        "<samlp:Scoping><samlp:RequesterID>https://evil.test</samlp:RequesterID></samlp:Scoping>".to_owned(),
        "<samlp:RequestedAuthnContext Comparison=\"minimum\"><saml:AuthnContextClassRef>urn:evil</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>".to_owned(),
        "<saml:Conditions NotOnOrAfter=\"2099-01-01T00:00:00Z\"><saml:AudienceRestriction><saml:Audience>https://evil.test</saml:Audience></saml:AudienceRestriction></saml:Conditions>".to_owned(),
        "<samlp:Extensions><a xmlns=\"urn:x\" AssertionConsumerServiceURL=\"https://evil.test\"/></samlp:Extensions>".to_owned(),
    ] {
        let request = asked.request();
        let xml = request.xml().replacen(policy, &format!("{more}{policy}"), 1);
        let response = asked.answers(&xml).await;
        assert_eq!(response.texts("NameID"), ["ada@customer.example"], "{more}");
        assert_eq!(response.texts("Audience"), [asked.town.atlassian.entity_id("portal")]);
        for answered in response.attributes("InResponseTo") {
            assert_eq!(answered, request.id);
        }
        assert!(!response.0.contains("mary") && !response.0.contains("evil"), "{}", response.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_given_is_told_to_the_service_provider_and_to_nobody_else() {
    let asked = Asked::new().await;
    let email = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    for (from, to) in [
        (
            email,
            "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        ),
        (email, "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
        (email, "urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted"),
        (email, "urn:evil"),
        (
            "<samlp:NameIDPolicy",
            "<samlp:NameIDPolicy SPNameQualifier=\"https://evil.test\"",
        ),
    ] {
        for browser in [&asked.ada, &Browser::new()] {
            let address = asked.address(&asked.changed(from, to));
            asked.town.cognito.forget_calls();
            let page = browser.open(&address).await;
            let response = asked.response(&page);
            let codes = response.attributes("Value").join(" ");
            assert!(
                codes.contains("status:InvalidNameIDPolicy"),
                "{to}: {codes}"
            );
            assert!(
                response.texts("Assertion").is_empty() && !response.0.contains("ada@"),
                "{to}"
            );
            assert!(
                asked.town.provider_heard_of_nobody(),
                "{to}: nobody logs in for it"
            );
        }
    }
    asked.town.atlassian.end_sessions();
    asked.town.advance(std::time::Duration::from_mins(2));
    let page = asked.ada.open(&asked.town.at("/p/help")).await;
    arrived(&asked.ada.post_on(page).await, "ada@customer.example");
}

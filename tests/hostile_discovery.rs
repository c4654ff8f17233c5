//! Discovery documents that are none, name other places or lead elsewhere: no login starts, nothing else is asked, and a good document mends it.

mod support;

use imitation::browser::Browser;
use imitation::cognito::{Endpoint, Fault};
use serde_json::{Value, json};
use support::{Town, arrived, told};

/// A front door that has never met its provider otherwise than so.
async fn town_that_met(fault: Fault) -> Town {
    let mut town = Town::new().await;
    town.close().await;
    town.cognito.misbehave_only(fault);
    town.cognito.forget_calls();
    town.open().await;
    town.wait_until_links_are_read().await;
    town
}

/// That no login starts while the document is so, and that whoever is asked is told when to try again.
async fn starts_no_login(town: &Town, fault: Fault) {
    let shown = format!("{fault:.150?}");
    town.cognito.misbehave_only(fault);
    for path in ["/p/help", "/login", "/me"] {
        let browser = Browser::new();
        let page = browser.open(&town.at(path)).await;
        let expected = (Some("provider_unavailable".to_owned()), 503);
        assert_eq!(told(&page), expected, "{shown} at {path}: {}", page.words());
        assert!(page.header("retry-after").is_some(), "{shown}");
        assert!(browser.cookies().is_empty(), "{shown} began an attempt");
    }
    let ready = Browser::new().fetch(&town.at("/health/ready")).await;
    assert_eq!(ready.status, 503, "{shown}: {}", ready.text);
}

/// That nobody but the document itself was asked, and that all is well as soon as it is.
async fn is_mended_by_a_good_one(town: &Town) {
    for endpoint in [
        Endpoint::Keys,
        Endpoint::Authorize,
        Endpoint::Token,
        Endpoint::UserInfo,
    ] {
        assert_eq!(town.cognito.count(endpoint), 0, "{endpoint:?}");
    }
    assert!(town.atlassian.customers().is_empty());
    town.cognito.behave();
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

fn member(name: &str, value: impl Into<Value>) -> Fault {
    Fault::Discovery(name.to_owned(), Some(value.into()))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_not_encrypted_or_no_address_is_not_used() {
    let town = town_that_met(Fault::DiscoveryAway).await;
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "end_session_endpoint",
    ] {
        for address in [
            "file:///etc/passwd",
            "ftp://127.0.0.1/x",
            "gopher://127.0.0.1:6379/_FLUSHALL",
            "javascript:alert(1)",
            "data:application/json,{}",
            "http://169.254.169.254/latest/meta-data/",
            "http://evil.test/x",
            "http://10.0.0.1/x",
            "http://127.0.0.1.evil.test/x",
            "http://localhost.evil.test/x",
            "http://0.0.0.0/x",
            "http://user@127.0.0.1/x",
            "https://user:secret@evil.test/x",
            "https://evil.test/x#y",
            "https://",
            "//evil.test/x",
            "/x",
            "",
            "not an address",
        ] {
            starts_no_login(&town, member(name, address)).await;
        }
    }
    is_mended_by_a_good_one(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_another_issuer_is_not_believed() {
    let town = town_that_met(Fault::DiscoveryIssuerDiffers).await;
    let issuer = town.cognito.issuer();
    for other in [
        json!(format!("{issuer}/")),
        json!(format!("{issuer} ")),
        json!(issuer.to_uppercase()),
        json!(issuer.replace("http:", "https:")),
        json!(issuer.replace("127.0.0.1", "localhost")),
        json!("https://evil.test"),
        json!([issuer]),
        json!(""),
        json!(null),
    ] {
        starts_no_login(&town, member("issuer", other)).await;
    }
    starts_no_login(&town, Fault::Discovery("issuer".to_owned(), None)).await;
    is_mended_by_a_good_one(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_endpoint_says_nothing_that_is_ours_to_say() {
    let town = town_that_met(Fault::DiscoveryAway).await;
    let endpoint = format!("{}/oauth2/authorize", town.cognito.base());
    for query in [
        "client_id=evil",
        "x=1&redirect_uri=https://evil.test",
        "response_type=token",
        "response_mode=form_post",
        "scope=admin",
        "state=",
        "nonce=fixed",
        "code%5Fchallenge=x",
        "code_challenge_method=plain",
        "request_uri=https://evil.test",
    ] {
        let address = format!("{endpoint}?{query}");
        starts_no_login(&town, member("authorization_endpoint", address)).await;
    }
    is_mended_by_a_good_one(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_document_is_read_by_nobody() {
    let town = town_that_met(Fault::DiscoveryAway).await;
    let issuer = town.cognito.issuer();
    let endpoints = "\"authorization_endpoint\":\"https://a.test\",\"token_endpoint\":\"https://a.test\",\"jwks_uri\":\"https://a.test\"";
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    for text in [
        String::new(),
        "{".to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        "7".to_owned(),
        "<html></html>".to_owned(),
        format!("{{\"issuer\":{issuer:?}}}"),
        format!("{{\"issuer\":{issuer:?},\"issuer\":{issuer:?},{endpoints}}}"),
        format!("{{\"issuer\":{issuer:?},{endpoints}}}more"),
        format!("\u{feff}{{\"issuer\":{issuer:?},{endpoints}}}"),
        deep,
        "x".repeat(3 << 20),
    ] {
        starts_no_login(&town, Fault::DiscoveryIs(text)).await;
    }
    for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        starts_no_login(&town, Fault::Discovery(name.to_owned(), None)).await;
        for odd in [json!(null), json!(7), json!(["https://a.test/"]), json!({})] {
            starts_no_login(&town, member(name, odd)).await;
        }
    }
    is_mended_by_a_good_one(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discovery_that_redirects_is_not_followed() {
    let town = town_that_met(Fault::DiscoveryAway).await;
    let elsewhere = format!("{}/elsewhere", town.atlassian.site());
    for to in [
        &elsewhere,
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "/elsewhere",
    ] {
        starts_no_login(&town, Fault::DiscoveryRedirects(to.to_owned())).await;
    }
    let mut asked = town.atlassian.calls().into_iter();
    assert!(asked.all(|call| call.path != "/elsewhere"));
    assert_eq!(town.cognito.count(Endpoint::Unknown), 0);
    is_mended_by_a_good_one(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_endpoint_is_followed_elsewhere_either() {
    let unavailable = ("provider_unavailable", 503);
    let invalid = ("login_invalid", 400);
    let elsewhere = Town::new().await;
    let site = elsewhere.atlassian.site();
    for to in [
        &format!("{site}/elsewhere"),
        "http://169.254.169.254/",
        "/elsewhere",
    ] {
        for (fault, (expected, status)) in [
            (Fault::KeysRedirect(to.to_owned()), unavailable),
            (Fault::TokenEndpointRedirects(to.to_owned()), invalid),
            (Fault::UserInfoRedirects(to.to_owned()), invalid),
        ] {
            let town = town_that_met(fault.clone()).await;
            town.cognito.misbehave(Fault::EmailMissing);
            let browser = Browser::new();
            let login = browser.open(&town.at("/p/help")).await;
            let page = town.cognito.log_in(&browser, &login, "ada").await;
            let expected = (Some(expected.to_owned()), status);
            assert_eq!(told(&page), expected, "{fault:?}: {}", page.words());
            assert_eq!(town.cognito.count(Endpoint::Unknown), 0, "{fault:?}");
            assert!(town.atlassian.customers().is_empty());
        }
    }
    let mut asked = elsewhere.atlassian.calls().into_iter();
    assert!(asked.all(|call| call.path != "/elsewhere"));
}

//! Responses and who gets them: once, for their own browser, for whoever may have one, and with nothing in them that claims could break out of.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::atlassian::HandOver;
use imitation::browser::Browser;
use imitation::cognito::Fault;
use serde_json::{Value, json};
use support::callbacks::{parameter, unlimited};
use support::saml::Asked;
use support::{Town, arrived, told};
use url::Url;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_once_whoever_asks_again_and_however() {
    let asked = Asked::new().await;
    let request = asked.request();
    let (address, form) = (
        asked.address(&request.xml()),
        STANDARD.encode(request.xml()),
    );
    let sso = asked.town.at("/saml/sso");
    asked.response(&asked.ada.open(&address).await);
    let mary = Browser::new();
    asked.town.arrive(&mary, "/login?to=%2Fme", "mary").await;
    for browser in [&asked.ada, &mary] {
        let by_redirect = browser.open(&address).await;
        let by_post = browser.post(&sso, &[("SAMLRequest", &form)], None).await;
        for page in [by_redirect, by_post] {
            assert_eq!(
                told(&page),
                (Some("saml_request_invalid".to_owned()), 400),
                "{}",
                page.words()
            );
            assert!(!page.text.contains("SAMLResponse"));
        }
    }
    let login = Browser::new().open(&address).await;
    assert!(
        login.form_with("password").field("username").is_some(),
        "a stranger logs in first"
    );
    assert_eq!(asked.town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_who_ask_the_same_at_once_one_is_answered() {
    let asked = Asked::new().await;
    asked.town.advance(Duration::from_mins(2));
    let address = asked.address(&asked.request().xml());
    let mut answered = 0;
    let asking: Vec<_> = (0..10)
        .map(|_| {
            let (browser, address) = (asked.ada.clone(), address.clone());
            tokio::spawn(async move { browser.open(&address).await })
        })
        .collect();
    for one in asking {
        let page = one.await.unwrap();
        assert!(matches!(page.status, 200 | 400), "{}", page.status);
        answered += usize::from(page.status == 200);
    }
    assert_eq!(answered, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_is_good_for_five_minutes_and_one_posting() {
    let asked = Asked::new().await;
    let town = &asked.town;
    town.atlassian.end_sessions();
    town.advance(Duration::from_mins(2));
    let kept = asked.ada.open(&town.at("/p/help")).await;
    arrived(
        &asked.ada.post_on(kept.clone()).await,
        "ada@customer.example",
    );
    let again = Browser::new().post_on(kept).await;
    assert_eq!(
        again.attribute("data-page").as_deref(),
        Some("saml-error"),
        "posted twice"
    );
    town.atlassian.end_sessions();
    let late = asked.ada.open(&town.at("/p/help")).await;
    town.atlassian.advance(Duration::from_secs(5 * 60 + 1));
    let late = asked.ada.post_on(late).await;
    assert_eq!(
        late.attribute("data-error").as_deref(),
        Some("assertion has expired")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_browser_began_no_other_one_finishes() {
    let town = unlimited().await;
    let (attacker, victim) = (Browser::new(), Browser::new());
    town.arrive(&victim, "/login?to=%2Fme", "mary").await;
    let login = attacker.open(&town.atlassian.login_url("portal")).await;
    let form = login.form_with("password");
    let fields = [
        ("username", "ada"),
        ("password", imitation::cognito::PASSWORD),
    ];
    let callback = attacker
        .submit_once(&form, &fields)
        .await
        .location()
        .unwrap();
    let stolen = Browser::new().open(callback.as_str()).await;
    assert_eq!(told(&stolen), (Some("login_expired".to_owned()), 400));
    let resumed = attacker
        .open_once(callback.as_str())
        .await
        .location()
        .unwrap();
    assert!(resumed.path() == "/saml/sso" && parameter(&resumed, "resume").len() > 100);
    for other in [&victim, &Browser::new()] {
        let page = other.open(resumed.as_str()).await;
        assert_eq!(
            told(&page),
            (Some("saml_request_invalid".to_owned()), 400),
            "{}",
            page.words()
        );
    }
    for spoiled in spoiled(&resumed) {
        let page = attacker.open(&spoiled).await;
        assert_eq!(
            told(&page),
            (Some("saml_request_invalid".to_owned()), 400),
            "{spoiled}"
        );
    }
    town.advance(Duration::from_secs(5 * 60 + 1));
    let late = attacker.open(resumed.as_str()).await;
    assert_eq!(
        told(&late),
        (Some("saml_request_invalid".to_owned()), 400),
        "too late"
    );
    assert_eq!(town.atlassian.accepted(), 0);
}

/// The address with its sealed text changed, cut or longer.
fn spoiled(address: &Url) -> Vec<String> {
    let text = address.as_str();
    let begin = text.find("resume=").unwrap() + "resume=".len();
    let mut spoiled: Vec<String> = (begin..text.len())
        .step_by(11)
        .map(|at| {
            let other = if text.as_bytes()[at] == b'A' {
                "B"
            } else {
                "A"
            };
            format!("{}{other}{}", &text[..at], &text[at + 1..])
        })
        .collect();
    spoiled.extend([
        text[..text.len() - 1].to_owned(),
        format!("{text}A"),
        format!("{text}&resume=x"),
    ]);
    spoiled
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_have_an_assertion_gets_none_by_any_way() {
    let asked = Asked::new().await;
    let town = &asked.town;
    let customers = town.atlassian.customers().len();
    for (username, expected, status, passive) in [
        ("ulf", "email_unverified", 403, "NoPassive"),
        ("boris", "domain_not_allowed", 403, "RequestDenied"),
        ("anna", "atlassian_account", 409, "RequestDenied"),
    ] {
        let browser = Browser::new();
        town.arrive(&browser, "/login?to=%2Fme", username).await;
        let mut request = asked.request();
        let page = browser.open(&asked.address(&request.xml())).await;
        assert_eq!(
            told(&page),
            (Some(expected.to_owned()), status),
            "{username}"
        );
        assert!(!page.text.contains("SAMLResponse"), "{username}");
        request = asked.request();
        request.is_passive = true;
        let page = browser.open(&asked.address(&request.xml())).await;
        let response = asked.response(&page);
        assert!(
            response.attributes("Value").join(" ").contains(passive),
            "{username}"
        );
        assert!(response.texts("Assertion").is_empty(), "{username}");
    }
    assert_eq!(town.atlassian.customers().len(), customers);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_by_hand_without_a_page_is_not_had() {
    let asked = Asked::new().await;
    let mut request = asked.request();
    request.is_passive = true;
    request.force_authn = true;
    let page = asked.ada.open(&asked.address(&request.xml())).await;
    let response = asked.response(&page);
    assert!(response.attributes("Value").join(" ").contains("NoPassive"));
    assert!(response.texts("Assertion").is_empty());
}

/// What the portal was told in the last hand-over, all of whose signatures and checks it accepted.
fn last_accepted(town: &Town) -> imitation::saml::Assertion {
    let HandOver { outcome, .. } = town.atlassian.hand_overs().pop().unwrap();
    outcome.unwrap_or_else(|why| panic!("{why}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_stay_text_whatever_they_hold() {
    let attributes = "attributes = { \"name\" = \"name\", \"company\" = \"custom:company\" }";
    let acs = "acs_url = ";
    let town = Town::replacing(acs, &format!("{attributes}\n{acs}")).await;
    for (said, kept) in [
        ("</saml:AttributeValue><saml:AttributeValue>admin", None),
        ("</saml:NameID><!--", None),
        ("<!-- -->.evil.test", None),
        ("]]>", None),
        ("<![CDATA[admin]]>", None),
        ("<!DOCTYPE x>", None),
        ("a&b&amp;c&#x0;&lt;", None),
        ("\" onload=\"alert(1)", None),
        ("'", None),
        ("<script>alert(1)</script>", None),
        ("{{7*7}}{% include %}", None),
        ("\u{1f511}\u{e4}", None),
        ("a\u{0}b", Some("ab")),
        ("a\u{8}b\u{1b}[31m", Some("ab[31m")),
        ("a\u{fffe}b\u{ffff}", Some("ab")),
        ("a\nlevel=info\r\tb", None),
        ("\u{202e}evil", None),
    ] {
        town.advance(Duration::from_secs(61));
        let browser = Browser::new();
        let login = browser.open(&town.at("/p/help")).await;
        for claim in ["name", "custom:company", "given_name"] {
            let value: Value = json!(said);
            town.cognito
                .misbehave(Fault::Claim(claim.to_owned(), Some(value)));
        }
        let page = town.cognito.log_in(&browser, &login, "ada").await;
        town.cognito.behave();
        assert_eq!(told(&page), (None, 200), "{said:?}: {}", page.words());
        arrived(&browser.post_on(page).await, "ada@customer.example");
        let told_of = last_accepted(&town);
        assert_eq!(told_of.name_id, "ada@customer.example");
        for name in ["name", "company"] {
            assert_eq!(told_of.attributes[name], [kept.unwrap_or(said)]);
        }
        let me = browser.open(&town.at("/me")).await;
        assert!(
            !me.text.contains("<script>alert") && !me.text.contains("<!-- -->"),
            "{said:?}"
        );
    }
}

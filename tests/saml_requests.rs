//! Requests of service providers as anybody may send them: odd ones are refused, and cost the front door no more than a login attempt.

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imitation::atlassian::{Binding, Operation, RelayState};
use imitation::browser::Browser;
use support::callbacks::{CALLBACK, begin};
use support::{Town, arrived, at_portal, reason, told};

/// A request of the portal as its page would post it.
fn posted(town: &Town) -> String {
    let xml = format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_a\" Version=\"2.0\" IssueInstant=\"{}\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{}</saml:Issuer></samlp:AuthnRequest>",
        town.clock.now().strftime("%FT%TZ"),
        town.atlassian.entity_id("portal"),
    );
    STANDARD.encode(xml)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_could_be_read_in_two_ways_is_refused() {
    let town = Town::new().await;
    let (browser, request) = (Browser::new(), posted(&town));
    let sso = town.at("/saml/sso");
    let good = ("SAMLRequest", request.as_str());
    for fields in [
        vec![good, good],
        vec![good, ("RelayState", "a"), ("RelayState", "b")],
        vec![good, ("SAMLResponse", "PGEvPg==")],
        vec![("RelayState", "a")],
        vec![("SAMLRequest", "")],
        vec![("SAMLRequest", "PGEvPg==")],
        vec![("SAMLRequest", "<xml>")],
    ] {
        let page = browser.post(&sso, &fields, None).await;
        assert_eq!(
            told(&page),
            (Some("saml_request_invalid".to_owned()), 400),
            "{:?}",
            fields.iter().map(|(name, _)| name).collect::<Vec<_>>()
        );
    }
    let mixed = browser
        .post(&town.at("/saml/sso?RelayState=a"), &[good], None)
        .await;
    assert_eq!(told(&mixed), (Some("saml_request_invalid".to_owned()), 400));
    let login = browser.post(&sso, &[good], None).await;
    assert!(login.form_with("password").field("username").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_send_is_recorded_and_limited_like_login_attempts() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\nattempts_per_minute = 3",
    )
    .await;
    town.atlassian
        .tune("portal", |asking| asking.is_passive = true);
    let browser = Browser::new();
    let passive = browser.open(&town.atlassian.login_url("portal")).await;
    assert!(browser.post_on(passive).await.says("NoPassive"));
    for _ in 0..2 {
        let page = browser.open(&town.at("/saml/sso?SAMLRequest=odd")).await;
        assert_eq!(told(&page), (Some("saml_request_invalid".to_owned()), 400));
    }
    let passive = browser.open(&town.atlassian.login_url("portal")).await;
    let odd = browser.open(&town.at("/saml/sso?SAMLRequest=odd")).await;
    for page in [passive, odd] {
        assert_eq!(told(&page), (Some("too_many_requests".to_owned()), 429));
        assert!(page.header("retry-after").is_some());
    }
    assert_eq!(town.events().await, ["saml_refused"; 3]);
}

/// Somebody begins a login and comes back with this, again and again.
async fn strangers_come_back(town: &Town, with: &str, expected: &str) {
    for _ in 0..100 {
        let browser = Browser::new();
        let state = begin(town, &browser).await;
        let callback = format!("{CALLBACK}?{with}&state={state}");
        let page = browser.open(&town.at(&callback)).await;
        assert_eq!(reason(&page).as_deref(), Some(expected));
    }
}

/// That of a hundred things some were recorded, and no more than the limit lets through.
async fn the_trail_is_not_filled(town: &Town) {
    let recorded = town.events().await.len();
    assert!((60..80).contains(&recorded), "{recorded}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_strangers_send_fills_no_trail() {
    let town = Town::new().await;
    for _ in 0..100 {
        let odd = town.at("/saml/sso?SAMLRequest=odd");
        Browser::new().open(&odd).await;
    }
    the_trail_is_not_filled(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_do_answered_requests_and_cancelled_logins() {
    let town = Town::new().await;
    town.atlassian
        .tune("portal", |asking| asking.is_passive = true);
    let login = town.atlassian.login_url("portal");
    let asked = Browser::new().open_once(&login).await.location();
    let request = asked.map(String::from).unwrap_or_default();
    for _ in 0..100 {
        Browser::new().open(&request).await;
    }
    strangers_come_back(&town, "error=access_denied", "login_refused").await;
    the_trail_is_not_filled(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_do_made_up_codes_of_real_attempts() {
    let town = Town::new().await;
    strangers_come_back(&town, "code=made-up", "login_expired").await;
    the_trail_is_not_filled(&town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passive_request_is_answered_at_the_limit_too() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.atlassian
        .tune("portal", |asking| asking.is_passive = true);
    for _ in 0..6 {
        town.atlassian.end_sessions();
        let page = browser.open(&town.atlassian.login_url("portal")).await;
        assert_eq!(reason(&page), None, "{}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_provider_that_keeps_asking_is_a_loop() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    for _ in 0..3 {
        town.atlassian.end_sessions();
        let page = browser.open(&town.atlassian.login_url("portal")).await;
        assert!(at_portal(&browser.post_on(page).await).0.is_some());
    }
    town.atlassian.end_sessions();
    let page = browser.open(&town.atlassian.login_url("portal")).await;
    assert_eq!(told(&page), (Some("login_loop".to_owned()), 400));
    town.advance(std::time::Duration::from_secs(61));
    let page = browser.open(&town.atlassian.login_url("portal")).await;
    assert!(at_portal(&browser.post_on(page).await).0.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_customer_gets_an_assertion_while_atlassian_is_down() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.atlassian.set_unavailable(true);
    town.atlassian.forget_calls();
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    assert_eq!(town.atlassian.count(Operation::CreateCustomer), 0);
    assert!(town.atlassian.rest_calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_state_comes_back_byte_for_byte() {
    let town = Town::new().await;
    for binding in [Binding::Redirect, Binding::Post] {
        for relay_state in [
            "",
            "a b+c%20&amp;d",
            "\"><script>alert(1)</script>",
            "https://evil.test/",
            "\u{e4}\u{1f511}\u{202e}",
            "  spaces  ",
            &"x".repeat(2048),
            &"\"\\".repeat(1024),
        ] {
            town.atlassian.tune("portal", |asking| {
                asking.relay_state = RelayState::Exactly(relay_state.to_owned());
                asking.binding = binding;
            });
            // The imitation refuses a RelayState that is not the very one that it sent.
            let browser = Browser::new();
            town.arrive(&browser, "/p/help", "ada").await;
            town.atlassian.end_sessions();
            let asked = browser.open(&town.atlassian.login_url("portal")).await;
            let with_session = browser.post_on(asked).await;
            let browser = Browser::new();
            let asked = browser.open(&town.atlassian.login_url("portal")).await;
            let login = browser.post_on(asked).await;
            let page = town.cognito.log_in(&browser, &login, "ada").await;
            let through_a_login = browser.post_on(page).await;
            for page in [with_session, through_a_login] {
                assert_eq!(
                    at_portal(&page).0.as_deref(),
                    Some("ada@customer.example"),
                    "{relay_state:.60} by {binding:?}: {}",
                    page.words()
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_is_sent_without_being_asked_for_only_where_that_is_set() {
    let town = Town::with("[default.saml]\nunsolicited = true\n").await;
    town.atlassian
        .tune("portal", |asking| asking.allow_unsolicited = true);
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help/create/401")).await;
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    let form = page.form_with("SAMLResponse");
    assert_eq!(
        form.field("RelayState").map(str::to_owned),
        Some(format!(
            "{}/servicedesk/customer/portal/4/create/401",
            town.atlassian.site()
        ))
    );
    let sealed = page.url.to_string();
    let page = browser.post_on(page).await;
    arrived(&page, "ada@customer.example");
    let stranger = Browser::new();
    town.arrive(&stranger, "/login?to=%2Fme", "mary").await;
    let page = stranger.open(&sealed).await;
    assert_eq!(
        told(&page),
        (Some("saml_request_invalid".to_owned()), 400),
        "another session gets nothing by this address"
    );
}

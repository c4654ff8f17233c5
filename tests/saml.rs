//! We as SAML identity provider, asked by service providers that check everything.

mod support;

use std::process::Command;

use imitation::atlassian::{Asking, Binding};
use imitation::browser::{Browser, Page};
use imitation::cognito::Fault;
use support::{Town, arrived, reason};

/// A guard service provider, for those of the group acme.
async fn town_with_guard() -> Town {
    let mut town = Town::new().await;
    town.atlassian.add_guard("staff");
    town.close().await;
    town.settings = format!(
        "{}\n[default.saml.service_provider.staff]\nkind = \"guard\"\nentity_id = {:?}\nacs_url = {:?}\ngroups = [\"acme\"]\ndomains = [\"acme.example\"]\n",
        town.settings,
        town.atlassian.entity_id("staff"),
        town.atlassian.acs_url("staff"),
    );
    town.open().await;
    let metadata = Browser::new().open(&town.at("/saml/metadata")).await.text;
    town.atlassian.trust_metadata(&metadata);
    town
}

async fn arrive_at(town: &Town, browser: &Browser, address: &str, username: &str) -> Page {
    let login = browser.open(address).await;
    let page = town.cognito.log_in(browser, &login, username).await;
    browser.post_on(page).await
}

fn ask(town: &Town, change: impl FnOnce(&mut Asking)) {
    town.atlassian.tune("portal", change);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_service_provider_works_by_settings_alone_and_makes_no_customer() {
    let town = town_with_guard().await;
    town.cognito
        .change_person("anna", |person| person.groups = vec!["acme".to_owned()]);
    let login = town.atlassian.login_url("staff");
    let page = arrive_at(&town, &Browser::new(), &login, "anna").await;
    assert_eq!(
        page.attribute("data-page").as_deref(),
        Some("guard"),
        "an Atlassian account is welcome here: {}",
        page.words()
    );
    let page = arrive_at(&town, &Browser::new(), &login, "ada").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("not_allowed"), 403)
    );
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gets_no_assertion_gets_one_with_another_account_for_the_same_request() {
    let town = town_with_guard().await;
    town.cognito
        .change_person("anna", |person| person.groups = vec!["acme".to_owned()]);
    let browser = Browser::new();
    let refused = arrive_at(&town, &browser, &town.atlassian.login_url("staff"), "ada").await;
    assert_eq!(reason(&refused).as_deref(), Some("not_allowed"));
    let login = browser.click(&refused, "Use another account").await;
    let page = town.cognito.log_in(&browser, &login, "anna").await;
    let page = browser.post_on(page).await;
    assert_eq!(page.attribute("data-page").as_deref(), Some("guard"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_portal_tabs_whose_logins_end_together_both_arrive() {
    let town = Town::new().await;
    let browser = Browser::new();
    let asking = town.atlassian.login_url("portal");
    let (one, other) = (browser.open(&asking).await, browser.open(&asking).await);
    let first = town.cognito.log_in_once(&browser, &one, "ada").await;
    let second = town.cognito.log_in_once(&browser, &other, "ada").await;
    // Each callback answers with the way on, and replaces the other's session, before either goes on.
    let on = |page: &Page| page.location().map(String::from).unwrap_or_default();
    let (first, second) = (
        browser.open_once(&on(&first)).await,
        browser.open_once(&on(&second)).await,
    );
    for resumed in [first, second] {
        let page = browser.open(&on(&resumed)).await;
        assert_eq!(reason(&page), None, "{}", page.words());
        assert!(
            page.form_with("SAMLResponse")
                .field("SAMLResponse")
                .is_some()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atlassian_account_that_the_portal_asks_for_is_shown_the_way_to_the_portal() {
    let town = Town::new().await;
    let asking = town.atlassian.login_url("portal");
    let page = arrive_at(&town, &Browser::new(), &asking, "anna").await;
    assert_eq!(reason(&page).as_deref(), Some("atlassian_account"));
    assert!(
        page.link("Go to the portal")
            .as_str()
            .starts_with(&town.atlassian.site())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_page_that_asks_first_makes_a_customer_without_a_service_desk() {
    let town = Town::new().await;
    let page = arrive_at(
        &town,
        &Browser::new(),
        &town.atlassian.login_url("portal"),
        "ada",
    )
    .await;
    assert_eq!(reason(&page), None, "{}", page.words());
    assert_eq!(town.atlassian.accepted(), 1);
    assert_eq!(town.atlassian.customers().len(), 1);
    assert!(town.atlassian.members("HELP").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_once() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.atlassian.end_sessions();
    let page = browser.open(&town.at("/p/help")).await;
    let asked = page
        .hops
        .iter()
        .map(|hop| hop.url.to_string())
        .find(|url| url.contains("SAMLRequest="))
        .unwrap_or_else(|| page.url.to_string());
    let again = browser.open(&asked).await;
    assert_eq!(
        (reason(&again).as_deref(), again.status),
        (Some("saml_request_invalid"), 400),
        "{}",
        again.words()
    );
    assert!(
        again
            .links()
            .iter()
            .any(|link| link.url.as_str().starts_with(&town.atlassian.site())),
        "a way on to the portal"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_by_post_are_answered_too() {
    let town = Town::new().await;
    ask(&town, |asking| asking.binding = Binding::Post);
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    let page = browser.post_on(page).await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demanded_login_is_a_new_one_and_a_provider_that_will_not_ask_is_no_loop() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.advance(std::time::Duration::from_mins(2));
    town.atlassian.end_sessions();
    ask(&town, |asking| asking.force_authn = true);
    let login = browser.open(&town.at("/p/help")).await;
    assert!(
        login
            .forms()
            .iter()
            .any(|form| form.field("password").is_some()),
        "asked again: {}",
        login.words()
    );
    let page = browser
        .post_on(town.cognito.log_in(&browser, &login, "ada").await)
        .await;
    arrived(&page, "ada@customer.example");

    town.atlassian.end_sessions();
    town.advance(std::time::Duration::from_mins(2));
    town.cognito.misbehave(Fault::PromptIgnored);
    let page = browser.open(&town.at("/p/help")).await;
    let asked_after_all = page
        .forms()
        .iter()
        .any(|form| form.field("password").is_some());
    assert!(
        asked_after_all,
        "by way of the provider's own logout: {}",
        page.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passive_request_of_a_stranger_is_answered_without_a_page() {
    let town = Town::new().await;
    ask(&town, |asking| asking.is_passive = true);
    let browser = Browser::new();
    let page = browser.open(&town.atlassian.login_url("portal")).await;
    assert!(page.says("Taking you back"), "{}", page.words());
    assert!(!page.says("You are signed in"), "{}", page.words());
    let page = browser.post_on(page).await;
    assert!(page.words().contains("NoPassive"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_registered_gets_no_answer() {
    let town = Town::new().await;
    let browser = Browser::new();
    let xml = "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_a\" Version=\"2.0\" IssueInstant=\"2026-11-21T00:00:00Z\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://stranger.example</saml:Issuer></samlp:AuthnRequest>";
    let address = imitation::saml::redirect_url(&town.at("/saml/sso"), xml, None);
    let page = browser.open(address.as_ref()).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("service_provider_unknown"), 400)
    );
    for query in [
        "",
        "?SAMLRequest=",
        "?SAMLRequest=%%%",
        "?SAMLRequest=a&SAMLRequest=b",
        "?SAMLResponse=PGEvPg%3D%3D",
        "?resume=forged",
    ] {
        let page = browser.open(&town.at(&format!("/saml/sso{query}"))).await;
        assert_eq!(
            (reason(&page).as_deref(), page.status),
            (Some("saml_request_invalid"), 400),
            "{query}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_prepared_and_switched_by_command_while_the_server_runs() {
    let town = Town::new().await;
    std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap_or_default();
    let command = |arguments: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_front-door"))
            .args(arguments)
            .current_dir(town.folder.path())
            .output();
        done.is_ok_and(|output| {
            output.status.success()
                && String::from_utf8_lossy(&output.stdout).contains("BEGIN CERTIFICATE")
        })
    };
    let metadata = || async { Browser::new().open(&town.at("/saml/metadata")).await.text };
    assert_eq!(metadata().await.matches("<ds:X509Certificate").count(), 1);
    assert!(command(&["saml", "rotate", "--prepare"]));
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    let mut both = metadata().await;
    while both.matches("<ds:X509Certificate").count() != 2 {
        both = metadata().await;
    }
    assert!(command(&["saml", "rotate", "--switch"]));
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    assert_eq!(
        page.attribute("data-page").as_deref(),
        Some("saml-error"),
        "Atlassian still has the old certificate"
    );
    town.atlassian.trust_metadata(&metadata().await);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
}

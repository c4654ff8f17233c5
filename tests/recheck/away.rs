//! The provider is away when it has to be asked: nothing is given, nothing is lost, and nobody hammers.

use super::*;

async fn ada_when_it_is_time(town: &Town) -> Browser {
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.advance(RECHECK);
    town.cognito.forget_calls();
    browser
}

#[track_caller]
fn is_away(page: &Page) {
    let expected = (Some("provider_unavailable".to_owned()), 503);
    assert_eq!(told(page), expected, "{}", page.url);
    assert!(page.header("retry-after").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_meanwhile_is_told_and_goes_on_afterwards() {
    for fault in [
        Fault::TokenEndpointFails,
        Fault::TokenEndpointHtml,
        Fault::TokenEndpointSays(429, "text/plain".to_owned(), String::new()),
        Fault::TokenEndpointSays(
            401,
            "application/json".to_owned(),
            r#"{"error":"invalid_client"}"#.to_owned(),
        ),
    ] {
        let town = Town::new().await;
        let browser = ada_when_it_is_time(&town).await;
        town.cognito.misbehave(fault);
        for path in ["/p/help", "/", "/me"] {
            is_away(&browser.open(&town.at(path)).await);
        }
        assert_eq!(town.cognito.count(Endpoint::Token), 1, "nobody hammers");
        assert_eq!(browser.fetch(&town.at("/me")).await.status, 503);
        town.cognito.behave();
        is_away(&browser.open(&town.at("/me")).await);
        town.advance(Duration::from_secs(6));
        let page = browser.open(&town.at("/p/help")).await;
        arrived(&browser.post_on(page).await, "ada@customer.example");
        assert_eq!(town.cognito.count(Endpoint::Token), 2);
        assert_eq!(town.cognito.count(Endpoint::Login), 0, "no new login");
        assert!(ended(&town).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_refuses_connections_or_is_slow_is_away_too() {
    let mut town = Town::replacing("label =", "timeout = \"1s\"\nlabel =").await;
    let browser = ada_when_it_is_time(&town).await;
    town.cognito.misbehave(Fault::TokenEndpointHangs);
    is_away(&browser.open(&town.at("/me")).await);
    town.cognito.behave();
    town.cognito.go_down().await;
    town.advance(Duration::from_secs(6));
    is_away(&browser.open(&town.at("/me")).await);
    town.cognito.come_back().await;
    town.advance(Duration::from_secs(6));
    assert!(is_signed_in(&town, &browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_rotated_before_the_provider_went_away_is_kept() {
    let town = town_with(RefreshTokens::Rotated, "").await;
    let browser = ada_when_it_is_time(&town).await;
    // The refresh goes well, and what is asked next does not.
    let lacking = Fault::Claim("email_verified".to_owned(), None);
    town.cognito.misbehave(lacking);
    town.cognito.misbehave(Fault::UserInfoAway);
    is_away(&browser.open(&town.at("/me")).await);
    town.cognito.behave();
    town.advance(RECHECK);
    assert!(is_signed_in(&town, &browser).await, "with the new token");
    assert!(ended(&town).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_rotate_while_they_cannot_be_read_end_no_session() {
    let town = Town::new().await;
    let (ada, mary) = (Browser::new(), Browser::new());
    town.arrive(&ada, "/p/help", "ada").await;
    town.arrive(&mary, "/p/help", "mary").await;
    town.advance(RECHECK);
    town.cognito.rotate_keys();
    town.cognito.misbehave(Fault::KeysAway);
    town.cognito.forget_calls();
    for browser in [&ada, &mary] {
        is_away(&browser.open(&town.at("/me")).await);
    }
    assert_eq!(town.cognito.count(Endpoint::Keys), 1, "nobody hammers");
    town.cognito.behave();
    town.advance(Duration::from_secs(11));
    for browser in [&ada, &mary] {
        assert!(is_signed_in(&town, browser).await);
    }
    assert!(ended(&town).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_key_keeps_no_session_alive_beyond_the_next_reading_of_the_keys() {
    let town = Town::new().await;
    let browsers = [Browser::new(), Browser::new()];
    for (browser, who) in browsers.iter().zip(["ada", "mary"]) {
        town.arrive(browser, "/p/help", who).await;
    }
    town.advance(RECHECK);
    town.cognito.misbehave(Fault::UnknownKeyId);
    assert_eq!(browsers[0].fetch(&town.at("/me")).await.status, 401);
    is_away(&browsers[1].open(&town.at("/me")).await);
    town.advance(Duration::from_secs(11));
    assert_eq!(browsers[1].fetch(&town.at("/me")).await.status, 401);
    assert_eq!(
        ended(&town).await,
        [json!("login_invalid"), json!("login_invalid")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_works_all_the_same() {
    let mut town = Town::new().await;
    for page in ["/logout", "/me"] {
        let browser = Browser::new();
        town.arrive(&browser, "/p/help", "ada").await;
        let asked = browser.open(&town.at(page)).await;
        town.advance(RECHECK);
        town.cognito.go_down().await;
        let sent = browser.submit_once(&asked.form_with("csrf"), &[]).await;
        assert_eq!(sent.status, 303, "{page}");
        assert!(!is_signed_in(&town, &browser).await, "{page}");
        town.cognito.come_back().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_code_opens_the_desk_also_to_an_administrator_who_is_signed_in() {
    let mut town = Town::new().await;
    let browser = grace(&town).await;
    town.advance(RECHECK);
    town.cognito.go_down().await;
    let page = browser.open(&town.at("/admin")).await;
    is_away(&page);
    assert!(page.says("another way in"), "{}", page.words());
    let code = town.setup_code_of_now().await;
    town.enter_code(&browser, "/admin/code", &code).await;
    assert_eq!(browser.open(&town.at("/admin")).await.status, 200);
}

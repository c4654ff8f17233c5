//! Where the provider gives nothing to ask it with, or no longer takes it, people go through it again; with an access token alone `userInfo` is asked.

use super::*;

/// A provider that can be asked by a login alone.
async fn silent_town() -> Town {
    let mut town = town_with(RefreshTokens::Off, BILLING).await;
    town.close().await;
    let without = Fault::Discovery("userinfo_endpoint".to_owned(), None);
    town.cognito.misbehave(without);
    town.open().await;
    town.wait_until_links_are_read().await;
    town
}

#[tokio::test(flavor = "multi_thread")]
async fn user_info_is_asked_with_the_access_token_and_is_enough_for_who_has_no_groups() {
    let town = town_with(RefreshTokens::Off, "").await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    change(&town, "ada", |ada| {
        ada.given_name = Some("Augusta".to_owned());
    });
    town.advance(RECHECK);
    let before = town.cognito.count(Endpoint::UserInfo);
    let me = browser.open(&town.at("/me")).await;
    assert!(me.says("Augusta Lovelace"), "{}", me.words());
    assert_eq!(town.cognito.count(Endpoint::UserInfo), before + 1);
    assert_eq!(town.cognito.count(Endpoint::Token), 1, "no other login");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_group_that_user_info_does_not_tell_is_found_by_a_login_within_recheck() {
    let town = town_with(RefreshTokens::Off, BILLING).await;
    let browser = Browser::new();
    let page = town.arrive(&browser, "/p/bill", "mary").await;
    arrived(&page, "mary@acme.example");
    town.advance(RECHECK);
    let page = browser.open(&town.at("/p/bill")).await;
    arrived(&browser.post_on(page).await, "mary@acme.example");
    assert_eq!(town.cognito.count(Endpoint::Token), 2, "another login");
    change(&town, "mary", |mary| mary.groups.clear());
    town.advance(RECHECK);
    assert_eq!(browser.fetch(&town.at("/p/bill")).await.status, 401);
    let page = browser.open(&town.at("/p/bill")).await;
    assert!(!is_asked(&town, &page), "in silence: {}", page.url);
    assert_eq!(told(&page), (Some("group_required".to_owned()), 403));
    assert!(ended(&town).await.is_empty(), "it was replaced");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_person_in_user_info_ends_the_session() {
    let town = town_with(RefreshTokens::Off, "").await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.advance(RECHECK);
    town.cognito.misbehave(Fault::UserInfoOtherSubject);
    assert!(!is_signed_in(&town, &browser).await);
    assert_eq!(ended(&town).await, [json!("login_invalid")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_without_an_id_token_goes_by_user_info() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    change(&town, "ada", |ada| {
        ada.given_name = Some("Augusta".to_owned());
    });
    town.cognito.misbehave(Fault::RefreshWithoutIdToken);
    town.advance(RECHECK);
    let me = browser.open(&town.at("/me")).await;
    assert!(me.says("Augusta Lovelace"), "{}", me.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_that_ended_leads_through_the_provider() {
    let town = town_with(RefreshTokens::Off, "").await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.advance(Duration::from_mins(61));
    let page = browser.open(&town.at("/p/help")).await;
    assert!(is_asked(&town, &page), "{}", page.url);
    let page = town.cognito.log_in(&browser, &page, "ada").await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
    assert!(ended(&town).await.is_empty(), "it was replaced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_navigation_goes_through_the_provider_in_silence_and_with_what_is_new_there() {
    let town = silent_town().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/bill", "mary").await;
    for path in ["/me", "/", "/p/bill"] {
        town.advance(RECHECK);
        let page = browser.open(&town.at(path)).await;
        let page = browser.post_on(page).await;
        assert!(!is_asked(&town, &page), "{path}: {}", page.url);
        assert!(page.status == 200, "{path}: {}", page.words());
        let logins = page.hops.iter();
        let callbacks = logins.filter(|hop| hop.url.path().contains("/callback/"));
        assert!(path == "/p/bill" || callbacks.count() == 1, "{path}");
    }
    change(&town, "mary", |mary| mary.groups.clear());
    town.advance(Duration::from_mins(11));
    let page = browser.open(&town.at("/p/help")).await;
    assert!(!is_asked(&town, &page), "not yet: {}", page.url);
    town.advance(Duration::from_mins(5));
    let login = browser.open(&town.at("/p/bill")).await;
    let page = town.cognito.log_in(&browser, &login, "mary").await;
    assert_eq!(reason(&page).as_deref(), Some("group_required"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_no_navigation_is_told_that_a_login_is_needed() {
    let town = silent_town().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.advance(RECHECK);
    let answer = browser.fetch(&town.at("/me")).await;
    assert_eq!(answer.status, 401);
    assert!(answer.text.contains("login_required"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_may_not_refresh_any_more_leads_to_a_login() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.cognito
        .reconfigure(|config| config.refresh_tokens = RefreshTokens::Off);
    town.advance(RECHECK);
    for _ in 0..2 {
        assert_eq!(browser.fetch(&town.at("/me")).await.status, 401);
    }
    assert_eq!(
        town.cognito.count(Endpoint::Token),
        2,
        "the login and one refresh"
    );
    let page = browser.open(&town.at("/me")).await;
    assert!(page.says("ada@customer.example"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_the_desk_waits_for_the_login() {
    let town = silent_town().await;
    let (browser, page) = town.administrator("/admin/access").await;
    town.advance(RECHECK);
    let typed = [("domains", "acme.example")];
    let asked = browser.submit(&page.form_with("domains"), &typed).await;
    assert_eq!(told(&asked), (Some("login_required".to_owned()), 401));
    assert!(asked.says("identity provider has to be asked"));
    let back = browser.click(&asked, "Log in again").await;
    assert!(back.says("acme.example"), "{}", back.words());
    let review = browser.press(&back, "Send").await;
    assert!(review.says("acme.example"), "{}", review.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_shown_to_nobody_but_the_issuer_who_gave_them() {
    let mut town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let other = imitation::cognito::Cognito::start(CognitoConfig {
        callback_urls: vec![town.at("/login/callback/cognito")],
        ..CognitoConfig::default()
    })
    .await;
    town.close().await;
    let (was, is) = (town.cognito.base(), other.base());
    town.settings = town.settings.replace(&was, &is);
    town.open().await;
    town.advance(RECHECK);
    let page = browser.open(&town.at("/me")).await;
    assert!(page.url.as_str().starts_with(&is), "{}", page.url);
    assert_eq!(other.count(Endpoint::Token), 0);
}

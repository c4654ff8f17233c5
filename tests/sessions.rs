//! Sessions: a new id at every login, two ends kept by the server, and every way to sign out.

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use support::{Town, arrived, reason};

async fn is_signed_in(town: &Town, browser: &Browser) -> bool {
    browser.open(&town.at("/")).await.says("Your portals")
}

fn cookie(browser: &Browser) -> String {
    browser.cookie("front-door").unwrap_or_default()
}

fn is_asked(town: &Town, page: &Page) -> bool {
    page.url.as_str().starts_with(&town.cognito.base())
}

fn cleared(page: &Page) -> bool {
    page.hops.iter().all(|hop| hop.status < 500)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_fifty_sessions_at_most_and_the_oldest_end() {
    let town = Town::new().await;
    let mut ada = Vec::new();
    for _ in 0..52 {
        let browser = Browser::new();
        let login = browser.open(&town.at("/login")).await;
        town.cognito.log_in(&browser, &login, "ada").await;
        town.advance(Duration::from_secs(1));
        ada.push(browser);
    }
    let mary = Browser::new();
    town.arrive(&mary, "/p/help", "mary").await;
    for (browser, alive) in [(&ada[0], false), (&ada[1], false), (&ada[2], true)] {
        assert_eq!(is_signed_in(&town, browser).await, alive);
    }
    assert!(is_signed_in(&town, &ada[51]).await && is_signed_in(&town, &mary).await);
    // Whoever logs in anew where they are signed in takes nobody's place.
    let again = town.at("/login?provider=cognito&another=yes");
    let login = ada[51].open(&again).await;
    town.cognito.log_in(&ada[51], &login, "ada").await;
    assert!(is_signed_in(&town, &ada[2]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_idle_and_at_its_absolute_end_whatever_happens() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.advance(Duration::from_secs(2 * 60 * 60 - 5));
    assert!(is_signed_in(&town, &browser).await, "a moment before");
    town.advance(Duration::from_hours(2));
    assert!(!is_signed_in(&town, &browser).await, "idle for two hours");

    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    for _ in 0..11 {
        town.advance(Duration::from_hours(1));
        assert!(is_signed_in(&town, &browser).await, "in use");
    }
    town.advance(Duration::from_hours(1));
    assert!(!is_signed_in(&town, &browser).await, "twelve hours in all");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_login_gives_a_new_id_and_the_old_one_is_worthless() {
    let town = Town::new().await;
    let browser = Browser::new();
    browser.plant_cookie(
        &town.at("/"),
        "front-door",
        "planted-by-somebody-else-who-waits-for-a-login-x",
    );
    town.arrive(&browser, "/p/help", "ada").await;
    let first = cookie(&browser);
    assert!(!first.starts_with("planted"));
    let login = browser.open(&town.at("/login?provider=cognito")).await;
    assert!(cleared(&login));
    assert_ne!(cookie(&browser), first);
    let thief = Browser::new();
    thief.plant_cookie(&town.at("/"), "front-door", &first);
    assert!(!is_signed_in(&town, &thief).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_our_session_and_cognitos() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let kept = cookie(&browser);
    let asked = browser.open(&town.at("/logout")).await;
    let done = browser.submit(&asked.form_with("csrf"), &[]).await;
    assert!(done.url.path().ends_with("/signed-out"), "{}", done.url);
    let again = browser.open(&town.at("/p/help")).await;
    assert!(
        again.url.as_str().starts_with(&town.cognito.base()),
        "Cognito asks again"
    );
    let thief = Browser::new();
    thief.plant_cookie(&town.at("/"), "front-door", &kept);
    assert!(!is_signed_in(&town, &thief).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_ends_the_other_browser_too() {
    let town = Town::new().await;
    let (here, there) = (Browser::new(), Browser::new());
    town.arrive(&here, "/p/help", "ada").await;
    town.arrive(&there, "/p/help", "ada").await;
    let me = here.open(&town.at("/me")).await;
    assert!(me.says("ada@customer.example"));
    let done = here.submit(&me.form_with("csrf"), &[]).await;
    assert!(done.url.path().ends_with("/signed-out"), "{}", done.url);
    assert!(!is_signed_in(&town, &here).await && !is_signed_in(&town, &there).await);
    let again = here.open(&town.at("/p/help")).await;
    assert!(is_asked(&town, &again), "Cognito asks again here");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_with_a_second_click_or_without_a_session_ends_cognitos_too() {
    let town = Town::new().await;
    for button in [Some("/logout"), Some("/me/sign-out-everywhere"), None] {
        let browser = Browser::new();
        town.arrive(&browser, "/p/help", "ada").await;
        browser.forget_cookies("front-door");
        let csrf = [("csrf", "of the first click")];
        let done = if let Some(path) = button {
            browser
                .post(&town.at(path), &csrf, Some(&town.at("/me")))
                .await
        } else {
            let asked = browser.open(&town.at("/logout")).await;
            browser.click(&asked, "Sign out of").await
        };
        assert!(done.url.path().ends_with("/signed-out"), "{}", done.url);
        let again = browser.open(&town.at("/p/help")).await;
        assert!(is_asked(&town, &again), "Cognito asks again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_an_older_tab_is_refused_with_the_way_to_the_page_as_it_is_now() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let old = browser.open(&town.at("/logout")).await;
    browser.open(&town.at("/login?to=%2Fme")).await;
    let refused = browser.submit(&old.form_with("csrf"), &[]).await;
    assert_eq!(reason(&refused).as_deref(), Some("not_allowed"));
    let asked = browser.click(&refused, "Go to the page again").await;
    let done = browser.submit(&asked.form_with("csrf"), &[]).await;
    assert!(done.url.path().ends_with("/signed-out"), "{}", done.url);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_that_they_are_signed_out_while_they_are_not() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let page = browser.open(&town.at("/signed-out")).await;
    assert!(page.url.path().ends_with("/logout"), "{}", page.url);
    assert!(page.says("Do you want to sign out?"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_refused_can_come_in_with_another_account() {
    let town = Town::new().await;
    for (refused_as, why) in [
        ("ulf", "email_unverified"),
        ("boris", "domain_not_allowed"),
        ("anna", "atlassian_account"),
    ] {
        let browser = Browser::new();
        let refused = town.arrive(&browser, "/p/help", refused_as).await;
        assert_eq!(reason(&refused).as_deref(), Some(why));
        let login = browser.click(&refused, "Use another account").await;
        assert!(is_asked(&town, &login), "{refused_as}: {}", login.url);
        let page = town.cognito.log_in(&browser, &login, "ada").await;
        arrived(&browser.post_on(page).await, "ada@customer.example");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_outlives_a_restart() {
    let mut town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    town.close().await;
    town.open().await;
    let page = browser.open(&town.at("/p/help")).await;
    let page = browser.post_on(page).await;
    arrived(&page, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_page_is_told_to_log_in_as_json() {
    let town = Town::new().await;
    let answer = Browser::new().fetch(&town.at("/p/help")).await;
    assert_eq!(answer.status, 401);
    assert!(
        answer.text.contains("\"reason\":\"login_required\""),
        "{}",
        answer.text
    );
    assert_eq!(reason(&answer), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_cookie_that_stands_twice_or_under_an_odd_name_is_none() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let session = browser.cookie("front-door").unwrap_or_default();
    let me = town.at("/me");
    for cookies in [
        format!("front-door={session}; front-door=other"),
        format!("front-door=other; front-door={session}"),
        format!("front-door={session}; front-door={session}"),
        format!("Front-Door={session}"),
        format!("front%2Ddoor={session}"),
        format!("\u{2000}front-door={session}"),
        format!("front-door=\"{session}\""),
        format!("$Version=1; x=\"; front-door={session}; y=\""),
        format!("front-door={session}x"),
        "front-door=".to_owned(),
    ] {
        let page = Browser::new()
            .with_header("Cookie", &cookies)
            .fetch(&me)
            .await;
        assert_eq!(page.status, 401, "{}", cookies.replace(&session, "…"));
    }
    let good = format!("a=b; front-door={session}; c=d");
    let page = Browser::new().with_header("Cookie", &good).fetch(&me).await;
    assert_eq!(page.status, 200);
}

/// Where `/login?…&another=yes` leads.
async fn another_account(town: &Town, to: &str) -> String {
    let address = format!("/login?provider=cognito&to={to}&another=yes");
    let sent = Browser::new().open_once(&town.at(&address)).await;
    sent.location().map(String::from).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_way_leads_back_from_the_logout_the_provider_is_asked_to_ask() {
    let town = Town::new().await;
    assert!(another_account(&town, "%2Fme").await.contains("/logout?"));
    let long = format!(
        "%2Fp%2Fhelp%2Fcreate%2F401%3Fsummary%3D{}",
        "%25D1%258F".repeat(325)
    );
    let mended = Town::replacing(
        "[default.provider.cognito]",
        "[default.provider.cognito]\nsign_out_url = \"http://127.0.0.1:1/bye\"",
    )
    .await;
    for (town, to) in [(&town, long.as_str()), (&mended, "%2Fme")] {
        let address = another_account(town, to).await;
        assert!(
            address.contains("prompt=login") && !address.contains("/logout?"),
            "{address}"
        );
    }
}

//! Logging in: every way that it can go wrong has a good end, and nothing is created by a login that was refused.

mod support;

use std::time::Duration;

use imitation::browser::{Browser, Page};
use imitation::cognito::{Endpoint, Fault};
use support::{Town, arrived, at_portal, reason, told};

/// Logs in while the provider misbehaves.
async fn with_fault(town: &Town, fault: Fault) -> Page {
    town.cognito.misbehave(fault);
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    let page = if login
        .forms()
        .iter()
        .any(|form| form.field("password").is_some())
    {
        town.cognito.log_in(&browser, &login, "ada").await
    } else {
        login
    };
    town.cognito.behave();
    page
}

/// The callback's address that a login came back to.
fn callback(page: &Page) -> String {
    let hop = page
        .hops
        .iter()
        .map(|hop| hop.url.to_string())
        .find(|url| url.contains("/login/callback/"));
    hop.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_or_broken_is_told_apart_from_one_that_says_no() {
    let town = Town::new().await;
    let refuses = |error: &str, with_state| Fault::Refuses {
        error: error.to_owned(),
        with_state,
    };
    let cases = [
        (Fault::TokenEndpointFails, "provider_unavailable", 503),
        (Fault::TokenRefused, "login_expired", 400),
        (Fault::TokenEndpointHtml, "login_invalid", 400),
        (Fault::TokenEndpointHuge, "login_invalid", 400),
        (refuses("access_denied", true), "login_refused", 403),
        (refuses("access_denied", false), "login_refused", 403),
        (refuses("server_error", true), "provider_unavailable", 503),
        (
            refuses("temporarily_unavailable", false),
            "provider_unavailable",
            503,
        ),
    ];
    for (fault, expected, status) in cases {
        let page = with_fault(&town, fault.clone()).await;
        assert_eq!(
            (reason(&page).as_deref(), page.status),
            (Some(expected), status),
            "{fault:?}: {}",
            page.words()
        );
    }
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_an_address_is_told_so_and_an_address_from_user_info_is_as_good() {
    let town = Town::new().await;
    assert_eq!(
        reason(&with_fault(&town, Fault::EmailMissing).await),
        None,
        "user info has it"
    );
    town.cognito
        .change_person("mary", |person| person.email = None);
    let page = town.arrive(&Browser::new(), "/p/help", "mary").await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("email_missing"), 403)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_but_honest_claims_do_no_harm() {
    let town = Town::new().await;
    for fault in [
        Fault::StringBooleans,
        Fault::GroupsAsText,
        Fault::AddressAsText,
        Fault::UpdatedAtAsText,
    ] {
        let page = with_fault(&town, fault.clone()).await;
        assert_eq!(reason(&page), None, "{fault:?}: {}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_without_a_restart() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    for who in ["mary", "ada"] {
        town.cognito.rotate_keys();
        let page = town.arrive(&Browser::new(), "/p/help", who).await;
        assert_eq!(told(&page), (None, 200), "{}", page.words());
        town.advance(Duration::from_secs(11));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_under_a_new_key_that_cannot_be_read_is_no_forgery() {
    let town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.cognito.rotate_keys();
    town.cognito.misbehave(Fault::KeysAway);
    for _ in ["the keys are away", "and not asked for again so soon"] {
        let page = town.arrive(&Browser::new(), "/p/help", "mary").await;
        let expected = (Some("provider_unavailable".to_owned()), 503);
        assert_eq!(told(&page), expected, "{}", page.words());
    }
    town.cognito.behave();
    town.advance(Duration::from_secs(11));
    let page = town.arrive(&Browser::new(), "/p/help", "mary").await;
    arrived(&page, "mary@acme.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_that_log_in_at_once_both_arrive() {
    let town = Town::new().await;
    let browser = Browser::new();
    let first = browser.open(&town.at("/p/help")).await;
    let second = browser.open(&town.at("/p/bill")).await;
    let second = browser
        .post_on(town.cognito.log_in(&browser, &second, "ada").await)
        .await;
    let first = browser
        .post_on(town.cognito.log_in(&browser, &first, "ada").await)
        .await;
    for (page, key) in [(first, "HELP"), (second, "BILL")] {
        let portal = format!(
            "/servicedesk/customer/portal/{}",
            town.atlassian.desk(key).portal_id
        );
        assert_eq!(at_portal(&page).1, Some(portal), "{}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_is_opened_again_goes_on_with_a_session_and_starts_anew_without() {
    let town = Town::new().await;
    let browser = Browser::new();
    let login = browser.open(&town.at("/me")).await;
    let arrived = town.cognito.log_in(&browser, &login, "ada").await;
    let callback = callback(&arrived);
    let spent = town.cognito.count(Endpoint::Token);
    assert!(
        browser.open(&callback).await.url.path().ends_with("/me"),
        "reloaded"
    );
    let other = Browser::new().open(&callback).await;
    assert_eq!(
        (reason(&other).as_deref(), other.status),
        (Some("login_expired"), 400),
        "in another browser"
    );
    assert_eq!(
        town.cognito.count(Endpoint::Token),
        spent,
        "no code is spent again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_took_too_long_starts_again() {
    let town = Town::new().await;
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    town.clock.advance(Duration::from_secs(15 * 60 + 1));
    let page = town.cognito.log_in(&browser, &login, "ada").await;
    assert_eq!(reason(&page).as_deref(), Some("login_expired"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_started_logins_fit_into_six_kibibytes_of_cookies() {
    let town = Town::new().await;
    let browser = Browser::new();
    for _ in 0..100 {
        browser.open_once(&town.at("/p/help")).await;
    }
    let size: usize = browser
        .cookies()
        .iter()
        .filter(|cookie| cookie.name.starts_with("attempt-"))
        .map(|cookie| cookie.name.len() + cookie.value.len())
        .sum();
    assert!(size > 0 && size <= 6 * 1024, "{size}");
    let login = browser.open(&town.at("/p/help")).await;
    let page = browser
        .post_on(town.cognito.log_in(&browser, &login, "ada").await)
        .await;
    assert_eq!(
        at_portal(&page).0.as_deref(),
        Some("ada@customer.example"),
        "the newest still works"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fifth_callback_within_a_minute_is_a_loop() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    for _ in 0..3 {
        assert_eq!(
            reason(&browser.open(&town.at("/login?to=%2Fme")).await),
            None
        );
    }
    let fifth = browser.open(&town.at("/login?to=%2Fme")).await;
    assert_eq!(
        (reason(&fifth).as_deref(), fifth.status),
        (Some("login_loop"), 400)
    );
    assert_eq!(
        reason(&browser.open(&town.at("/login?to=%2Fme")).await),
        None,
        "who starts again is not caught at once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_logins_are_no_loop() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ulf").await;
    for _ in 0..6 {
        let page = browser.open(&town.at("/login")).await;
        assert_eq!(reason(&page).as_deref(), Some("email_unverified"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_is_found_in_the_trail_by_its_address() {
    let town = Town::new().await;
    let page = town.arrive(&Browser::new(), "/p/help", "ulf").await;
    assert_eq!(reason(&page).as_deref(), Some("email_unverified"));
    let trail = town.trail().await;
    assert_eq!(trail.len(), 1);
    assert_eq!(trail[0]["email"], "ulf@customer.example");
    assert_eq!(trail[0]["reason"], "email_unverified");
}

#[tokio::test(flavor = "multi_thread")]
async fn made_up_callbacks_are_limited_like_login_attempts_and_leave_no_trail() {
    let town = Town::replacing(
        "[default.access]",
        "[default.access]\nattempts_per_minute = 3",
    )
    .await;
    let browser = Browser::new();
    let made_up = town.at("/login/callback/cognito?state=made-up&code=made-up");
    for _ in 0..3 {
        let page = browser.open(&made_up).await;
        assert_eq!(reason(&page).as_deref(), Some("login_expired"));
    }
    let page = browser.open(&made_up).await;
    assert_eq!(
        (reason(&page).as_deref(), page.status),
        (Some("too_many_requests"), 429)
    );
    assert!(town.events().await.is_empty());
    assert_eq!(town.cognito.count(Endpoint::Token), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_the_provider_refused_is_in_the_trail_once_and_may_still_be_completed() {
    let town = Town::new().await;
    let browser = Browser::new();
    let login = browser.open(&town.at("/p/help")).await;
    town.cognito.misbehave(Fault::Refuses {
        error: "access_denied".to_owned(),
        with_state: true,
    });
    let refused = town.cognito.log_in(&browser, &login, "ada").await;
    assert_eq!(reason(&refused).as_deref(), Some("login_refused"));
    for _ in 0..3 {
        let again = browser.open(refused.url.as_str()).await;
        assert_eq!(reason(&again).as_deref(), Some("login_refused"));
    }
    assert_eq!(town.events().await, ["refused"]);
    town.cognito.behave();
    let back = browser.open(login.url.as_str()).await;
    let page = town.cognito.log_in(&browser, &back, "ada").await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

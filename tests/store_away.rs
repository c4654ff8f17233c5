//! The store away: whoever needs it is told so and when to try again, nobody is let in on another basis, nothing is spent, and all goes on when it is back.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use imitation::browser::{Browser, Page};
use imitation::cognito::Endpoint;
use support::callbacks::callback;
use support::{Town, arrived, told};

const TABLES: [&str; 3] = ["entry", "member", "log"];

/// Takes the store's tables away, or gives them back.
fn store_is_away(town: &Town, away: bool) {
    let store = rusqlite::Connection::open(town.folder.path().join("front-door.sqlite")).unwrap();
    for table in TABLES {
        let (from, to) = if away {
            (table.to_owned(), format!("{table}_away"))
        } else {
            (format!("{table}_away"), table.to_owned())
        };
        store
            .execute_batch(&format!("ALTER TABLE {from} RENAME TO {to}"))
            .unwrap();
    }
}

#[track_caller]
fn says_so(page: &Page, what: &str) {
    let expected = (Some("store_unavailable".to_owned()), 503);
    assert_eq!(told(page), expected, "{what}: {}", page.words());
    assert!(page.header("retry-after").is_some(), "{what}");
    for inside in ["sqlite", "entry", "no such table", "StoreError"] {
        assert!(!page.text.contains(inside), "{what}: {inside}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_in_is_told_so_and_goes_on_afterwards() {
    let town = Town::new().await;
    let browser = Browser::new();
    town.arrive(&browser, "/p/help", "ada").await;
    let question = browser.open(&town.at("/logout")).await;
    store_is_away(&town, true);
    for path in [
        "/",
        "/me",
        "/p/help",
        "/p/help/create/401",
        "/logout",
        "/signed-out",
    ] {
        says_so(&browser.open(&town.at(path)).await, path);
    }
    says_so(
        &browser.open(&town.atlassian.login_url("portal")).await,
        "a request of the portal",
    );
    says_so(&browser.press(&question, "Sign out").await, "signing out");
    let call = browser.fetch(&town.at("/me")).await;
    assert_eq!(call.status, 503);
    assert!(call.text.contains("\"store_unavailable\""), "{}", call.text);
    store_is_away(&town, false);
    let page = browser.open(&town.at("/p/help")).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_code_is_spent_that_could_not_be_claimed() {
    let town = Town::new().await;
    let browser = Browser::new();
    let honest = callback(&town, &browser, "ada").await;
    store_is_away(&town, true);
    town.cognito.forget_calls();
    for _ in 0..3 {
        says_so(&browser.open(honest.as_str()).await, "a callback");
    }
    assert_eq!(town.cognito.count(Endpoint::Token), 0);
    assert_eq!(browser.cookie("front-door"), None);
    store_is_away(&town, false);
    let page = browser.open(honest.as_str()).await;
    arrived(&browser.post_on(page).await, "ada@customer.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_visit_in_its_middle_makes_nobody_twice() {
    let town = Town::new().await;
    let browser = Browser::new();
    let login = browser.open(&town.at("/login?to=%2Fme")).await;
    town.cognito.log_in(&browser, &login, "ada").await;
    store_is_away(&town, true);
    says_so(&browser.open(&town.at("/p/help")).await, "a link");
    assert!(town.atlassian.customers().is_empty());
    store_is_away(&town, false);
    for _ in 0..2 {
        let page = browser.open(&town.at("/p/help")).await;
        arrived(&browser.post_on(page).await, "ada@customer.example");
    }
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_served_as_far_as_the_store_is_not_needed() {
    let town = Town::new().await;
    store_is_away(&town, true);
    for (path, expected) in [
        ("/health/live", 200),
        ("/health/ready", 503),
        ("/", 200),
        ("/login", 303),
        ("/p/help", 303),
        ("/me", 303),
        ("/logout", 200),
        ("/nowhere", 404),
    ] {
        let page = Browser::new().open_once(&town.at(path)).await;
        assert_eq!(page.status, expected, "{path}: {}", page.words());
    }
    says_so(
        &Browser::new()
            .open(&town.at("/saml/sso?SAMLRequest=odd"))
            .await,
        "a request that would be recorded",
    );
    store_is_away(&town, false);
    let page = town.arrive(&Browser::new(), "/p/help", "ada").await;
    arrived(&page, "ada@customer.example");
    let ready = Browser::new().open(&town.at("/health/ready")).await;
    assert_eq!(ready.status, 200, "{}", ready.text);
}
